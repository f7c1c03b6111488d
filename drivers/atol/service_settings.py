"""Settings of `drivers.service.ServicePrinter`: clock, tables, registers. Source: protocol notes, 3.5, 3.6 and 3.7.

46h and 50h carry bytes without a type and without a structure: what a cell holds is in drivers/spec/atol_tables.toml.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any

from drivers.api import Done, Outcome, Refused
from drivers.atol import commands_settings as settings
from drivers.atol.code_page import decode_internal, decode_text, encode_internal, encode_text
from drivers.atol.command import Command, Nothing
from drivers.atol.commands_status import LAST_ERROR, SHIFT_RESULT, ShiftResult
from drivers.atol.errors import NO_TABLE_PARTS, explain
from drivers.atol.seller import OPEN_KINDS
from drivers.atol.status import Mode
from drivers.atol.till import NOT_CONNECTED, Connected, Till, cannot
from drivers.selling import ReceiptKind
from drivers.service import ExchangeParameters, FieldInfo, TableInfo

NO_STRUCTURE = "no command tells the structure of tables: read_cell and read_field go by number"
MOST_TABLES, MOST_ROWS = 255, 65_535
PAYMENTS = range(1, 6)  # cash, electronic, advance, credit, counter-provision
PARAMETERS = 3  # bytes of a register's number in `money_register`
MONEY: Mapping[int, Command[settings.Parameters, Any]] = {
    0x03: settings.SHIFT_PAYMENTS,
    0x0A: settings.DRAWER_CASH,
    0x28: settings.TOTAL,
}
COUNTS: Mapping[int, Command[settings.Parameters, Any]] = {0x06: settings.RECEIPT_COUNT, 0x2C: settings.UNSENT}


@dataclass(frozen=True)
class Cell:
    """What is known of a cell."""

    form: str  # text, bcd, bin
    name: str


@cache
def _cells() -> Mapping[str, Cell]:
    raw = resources.files("drivers.spec").joinpath("atol_tables.toml").read_text("utf-8")
    return {key: Cell(**entry) for key, entry in tomllib.loads(raw)["cells"].items()}


def known_cell(table: int, field: int) -> Cell | None:
    """None: no source says what it holds."""
    return _cells().get(f"{table}.{field}") or _cells().get(f"{table}.*")


class AtolSettings(Connected):
    """The settings part of the service face."""

    def set_clock(self, at: datetime) -> Outcome[None]:
        """EDh. 9Ch: close the shift first (that it must be closed has no source)."""
        if at.tzinfo is not None or not 2000 <= at.year <= 2099:
            raise ValueError("the device's clock takes local time without a zone, years 2000..2099")
        return self._plain(settings.SET_CLOCK, settings.Moment(at))

    def table(self, number: int) -> Outcome[TableInfo | None]:
        """Refused in words."""
        return cannot("46h", NO_STRUCTURE)

    def field(self, table: int, number: int) -> Outcome[FieldInfo | None]:
        """Refused in words."""
        return cannot("46h", NO_STRUCTURE)

    def find_field(self, table: int, name: str) -> Outcome[FieldInfo | None]:
        """Refused in words."""
        return cannot("46h", NO_STRUCTURE)

    def read_cell(self, table: int, row: int, field: int) -> Outcome[bytes | None]:
        """46h, in mode 4 (switch `table_mode`). Done(None): no such table, row or field, 91h to 93h."""
        _within(table, row, field)
        till = self._till()
        if till is None:
            return NOT_CONNECTED
        outcome = till.patience.in_mode(_mode(till), settings.READ_CELL, settings.Cell(table, row, field))
        if isinstance(outcome, Refused) and outcome.code in NO_TABLE_PARTS:
            return Done(None)
        return Done(outcome.reply.data) if isinstance(outcome, Done) else outcome

    def read_field(self, table: int, row: int, field: int) -> Outcome[int | str]:
        """46h by the form that is known of the cell; a cell nobody describes is refused in words: take `read_cell`."""
        known = known_cell(table, field)
        if known is None:
            return cannot("46h", f"no source says what field {field} of table {table} holds: take read_cell")
        outcome = self.read_cell(table, row, field)
        if not isinstance(outcome, Done):
            return outcome
        if outcome.reply is None:
            return Refused(min(NO_TABLE_PARTS), "46h", f"table {table} has no row {row} or no field {field}")
        till = self._till()
        return Done(_decoded(known.form, outcome.reply, till is not None and till.switches.internal_tables))

    def write_field(self, table: int, row: int, field: int, value: int | str) -> Outcome[None]:
        """46h for the size, then 50h; only with the switch `table_writes`: a wrong cell can stop a register."""
        _within(table, row, field)
        till = self._till()
        if till is None:
            return NOT_CONNECTED
        known = known_cell(table, field)
        if not till.switches.table_writes:
            return cannot("50h", "writing tables is off: a service engineer does that (switch table_writes)")
        if known is None:
            return cannot("50h", f"no source says what field {field} of table {table} holds")
        now = self.read_cell(table, row, field)
        if not isinstance(now, Done):
            return now
        if now.reply is None:
            return Refused(min(NO_TABLE_PARTS), "50h", f"table {table} has no row {row} or no field {field}")
        content = _encoded(known.form, value, len(now.reply), till.switches.internal_tables)
        written = till.patience.in_mode(_mode(till), settings.WRITE_CELL, settings.NewValue(table, row, field, content))
        return Done(None) if isinstance(written, Done) else written

    def money_register(self, number: int) -> Outcome[int]:
        """91h. `number` is the register and its two parameters as three bytes: 0A0000h cash in the drawer, 03ttpph
        payments of the shift by receipt and payment type, 28tt00h the total that is never cleared."""
        command = MONEY.get(number >> 16)
        if command is None or not 0 <= number < 1 << 8 * PARAMETERS:
            raise ValueError(f"money registers are 03ttpph, 0A0000h and 28tt00h, not {number:06X}h")
        outcome = self._command(command, _parameters(number))
        return Done(outcome.reply.kop) if isinstance(outcome, Done) else outcome

    def operation_register(self, number: int) -> Outcome[int]:
        """91h, `number` as in `money_register`: 06tt00h receipts by type, 2C0000h documents the OFD has not got."""
        command = COUNTS.get(number >> 16)
        if command is None or not 0 <= number < 1 << 8 * PARAMETERS:
            raise ValueError(f"operation registers are 06tt00h and 2C0000h, not {number:06X}h")
        outcome = self._command(command, _parameters(number))
        return Done(outcome.reply.count) if isinstance(outcome, Done) else outcome

    def drawer_cash(self) -> Outcome[int]:
        """Register 0Ah, kopecks."""
        return self.money_register(0x0A0000)

    def shift_payments(self, kind: ReceiptKind, payment: int) -> Outcome[int]:
        """Register 03h, kopecks. `payment`: 1 cash, 2 electronic, 3 advance, 4 credit, 5 counter-provision."""
        if payment not in PAYMENTS:
            raise ValueError(f"payments are 1..5, not {payment}")
        return self.money_register(0x030000 | OPEN_KINDS[kind] << 8 | payment)

    def last_shift(self) -> Outcome[ShiftResult]:
        """58h: income and outcome of the last shift, kopecks; one source."""
        return self._command(SHIFT_RESULT, Nothing())

    def exchange_parameters(self, port: int) -> Outcome[ExchangeParameters]:
        """Refused in words."""
        return cannot("", "no command tells how a port is set: the register's own menu does")

    def set_exchange_parameters(self, parameters: ExchangeParameters) -> Outcome[None]:
        """Refused in words."""
        return cannot("", "no command sets a port: the register's own menu does")

    def error_text(self, code: int | None = None) -> Outcome[str]:
        """Our own sentence for a code; None: for the register's last error (B3h, one source)."""
        if code is not None:
            return NOT_CONNECTED if self._till() is None else Done(explain(code).ru)
        outcome = self._command(LAST_ERROR, Nothing())
        if not isinstance(outcome, Done):
            return outcome
        return Done(explain(outcome.reply.code).ru)


