"""Tables, clock and exchange parameters (protocol notes, section 2.4)."""

from __future__ import annotations

from datetime import date, datetime, time

from emulator.shtrih.errors import (
    BAD_DATE,
    BAD_PARAMETER,
    DATE_DIFFERS,
    WRONG_MODE,
    CommandError,
)
from emulator.shtrih.fields import fixed, le
from emulator.shtrih.registry import COMMANDS, Call, Password
from emulator.terms import DeviceMode

NAME_BYTES = 40
CASHIER_NAME = (2, 2)


def _asked(call: Call) -> int:
    """The table a request is about, by its number in ``tables.toml``."""
    return call.machine.tables.numbered(call.fields.num("table"))


@COMMANDS.add(0x2D, "table structure", "table:1", Password.SYSTEM)
def table_structure(call: Call) -> bytes:
    """2Dh: name, rows, fields; 5Dh ends an enumeration."""
    table = call.machine.tables.table(_asked(call))
    return fixed(table.name, NAME_BYTES) + le(table.rows, 2) + le(table.fields, 1)


@COMMANDS.add(0x2E, "field structure", "table:1 field:1", Password.SYSTEM)
def field_structure(call: Call) -> bytes:
    """2Eh: name, type, size; minimum and maximum for BIN fields."""
    field = call.machine.tables.table(_asked(call)).field(call.fields.num("field"))
    head = fixed(field.name, NAME_BYTES) + bytes((int(field.is_text), field.size))
    return head if field.is_text else head + le(field.minimum, field.size) + le(field.maximum, field.size)


@COMMANDS.add(0x1F, "read table field", "table:1 row:2 field:1", Password.SYSTEM)
def read_field(call: Call) -> bytes:
    """1Fh."""
    fields = call.fields
    return call.machine.tables.read(_asked(call), fields.num("row"), fields.num("field"))


@COMMANDS.add(0x1E, "write table field", "table:1 row:2 field:1 value:*", Password.SYSTEM)
def write_field(call: Call) -> bytes:
    """1Eh: 7Ah for a field that cannot be written; a cashier's name shows in documents from now on."""
    fields = call.fields
    table, field = _asked(call), fields.num("field")
    call.machine.tables.write(table, fields.num("row"), field, fields.raw("value"))
    if (table, field) == CASHIER_NAME:
        call.machine.apply_cashiers()
    return b""


def _require_closed_shift(call: Call) -> None:
    if call.machine.device.mode is not DeviceMode.SHIFT_CLOSED:
        raise CommandError(WRONG_MODE)


@COMMANDS.add(0x21, "set time", "time:3b", Password.SYSTEM)
def set_time(call: Call) -> bytes:
    """21h: hour, minute, second. The notes state no mode rule; a closed shift is asked for."""
    _require_closed_shift(call)
    try:
        moment = time(*call.fields.raw("time"))
    except ValueError as error:
        raise CommandError(BAD_PARAMETER) from error
    device = call.machine.device
    device.set_time(datetime.combine(device.now().date(), moment))
    return b""


def _date(call: Call) -> date:
    day, month, year = call.fields.raw("date")
    try:
        return date(2000 + year, month, day)
    except ValueError as error:
        raise CommandError(BAD_DATE) from error


@COMMANDS.add(0x22, "set date", "date:3b", Password.SYSTEM)
def set_date(call: Call) -> bytes:
    """22h: mode 6 until 23h confirms."""
    _require_closed_shift(call)
    call.machine.date_to_confirm = _date(call)
    return b""


@COMMANDS.add(0x23, "confirm date", "date:3b", Password.SYSTEM)
def confirm_date(call: Call) -> bytes:
    """23h: 7Ch when it is not the date of 22h; mode 6 stays then."""
    waiting = call.machine.date_to_confirm
    if waiting is None:
        raise CommandError(WRONG_MODE)
    if _date(call) != waiting:
        raise CommandError(DATE_DIFFERS)
    device = call.machine.device
    device.set_time(datetime.combine(waiting, device.now().time()))
    call.machine.date_to_confirm = None
    return b""


@COMMANDS.add(0x14, "set exchange parameters", "port:1 baud:1 timeout:1", Password.SYSTEM)
def set_exchange(call: Call) -> bytes:
    """14h: the answer still goes at the old speed."""
    fields = call.fields
    try:
        call.machine.ports.change(fields.num("port"), fields.num("baud"), fields.num("timeout"), call.port)
    except ValueError as error:
        raise CommandError(BAD_PARAMETER) from error
    return b""


@COMMANDS.add(0x15, "read exchange parameters", "port:1", Password.SYSTEM)
def read_exchange(call: Call) -> bytes:
    """15h: baud code and byte timeout code."""
    return bytes(call.machine.ports.codes(call.fields.num("port")))
