"""The face of a printer for everything that is neither watching (`api`) nor selling (`selling`): mechanics, settings,
reports, corrections, marking, and getting ready after something went wrong.

Pure values: no I/O, no clock. Money is kopecks; device time is a naive local `datetime`. Effects in brackets;
outcomes as everywhere: a STEP, COMMIT or PRINT is never repeated by the driver after silence. ValueError: no device
could take the request, nothing of it was sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Protocol

from drivers.api import Outcome
from drivers.selling import ReceiptKind, Registered, Tender


class Obstacle(Enum):
    """Why the next receipt cannot begin. Sentences for people: the vendor package's `explain_obstacle`."""

    PAPER_OUT = "paper_out"
    PAPER_OUT_PRINTING = "paper_out_printing"  # a document is half on paper; new paper, then it goes on
    COVER_OPEN = "cover_open"
    STILL_PRINTING = "still_printing"
    WAITS_FOR_CONTINUE = "waits_for_continue"  # paper is back, and "continue printing" was refused
    RECEIPT_OPEN = "receipt_open"  # somebody's unfinished receipt: nothing of it is registered
    SHIFT_OVER_24H = "shift_over_24h"
    DATE_UNCONFIRMED = "date_unconfirmed"
    LOCKED = "locked"
    NEEDS_RESET = "needs_reset"
    SERVICE_MODE = "service_mode"
    STORAGE_DOCUMENT = "storage_document"  # the storage holds a half-made document and would not drop it
    NOT_FISCAL = "not_fiscal"


class Repair(Enum):
    """What the driver put right by itself."""

    PRINT_CONTINUED = "print_continued"
    RECEIPT_DROPPED = "receipt_dropped"
    STORAGE_DOCUMENT_DROPPED = "storage_document_dropped"


@dataclass(frozen=True)
class Readiness:
    """`ready`: a receipt may begin (the shift may still be closed)."""

    obstacles: tuple[Obstacle, ...] = ()
    repairs: tuple[Repair, ...] = ()

    @property
    def ready(self) -> bool:
        return not self.obstacles


@dataclass(frozen=True)
class FontInfo:
    """One font: its number from 1, characters in a line, size of a character in dots."""

    number: int
    columns: int
    width: int
    height: int


@dataclass(frozen=True)
class Picture:
    """Rows from top to bottom; in a byte the leftmost dot is bit 7 (as in PBM), 1 = black. `width_dots` 1..512."""

    width_dots: int
    rows: tuple[bytes, ...]


@dataclass(frozen=True)
class Barcode:
    """A bar code across the paper. `kind` ean13, ean8, code128. `height_dots` 1..1200; the text is printed below."""

    kind: str
    text: str
    height_dots: int = 80
    module_dots: int = 2
    with_text: bool = True


@dataclass(frozen=True)
class TableInfo:
    """A table of settings; rows and fields count from 1."""

    number: int
    name: str
    rows: int
    fields: int


@dataclass(frozen=True)
class FieldInfo:
    """A field of a table. `size` in bytes; the limits only of numbers."""

    table: int
    number: int
    name: str
    is_text: bool
    size: int
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True)
class ExchangeParameters:
    """How a port of the device talks. `port` 0..127 serial, 128 TCP; `speed` baud of a serial port, or the TCP port."""

    port: int
    speed: int
    byte_timeout_ms: int


@dataclass(frozen=True)
class ShiftInfo:
    """`number` of the open shift, or of the last one; `receipts`: the last closed receipt in it, 0 after opening."""

    is_open: bool
    number: int
    receipts: int


@dataclass(frozen=True)
class OfdState:
    """What waits for the operator of fiscal data. `first_*`: the oldest document in the queue, None = none."""

    queue: int
    unconfirmed: int
    first_fd: int | None
    first_at: datetime | None
    connected: bool
    reading: bool


@dataclass(frozen=True)
class CalculationReport:
    """Report on the state of calculations; the last two when the device tells."""

    fd_number: int
    fpd: int
    unconfirmed: int | None = None
    oldest: date | None = None


@dataclass(frozen=True)
class Correction:
    """A correction receipt of FFD 1.0 and 1.05. `kind` SALE or PURCHASE; `tender` adds up to `total_kop`.

    `taxes_kop`: VAT 20, VAT 10, turnover 0 %, turnover without VAT, VAT 20/120, VAT 10/110. `tlv`: whole TLVs of the
    document (1174 and others). `tax_system`: one bit, 0 = the registered one.
    """

    kind: ReceiptKind
    total_kop: int
    tender: Tender
    by_order: bool = False
    taxes_kop: tuple[int, int, int, int, int, int] = (0, 0, 0, 0, 0, 0)
    tax_system: int = 0
    tlv: bytes = b""


