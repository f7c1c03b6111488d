"""What the tables make the device do: print or not, how a document ends, whether a shift empties the drawer.

Source: protocol notes, sections 4.2 to 4.5. Fields read from the device live here too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from emulator.device import Device
from emulator.marks import CutMark, FeedMark, Line, Mark
from emulator.shtrih.tables import Bound

if TYPE_CHECKING:
    from emulator.shtrih.machine import Machine

EMPTY_DRAWER_AT_Z = (1, 1, 2)
ADVERT = (1, 1, 3)
CUT = (1, 1, 7)
NO_PRINT = (17, 1, 7)
NO_REPORTS = (17, 1, 53)
PRINT_ALL, SKIP_NEXT, NEVER = 0, 1, 2
ADVERT_ROWS = range(1, 4)
FEED_BEFORE_CUT = 3
QUEUE_NOT_EMPTY = 1 << 1


def settle(machine: Machine) -> None:
    """Let the device ask the tables of its Shtrih side."""
    device, tables = machine.device, machine.tables

    def prints(report: bool) -> bool:
        mode = tables.number(*NO_PRINT)
        if mode == SKIP_NEXT:
            tables.put(*NO_PRINT, PRINT_ALL)
        return mode not in (SKIP_NEXT, NEVER) and not (report and tables.number(*NO_REPORTS))

    def ending() -> Sequence[Mark]:
        rows = ADVERT_ROWS if tables.number(*ADVERT) else range(0)
        advert = [tables.text(4, row, 1)[: device.profile.columns] for row in rows]
        cut = tables.number(*CUT)
        marks: list[Mark] = [Line(text) for text in advert if text]
        return [*marks, FeedMark(FEED_BEFORE_CUT), *([CutMark(cut == 2)] if cut else [])]

    device.prints = prints
    device.ending = ending
    device.empties_drawer = lambda: bool(tables.number(*EMPTY_DRAWER_AT_Z))


def bound(device: Device) -> Bound:
    """Table fields that are read from the device at the moment of asking, by the name in ``bind``."""
    profile = device.profile
    return {
        "ffd": lambda: {"1.05": 2, "1.2": 4}[profile.ffd],
        "serial": lambda: profile.serial,
        "inn": lambda: profile.inn.ljust(12),
        "rnm": lambda: profile.rnm,
        "fn_serial": lambda: device.fn.serial,
        "tax_systems": lambda: profile.tax_systems,
        "work_mode": lambda: 0,
        "user": lambda: profile.user,
        "cashier": lambda: device.profile.cashier(device.operator or 30)[0],
        "address": lambda: profile.address,
        "place": lambda: profile.place,
        "ofd_name": lambda: profile.ofd_name,
        "ofd_inn": lambda: profile.ofd_inn.ljust(12),
        "ofd_state": lambda: QUEUE_NOT_EMPTY if device.fn.ofd_queue().count else 0,
        "ofd_messages": lambda: device.fn.ofd_queue().count,
        "ofd_first": lambda: device.fn.ofd_queue().first_fd,
    }
