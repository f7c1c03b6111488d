"""Registering receipts: `drivers.api.FiscalSeller` on a Shtrih-M register.

Each method is one command (an item: one and its TLVs). A command the device refused because it prints (50h) or
waits for "continue printing" (58h) was not executed and is sent again by `patience`; after silence nothing is.
Source: protocol notes, sections 2.5 to 2.7, 8 and 11.3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from drivers.api import Done, LinkFault, NotSent, Outcome, OutcomeUnknown, Refused
from drivers.fields import U8
from drivers.fiscal.tlv import decode, encode
from drivers.marking import item_tlv
from drivers.selling import FiscalItem, ReceiptKind, Registered, Tender
from drivers.shtrih import commands_receipt as receipts
from drivers.shtrih import commands_shift as shifts
from drivers.shtrih.command import Command, Nothing, Password
from drivers.shtrih.commands_storage import CURRENT_SHIFT
from drivers.shtrih.errors import ANOTHER_OPERATOR
from drivers.shtrih.long_tlv import LONGEST, send_long, too_long_for_item
from drivers.shtrih.marking import ShtrihMarking, too_long
from drivers.shtrih.paper_text import item_name
from drivers.shtrih.till import NOT_CONNECTED, plain
from drivers.shtrih.vat import vat_byte, vat_tables

OPEN_KINDS = {  # 8Dh counts otherwise than FF46h, whose numbers are those of tag 1054
    ReceiptKind.SALE: 0,
    ReceiptKind.PURCHASE: 1,
    ReceiptKind.SALE_RETURN: 2,
    ReceiptKind.PURCHASE_RETURN: 3,
}
TLV_BYTES = 249  # code and password take 6 of the 255 bytes of a frame
ITEM, RECEIPT = 1059, 3  # what the TLVs are members of
MEASURE = 2108
PAYMENTS = 16
CASH, CASHLESS, ADVANCE, CREDIT, PROVISION = 0, 1, 13, 14, 15  # places of payments 1, 2, 14, 15, 16
TAX_SYSTEMS = frozenset({0, 1, 2, 4, 8, 0x10, 0x20})  # bits of tag 1062; 0 = the registered one
LAST_OPERATOR = 30


class ShtrihSeller(ShtrihMarking):
    """The selling half of `ShtrihPrinter`. ValueError, before a byte is sent: no device could take the request."""

    def takes(self, items: Sequence[FiscalItem], lang: str = "ru") -> str | None:
        """A model may lack the code of a tax rate, and a code of marked goods may be too long for a frame.

        Before `connect` nothing is known: None. Whether the model knows marking at all its answer to FF61h tells.
        """
        till = self._till()
        if till is None:
            return None
        missing = sorted({item.vat for item in items} - vat_tables()[till.profile.vat_table].keys())
        if not missing:
            return too_long(items, lang) or too_long_for_item(map(_item_tlv, items), lang)
        rates = ", ".join(map(str, missing))
        if lang == "en":
            return f"This model has no code for tax rate {rates} (tag 1199). Use another rate, or another printer."
        return f"У этой модели нет ставки {rates} (тег 1199). Возьмите другую ставку или другой принтер."

    def receipt_open(self, kind: ReceiptKind) -> Outcome[None]:
        """8Dh. The shift must be open."""
        return plain(self._command(receipts.OPEN_RECEIPT, receipts.ReceiptType(OPEN_KINDS[kind])))

    def receipt_item(self, kind: ReceiptKind, item: FiscalItem) -> Outcome[None]:
        """FF46h, then FF4Dh for each group of TLVs, then FF67h for `mark`; `measure` goes as 2108 before them.

        The sum is always given: it may differ from price x quantity by one kopeck (33h otherwise). The name has at
        most 128 characters, what CP866 lacks is replaced; one that begins with `//` is not printed. Refused by
        FF4Dh or FF67h (ACh: the code was not checked): the item is in the receipt without them: cancel it.
        With table 17 field 71 = 1 the device registers 22 % where 20 % was asked for.
        """
        till = self._till()
        if till is None:
            return NOT_CONNECTED
        if item.mark is not None and (fault := too_long((item,), "en")) is not None:
            raise ValueError(fault)
        tax_code = vat_byte(item.vat, till.profile.vat_table)
        groups = _groups(_item_tlv(item), ITEM)
        outcome = plain(till.patience.run(receipts.OPERATION, lambda: _operation(kind, item, tax_code)))
        if groups and isinstance(outcome, Done):
            outcome = self._tlvs(receipts.OPERATION_TLV, groups, begun=True)
        if not isinstance(outcome, Done) or item.mark is None:
            return outcome
        bound = self.mark_bind(item.mark.code, item.mark.measured)
        return OutcomeUnknown(bound.fault, "FF67h", bound.detail) if isinstance(bound, NotSent) else bound

    def receipt_tlv(self, tlv: bytes) -> Outcome[None]:
        """FF0Ch for each group of whole TLVs; one too long for a frame goes through the buffer (FF32h, FF33h, FF64h).

        Anything but Done: some may be in the receipt; cancel it.
        """
        return self._tlvs(receipts.DOCUMENT_TLV, _groups(tlv, RECEIPT, LONGEST), begun=False)

    def receipt_subtotal(self) -> Outcome[int]:
        """89h."""
        outcome = self._command(receipts.SUBTOTAL, Nothing())
        return Done(outcome.reply.sum_kop) if isinstance(outcome, Done) else outcome

    def receipt_close(self, tender: Tender, tax_system: int) -> Outcome[Registered]:
        """FF45h. `tax_system` is one bit of 1062: 1, 2, 4, 8, 10h, 20h; 0 = the registered one (not proven).

        The tax sums stay zero: the device computes them as long as table 1 field 14 is 0. `at` only with table 17
        field 36 = 1.
        """
        if tax_system not in TAX_SYSTEMS:
            raise ValueError(f"tax system {tax_system:#x} is not one bit of 1..20h")
        outcome = self._command(receipts.CLOSE_RECEIPT, receipts.Close(_payments(tender), 0, (), tax_system))
        if not isinstance(outcome, Done):
            return outcome
        closed = outcome.reply
        return Done(Registered(closed.fd_number, closed.fpd, closed.change_kop, closed.at))

    def receipt_cancel(self) -> Outcome[None]:
        """88h. 59h, another operator opened it: once more with the system administrator's password."""
        outcome = self._plain(receipts.CANCEL_RECEIPT, Nothing())
        if isinstance(outcome, Refused) and outcome.code == ANOTHER_OPERATOR:
            return self._plain(replace(receipts.CANCEL_RECEIPT, password=Password.SYSTEM), Nothing())
        return outcome

    def shift_open(self) -> Outcome[Registered | None]:
        """E0h; it never tells the document.

        Sources disagree on the short answer `E0 xx`: an error, or on old firmware the operator 1..30. Where both are
        possible a look at the shift decides: closed, it was an error; open, the outcome is unknown, read the storage.
        """
        outcome = self._command(shifts.OPEN_SHIFT, Nothing())
        if isinstance(outcome, Refused) and outcome.code <= LAST_OPERATOR:
            now = self._command(CURRENT_SHIFT, Nothing())
            if not isinstance(now, Done) or now.reply.state:
                return OutcomeUnknown(LinkFault.GARBAGE, "E0h", f"{outcome.code:02X}h: an error, or the operator")
        return Done(None) if isinstance(outcome, Done) else outcome

    def shift_close(self) -> Outcome[Registered | None]:
        """41h; answered before the printing ends, and without the document.

        While the report prints (mode 12) some devices refuse the next command with 73h instead of 50h: `patience`
        looks at the mode and waits it out.
        """
        outcome = self._command(shifts.Z_REPORT, Nothing())
        return Done(None) if isinstance(outcome, Done) else outcome

    def x_report(self) -> Outcome[None]:
        """40h."""
        return plain(self._command(shifts.X_REPORT, Nothing()))

    def cash_in(self, kop: int) -> Outcome[None]:
        """50h. Whether it happened after an unknown outcome only the registers 242 and 153 of the device can tell."""
        return plain(self._command(shifts.CASH_IN, shifts.Cash(kop)))

    def cash_out(self, kop: int) -> Outcome[None]:
        """51h. 46h: so much is not in the drawer. Registers 243 and 154 after an unknown outcome."""
        return plain(self._command(shifts.CASH_OUT, shifts.Cash(kop)))

    def _tlvs(self, command: Command[receipts.Tlv, Nothing], groups: list[bytes], begun: bool) -> Outcome[None]:
        """Group after group. `begun`: something of it is in the receipt, so NotSent would promise too much."""
        till = self._till()
        if till is None:
            return NOT_CONNECTED
        for group in groups:
            if len(group) > TLV_BYTES:
                outcome = send_long(till.patience, group)
            else:
                outcome = plain(till.patience.run(command, receipts.Tlv(group)))
            if isinstance(outcome, NotSent) and begun:
                return OutcomeUnknown(outcome.fault, command.name, outcome.detail)
            if not isinstance(outcome, Done):
                return outcome
            begun = True
        return Done(None)


