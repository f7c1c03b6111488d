"""The device's state in Shtrih words: flags, mode byte, submode (protocol notes, sections 3.1 to 3.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.terms import DeviceMode, PaperState

if TYPE_CHECKING:
    from emulator.shtrih.machine import Machine

PAPER_ROLL = 1 << 1
DECIMAL_POINT = 1 << 4
PAPER_OPTICAL = 1 << 7
HEAD_LEVER = 1 << 9
COVER = 1 << 10
DRAWER = 1 << 11
DRAWER_LEVEL = (1, 1, 9)
"""1: the drawer's sensor is wired the other way round, so the bit is down while the drawer is open (pitfall 21)."""

MODE_DATE_CONFIRMATION = 6
MODE_DOCUMENT = 8
_MODES = {DeviceMode.SHIFT_OPEN: 2, DeviceMode.SHIFT_OVER: 3, DeviceMode.SHIFT_CLOSED: 4}
_DOCUMENT_STATUS = {1: 0, 3: 1, 2: 2, 4: 3}
"""High nibble of mode 8 by receipt kind (tag 1054): sale 0, purchase 1, sale return 2, purchase return 3."""
_SUBMODES = {PaperState.PRESENT: 0, PaperState.OUT: 1, PaperState.OUT_WHILE_PRINTING: 2, PaperState.BACK: 3}
_SUBMODE_LONG_REPORT = 4
_SUBMODE_PRINTING = 5


def status_flags(machine: Machine) -> int:
    """Flag word of 10h and 11h; 0292h for a device with paper and closed covers."""
    device = machine.device
    flags = DECIMAL_POINT | HEAD_LEVER
    if device.paper in (PaperState.PRESENT, PaperState.BACK):
        flags |= PAPER_ROLL | PAPER_OPTICAL
    if device.cover_open:
        flags |= COVER
    if device.drawer_open is not bool(machine.tables.number(*DRAWER_LEVEL)):
        flags |= DRAWER
    return flags


def mode_byte(machine: Machine) -> int:
    """Low nibble mode, high nibble status."""
    if machine.date_to_confirm is not None:
        return MODE_DATE_CONFIRMATION
    device = machine.device
    if device.mode is DeviceMode.RECEIPT_OPEN:
        return MODE_DOCUMENT | _DOCUMENT_STATUS[device.receipt_kind or 1] << 4
    return _MODES[device.mode]


def submode(machine: Machine) -> int:
    """0 ready, 1 no paper, 2 ran out while printing, 3 paper is back, 4 a long report prints, 5 printing.

    An open cover looks like no paper.
    """
    device = machine.device
    if device.paper is PaperState.PRESENT and device.cover_open:
        return _SUBMODES[PaperState.OUT]
    if device.paper is PaperState.PRESENT and device.busy:
        return _SUBMODE_LONG_REPORT if device.head.long_report else _SUBMODE_PRINTING
    return _SUBMODES[device.paper]
