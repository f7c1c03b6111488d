"""Tables of the device: structure, cells. Source: Shtrih-M protocol 2.0, the pages of each command.

Tables, rows and fields count from 1. 5Dh = no such table, 7Ah = this field is read-only, C7h = not in this mode.
Field numbers differ between models: find them by name (2Eh).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from drivers.api import Effect
from drivers.fields import RAW_REST, U8, U16, text
from drivers.shtrih.command import Command, Nothing, Password

_V = "Shtrih-M protocol 2.0, "


@dataclass(frozen=True)
class TableCell:
    """1Fh request; all from 1."""

    table: Annotated[int, U8]
    row: Annotated[int, U16]
    field: Annotated[int, U8]


@dataclass(frozen=True)
class CellValue:
    """1Fh answer: integer little-endian or text CP1251, by the field's type (2Eh)."""

    value: Annotated[bytes, RAW_REST]


@dataclass(frozen=True)
class WriteCell(TableCell):
    """1Eh: value in the field's own size (2Eh): integers little-endian, text CP1251 padded with 00; 1..246 bytes."""

    value: Annotated[bytes, RAW_REST]


@dataclass(frozen=True)
class TableNumber:
    """2Dh request."""

    table: Annotated[int, U8]


@dataclass(frozen=True)
class TableStructure:
    """2Dh answer."""

    name: Annotated[str, text(40)]
    rows: Annotated[int, U16]
    fields: Annotated[int, U8]


@dataclass(frozen=True)
class FieldNumber:
    """2Eh request."""

    table: Annotated[int, U8]
    field: Annotated[int, U8]


@dataclass(frozen=True)
class FieldStructure:
    """2Eh answer: kind 0 = integer, 1 = text; `limits`: minimum and maximum, only for integers."""

    name: Annotated[str, text(40)]
    kind: Annotated[int, U8]
    size: Annotated[int, U8]
    limits: Annotated[bytes, RAW_REST]


_QUERY, _SET, _SYS = Effect.QUERY, Effect.SET, Password.SYSTEM

READ_CELL = Command(0x1F, "чтение таблицы", TableCell, CellValue, 5.0, _QUERY, _SYS, _V + "1Fh")
WRITE_CELL = Command(0x1E, "запись таблицы", WriteCell, Nothing, 5.0, _SET, _SYS, _V + "1Eh")
TABLE_STRUCTURE = Command(0x2D, "запрос структуры таблицы", TableNumber, TableStructure, 5.0, _QUERY, _SYS, _V + "2Dh")
FIELD_STRUCTURE = Command(0x2E, "запрос структуры поля", FieldNumber, FieldStructure, 5.0, _QUERY, _SYS, _V + "2Eh")

COMMANDS = (READ_CELL, WRITE_CELL, TABLE_STRUCTURE, FIELD_STRUCTURE)
