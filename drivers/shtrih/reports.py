"""Reports, corrections and OFD of `drivers.service.ServicePrinter`. Source: notes, sections 2.5 and 2.7."""

from __future__ import annotations

from drivers.api import Done, NotSent, Outcome, Refused
from drivers.fiscal.tlv import decode
from drivers.selling import ReceiptKind, Registered, Tender
from drivers.service import CalculationReport, Correction, OfdState, ShiftInfo
from drivers.shtrih import commands_correction as corrections
from drivers.shtrih import commands_storage as storage
from drivers.shtrih.command import Nothing
from drivers.shtrih.commands_receipt import DOCUMENT_TLV, OPEN_RECEIPT, ReceiptType, Tlv
from drivers.shtrih.commands_shift import DEPARTMENT_REPORT, TAX_REPORT
from drivers.shtrih.errors import NO_DATA, NO_DOCUMENT
from drivers.shtrih.seller import OPEN_KINDS, TAX_SYSTEMS, TLV_BYTES
from drivers.shtrih.till import Connected

CORRECTION = 0x80  # added to the type of 8Dh
CORRECTED_KINDS = (ReceiptKind.SALE, ReceiptKind.PURCHASE)
RECEIPT_FORM = 3  # what the TLVs of a correction are members of
LINK_UP = 1


class ShtrihReports(Connected):
    """The reporting part of the service face."""

    def shift_info(self) -> Outcome[ShiftInfo]:
        """FF40h."""
        outcome = self._command(storage.CURRENT_SHIFT, Nothing())
        if not isinstance(outcome, Done):
            return outcome
        return Done(ShiftInfo(bool(outcome.reply.state), outcome.reply.shift, outcome.reply.receipt))

    def department_report(self) -> Outcome[None]:
        """42h."""
        return self._plain(DEPARTMENT_REPORT, Nothing())

    def tax_report(self) -> Outcome[None]:
        """43h."""
        return self._plain(TAX_REPORT, Nothing())

    def calculation_report(self) -> Outcome[CalculationReport]:
        """FF37h, FF38h. What FF37h began is dropped (FF08h) when FF38h surely did not happen."""
        started = self._plain(corrections.START_CALCULATION, Nothing())
        if not isinstance(started, Done):
            return started
        outcome = self._command(corrections.CALCULATION_REPORT, Nothing())
        if not isinstance(outcome, Done):
            self._drop_if_not_done(outcome)
            return outcome
        report = outcome.reply
        return Done(CalculationReport(report.fd_number, report.fpd, report.unconfirmed, report.first_day))

    def correction(self, correction: Correction) -> Outcome[Registered]:
        """FF35h, FF0Ch for the tags, FF4Ah. FFD 1.0 and 1.05."""
        request = _correction(correction)
        if correction.tlv:
            decode(correction.tlv, parent=RECEIPT_FORM)
        started = self._plain(corrections.START_CORRECTION, Nothing())
        if not isinstance(started, Done):
            return started
        if correction.tlv:
            tagged = self._plain(DOCUMENT_TLV, Tlv(correction.tlv))
            if not isinstance(tagged, Done):
                self._plain(storage.CANCEL_STORAGE_DOCUMENT, Nothing())  # nothing of it is registered yet
                return tagged
        outcome = self._command(corrections.CORRECTION, request)
        if not isinstance(outcome, Done):
            self._drop_if_not_done(outcome)
            return outcome
        return Done(Registered(outcome.reply.fd_number, outcome.reply.fpd, at=outcome.reply.at))

    def correction_old(self, kind: ReceiptKind, total_kop: int) -> Outcome[Registered]:
        """FF35h, FF36h: firmware without FF4Ah. Only a total: the device fills in payments and taxes."""
        if kind not in CORRECTED_KINDS or total_kop < 0:
            raise ValueError("FF36h corrects a sale or a purchase of zero or more")
        started = self._plain(corrections.START_CORRECTION, Nothing())
        if not isinstance(started, Done):
            return started
        outcome = self._command(corrections.OLD_CORRECTION, corrections.OldCorrection(total_kop, kind.value))
        if not isinstance(outcome, Done):
            self._drop_if_not_done(outcome)
            return outcome
        return Done(Registered(outcome.reply.fd_number, outcome.reply.fpd, at=outcome.reply.at))

    def _drop_if_not_done(self, outcome: Outcome[object]) -> None:
        if isinstance(outcome, NotSent | Refused):
            self._plain(storage.CANCEL_STORAGE_DOCUMENT, Nothing())

    def correction_open(self, kind: ReceiptKind) -> Outcome[None]:
        """8Dh with 80h + type (the vendor's JavaPOS driver alone); then 1173, 1174 and items, closed by FF45h."""
        return self._plain(OPEN_RECEIPT, ReceiptType(CORRECTION + OPEN_KINDS[kind]))

    def ofd_state(self) -> Outcome[OfdState]:
        """FF39h and FF3Fh."""
        exchange = self._command(storage.OFD_EXCHANGE, Nothing())
        if not isinstance(exchange, Done):
            return exchange
        unconfirmed = self._command(storage.UNCONFIRMED, Nothing())
        if not isinstance(unconfirmed, Done):
            return unconfirmed
        seen = exchange.reply
        return Done(
            OfdState(
                queue=seen.queue,
                unconfirmed=unconfirmed.reply.count,
                first_fd=seen.first_fd or None,
                first_at=seen.first_at if seen.first_fd else None,
                connected=bool(seen.status & LINK_UP),
                reading=bool(seen.reading),
            )
        )

    def ofd_receipt(self, fd_number: int) -> Outcome[bytes | None]:
        """FF3Ch; 08h or 34h = none yet."""
        outcome = self._command(storage.OFD_RECEIPT, storage.FdNumber(fd_number))
        if isinstance(outcome, Refused) and outcome.code in (NO_DOCUMENT, NO_DATA):
            return Done(None)
        return Done(outcome.reply.content) if isinstance(outcome, Done) else outcome


def _correction(given: Correction) -> corrections.CorrectionV2:
    if given.kind not in CORRECTED_KINDS:
        raise ValueError("FF4Ah corrects a sale or a purchase; returns go through correction_open")
    if given.tax_system not in TAX_SYSTEMS:
        raise ValueError(f"tax system {given.tax_system:#x} is not one bit of 1..20h")
    if len(given.tlv) > TLV_BYTES:
        raise ValueError(f"{len(given.tlv)} bytes of tags, a frame takes {TLV_BYTES}")
    payments = _payments(given.tender)
    if sum(payments) != given.total_kop:
        raise ValueError(f"payments are {sum(payments)} kopecks, the total is {given.total_kop}")
    return corrections.CorrectionV2(
        basis=int(given.by_order),
        operation=given.kind.value,
        total_kop=given.total_kop,
        payments_kop=payments,
        taxes_kop=given.taxes_kop,
        tax_system=given.tax_system,
    )


def _payments(tender: Tender) -> tuple[int, ...]:
    return (tender.cash_kop, tender.cashless_kop, tender.advance_kop, tender.credit_kop, tender.provision_kop)
