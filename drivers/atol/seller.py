"""Registering receipts: `drivers.selling.FiscalSeller` on an ATOL register.

A command the register refused because it is busy (76h) was not executed and is sent again by `patience`; after silence
nothing is. Source: protocol notes, sections B.3, 3.3, 3.4 and 3.5.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from drivers.api import Done, LinkFault, Outcome, OutcomeUnknown, Refused
from drivers.atol import commands_receipt as receipts
from drivers.atol.code_page import encode_text
from drivers.atol.command import Command, Nothing
from drivers.atol.commands_settings import LAST_RECEIPT, Parameters
from drivers.atol.commands_status import FULL_STATUS
from drivers.atol.commands_storage import FIND_DOCUMENT, STORAGE_STATE, FdNumber
from drivers.atol.errors import NO_MODE
from drivers.atol.sellable import ITEM, RECEIPT, refusal, requisites
from drivers.atol.status import Mode
from drivers.atol.till import NOT_CONNECTED, Connected, Till, begun, plain
from drivers.atol.vat import vat_tables
from drivers.fiscal.forms import RECEIPTS
from drivers.selling import FiscalItem, ReceiptKind, Registered, Tender

Q = TypeVar("Q")

OPEN_KINDS = {  # 92h
    ReceiptKind.SALE: 1,
    ReceiptKind.SALE_RETURN: 2,
    ReceiptKind.PURCHASE: 4,
    ReceiptKind.PURCHASE_RETURN: 5,
}
CASH, CASHLESS, ADVANCE, CREDIT, PROVISION = 1, 2, 3, 4, 5
TAX_SYSTEM = (1055).to_bytes(2, "little") + b"\x01\0"
TAX_SYSTEMS = frozenset({0, 1, 2, 4, 8, 0x10, 0x20})  # bits of tag 1062; 0 = the registered one
X_REPORT = 1
NO_FLAGS = 0


class AtolSeller(Connected):
    """The selling half of `AtolPrinter`. ValueError, before a byte is sent: no register could take the request."""

    def takes(self, items: Sequence[FiscalItem], lang: str = "ru") -> str | None:
        """To be asked before `receipt_open`: why these items cannot be registered here and which backend can, or None.

        Rates without a number (5, 7, 22 %), FFD 1.2, marked goods, quantities finer than thousandths.
        """
        till = self._till()
        return None if till is None else refusal(till.device, items, till.switches, lang)

    def receipt_open(self, kind: ReceiptKind) -> Outcome[None]:
        """Mode 1, then 92h. The shift must be open: else the register opens one itself, a document nobody asked for.

        ValueError on FFD 1.2.
        """
        till = self._till()
        if till is None:
            return NOT_CONNECTED
        _must_take(till, ())
        ready = till.patience.enter(Mode.REGISTRATION)
        if not isinstance(ready, Done):
            return ready
        return self._plain(receipts.OPEN_RECEIPT, receipts.OpenReceipt(NO_FLAGS, OPEN_KINDS[kind]))

    def receipt_item(self, kind: ReceiptKind, item: FiscalItem) -> Outcome[None]:
        """EAh, an E8h for each TLV, EBh with `sum_kop` as given. The name is cut to what the FFD allows.

        `measure` (2108) belongs to FFD 1.2 and is left out. Refused by any of them: the item is not whole in the
        receipt; cancel it.
        """
        till = self._till()
        if till is None:
            return NOT_CONNECTED
        _must_take(till, (item,))
        pieces = requisites(item.tlv, ITEM, till.switches.stlv_by_e8)
        whole = _end_item(till, item)
        outcome = self._plain(receipts.BEGIN_ITEM, receipts.BeginItem())
        for piece in pieces:
            if not isinstance(outcome, Done):
                return outcome
            outcome = begun(self._requisite(till, piece))
        if not isinstance(outcome, Done):
            return outcome
        return begun(self._plain(receipts.END_ITEM, whole))

    def receipt_tlv(self, tlv: bytes) -> Outcome[None]:
        """E8h for each TLV. Anything but Done: some may be in the receipt; cancel it."""
        till = self._till()
        if till is None:
            return NOT_CONNECTED
        outcome: Outcome[None] = Done(None)
        for number, piece in enumerate(requisites(tlv, RECEIPT, till.switches.stlv_by_e8)):
            one = self._requisite(till, piece)
            outcome = begun(one) if number else one
            if not isinstance(outcome, Done):
                break
        return outcome

    def receipt_subtotal(self) -> Outcome[int]:
        """The receipt's sum of 3Fh."""
        outcome = self._command(FULL_STATUS, Nothing())
        return Done(outcome.reply.receipt_kop) if isinstance(outcome, Done) else outcome

    def receipt_close(self, tender: Tender, tax_system: int) -> Outcome[Registered]:
        """1055 by E8h when given, 99h for each payment but the last, 4Ah; then register 33h or the storage.

        `tax_system` is one bit of 1062: 1, 2, 4, 8, 10h, 20h; 0 = the registered one. Trouble with the paper (67h, 68h,
        69h, D1h) is an unknown outcome: the storage may have the receipt.
        """
        if tax_system not in TAX_SYSTEMS:
            raise ValueError(f"tax system {tax_system:#x} is not one bit of 1..20h")
        till = self._till()
        if till is None:
            return NOT_CONNECTED
        first, last = _payments(tender, till.switches.close_by_remainder)
        total = self.receipt_subtotal()
        if not isinstance(total, Done):
            return total
        outcome: Outcome[None] = Done(None)
        if tax_system:
            outcome = self._requisite(till, TAX_SYSTEM + bytes((tax_system,)))
        for number, payment in enumerate(first):
            if not isinstance(outcome, Done):
                return outcome
            paid = plain(self._command(receipts.PAYMENT, payment))
            outcome = begun(paid) if number or tax_system else paid
        if not isinstance(outcome, Done):
            return outcome
        closed = self._command(receipts.CLOSE_RECEIPT, last)
        if not isinstance(closed, Done):
            return begun(closed) if first or tax_system else closed
        registered = self._registered(till, total.reply, max(0, _given(tender) - total.reply))
        till.patience.leave()
        return registered

    def receipt_cancel(self) -> Outcome[None]:
        """59h, then out of the mode. A register that was switched off meanwhile is out of mode 1: into it first."""
        till = self._till()
        if till is None:
            return NOT_CONNECTED
        outcome = self._plain(receipts.CANCEL_RECEIPT, Nothing())
        if isinstance(outcome, Refused) and outcome.code == NO_MODE:
            ready = till.patience.enter(Mode.REGISTRATION)
            if not isinstance(ready, Done):
                return ready
            outcome = self._plain(receipts.CANCEL_RECEIPT, Nothing())
        if isinstance(outcome, Done):
            till.patience.leave()
        return outcome

    def shift_open(self) -> Outcome[Registered | None]:
        """Mode 1, 9Ah; the document is not told."""
        return self._in_mode(Mode.REGISTRATION, receipts.OPEN_SHIFT, receipts.ShiftFlags(NO_FLAGS))

    def shift_close(self) -> Outcome[Registered | None]:
        """Mode 3, 5Ah; answered before the printing ends, which is waited for. The document is not told."""
        return self._in_mode(Mode.Z_REPORTS, receipts.Z_REPORT, Nothing())

    def x_report(self) -> Outcome[None]:
        """Mode 2, 67h; waits until it is printed."""
        return plain(self._in_mode(Mode.X_REPORTS, receipts.X_REPORT, receipts.ReportKind(X_REPORT)))

    def cash_in(self, kop: int) -> Outcome[None]:
        """Mode 1, 49h. After an unknown outcome only register 0Ah tells. The shift must be open."""
        return plain(self._in_mode(Mode.REGISTRATION, receipts.CASH_IN, receipts.Cash(NO_FLAGS, kop)))

    def cash_out(self, kop: int) -> Outcome[None]:
        """Mode 1, 4Fh. 98h: so much is not in the drawer."""
        return plain(self._in_mode(Mode.REGISTRATION, receipts.CASH_OUT, receipts.Cash(NO_FLAGS, kop)))

    def _in_mode(self, mode: Mode, command: Command[Q, Nothing], request: Q) -> Outcome[Registered | None]:
        till = self._till()
        if till is None:
            return NOT_CONNECTED
        ready = till.patience.enter(mode)
        if not isinstance(ready, Done):
            return ready
        outcome = till.patience.run(command, request)
        if not isinstance(outcome, Done):
            return outcome
        till.patience.until_printed()
        till.patience.leave()
        return Done(None)

    def _requisite(self, till: Till, tlv: bytes) -> Outcome[None]:
        printed = int(till.switches.print_requisites)
        return plain(till.patience.run(receipts.WRITE_REQUISITE, receipts.WriteRequisite(printed, 1, 0, tlv)))

    def _registered(self, till: Till, total_kop: int, change_kop: int) -> Outcome[Registered]:
        """Number and sign of the receipt just closed; what neither register nor storage tells stays unknown.

        A register that is registered for БСО makes form 4 of it; a correction (31, 41) is nothing that 92h opens, so it
        is somebody else's. Source: fiscal notes, sections 2.3 and 2.7.
        """
        if till.switches.register_33:
            told = till.patience.run(LAST_RECEIPT, Parameters())
            if isinstance(told, Done) and told.reply.total_kop == total_kop and told.reply.at is not None:
                return Done(Registered(told.reply.fd_number, told.reply.fpd, change_kop, told.reply.at))
        state = till.patience.run(STORAGE_STATE, Nothing())
        if isinstance(state, Done):
            found = till.patience.run(FIND_DOCUMENT, FdNumber(state.reply.last_fd))
            if isinstance(found, Done) and found.reply.form in RECEIPTS:
                return Done(Registered(found.reply.fd_number, found.reply.fpd, change_kop, found.reply.at))
        return OutcomeUnknown(LinkFault.SILENT, "4Ah", "closed, but the document cannot be read yet")


