"""Tables in files: every encoding and separator a shop's programs write, nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_agent.errors import UsageError
from pos_agent.exchange.tables import cell_text, read_table, safe, unsafe, write_table
from pos_agent.exchange.words import day, flag
from pos_agent.money import hundredths

ROWS = [['Анна; "К."', "+79160000001"], ["=1+1", "@x"], ["'=x", "-12.50"], ["", "00123"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_csv_of_any_program(tmp_path: Path, encoding: str, separator: str) -> None:
    file = tmp_path / "t.csv"
    file.write_bytes(f"Имя{separator}Phone\r\n\r\nАнна{separator} 8916 \r\nБорис\r\n".encode(encoding))
    table = read_table(file)
    assert table.columns == ("имя", "phone")
    assert [(row.number, row.cells) for row in table.rows] == [
        (3, {"имя": "Анна", "phone": "8916"}),
        (4, {"имя": "Борис", "phone": ""}),
    ]


@pytest.mark.parametrize("name", ["t.csv", "t.xlsx"])
def test_what_is_written_is_read_back(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    assert write_table(file, ("name", "phone"), ROWS) == len(ROWS)
    table = read_table(file)
    assert [[row.cells["name"], row.cells["phone"]] for row in table.rows] == ROWS
    assert file.stat().st_mode & 0o077 == 0, "it may hold personal data"
    assert [one.name for one in tmp_path.iterdir()] == [name]


def test_csv_has_a_mark_and_semicolons(tmp_path: Path) -> None:
    write_table(tmp_path / "t.csv", ("a", "b"), [["Я", "2"]])
    assert (tmp_path / "t.csv").read_bytes() == "\ufeffa;b\r\nЯ;2\r\n".encode()


@pytest.mark.parametrize("name", ["t.csv", "t.xlsx"])
def test_no_cell_is_a_formula(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    evil = ["=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1"]
    write_table(file, ("a",), [[one] for one in evil])
    if name.endswith("csv"):
        with file.open(encoding="utf-8-sig", newline="") as stream:
            cells = [row[0] for row in list(csv.reader(stream, delimiter=";"))[1:]]
    else:
        sheet = openpyxl.load_workbook(file).worksheets[0]
        assert {cell.data_type for (cell,) in sheet.iter_rows(min_row=2)} == {"s"}
        cells = [str(cell.value) for (cell,) in sheet.iter_rows(min_row=2)]
    assert all(cell.startswith("'") for cell in cells)


@given(st.text(max_size=20))
def test_safe_and_back(text: str) -> None:
    assert unsafe(safe(text)) == text


def test_a_number_stays_a_number() -> None:
    assert (safe("-12.50"), safe("+79160000001"), safe("-1+1")) == ("-12.50", "+79160000001", "'-1+1")


def test_cells_of_a_spreadsheet() -> None:
    values = (None, 7, 7.0, 12.5, True, datetime(2026, 11, 30, 5, tzinfo=UTC), date(2026, 11, 30), "x")
    assert [cell_text(one) for one in values] == ["", "7", "7", "12.5", "1", "2026-11-30", "2026-11-30", "x"]


@pytest.mark.parametrize("content", [b"", b"\0\0", b"a;a\n1;2\n", b"a;;b\n1;2;3\n", b"\n\n"])
def test_what_is_no_table(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "t.csv").write_bytes(content)
    with pytest.raises(UsageError, match="EXC-01"):
        read_table(tmp_path / "t.csv")


def test_what_is_no_spreadsheet(tmp_path: Path) -> None:
    file = tmp_path / "t.xlsx"
    with pytest.raises(UsageError, match="EXC-01"):
        read_table(file)
    file.write_bytes(b"PK no")
    with pytest.raises(UsageError, match="EXC-01"):
        read_table(file)
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("x", "y")
    with pytest.raises(UsageError, match="EXC-01"):
        read_table(file)


def test_a_file_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="EXC-03"):
        write_table(tmp_path / "none" / "t.csv", ("a",), [["1"]])
    assert list(tmp_path.iterdir()) == []


def test_numbers_and_words_of_people() -> None:
    texts = ("1 234,5", "-12.50", "12", "+3,05", "1.234", "x", "", "1e3")
    assert [hundredths(one) for one in texts] == [123450, -1250, 1200, 305, None, None, None, None]
    assert [flag(one) for one in ("Да", "1", "нет", "0", "может")] == [True, True, False, False, None]
    assert [day(one) for one in ("30.11.2026", "2026-11-30", "31.02.2026")] == [
        date(2026, 11, 30),
        date(2026, 11, 30),
        None,
    ]