def _operation(kind: ReceiptKind, item: FiscalItem, tax_code: int) -> receipts.Operation:
    return receipts.Operation(
        kind=kind.value,
        quantity_micro=item.quantity_micro,
        price_kop=item.price_kop,
        sum_kop=item.sum_kop,
        tax_kop=receipts.BY_DEVICE,  # 0 would be a tax of zero when the host has to compute it
        tax_code=tax_code,
        department=item.department,
        method=item.method,
        subject=item.subject,
        name=item_name(item.name),
    )


def _item_tlv(item: FiscalItem) -> bytes:
    if item.measure is None:
        return item_tlv(item)
    return MEASURE.to_bytes(2, "little") + b"\x01\0" + U8.encode(item.measure) + item_tlv(item)


def _groups(tlv: bytes, parent: int, longest: int = TLV_BYTES) -> list[bytes]:
    """Whole TLVs in frames as full as they get. Raises ValueError: not TLV, or one longer than `longest`."""
    if not tlv:
        return []
    groups = [b""]
    for tag in decode(tlv, parent=parent):
        piece = encode((tag,))
        if len(piece) > longest:
            raise ValueError(f"tag {tag.tag}: {len(piece)} bytes with its header, {longest} fit")
        if len(groups[-1]) + len(piece) > TLV_BYTES:
            groups.append(b"")
        groups[-1] += piece
    return [group for group in groups if group]


def _payments(tender: Tender) -> tuple[int, ...]:
    sums = [0] * PAYMENTS
    sums[CASH], sums[CASHLESS] = tender.cash_kop, tender.cashless_kop
    sums[ADVANCE], sums[CREDIT], sums[PROVISION] = tender.advance_kop, tender.credit_kop, tender.provision_kop
    return tuple(sums)
