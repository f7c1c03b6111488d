"""Tables of the device: their structure is data (``tables.toml``), their values are kept here.

Source: protocol notes, section 4 and commands 1Eh, 1Fh, 2Dh, 2Eh of section 2.4.
"""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from emulator.shtrih.errors import BAD_PARAMETER, NO_TABLE, NOT_EDITABLE, CommandError
from emulator.shtrih.fields import fixed, le, printable
from emulator.shtrih.variant import Variant

Bound = Mapping[str, Callable[[], int | str]]
"""Values read from the device at the moment of asking, by the name in ``bind``."""


@dataclass(frozen=True)
class TableField:
    """One column. ``values`` has one entry per row; ``bind`` names a live value and makes the field read-only."""

    number: int
    name: str
    is_text: bool
    size: int
    minimum: int
    maximum: int
    values: tuple[int | str, ...]
    bind: str = ""
    fixed: bool = False
    fixed_rows: tuple[int, ...] = ()

    def pack(self, value: int | str) -> bytes:
        """Bytes of a value as command 1Fh sends them."""
        return fixed(value, self.size) if isinstance(value, str) else le(value, self.size)

    def unpack(self, raw: bytes) -> int | str:
        """Value from the bytes of command 1Eh; 33h when a number is out of range or a field is too long."""
        if self.is_text:
            return printable(raw[: self.size])
        value = int.from_bytes(raw, "little")
        if len(raw) > self.size or not self.minimum <= value <= self.maximum:
            raise CommandError(BAD_PARAMETER)
        return value


@dataclass(frozen=True)
class Table:
    """Structure of one table."""

    number: int
    name: str
    rows: int
    fields: int
    by_number: Mapping[int, TableField]

    def field(self, number: int) -> TableField:
        """A column by number; unlisted ones up to ``fields`` are reserved; 5Dh beyond them."""
        if not 1 <= number <= self.fields:
            raise CommandError(NO_TABLE)
        reserved = TableField(number, "Резерв", False, 1, 0, 255, (0,) * self.rows, fixed=True)
        return self.by_number.get(number, reserved)


def load_structure() -> dict[int, Table]:
    """All tables of ``tables.toml`` by number."""
    text = files("emulator.shtrih").joinpath("tables.toml").read_text("utf-8")
    return {entry["number"]: _table(entry) for entry in tomllib.loads(text)["table"]}


def _table(entry: Mapping[str, Any]) -> Table:
    columns = {column["number"]: _field(column, entry["rows"]) for column in entry["field"]}
    return Table(entry["number"], entry["name"], entry["rows"], entry["fields"], columns)


def _field(column: Mapping[str, Any], rows: int) -> TableField:
    is_text = column["type"] == "char"
    same: list[int | str] = [column.get("value", "" if is_text else 0)] * rows
    return TableField(
        number=column["number"],
        name=column["name"],
        is_text=is_text,
        size=column["size"],
        minimum=column.get("min", 0),
        maximum=column.get("max", 0),
        values=tuple(column.get("values", same)),
        bind=column.get("bind", ""),
        fixed=column.get("fixed", False) or "bind" in column,
        fixed_rows=tuple(column.get("fixed_rows", ())),
    )


class Tables:
    """Values of all tables; ``path``: file where changed values survive a restart, None to keep them in memory.

    ``by_row`` gives initial values of a column that come from the device's profile: {(table, field): row -> value}.
    """

    def __init__(
        self,
        bound: Bound,
        path: Path | None = None,
        by_row: Mapping[tuple[int, int], Callable[[int], int | str]] | None = None,
        variant: Variant | None = None,
    ) -> None:
        variant = variant or Variant()
        self._structure = load_structure()
        self._delivered = variant.table_values
        moved = variant.tables_moved
        self._on_wire = {moved.get(number, number): number for number in self._structure}
        for number in variant.tables_missing:
            self._on_wire.pop(number, None)
        self._bound = bound
        self._by_row = by_row or {}
        self._path = path
        self._changed: dict[str, int | str] = {}
        if path is not None and path.exists():
            self._changed = json.loads(path.read_text("utf-8"))

    def numbered(self, on_wire: int) -> int:
        """Number in ``tables.toml`` of the table a host asks for; 5Dh when this model has none."""
        if on_wire not in self._on_wire:
            raise CommandError(NO_TABLE)
        return self._on_wire[on_wire]

    def table(self, number: int) -> Table:
        """Structure of a table; 5Dh when there is none."""
        if number not in self._structure:
            raise CommandError(NO_TABLE)
        return self._structure[number]

    def value(self, table: int, row: int, field: int) -> int | str:
        """Current value; 5Dh for an unknown table or field, 33h for an unknown row."""
        column = self._cell(table, row, field)
        if column.bind:
            return self._bound[column.bind]()
        key = f"{table}.{row}.{field}"
        if key in self._changed:
            return self._changed[key]
        if key in self._delivered:
            return self._delivered[key]
        initial = self._by_row.get((table, field))
        return initial(row) if initial else column.values[row - 1]

    def put(self, table: int, row: int, field: int, value: int) -> None:
        """The device itself changes a field."""
        self._changed[f"{table}.{row}.{field}"] = value
        self._save()

    def number(self, table: int, row: int, field: int) -> int:
        """Current value of a BIN field."""
        return int(self.value(table, row, field))

    def text(self, table: int, row: int, field: int) -> str:
        """Current value of a CHAR field."""
        return str(self.value(table, row, field))

    def read(self, table: int, row: int, field: int) -> bytes:
        """Bytes of command 1Fh."""
        return self._cell(table, row, field).pack(self.value(table, row, field))

    def write(self, table: int, row: int, field: int, raw: bytes) -> None:
        """Command 1Eh; 7Ah for a field that cannot be written."""
        column = self._cell(table, row, field)
        if column.fixed or row in column.fixed_rows:
            raise CommandError(NOT_EDITABLE)
        self._changed[f"{table}.{row}.{field}"] = column.unpack(raw)
        self._save()

    def operator_of(self, password: int) -> int | None:
        """Row 1..30 of table 2 that a password belongs to."""
        rows = self.table(2).rows
        return next((row for row in range(1, rows + 1) if self.number(2, row, 1) == password), None)

    def _cell(self, table: int, row: int, field: int) -> TableField:
        structure = self.table(table)
        column = structure.field(field)
        if not 1 <= row <= structure.rows:
            raise CommandError(BAD_PARAMETER)
        return column

    def _save(self) -> None:
        if self._path is None:
            return
        fresh = self._path.with_name(self._path.name + ".new")
        with fresh.open("w", encoding="utf-8") as file:
            json.dump(self._changed, file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)
