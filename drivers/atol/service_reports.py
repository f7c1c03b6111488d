"""Reports, OFD, registration data and corrections of `drivers.service.ServicePrinter`. Source: notes, 3.3 to 3.5, 3.8.

A correction of FFD 1.0 and 1.05 is a receipt of its own type with exactly one registration (extended error 0101h).
"""

from __future__ import annotations

from drivers.api import Done, LinkFault, NotSent, Outcome, OutcomeUnknown, Refused
from drivers.atol import commands_receipt as receipts
from drivers.atol.code_page import encode_text
from drivers.atol.command import Nothing
from drivers.atol.commands_storage import (
    FIND_DOCUMENT,
    NEXT_REGISTRATION_TLV,
    OFD_RECEIPT,
    OFD_STATE,
    REGISTRATION_TLV,
    SHIFT_STATE,
    STORAGE_STATE,
    WITHOUT_RECEIPT,
    FdNumber,
    TagNumber,
)
from drivers.atol.errors import NO_DATA
from drivers.atol.sellable import RECEIPT, refusal, requisites
from drivers.atol.seller import NO_FLAGS, AtolSeller
from drivers.atol.status import Mode
from drivers.atol.till import NOT_CONNECTED, Till, begun, cannot, plain
from drivers.atol.vat import vat_tables
from drivers.fiscal.tlv import decode
from drivers.selling import ReceiptKind, Registered
from drivers.service import CalculationReport, Correction, OfdState, ShiftInfo

SECTIONS = 2  # of 67h
STATE_FORM = 21
CORRECTION_SALE, CORRECTION_PURCHASE_RETURN = 7, 10  # of 92h
CORRECTED = (ReceiptKind.SALE, ReceiptKind.PURCHASE)
VAT_OF_SUMS = (1, 2, 5, 6, 3, 4)  # tag 1199 for each sum of `Correction.taxes_kop`
TURNOVERS = frozenset({5, 6})
WITHOUT_VAT = 6
BASIS = 1173
ONE_MICRO = 1_000_000
GOODS, FULL_PAYMENT = 1, 4
LINK_UP = 1
MOST_TAGS = 1000
ITEM_NAME = "Коррекция"


