"""The face every fiscal printer shows, and the only four ways a command can end.

Pure values: no I/O, no clock. Money is integer kopecks (`_kop`), local device time is a naive `datetime`.

Outcome of a command (reliability targets, section 3):

* `NotSent`         nothing reached the device: it is safe to try again.
* `Refused`         the device understood and said no, with its own code.
* `Done`            the device did it and answered.
* `OutcomeUnknown`  it may or may not have happened: only the fiscal storage can tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import Generic, Protocol, TypeVar

T_co = TypeVar("T_co", covariant=True)


class Effect(Enum):
    """What a command changes; the retry policy follows from it and from nothing else."""

    QUERY = "query"  # changes nothing: ask again
    SET = "set"  # same end state if repeated: send again
    STEP = "step"  # adds to an open document: read the state, never repeat on its own
    COMMIT = "commit"  # registers a fiscal document: never repeat before a resolve
    PRINT = "print"  # ink on paper: only as a whole new slip once the device is idle


class LinkFault(Enum):
    """Why the device could not be talked to; each has its own sentence for people."""

    NO_PORT = "no_port"  # the path or address does not exist
    NO_PERMISSION = "no_permission"  # the port exists, we may not open it
    BUSY = "busy"  # another program holds the port
    SILENT = "silent"  # the port is open, nothing answers: power, cable, baud, PPP
    GARBAGE = "garbage"  # bytes come, but no frame can be made of them: usually a wrong baud
    LOST = "lost"  # the port vanished or the connection broke while open
    NO_DRIVER = "no_driver"  # the vendor's driver is not installed where it is looked for
    BROKEN_DRIVER = "broken_driver"  # it is there and does not load
    OLD_DRIVER = "old_driver"  # it loads and is older than what is needed


@dataclass(frozen=True)
class NotSent:
    """Nothing was changed in the device; trying again is safe. A question that got no answer ends so too.

    BUSY on an open line: another program of the same device did not let us finish; the line itself is in order.
    """

    fault: LinkFault
    detail: str = ""


@dataclass(frozen=True)
class Refused:
    """The device answered with an error code and did nothing. `code` is the vendor's number; `shown` how the vendor
    writes it where that is not two hex digits."""

    code: int
    command: str = ""
    detail: str = ""
    shown: str = field(default="", compare=False)

    @property
    def number(self) -> str:
        """The code for people and logs: `4Ah`, or `44 (no paper)`."""
        return self.shown or f"{self.code:02X}h"


@dataclass(frozen=True)
class Done(Generic[T_co]):
    """The device executed the command; `reply` is its decoded answer."""

    reply: T_co


@dataclass(frozen=True)
class OutcomeUnknown:
    """The command left, no trustworthy answer came. Decide from the fiscal storage, never by repeating."""

    fault: LinkFault
    command: str = ""
    detail: str = ""


Outcome = NotSent | Refused | Done[T_co] | OutcomeUnknown


class Paper(Enum):
    """State of the receipt paper."""

    PRESENT = "present"
    OUT = "out"  # no paper, nothing was being printed
    OUT_WHILE_PRINTING = "out_while_printing"
    BACK = "back"  # paper is back, the device waits for "continue printing"


class Shift(Enum):
    """State of the fiscal shift."""

    CLOSED = "closed"
    OPEN = "open"
    OVER_24H = "over_24h"


@dataclass(frozen=True)
class Identity:
    """Who answers on the port. Strings are as the device gave them, without padding; "" = unknown."""

    vendor: str
    model: str
    serial: str
    firmware: str
    rnm: str = ""  # registration number of the register, tag 1037
    inn: str = ""


@dataclass(frozen=True)
class Capabilities:
    """What slips may use on this device, asked from the device, never assumed."""

    columns: int  # characters per line in the normal font
    double_columns: int  # characters per line in the double font
    native_qr: bool
    graphics_dots: int = 320
    cutter: bool = True


@dataclass(frozen=True)
class PrinterStatus:
    """One reading of the device's own state."""

    shift: Shift
    paper: Paper
    cover_open: bool
    receipt_open: bool
    printing: bool
    device_time: datetime | None = None  # printer's own clock, when the reading contains it
    last_closed_shift: int | None = None

    @property
    def idle(self) -> bool:
        """True when a slip may start: no document open, nothing printing, paper present, cover closed."""
        return not (self.receipt_open or self.printing or self.cover_open) and self.paper is Paper.PRESENT


