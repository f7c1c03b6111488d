"""Tables and the clock: 46h, 50h, 64h, EDh (protocol notes, sections 3.5 and 3.7)."""

from __future__ import annotations

from datetime import datetime

from emulator.atol.errors import WRONG_DATE, WRONG_MODE, WRONG_TIME, CommandError
from emulator.atol.fields import from_bcd
from emulator.atol.modes import PROGRAMMING
from emulator.atol.registry import COMMANDS, Call

CASHIERS = 3


def _cell(call: Call) -> tuple[int, int, int]:
    machine = call.machine
    if machine.variant.table_mode and machine.modes.mode != PROGRAMMING:
        raise CommandError(WRONG_MODE)
    return call.fields.num("table"), call.fields.num("row"), call.fields.num("field")


@COMMANDS.add(0x46, "read table", "table:1 row:2h field:1", ext=False)
def read_table(call: Call) -> bytes:
    """46h: the row comes high byte first."""
    return call.machine.tables.read(*_cell(call))


@COMMANDS.add(0x50, "write table", "table:1 row:2h field:1 value:*", ext=False)
def write_table(call: Call) -> bytes:
    """50h."""
    cell = _cell(call)
    call.machine.tables.write(*cell, call.fields.raw("value"))
    if cell[0] == CASHIERS:
        call.machine.apply_cashiers()
    return b""


def _set(call: Call, time_given: bool) -> bytes:
    day, month, year = (from_bcd(bytes((byte,))) for byte in call.fields.raw("date"))
    now = call.machine.device.now()
    hour, minute, second = now.hour, now.minute, now.second
    if time_given:
        hour, minute, second = (from_bcd(bytes((byte,))) for byte in call.fields.raw("time"))
    try:
        at = datetime(2000 + year, month, day)  # noqa: DTZ001 - a register knows wall-clock time only
    except ValueError as error:
        raise CommandError(WRONG_DATE) from error
    try:
        at = at.replace(hour=hour, minute=minute, second=second)
    except ValueError as error:
        raise CommandError(WRONG_TIME) from error
    call.machine.device.set_time(at)
    return b""


@COMMANDS.add(0x64, "set date", "date:3b")
def set_date(call: Call) -> bytes:
    """64h: DD MM YY, BCD; refused while a shift is open [U]."""
    return _set(call, time_given=False)


@COMMANDS.add(0xED, "set date and time", "date:3b time:3b")
def set_date_time(call: Call) -> bytes:
    """EDh: DD MM YY hh mm ss, BCD; refused while a shift is open [U]."""
    return _set(call, time_given=True)
