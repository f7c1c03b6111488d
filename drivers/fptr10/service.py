"""The part of `drivers.service.ServicePrinter` the driver has tasks for.

Not here, because no task known from a source does it: tables and fields, money and operation registers, exchange
parameters, fonts, header and advertising, pictures, the operator's receipts, a tax report.
"""

from __future__ import annotations

from abc import abstractmethod
from datetime import datetime

from drivers.api import Cut, Done, Effect, NotSent, Outcome, OutcomeUnknown, Paper, PrinterStatus
from drivers.fptr10.draft import Draft
from drivers.fptr10.errors import explain
from drivers.fptr10.marking import Fptr10Marking
from drivers.fptr10.readings import Told, local_time, member
from drivers.fptr10.seller import CORRECTIONS
from drivers.fptr10.session import plain
from drivers.fptr10.slip import feed_items, print_items, print_slip, text_item
from drivers.fptr10.task import Task, roubles
from drivers.fptr10.till import NOT_CONNECTED
from drivers.selling import ReceiptKind, Registered
from drivers.service import (
    Barcode,
    CalculationReport,
    Correction,
    Obstacle,
    OfdState,
    Readiness,
    Repair,
    ShiftInfo,
)

STATE_REPORT = 21
BARCODES = {"ean13": "EAN13", "ean8": "EAN8", "code128": "CODE128"}
TAXES = ("vat20", "vat10", "vat0", "none", "vat120", "vat110")  # in the order of `Correction.taxes_kop`
OBSTACLES = {
    Paper.OUT: Obstacle.PAPER_OUT,
    Paper.OUT_WHILE_PRINTING: Obstacle.PAPER_OUT_PRINTING,
    Paper.BACK: Obstacle.WAITS_FOR_CONTINUE,
}


