"""Modes and flags in the words of `drivers.api`. Source: protocol notes, sections 3.1, 3.2 and 3.8."""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum

from drivers.api import Paper, PrinterStatus, Shift, StorageStatus
from drivers.atol.commands_status import FullStatus, StateCode
from drivers.atol.commands_storage import StorageState


class Mode(IntEnum):
    """Low nibble of the mode byte."""

    CHOICE = 0
    REGISTRATION = 1
    X_REPORTS = 2
    Z_REPORTS = 3
    PROGRAMMING = 4
    ENTRY = 5
    STORAGE = 6
    TRANSIENT = 7


_PRINTING = frozenset({0x22, 0x23, 0x17})  # X report, Z report, registers being cleared after Z
FLAG_SHIFT, FLAG_PAPER, FLAG_COVER = 1 << 1, 1 << 3, 1 << 5
NO_PAPER = 1 << 0  # of 45h
FAULTS = {1 << 1: 0x68, 1 << 2: 0x69, 1 << 3: 0x69, 1 << 4: 0xD1, 1 << 6: 0x69}  # bit of 45h: what a command would say
RECEIPT_STATE = 0x07
_WARNINGS = ((1, "replace_now"), (2, "expiring"), (4, "memory_full"), (8, "ofd_timeout"))
_FISCAL = 3


def mode_of(mode: int) -> Mode:
    """Mode without its submode; numbers nobody described count as passing."""
    return Mode(mode & 0x0F) if mode & 0x0F <= Mode.TRANSIENT else Mode.TRANSIENT


def is_printing(mode: int) -> bool:
    """A report prints on after the answer of the command that began it."""
    return mode in _PRINTING


def is_receipt_open(status: FullStatus) -> bool:
    """A receipt is open in the register itself; the storage's own document is `StorageStatus.document_open`."""
    return bool(status.receipt_state & RECEIPT_STATE)


def printer_status(
    status: FullStatus, state: StateCode | None, shift_ends: datetime | None, paper_from_45: bool
) -> PrinterStatus:
    """3Fh, 45h and the end of the shift's 24 hours (register 12h, None = not told)."""
    shift = Shift.CLOSED
    if status.flags & FLAG_SHIFT:
        late = shift_ends is not None and status.at is not None and status.at >= shift_ends
        shift = Shift.OVER_24H if late else Shift.OPEN
    paper = bool(status.flags & FLAG_PAPER)
    if state is not None and paper_from_45:
        paper = not state.faults & NO_PAPER
    return PrinterStatus(
        shift=shift,
        paper=Paper.PRESENT if paper else Paper.OUT,
        cover_open=bool(status.flags & FLAG_COVER),
        receipt_open=is_receipt_open(status),
        printing=is_printing(status.mode if state is None else state.mode),
        device_time=status.at,
        last_closed_shift=status.last_closed_shift,
    )


def storage_status(state: StorageState, ofd_warning: bool) -> StorageStatus:
    """A4h 30h in the words of the api; `ofd_warning`: see `switches`."""
    warnings = {name for bit, name in _WARNINGS if state.warnings & bit}
    if not ofd_warning:
        warnings.discard("ofd_timeout")
    return StorageStatus(
        fn_serial=state.serial,
        last_fd=state.last_fd,
        fiscal=state.phase == _FISCAL,
        shift_open=bool(state.shift),
        document_open=bool(state.document),
        last_document_at=state.last_at,
        warnings=frozenset(warnings),
    )