@dataclass(frozen=True)
class StorageStatus:
    """One reading of the fiscal storage (FN). `last_fd` counts every document, from 1; 0 = none yet."""

    fn_serial: str
    last_fd: int
    fiscal: bool  # registered and not closed
    shift_open: bool
    document_open: bool
    last_document_at: datetime | None
    warnings: frozenset[str] = field(default_factory=frozenset)  # keys: replace_now, expiring, memory_full, ofd_timeout


@dataclass(frozen=True)
class StoragePassport:
    """What changes rarely: expiry date, firmware of the storage, registrations left (None = not told)."""

    expires: date
    version: str
    production: bool
    registrations_left: int | None = None


@dataclass(frozen=True)
class ShortDocument:
    """A fiscal document's short form, kept 5 years. `operation` and `total_kop` only for receipts."""

    form: int
    fd_number: int
    fpd: int
    at: datetime
    ofd_confirmed: bool
    operation: int | None = None
    total_kop: int | None = None


@dataclass(frozen=True)
class StoredDocument:
    """A whole document as the storage keeps it. `tlv` is the body: the members, without the outer tag and length."""

    form: int
    fd_number: int
    tlv: bytes


@dataclass(frozen=True)
class Text:
    """One line of text. Longer than the line: the caller's mistake, the device cuts it."""

    text: str
    double: bool = False  # double height and width font
    bold: bool = False


@dataclass(frozen=True)
class Qr:
    """A QR code, centred, with white above and below. `module_dots` 3..8 (a device may round)."""

    text: str
    module_dots: int = 6
    level: str = "M"


@dataclass(frozen=True)
class Feed:
    """Advance the paper by whole lines, 1..255."""

    lines: int = 1


@dataclass(frozen=True)
class Cut:
    """Cut the paper; a device without a cutter feeds instead."""

    partial: bool = True


SlipPart = Text | Qr | Feed | Cut


class FiscalPrinter(Protocol):
    """One fiscal printer on one port. Not thread-safe: one thread owns it.

    Methods never raise for what a device or a cable does; they return an `Outcome`.
    """

    def connect(self) -> Outcome[Identity]:
        """Open the port, settle what an earlier owner left, identify the device."""

    def disconnect(self) -> None:
        """Close the port; safe to call at any time."""

    def capabilities(self) -> Capabilities:
        """Known after `connect` was Done."""

    def status(self) -> Outcome[PrinterStatus]:
        """Short reading: mode, paper, what is going on."""

    def clock(self) -> Outcome[datetime]:
        """The device's own local time, to the second."""

    def storage(self) -> Outcome[StorageStatus]:
        """FN serial, last document number, warnings."""

    def passport(self) -> Outcome[StoragePassport]:
        """FN expiry and version."""

    def find_document(self, fd_number: int) -> Outcome[ShortDocument | None]:
        """Short form; `Done(None)` = the storage has no such document."""

    def read_document(self, fd_number: int) -> Outcome[StoredDocument | None]:
        """Whole TLV; `Done(None)` = only the short form or nothing is left."""

    def continue_print(self) -> Outcome[None]:
        """Go on after the paper came back."""

    def print_slip(self, parts: Sequence[SlipPart]) -> Outcome[None]:
        """Print a whole non-fiscal slip. Anything but Done: some of it may be on paper."""