class Fptr10Service(Fptr10Marking):
    """Getting ready, paper, drawer, reports, corrections."""

    @abstractmethod
    def status(self) -> Outcome[PrinterStatus]:
        """The printer's own reading."""

    @abstractmethod
    def continue_print(self) -> Outcome[None]:
        """The printer's own."""

    def ready(self, drop_receipt: bool = False) -> Outcome[Readiness]:
        """Continue a print whose paper is back; cancel an open receipt when told to; tell the rest."""
        repairs: list[Repair] = []
        status = self.status()
        if isinstance(status, Done) and status.reply.paper is Paper.BACK:
            if isinstance(self.continue_print(), Done):
                repairs.append(Repair.PRINT_CONTINUED)
            status = self.status()
        if drop_receipt and isinstance(status, Done) and status.reply.receipt_open:
            dropped = self.receipt_cancel()
            if isinstance(dropped, NotSent | OutcomeUnknown):
                return dropped
            repairs += [Repair.RECEIPT_DROPPED] if isinstance(dropped, Done) else []
            status = self.status()
        if not isinstance(status, Done):
            return status
        blocked = self._ask("getDeviceStatus", lambda told: member(told, "deviceStatus"))
        if not isinstance(blocked, Done):
            return blocked
        return Done(Readiness(_obstacles(status.reply, blocked.reply), tuple(repairs)))

    def beep(self) -> Outcome[None]:
        """`beep`."""
        till = self._till()
        return NOT_CONNECTED if till is None else till.session.call(till.session.fptr.beep, "beep", Effect.PRINT)

    def open_drawer(self, drawer: int = 0) -> Outcome[None]:
        """openCashDrawer; it knows one drawer."""
        if drawer not in (0, 1):
            raise ValueError(f"drawer 0 or 1, not {drawer}")
        return plain(self._run("openCashDrawer"))

    def feed(self, lines: int) -> Outcome[None]:
        """Empty lines."""
        till, items = self._till(), feed_items(lines)
        return NOT_CONNECTED if till is None else print_items(till.session, items)

    def cut(self, partial: bool = True) -> Outcome[None]:
        """`cut`."""
        till = self._till()
        if till is None:
            return NOT_CONNECTED
        return print_slip(till.session, [Cut(partial)], self.switches.feed_before_cut)

    def print_line(self, text: str, font: int = 1) -> Outcome[None]:
        """One line; `font` goes as the driver's number, 0 = its default."""
        till = self._till()
        if till is None:
            return NOT_CONNECTED
        return print_items(till.session, [{**text_item(text), "font": font}])

    def print_barcode(self, barcode: Barcode) -> Outcome[None]:
        """A `barcode` item. ValueError: a kind the face does not name."""
        if barcode.kind not in BARCODES:
            raise ValueError(f"bar codes are {', '.join(BARCODES)}, not {barcode.kind!r}")
        item = {
            "type": "barcode",
            "barcode": barcode.text,
            "barcodeType": BARCODES[barcode.kind],
            "alignment": "center",
            "scale": barcode.module_dots,
            "height": barcode.height_dots,
            "printText": barcode.with_text,
        }
        till = self._till()
        return NOT_CONNECTED if till is None else print_items(till.session, [item])

    def repeat_document(self) -> Outcome[None]:
        """printLastReceiptCopy."""
        return plain(self._run("printLastReceiptCopy"))

    def department_report(self) -> Outcome[None]:
        """reportDepartments."""
        return plain(self._run("reportDepartments", operator=self._operator()))

    def set_clock(self, at: datetime) -> Outcome[None]:
        """setDateTime; the text has one source."""
        return plain(self._run("setDateTime", dateTime=f"{at:%Y.%m.%d %H:%M:%S}"))

    def error_text(self, code: int | None = None) -> Outcome[str]:
        """Our own sentence for a code; None: the driver's words about its last error."""
        till = self._till()
        if till is None:
            return NOT_CONNECTED
        return Done(till.session.fptr.errorDescription() if code is None else explain(code).ru)

    def shift_info(self) -> Outcome[ShiftInfo]:
        """getShiftStatus for the shift, getFnStatus for the number of the last receipt."""
        receipts = self._ask("getFnStatus", lambda told: int(member(told, "fnStatus")["fiscalReceiptNumber"]))
        if not isinstance(receipts, Done):
            return receipts
        last = receipts.reply
        return self._ask("getShiftStatus", lambda told: _shift_info(member(told, "shiftStatus"), last))

    def ofd_state(self) -> Outcome[OfdState]:
        """ofdExchangeStatus. Connection and reading are not told: False."""
        return self._ask("ofdExchangeStatus", lambda told: _ofd_state(member(told, "status")))

    def calculation_report(self) -> Outcome[CalculationReport]:
        """reportOfdExchangeStatus: registers a document."""
        till = self._till()
        if till is None:
            return NOT_CONNECTED
        task = Task("reportOfdExchangeStatus", {"operator": self._operator()})
        outcome = till.registering.run(task, lambda short: short.form == STATE_REPORT)
        if not isinstance(outcome, Done):
            return outcome
        return Done(CalculationReport(outcome.reply.fd_number, outcome.reply.fpd))

    def correction(self, correction: Correction) -> Outcome[Registered]:
        """A correction of FFD 1.05, without items; a task with `taxes`."""
        if correction.kind not in (ReceiptKind.SALE, ReceiptKind.PURCHASE):
            raise ValueError("returns are corrected by a receipt with items, correction_open")
        till = self._till()
        if till is None:
            return NOT_CONNECTED
        draft = Draft(correction.kind, correction=True, total_kop=correction.total_kop)
        draft.requisites(correction.tlv)
        task = draft.task(correction.tender, correction.tax_system, dict(self.operator), False)
        taxes = [
            {"type": word, "sum": roubles(kop)} for word, kop in zip(TAXES, correction.taxes_kop, strict=True) if kop
        ]
        kind = "instruction" if correction.by_order else "self"
        task = Task(task.name, {**task.fields, "correctionType": kind, "taxes": taxes or None})
        return till.registering.run(
            task, lambda short: short.form in CORRECTIONS and short.total_kop == correction.total_kop
        )

    def correction_open(self, kind: ReceiptKind) -> Outcome[None]:
        """Begin a correction with items (FFD 1.1 and later); 1173 and 1174 come through `receipt_tlv`."""
        return self._begin(kind, correction=True)


def _obstacles(status: PrinterStatus, device: Told) -> tuple[Obstacle, ...]:
    found = []
    if status.cover_open:
        found.append(Obstacle.COVER_OPEN)
    if status.paper in OBSTACLES:
        found.append(OBSTACLES[status.paper])
    if status.receipt_open:
        found.append(Obstacle.RECEIPT_OPEN)
    if status.shift.value == "over_24h":
        found.append(Obstacle.SHIFT_OVER_24H)
    if device.get("blocked"):
        found.append(Obstacle.LOCKED)
    if device.get("fnFiscal") is False:
        found.append(Obstacle.NOT_FISCAL)
    return tuple(found)


def _shift_info(told: Told, receipts: int) -> ShiftInfo:
    return ShiftInfo(told.get("state") != "closed", int(told["number"]), receipts)


def _ofd_state(told: Told) -> OfdState:
    count = int(told["notSentCount"])
    first = int(told.get("notSentFirstDocNumber") or 0)
    at = local_time(told.get("notSentFirstDocDateTime"))
    return OfdState(count, count, first if count else None, at if count else None, connected=False, reading=False)
