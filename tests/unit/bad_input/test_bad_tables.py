"""Cells that are no sum, no day, no word, and files that are no table: refused by row and column, at once."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pos_agent.errors import UsageError
from pos_agent.exchange import goods, kinds
from pos_agent.exchange.kinds import Refused
from pos_agent.exchange.tables import Row, read_table

FEW_ROWS = 1_000  # in the place of 200,000
AT_ONCE_S = 5.0  # of this process: the machine may be busy with others
BAD_CELLS = {
    "points": (
        *("", "NaN", "inf", "1e3", "1" * 20, "1.005", "59.900000000000006", "0", "-", "0x10", "\u0663", "1;2", "=1+1"),
    ),
    "last_day": ("2026-02-29", "31.02.2026", "32.01.2026", "tomorrow", "2026-13-01", "1e5"),
    "kind": ("present", "1"),
}
POINTS = {"customer": "c-1", "points": "10", "kind": "gift", "last_day": "2027-01-01", "reason": "x", "id": "o-1"}


@pytest.mark.parametrize(("column", "cell"), [(name, cell) for name, cells in BAD_CELLS.items() for cell in cells])
@pytest.mark.parametrize("form", [".csv", ".xlsx"])
def test_a_bad_cell_of_points_is_refused_by_its_column(tmp_path: Path, column: str, cell: str, form: str) -> None:
    file = tmp_path / f"t{form}"
    cells = {**POINTS, column: cell}
    if form == ".csv":
        file.write_text(";".join(cells) + "\n" + ";".join(f'"{one}"' for one in cells.values()), encoding="utf-8")
    else:
        _workbook(file, [list(cells), list(cells.values())])
    (row,) = read_table(file).rows
    found = kinds.points_row(row, "", "o")
    assert isinstance(found, Refused)
    assert (found.number, found.column) == (2, column)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), 1e30, 1.005, 10**40, True])
def test_a_number_of_a_workbook_that_is_no_sum(tmp_path: Path, number: Any) -> None:
    file = tmp_path / "t.xlsx"
    _workbook(file, [list(POINTS), [*{**POINTS, "points": number}.values()]])
    if number is True:
        assert read_table(file).rows[0].cells["points"] == "1"
    else:
        assert isinstance(kinds.points_row(read_table(file).rows[0], "", "o"), Refused)


@pytest.mark.parametrize("floor", ["-1", "NaN", "1e3", "1" * 20, "0.001", "abc"])
def test_a_bad_floor_of_goods(floor: str) -> None:
    row = Row(2, {"sku": "46", "floor": floor})
    found = goods.goods_row(row)
    assert isinstance(found, Refused)
    assert found.column == "floor"


NO_TABLES = {
    "nothing": b"",
    "NUL": b"sku\0;name\n1;2\n",
    "half a workbook": b"PK\x03\x04" + b"\0" * 100,
    "a head twice": b"sku;sku\n1;2\n",
    "a head of nothing": b";;\n1;2\n",
    "a cell of 10 MB": b'sku;name\n1;"' + b"x" * 10_000_000 + b'"\n',
    "too many rows": b"sku\n" + b"1\n" * (FEW_ROWS + 2),
}


@pytest.mark.parametrize("name", NO_TABLES)
@pytest.mark.parametrize("form", [".csv", ".xlsx"])
def test_what_is_no_table(tmp_path: Path, name: str, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pos_agent.exchange.tables.MOST_ROWS", FEW_ROWS)
    file = tmp_path / f"t{form}"
    file.write_bytes(NO_TABLES[name])
    begun = time.process_time()
    with pytest.raises(UsageError, match=r"EXC-0[12]"):
        read_table(file)
    assert time.process_time() - begun < AT_ONCE_S


def _workbook(file: Path, rows: list[list[Any]]) -> None:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(file)
