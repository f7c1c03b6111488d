"""Tables through the agent, a piece at a time; what happened to each row, and a file with just the refused ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pos_agent import texts
from pos_agent.cli.output import emit, emit_json, language
from pos_agent.cli.session import call
from pos_agent.errors import AgentError, UsageError
from pos_agent.exchange.kinds import BALANCES, WHY, check_columns, orders
from pos_agent.exchange.tables import Row, Table, read_table, write_table

PIECE, PIECE_TEXT = 200, 200_000  # rows and characters of one transaction: a request has room for them
TOLD = 20
WORDS = {
    "added": ("добавлено", "added"),
    "changed": ("изменено", "changed"),
    "same": ("уже так", "as it was"),
    "refused": ("отказано", "refused"),
}
WHY_COLUMNS = (f"{WHY}row", f"{WHY}column", f"{WHY}code", f"{WHY}why")
SUFFIX = ".refused.csv"


@dataclass(frozen=True)
class Import:
    """What the command line says."""

    kind: str
    file: Path
    dry_run: bool
    operator: str
    reason: str
    batch: str
    refused: Path | None


def take_rows(wanted: Import, config_file: Path, as_json: bool) -> None:
    """EXC-01, EXC-02, EXC-04: the file; EXC-05: some rows were refused, all others are in."""
    table = read_table(wanted.file)
    check_columns(wanted.kind, table)
    ids = orders(table.rows, wanted.batch, wanted.reason) if wanted.kind == BALANCES else {}
    told: list[dict[str, Any]] = []
    for piece in pieces(table.rows):
        answer = call(
            config_file,
            "exchange.take",
            kind=wanted.kind,
            rows=[{"number": row.number, "cells": _cells(row)} for row in piece],
            orders={str(row.number): ids[row.number] for row in piece if row.number in ids},
            dry_run=wanted.dry_run,
            operator=wanted.operator,
            reason=wanted.reason,
        )
        told += answer["rows"]
    conclude(table, told, wanted.refused or wanted.file.with_name(wanted.file.name + SUFFIX), wanted.dry_run, as_json)


def pieces(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """All rows in order, in pieces of one transaction."""
    piece: list[Row] = []
    size = 0
    for row in rows:
        length = sum(map(len, row.cells.values()))
        if piece and (len(piece) == PIECE or size + length > PIECE_TEXT):
            yield piece
            piece, size = [], 0
        piece.append(row)
        size += length
    if piece:
        yield piece


def conclude(table: Table, told: Sequence[Mapping[str, Any]], refused: Path, dry_run: bool, as_json: bool) -> None:
    """Counts, refusals by row, the file of refused rows. AgentError EXC-05 when there are any."""
    counts = Counter(one["outcome"] for one in told)
    wrong = [one for one in told if one["outcome"] == "refused"]
    if wrong:
        kept = [column for column in table.columns if not column.startswith(WHY)]
        write_table(refused, [*kept, *WHY_COLUMNS], _refused_rows(table, kept, wrong))
    english = language() == "en"
    if as_json:
        file = refused.name if wrong else ""
        emit_json({"dry_run": dry_run, "counts": dict(counts), "refused": [dict(one) for one in wrong], "file": file})
    else:
        head = ("Проба, ничего не изменено. " if not english else "A dry run, nothing is changed. ") if dry_run else ""
        emit([head + ", ".join(f"{names[english]} {counts[word]}" for word, names in WORDS.items())])
    if wrong:
        lines = tuple(_refusal(one, english) for one in wrong[:TOLD])
        raise AgentError("EXC-05", lines=(*lines, f"{refused.name}: {len(wrong)}"), count=len(wrong))


def give_rows(kind: str, file: Path, personal: bool, config_file: Path, as_json: bool) -> None:
    """EXC-03: the file cannot be written."""
    if file.exists() and not file.is_file():
        raise UsageError("EXC-03", path=file.name, why="no file")
    first = call(config_file, "exchange.page", kind=kind, after="", personal=personal)
    count = write_table(file, first["columns"], _pages(kind, personal, config_file, first))
    if as_json:
        emit_json({"kind": kind, "rows": count, "personal": personal})
    else:
        emit([f"{file.name}: {count}"])


def _pages(kind: str, personal: bool, config_file: Path, page: Mapping[str, Any]) -> Iterator[list[str]]:
    while True:
        yield from page["rows"]
        if not page["next"]:
            return
        page = call(config_file, "exchange.page", kind=kind, after=page["next"], personal=personal)


def _cells(row: Row) -> dict[str, str]:
    return {column: text for column, text in row.cells.items() if text and not column.startswith(WHY)}


def _refused_rows(table: Table, kept: Sequence[str], wrong: Sequence[Mapping[str, Any]]) -> Iterator[list[str]]:
    by_number = {row.number: row for row in table.rows}
    for one in wrong:
        cells = by_number[one["number"]].cells
        why = texts.message(one["code"], language(), None, what=one["what"]).what
        yield [*(cells[column] for column in kept), str(one["number"]), one["column"], one["code"], why]


def _refusal(one: Mapping[str, Any], english: bool) -> str:
    word = "row" if english else "строка"
    why = texts.message(one["code"], language(), None, what=one["what"]).what
    return f"{word} {one['number']}, {one['column']}: {why} [{one['code']}]"