class AtolReports(AtolSeller):
    """The reporting part of the service face."""

    def shift_info(self) -> Outcome[ShiftInfo]:
        """A4h 10h, binary: the open shift or the last one."""
        outcome = self._command(SHIFT_STATE, Nothing())
        if not isinstance(outcome, Done):
            return outcome
        return Done(ShiftInfo(bool(outcome.reply.open), outcome.reply.shift, outcome.reply.receipt))

    def department_report(self) -> Outcome[None]:
        """67h type 2 (sections) in mode 2; one source. AAh: there is none."""
        till = self._till()
        if till is None:
            return NOT_CONNECTED
        return plain(till.patience.in_mode(Mode.X_REPORTS, receipts.X_REPORT, receipts.ReportKind(SECTIONS)))

    def tax_report(self) -> Outcome[None]:
        """Refused in words."""
        return cannot("67h", "no source names a tax report among the types of 67h")

    def calculation_report(self) -> Outcome[CalculationReport]:
        """67h type 9 in mode 2 (one source, switch `settlements`); number and sign from the FN, form 21."""
        till = self._till()
        if till is None:
            return NOT_CONNECTED
        if not till.switches.settlements:
            return cannot("67h", "type 9 of 67h is not believed to be the state of settlements (switch settlements)")
        before = self._last_fd(till)
        if not isinstance(before, Done):
            return before
        outcome = till.patience.in_mode(Mode.X_REPORTS, receipts.SETTLEMENTS, Nothing())
        if not isinstance(outcome, Done):
            return outcome
        after = self._last_fd(till)
        if isinstance(after, Done) and after.reply > before.reply:
            found = till.patience.run(FIND_DOCUMENT, FdNumber(after.reply))
            if isinstance(found, Done) and found.reply.form == STATE_FORM:
                return Done(CalculationReport(found.reply.fd_number, found.reply.fpd))
        return OutcomeUnknown(LinkFault.SILENT, "67h 09h", "done, but no document of form 21 is found")

    def _last_fd(self, till: Till) -> Outcome[int]:
        state = till.patience.run(STORAGE_STATE, Nothing())
        return Done(state.reply.last_fd) if isinstance(state, Done) else state

    def ofd_state(self) -> Outcome[OfdState]:
        """A4h 20h and 42h."""
        exchange = self._command(OFD_STATE, Nothing())
        if not isinstance(exchange, Done):
            return exchange
        without = self._command(WITHOUT_RECEIPT, Nothing())
        if not isinstance(without, Done):
            return without
        seen = exchange.reply
        return Done(
            OfdState(
                queue=seen.unsent,
                unconfirmed=without.reply.count,
                first_fd=seen.first_unsent_fd or None,
                first_at=seen.first_unsent_at if seen.first_unsent_fd else None,
                connected=bool(seen.status & LINK_UP),
                reading=bool(seen.reading),
            )
        )

    def ofd_receipt(self, fd_number: int) -> Outcome[bytes | None]:
        """A4h 41h; DAh = none yet."""
        outcome = self._command(OFD_RECEIPT, FdNumber(fd_number))
        if isinstance(outcome, Refused) and outcome.code == NO_DATA:
            return Done(None)
        return Done(outcome.reply.data) if isinstance(outcome, Done) else outcome

    def registration_tag(self, tag: int) -> Outcome[bytes | None]:
        """A4h 44h: one TLV of the registration, whole; DAh = it has none."""
        if not 1 <= tag <= 0xFFFF:
            raise ValueError(f"tags are 1..65535, not {tag}")
        outcome = self._command(REGISTRATION_TLV, TagNumber(tag))
        if isinstance(outcome, Refused) and outcome.code == NO_DATA:
            return Done(None)
        return Done(outcome.reply.data) if isinstance(outcome, Done) else outcome

    def registration_tags(self) -> Outcome[bytes]:
        """A4h 47h until DAh: the TLVs of the registration in turn. A piece lost on the way: NotSent, ask anew."""
        found = bytearray()
        for _ in range(MOST_TAGS):
            outcome = self._command(NEXT_REGISTRATION_TLV, Nothing())
            if isinstance(outcome, Refused) and outcome.code == NO_DATA:
                return Done(bytes(found))
            if isinstance(outcome, OutcomeUnknown):
                return NotSent(outcome.fault, f"A4h 47h: {outcome.detail}")
            if not isinstance(outcome, Done):
                return outcome
            found += outcome.reply.data
        return NotSent(LinkFault.GARBAGE, f"A4h 47h: more than {MOST_TAGS} tags")

    def correction(self, correction: Correction) -> Outcome[Registered]:
        """92h type 7 or 9 (switch `correction_purchase`), E8h for each tag, one registration, payments, 4Ah.

        One registration has one tax: sums of several taxes are refused in words. 1173 goes with `by_order` unless
        `tlv` has it. Refused half-way: what was begun is cancelled.
        """
        taxed = _checked(correction)
        till = self._till()
        if till is None:
            return NOT_CONNECTED
        if len(taxed) > 1:
            return cannot("92h", "a correction has one registration with one tax; make one for each tax")
        vat = taxed[0] if taxed else WITHOUT_VAT
        if vat not in vat_tables()[till.device.vat_table]:
            return cannot("EBh", f"this register has no tax number for tag 1199 = {vat}")
        pieces = requisites(_with_basis(correction), RECEIPT, till.switches.stlv_by_e8)
        outcome = self.correction_open(correction.kind)
        if not isinstance(outcome, Done):
            return outcome
        outcome = self._filled(till, correction, vat, pieces)
        if not isinstance(outcome, Done):
            if isinstance(outcome, Refused):
                self.receipt_cancel()
            return begun(outcome)
        return begun(self.receipt_close(correction.tender, correction.tax_system))

    def _filled(self, till: Till, correction: Correction, vat: int, pieces: list[bytes]) -> Outcome[None]:
        outcome: Outcome[None] = Done(None)
        for piece in pieces:
            if isinstance(outcome, Done):
                outcome = self._requisite(till, piece)
        if isinstance(outcome, Done):
            outcome = self._plain(receipts.BEGIN_ITEM, receipts.BeginItem())
        return (
            self._plain(receipts.END_ITEM, _only_item(till, correction, vat)) if isinstance(outcome, Done) else outcome
        )

    def correction_open(self, kind: ReceiptKind) -> Outcome[None]:
        """Mode 1, 92h with 7, 8, 9 or 10; of 8 no source tells (switch). Refused in words on FFD 1.2."""
        till = self._till()
        if till is None:
            return NOT_CONNECTED
        why = refusal(till.device, (), till.switches, "en")
        number = {
            ReceiptKind.SALE: CORRECTION_SALE,
            ReceiptKind.SALE_RETURN: till.switches.correction_sale_return,
            ReceiptKind.PURCHASE: till.switches.correction_purchase,
            ReceiptKind.PURCHASE_RETURN: CORRECTION_PURCHASE_RETURN,
        }[kind]
        if kind is ReceiptKind.SALE_RETURN and number == till.switches.correction_purchase:
            number = None
        if why is not None or number is None:
            return cannot("92h", why or "no source names the type of a corrected sale return")
        ready = till.patience.enter(Mode.REGISTRATION)
        if not isinstance(ready, Done):
            return ready
        return self._plain(receipts.OPEN_RECEIPT, receipts.OpenReceipt(NO_FLAGS, number))


def _checked(given: Correction) -> list[int]:
    """Codes of 1199 that have a sum. Raises ValueError for what is no correction of FFD 1.05."""
    if given.kind not in CORRECTED:
        raise ValueError("a sale or a purchase is corrected; returns go through correction_open")
    paid = given.tender
    total = paid.cash_kop + paid.cashless_kop + paid.advance_kop + paid.credit_kop + paid.provision_kop
    if total != given.total_kop:
        raise ValueError(f"payments are {total} kopecks, the total is {given.total_kop}")
    return [vat for vat, kop in zip(VAT_OF_SUMS, given.taxes_kop, strict=True) if kop]


def _with_basis(given: Correction) -> bytes:
    if any(tag.tag == BASIS for tag in decode(given.tlv, parent=RECEIPT)):
        return given.tlv
    return BASIS.to_bytes(2, "little") + b"\x01\x00" + bytes((int(given.by_order),)) + given.tlv


def _only_item(till: Till, given: Correction, vat: int) -> receipts.EndItem:
    """A tax sum is sent as given; a turnover has none."""
    tax = 0 if vat in TURNOVERS else max(given.taxes_kop)
    return receipts.EndItem(
        flags=till.switches.item_flags,
        price_kop=given.total_kop,
        quantity_micro=ONE_MICRO,
        sum_kop=given.total_kop,
        tax=vat_tables()[till.device.vat_table][vat],
        tax_kop=tax,
        section=0,
        subject=GOODS,
        method=FULL_PAYMENT,
        discount_sign=0,
        discount_kop=0,
        reserved=bytes(2),
        name=encode_text(ITEM_NAME),
    )
