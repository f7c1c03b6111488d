"""Tables in files: CSV (UTF-8 with or without a mark, Windows-1251; `;` or `,` or tab) and XLSX. Rows of texts.

What a spreadsheet program would take for a formula is written with an apostrophe before it and read without it.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from pos_agent.errors import UsageError

XLSX = ".xlsx"
MOST_BYTES, MOST_UNPACKED = 64 * 1024**2, 512 * 1024**2
MOST_ROWS, MOST_COLUMNS, MOST_TEXT = 200_000, 64, 1000
FORMULA = ("=", "+", "-", "@", "\t", "\r")
NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?")
SEPARATORS = ";,\t"
UNREADABLE = (
    *(OSError, ValueError, csv.Error, zipfile.BadZipFile, zlib.error, EOFError, ParseError),
    *(KeyError, IndexError, TypeError),  # a spreadsheet without the parts that it names
)
DIGITS = 6  # of a number in a cell


@dataclass(frozen=True)
class Row:
    """`number` as a spreadsheet shows it: the head is row 1. `cells`: column -> text, trimmed; empty ones too."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Table:
    """Columns in the order of the file, lower case."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def read_table(path: Path) -> Table:
    """A whole file. UsageError EXC-01: it cannot be read as a table; EXC-02: too big."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UsageError("EXC-02", path=path.name)
        found = _xlsx(path) if path.suffix.lower() == XLSX else _csv(path.read_bytes())
        return _table(path, found)
    except UNREADABLE as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
        raise UsageError("EXC-01", path=path.name, why=why) from error


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    """Write by the file's ending, whole or not at all; how many rows. UsageError EXC-03: it cannot be written."""
    beside = path.with_name(f".{path.name}.new")
    try:
        beside.unlink(missing_ok=True)
        beside.touch(mode=0o600, exist_ok=False)  # it may hold personal data
        count = _write_xlsx(beside, columns, rows) if path.suffix.lower() == XLSX else _write_csv(beside, columns, rows)
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise UsageError("EXC-03", path=path.name, why=error.strerror or "") from error
    return count


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """The same table as text, without the byte order mark."""
    stream = io.StringIO()
    _fill(stream, columns, rows)
    return stream.getvalue()


def safe(text: str) -> str:
    """A text that no spreadsheet runs; a plain number stays one."""
    risky = text.startswith(FORMULA) or (text.startswith("'") and text[1:].startswith((*FORMULA, "'")))
    return f"'{text}" if risky and not NUMBER.fullmatch(text) else text


def unsafe(text: str) -> str:
    """Inverse of `safe`."""
    return text[1:] if text.startswith("'") and text[1:].startswith((*FORMULA, "'")) else text


def _table(path: Path, rows: Iterator[list[str]]) -> Table:
    head = next(rows, [])
    columns = [unsafe(one).strip().lower() for one in head]
    while columns and not columns[-1]:
        columns.pop()
    if not columns or len(columns) > MOST_COLUMNS or "" in columns or len(set(columns)) != len(columns):
        raise UsageError("EXC-01", path=path.name, why="no head")
    found = []
    for number, cells in enumerate(rows, 2):
        if number > MOST_ROWS + 1:
            raise UsageError("EXC-02", path=path.name)
        texts = [unsafe(one.strip())[: MOST_TEXT + 1] for one in cells[: len(columns)]]
        texts += [""] * (len(columns) - len(texts))
        if any(texts):
            found.append(Row(number, dict(zip(columns, texts, strict=True))))
    return Table(tuple(columns), tuple(found))


def _csv(content: bytes) -> Iterator[list[str]]:
    if b"\0" in content:
        raise ValueError("no text")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1251")
    head = text.partition("\n")[0]
    separator = max(SEPARATORS, key=head.count)
    return iter(csv.reader(io.StringIO(text, newline=""), delimiter=separator))


def _xlsx(path: Path) -> Iterator[list[str]]:
    with zipfile.ZipFile(path) as packed:
        if sum(one.file_size for one in packed.infolist()) > MOST_UNPACKED:
            raise UsageError("EXC-02", path=path.name)
    library = _openpyxl()
    try:
        book = library.load_workbook(path, read_only=True, data_only=True)
    except library.utils.exceptions.InvalidFileException as error:
        raise ValueError(str(error)) from error
    try:
        for row in book.worksheets[0].iter_rows(max_col=MOST_COLUMNS + 1, values_only=True):
            yield [cell_text(value) for value in row]
    finally:
        book.close()


def _openpyxl() -> Any:  # noqa: ANN401 - a module
    """The library of workbooks: the agent starts without it, a day without a workbook never waits for it."""
    import openpyxl

    return openpyxl


def cell_text(value: Any) -> str:  # noqa: ANN401 - whatever a cell holds
    """A cell as a person sees it: a whole number without a point, a day as YYYY-MM-DD."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    if isinstance(value, int | str):
        return str(value)
    return f"{value:.{DIGITS}f}".rstrip("0").rstrip(".")


def _write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        return _fill(stream, columns, rows)


def _fill(stream: io.TextIOBase | Any, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> int:  # noqa: ANN401
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    writer.writerow(columns)
    count = 0
    for row in rows:
        writer.writerow([safe(one) for one in row])
        count += 1
    return count


def _write_xlsx(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    book = _openpyxl().Workbook(write_only=True)
    sheet = book.create_sheet("table")
    sheet.append(list(columns))
    count = 0
    for row in rows:
        sheet.append([_text_cell(sheet, safe(one)) for one in row])
        count += 1
    with path.open("wb") as stream:
        book.save(stream)
    return count


def _text_cell(sheet: Any, text: str) -> Any:  # noqa: ANN401 - of the library
    """Always a text: a card of digits keeps its zeros, nothing becomes a formula."""
    cell = _openpyxl().cell.WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"
    cell.number_format = "@"
    return cell
