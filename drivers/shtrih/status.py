"""Mode, submode and flags in the words of `drivers.api`.

Source: Shtrih-M protocol 2.0, modes, submodes and flags; protocol notes, sections 3.1 to 3.3.
"""

from __future__ import annotations

from enum import IntEnum

from drivers.api import Paper, PrinterStatus, Shift, StorageStatus
from drivers.shtrih.commands_status import ShortStatus
from drivers.shtrih.commands_storage import StorageState


class Mode(IntEnum):
    """Low nibble of the mode byte."""

    WORKING = 0
    DUMP = 1
    SHIFT_OPEN = 2
    SHIFT_OVER_24H = 3
    SHIFT_CLOSED = 4
    LOCKED = 5
    DATE_CONFIRMATION = 6
    DECIMAL_POINT = 7
    DOCUMENT_OPEN = 8
    TECHNOLOGICAL_RESET = 9
    TEST_RUN = 10
    FULL_FISCAL_REPORT = 11
    REPORT = 12
    SLIP_OPEN = 13
    SLIP_PRINTING = 14
    SLIP_READY = 15


class Submode(IntEnum):
    """Submode byte."""

    IDLE = 0
    PAPER_OUT = 1
    PAPER_OUT_PRINTING = 2
    PAPER_BACK = 3  # waits for B0h
    LONG_REPORT = 4
    PRINTING = 5


FLAG_PAPER = 1 << 7  # optical sensor of the receipt tape
FLAG_COVER = 1 << 10

_SHIFTS = {
    Mode.SHIFT_OPEN: Shift.OPEN,
    Mode.SHIFT_OVER_24H: Shift.OVER_24H,
    Mode.SHIFT_CLOSED: Shift.CLOSED,
}
_PAPERS = {
    Submode.PAPER_OUT: Paper.OUT,
    Submode.PAPER_OUT_PRINTING: Paper.OUT_WHILE_PRINTING,
    Submode.PAPER_BACK: Paper.BACK,
}
_OPEN_MODES = frozenset({Mode.DOCUMENT_OPEN, Mode.SLIP_OPEN, Mode.SLIP_PRINTING, Mode.SLIP_READY})
_PRINTING_MODES = frozenset({Mode.FULL_FISCAL_REPORT, Mode.REPORT, Mode.TEST_RUN})
_PRINTING_SUBMODES = frozenset({Submode.LONG_REPORT, Submode.PRINTING})

_WARNINGS = ((1, "replace_now"), (2, "expiring"), (4, "memory_full"), (8, "ofd_timeout"))
_PHASE_FISCAL, _PHASE_CLOSED = 2, 4


def mode_of(status: ShortStatus) -> Mode:
    """Mode without its status nibble."""
    return Mode(status.mode & 0x0F)


def shift_of(status: ShortStatus) -> Shift | None:
    """The shift, when the mode tells it: an open document or a report hides it."""
    return _SHIFTS.get(mode_of(status))


def paper_of(status: ShortStatus) -> Paper:
    """The submode rules; while it says nothing of paper, the optical sensor does."""
    known = {int(submode): paper for submode, paper in _PAPERS.items()}.get(status.submode)
    if known is not None:
        return known
    return Paper.PRESENT if status.flags & FLAG_PAPER else Paper.OUT


def is_printing(status: ShortStatus) -> bool:
    """Printing goes on after the answer of the command that began it."""
    return status.submode in _PRINTING_SUBMODES or mode_of(status) in _PRINTING_MODES


def printer_status(status: ShortStatus, shift: Shift) -> PrinterStatus:
    """10h in the words of the api; `shift` from the mode, or from FF40h when the mode hides it."""
    return PrinterStatus(
        shift=shift,
        paper=paper_of(status),
        cover_open=bool(status.flags & FLAG_COVER),
        receipt_open=mode_of(status) in _OPEN_MODES,
        printing=is_printing(status),
    )


def storage_status(state: StorageState) -> StorageStatus:
    """FF01h in the words of the api."""
    return StorageStatus(
        fn_serial=state.serial,
        last_fd=state.last_fd,
        fiscal=bool(state.phase & _PHASE_FISCAL) and not state.phase & _PHASE_CLOSED,
        shift_open=bool(state.shift),
        document_open=bool(state.document),
        last_document_at=state.last_at,
        warnings=frozenset(name for bit, name in _WARNINGS if state.warnings & bit),
    )
