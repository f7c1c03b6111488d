"""Tables, registers, clock. Source: protocol notes, sections 3.5 (46h, 50h), 3.6 (91h) and 3.7 (EDh)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from drivers.api import Effect
from drivers.atol.command import Command, Nothing, Rest
from drivers.atol.wires import KOP6, KOP7, STAMP_DMYHM, STAMP_DMYHMS, U16BE
from drivers.fields import RAW_REST, U8, bcd, optional, raw

_T = "protocol notes, section 3.5: "
_R = "protocol notes, section 3.6: "
_P = "protocol notes, section 3.7: "


@dataclass(frozen=True)
class Cell:
    """46h: table, row (high byte first), field."""

    table: Annotated[int, U8]
    row: Annotated[int, U16BE]
    field: Annotated[int, U8]


@dataclass(frozen=True)
class NewValue:
    """50h. Only for an installer's tool: the driver itself writes no table."""

    table: Annotated[int, U8]
    row: Annotated[int, U16BE]
    field: Annotated[int, U8]
    value: Annotated[bytes, RAW_REST]


@dataclass(frozen=True)
class Parameters:
    """The two parameters of 91h, 0 by default."""

    first: Annotated[int, U8] = 0
    second: Annotated[int, U8] = 0


@dataclass(frozen=True)
class Moment:
    """EDh: day, month, year, hour, minute, second, packed decimal."""

    at: Annotated[datetime | None, STAMP_DMYHMS]


@dataclass(frozen=True)
class Sum6:
    """03h: payments of the shift by receipt type and payment type."""

    kop: Annotated[int, KOP6]


@dataclass(frozen=True)
class Sum7:
    """0Ah cash in the drawer; 28h, 0Dh non-nullable totals."""

    kop: Annotated[int, KOP7]


@dataclass(frozen=True)
class Count2:
    """06h."""

    count: Annotated[int, bcd(2)]


@dataclass(frozen=True)
class Count3:
    """2Ch: documents the OFD has not got."""

    count: Annotated[int, bcd(3)]


@dataclass(frozen=True)
class ShiftEnd:
    """12h: state of the shift, then the end of its 24 h while it is open, else the moment of the last closing."""

    state: Annotated[int, U8]
    at: Annotated[datetime | None, STAMP_DMYHMS]


@dataclass(frozen=True)
class PrintSettings:
    """18h: characters in a line, packed decimal."""

    columns: Annotated[int, bcd(1)]


@dataclass(frozen=True)
class LastReceipt:
    """33h, one source: FD number, type as in 92h, total, local time, fiscal sign as it is printed."""

    fd_number: Annotated[int, bcd(5)]
    kind: Annotated[int, bcd(1)]
    total_kop: Annotated[int, KOP7]
    at: Annotated[datetime | None, STAMP_DMYHM]
    fpd: Annotated[int, bcd(5)]
    reserved: Annotated[bytes | None, optional(raw(3))] = None


@dataclass(frozen=True)
class ShiftNumbers:
    """35h: receipt number in the shift, shift number."""

    receipt: Annotated[int, bcd(3)]
    shift: Annotated[int, bcd(3)]


@dataclass(frozen=True)
class Formats:
    """36h: FFD of the register and of the FN: 1 = 1.0, 2 = 1.05, 3 = 1.1, 4 = 1.2 (not sourced)."""

    register: Annotated[int, U8]
    storage: Annotated[int, U8]


@dataclass(frozen=True)
class ExtendedError:
    """37h, binary: command, extended code, and with 0206h the tag that is missing; high byte first."""

    command: Annotated[int, U16BE]
    code: Annotated[int, U16BE]
    rest: Annotated[bytes, RAW_REST]


@dataclass(frozen=True)
class Clock:
    """11h: the register's own time, D M Y h m s packed."""

    at: Annotated[datetime | None, STAMP_DMYHMS]


@dataclass(frozen=True)
class LongSerial:
    """16h: 7 bytes packed, 4 on old firmware."""

    digits: Annotated[bytes, RAW_REST]


SECONDS = 45.0  # T5 of 91h
READ_CELL = Command(0x46, "чтение таблицы", Cell, Rest, 10.0, Effect.QUERY, _T + "46h")
WRITE_CELL = Command(0x50, "программирование таблицы", NewValue, Nothing, 10.0, Effect.SET, _T + "50h, one source")
SET_CLOCK = Command(0xED, "установить дату и время", Moment, Nothing, 10.0, Effect.SET, _P + "EDh, one source")
SHIFT_PAYMENTS = Command(0x91, "суммы оплат за смену", Parameters, Sum6, SECONDS, Effect.QUERY, _R + "91h 03h", b"\x03")
RECEIPT_COUNT = Command(0x91, "число чеков", Parameters, Count2, SECONDS, Effect.QUERY, _R + "91h 06h", b"\x06")
DRAWER_CASH = Command(0x91, "сумма наличности", Parameters, Sum7, SECONDS, Effect.QUERY, _R + "91h 0Ah", b"\x0a")
CLOCK = Command(0x91, "дата и время", Parameters, Clock, SECONDS, Effect.QUERY, _R + "91h 11h", b"\x11")
SHIFT_END = Command(0x91, "состояние смены", Parameters, ShiftEnd, SECONDS, Effect.QUERY, _R + "91h 12h", b"\x12")
LONG_SERIAL = Command(0x91, "заводской номер", Parameters, LongSerial, SECONDS, Effect.QUERY, _R + "91h 16h", b"\x16")
PRINT_SETTINGS = Command(
    0x91, "настройки печати", Parameters, PrintSettings, SECONDS, Effect.QUERY, _R + "91h 18h", b"\x18"
)
TOTAL = Command(0x91, "необнуляемая сумма", Parameters, Sum7, SECONDS, Effect.QUERY, _R + "91h 28h", b"\x28")
UNSENT = Command(0x91, "непереданные документы", Parameters, Count3, SECONDS, Effect.QUERY, _R + "91h 2Ch", b"\x2c")
LAST_RECEIPT = Command(0x91, "последний чек", Parameters, LastReceipt, SECONDS, Effect.QUERY, _R + "91h 33h", b"\x33")
LAST_DOCUMENT = Command(
    0x91, "последний фискальный документ", Parameters, LastReceipt, SECONDS, Effect.QUERY, _R + "91h 34h", b"\x34"
)
SHIFT_NUMBERS = Command(
    0x91, "номера чека и смены", Parameters, ShiftNumbers, SECONDS, Effect.QUERY, _R + "91h 35h", b"\x35"
)
FORMATS = Command(0x91, "версии ФФД", Parameters, Formats, SECONDS, Effect.QUERY, _R + "91h 36h", b"\x36")
EXTENDED_ERROR = Command(
    0x91, "расширенная ошибка", Parameters, ExtendedError, SECONDS, Effect.QUERY, _R + "91h 37h", b"\x37"
)

COMMANDS = (
    READ_CELL,
    WRITE_CELL,
    SET_CLOCK,
    SHIFT_PAYMENTS,
    RECEIPT_COUNT,
    DRAWER_CASH,
    CLOCK,
    SHIFT_END,
    LONG_SERIAL,
    PRINT_SETTINGS,
    TOTAL,
    UNSENT,
    LAST_RECEIPT,
    LAST_DOCUMENT,
    SHIFT_NUMBERS,
    FORMATS,
    EXTENDED_ERROR,
)
