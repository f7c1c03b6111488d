"""Tables of the device: their structure is data (``tables.toml``), their values are kept here (section 3.5)."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from emulator.atol import codepage
from emulator.atol.errors import NO_FIELD, NO_ROW, NO_TABLE, WRONG_LENGTH, CommandError
from emulator.atol.fields import bcd, from_bcd

Value = int | str
Sources = Mapping[str, Callable[[int], Value]]
"""Values from the device by the name in ``bind`` (read-only) or ``by_row`` (delivered value): row -> value."""
NOT_ALLOWED = 0x80
"""Forbidden in the settings table."""


@dataclass(frozen=True)
class Column:
    """One field of a table."""

    number: int
    form: str
    size: int
    values: tuple[Value, ...]
    bind: str = ""
    by_row: str = ""

    def pack(self, value: Value, internal: bool) -> bytes:
        """Bytes of command 46h."""
        if isinstance(value, str):
            return (codepage.to_internal if internal else codepage.to_external)(value)[: self.size]
        return bcd(value, self.size) if self.form == "bcd" else value.to_bytes(self.size, "big")

    def unpack(self, raw: bytes, internal: bool) -> Value:
        """Value of command 50h; 14h when the length is wrong, 13h for broken BCD."""
        if len(raw) > self.size or (self.form != "text" and len(raw) != self.size):
            raise CommandError(WRONG_LENGTH)
        if self.form == "text":
            return (codepage.internal if internal else codepage.external)(raw).rstrip()
        return from_bcd(raw) if self.form == "bcd" else int.from_bytes(raw, "big")


@dataclass(frozen=True)
class Table:
    """Structure of one table."""

    number: int
    rows: int
    columns: Mapping[int, Column]


def structure() -> dict[int, Table]:
    """All tables of ``tables.toml`` by number."""
    text = files("emulator.atol").joinpath("tables.toml").read_text("utf-8")
    return {entry["number"]: _table(entry) for entry in tomllib.loads(text)["table"]}


def _table(entry: Mapping[str, Any]) -> Table:
    columns = {column["number"]: _column(column, entry["rows"]) for column in entry["field"]}
    return Table(entry["number"], entry["rows"], columns)


def _column(column: Mapping[str, Any], rows: int) -> Column:
    same: list[Value] = [column.get("value", "" if column["type"] == "text" else 0)] * rows
    values = tuple(column.get("values", same))
    bind, by_row = column.get("bind", ""), column.get("by_row", "")
    return Column(column["number"], column["type"], column["size"], values, bind, by_row)


class Tables:
    """Values of all tables; ``path``: file where changed values survive a restart, None to keep them in memory."""

    def __init__(self, sources: Sources, path: Path | None = None, internal: bool = False) -> None:
        self._structure = structure()
        self._sources = sources
        self._path = path
        self._internal = internal
        self._changed: dict[str, Value] = {}
        if path is not None and path.exists():
            self._changed = json.loads(path.read_text("utf-8"))

    def value(self, table: int, row: int, field: int) -> Value:
        """Current value; 91h, 92h, 93h for an unknown table, row, field."""
        column = self._cell(table, row, field)
        if column.bind:
            return self._sources[column.bind](row)
        key = f"{table}.{row}.{field}"
        if key in self._changed:
            return self._changed[key]
        return self._sources[column.by_row](row) if column.by_row else column.values[row - 1]

    def number(self, table: int, row: int, field: int) -> int:
        """Current value of a number."""
        return int(self.value(table, row, field))

    def text(self, table: int, row: int, field: int) -> str:
        """Current value of a text."""
        return str(self.value(table, row, field))

    def read(self, table: int, row: int, field: int) -> bytes:
        """Bytes of command 46h."""
        return self._cell(table, row, field).pack(self.value(table, row, field), self._internal)

    def write(self, table: int, row: int, field: int, raw: bytes) -> None:
        """Command 50h; 80h for a field that cannot be written."""
        column = self._cell(table, row, field)
        if column.bind:
            raise CommandError(NOT_ALLOWED)
        self._changed[f"{table}.{row}.{field}"] = column.unpack(raw, self._internal)
        self._save()

    def rows(self, table: int) -> int:
        """Rows of a table."""
        return self._structure[table].rows

    def operator_of(self, password: int) -> int | None:
        """Row 1..30 of table 3 that a mode password belongs to."""
        return next((row for row in range(1, self.rows(3) + 1) if self.number(3, row, 1) == password), None)

    def _cell(self, table: int, row: int, field: int) -> Column:
        found = self._structure.get(table)
        if found is None:
            raise CommandError(NO_TABLE)
        if not 1 <= row <= found.rows:
            raise CommandError(NO_ROW)
        if field not in found.columns:
            raise CommandError(NO_FIELD)
        return found.columns[field]

    def _save(self) -> None:
        if self._path is None:
            return
        fresh = self._path.with_name(self._path.name + ".new")
        with fresh.open("w", encoding="utf-8") as file:
            json.dump(self._changed, file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)