def _must_take(till: Till, items: Sequence[FiscalItem]) -> None:
    why = refusal(till.device, items, till.switches, "en")
    if why is not None:
        raise ValueError(why)


def _end_item(till: Till, item: FiscalItem) -> receipts.EndItem:
    name = encode_text(item.name)[: till.device.name_limit]
    return receipts.EndItem(
        flags=till.switches.item_flags,
        price_kop=item.price_kop,
        quantity_micro=item.quantity_micro,
        sum_kop=item.sum_kop,
        tax=vat_tables()[till.device.vat_table][item.vat],
        tax_kop=0,
        section=item.department,
        subject=item.subject,
        method=item.method,
        discount_sign=0,
        discount_kop=0,
        reserved=bytes(2),
        name=name,
    )


def _payments(tender: Tender, by_remainder: bool) -> tuple[list[receipts.Payment], receipts.Payment]:
    """What 99h takes, and what 4Ah closes with: cash where there is any, for only 4Ah counts change."""
    sums = {
        CASHLESS: tender.cashless_kop,
        ADVANCE: tender.advance_kop,
        CREDIT: tender.credit_kop,
        PROVISION: tender.provision_kop,
    }
    others = [receipts.Payment(NO_FLAGS, kind, kop) for kind, kop in sums.items() if kop]
    if tender.cash_kop or not others:
        return others, receipts.Payment(NO_FLAGS, CASH, tender.cash_kop)
    last = others.pop()
    return others, receipts.Payment(NO_FLAGS, last.kind, 0 if by_remainder else last.kop)


def _given(tender: Tender) -> int:
    return tender.cash_kop + tender.cashless_kop + tender.advance_kop + tender.credit_kop + tender.provision_kop