def _parameters(number: int) -> settings.Parameters:
    return settings.Parameters(number >> 8 & 0xFF, number & 0xFF)


def _mode(till: Till) -> Mode:
    return Mode.PROGRAMMING if till.switches.table_mode else Mode.CHOICE


def _within(table: int, row: int, field: int) -> None:
    if not (1 <= table <= MOST_TABLES and 1 <= row <= MOST_ROWS and 1 <= field <= MOST_TABLES):
        raise ValueError(f"tables and fields are 1..255, rows 1..65535, not {table}, {field}, {row}")


def _decoded(form: str, raw: bytes, internal: bool) -> int | str:
    if form == "text":
        return (decode_internal if internal else decode_text)(raw.rstrip(b"\0") if not internal else raw).rstrip(" ")
    if form == "bcd" and raw.hex().isdecimal():
        return int(raw.hex())
    return int.from_bytes(raw, "big")


def _encoded(form: str, value: int | str, size: int, internal: bool) -> bytes:
    """Raises ValueError when the value does not fit the cell. A text's length is the register's to refuse (14h)."""
    if isinstance(value, str) != (form == "text"):
        raise ValueError(f"the cell holds {'text' if form == 'text' else 'a number'}, not {value!r}")
    if isinstance(value, str):
        return (encode_internal if internal else encode_text)(value)
    most = 10 ** (2 * size) if form == "bcd" else 1 << 8 * size
    if not 0 <= value < most:
        raise ValueError(f"{value} does not fit a cell of {size} bytes")
    return bytes.fromhex(f"{value:0{2 * size}d}") if form == "bcd" else value.to_bytes(size, "big")