@dataclass(frozen=True)
class MarkVerdict:
    """A marking code checked: tags 2004 (`local`), 2100 (`kind`), 2106 (`server`, None = the server did not answer)."""

    local: int
    reason: int
    kind: int
    server: int | None = None


class ServicePrinter(Protocol):
    """Everything else a register uses. One thread owns it, as in `api.FiscalPrinter`."""

    def ready(self, drop_receipt: bool = False) -> Outcome[Readiness]:
        """Look, put right what may be put right unasked, tell the rest [STEP]. `drop_receipt`: cancel an open one."""

    def beep(self) -> Outcome[None]:
        """[PRINT]"""

    def open_drawer(self, drawer: int = 0) -> Outcome[None]:
        """Cash drawer 0 or 1 [PRINT]. Done also when none is attached."""

    def feed(self, lines: int) -> Outcome[None]:
        """1..255 lines [PRINT]."""

    def cut(self, partial: bool = True) -> Outcome[None]:
        """[PRINT]. A device without a cutter feeds instead."""

    def fonts(self) -> Outcome[tuple[FontInfo, ...]]:
        """All fonts of the device [QUERY]."""

    def print_line(self, text: str, font: int = 1) -> Outcome[None]:
        """One line in any font, cut at the font's width [PRINT]."""

    def print_header(self) -> Outcome[None]:
        """The header lines set in the device [PRINT]."""

    def print_advertising(self) -> Outcome[None]:
        """The advertising lines set in the device [PRINT]."""

    def end_document(self, advertising: bool = False) -> Outcome[None]:
        """Feed past the head, cut where configured [PRINT]."""

    def repeat_document(self) -> Outcome[None]:
        """A copy of the last document [PRINT]. Refused when there is nothing to repeat."""

    def print_picture(self, picture: Picture) -> Outcome[None]:
        """[PRINT]"""

    def print_barcode(self, barcode: Barcode) -> Outcome[None]:
        """[PRINT]"""

    def set_clock(self, at: datetime) -> Outcome[None]:
        """Time and date, confirmed [SET]. The shift must be closed."""

    def table(self, number: int) -> Outcome[TableInfo | None]:
        """Done(None): no such table [QUERY]."""

    def field(self, table: int, number: int) -> Outcome[FieldInfo | None]:
        """Done(None): no such field [QUERY]."""

    def find_field(self, table: int, name: str) -> Outcome[FieldInfo | None]:
        """By name without regard to case: numbers differ between models [QUERY]."""

    def read_field(self, table: int, row: int, field: int) -> Outcome[int | str]:
        """[QUERY]"""

    def write_field(self, table: int, row: int, field: int, value: int | str) -> Outcome[None]:
        """[SET]. ValueError when the value does not fit the field."""

    def money_register(self, number: int) -> Outcome[int]:
        """Kopecks [QUERY]."""

    def operation_register(self, number: int) -> Outcome[int]:
        """A count [QUERY]."""

    def exchange_parameters(self, port: int) -> Outcome[ExchangeParameters]:
        """[QUERY]"""

    def set_exchange_parameters(self, parameters: ExchangeParameters) -> Outcome[None]:
        """[SET]. Of the port in use: connect anew with the new speed."""

    def error_text(self, code: int | None = None) -> Outcome[str]:
        """The device's own words; None = of its last error [QUERY]."""

    def shift_info(self) -> Outcome[ShiftInfo]:
        """[QUERY]"""

    def department_report(self) -> Outcome[None]:
        """[PRINT]"""

    def tax_report(self) -> Outcome[None]:
        """[PRINT]"""

    def calculation_report(self) -> Outcome[CalculationReport]:
        """Registers a document [COMMIT]."""

    def correction(self, correction: Correction) -> Outcome[Registered]:
        """FFD 1.0 and 1.05: a correction in one document without items [COMMIT]."""

    def correction_open(self, kind: ReceiptKind) -> Outcome[None]:
        """FFD 1.1 and later: a correction receipt with items; go on and close as any receipt [STEP]."""

    def ofd_state(self) -> Outcome[OfdState]:
        """[QUERY]"""

    def ofd_receipt(self, fd_number: int) -> Outcome[bytes | None]:
        """The operator's receipt as the storage keeps it; Done(None): none yet [QUERY]."""

    def mark_check(self, code: bytes, planned: int, tlv: bytes = b"") -> Outcome[MarkVerdict]:
        """Check a marking code, up to 40 s; `planned` is tag 2003 [STEP]."""

    def mark_accept(self, accept: bool) -> Outcome[int]:
        """Take or drop the code checked last; tag 2106 [STEP]."""

    def mark_bind(self, code: bytes, bulk: bool = False) -> Outcome[None]:
        """Bind a code to the item registered last [STEP]."""
