"""The tape as text, and its file: what was put is there after a kill, a torn tail is dropped, damage is told."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from emulator.marks import Mark, from_json, to_json
from emulator.paper import CutMark, FeedMark, Line, QrMark, Raster, Tape, TapeDamagedError

ALL_MARKS: tuple[Mark, ...] = (
    Line("Кофе «Ёлка» №5 │═█", bold=True),
    Line("ИТОГ", double=True),
    QrMark("Привет", dot=6, level="Q", align="left"),
    Raster((b"\x80\x01", b"\xff\xff"), 16, "right", 3),
    FeedMark(3),
    CutMark(partial=False),
)


def test_text_draws_every_kind_of_mark() -> None:
    tape = Tape(columns=32, dots=384)
    tape.put(Line("x" * 40), Line("ИТОГ =1.00", double=True), FeedMark(1), CutMark(), Line("tab\there"))
    assert tape.text().splitlines() == [
        "┌" + "─" * 32 + "┐",
        "│" + "x" * 32 + "│",
        "│И Т О Г   = 1 . 0 0             │",
        "│" + " " * 32 + "│",
        "├✂" + "╌" * 31 + "┤",
        "│tab here                        │",
        "└" + "─" * 32 + "┘",
    ]


def test_full_cut_ends_the_sheet() -> None:
    tape = Tape(columns=8, dots=96)
    tape.put(Line("one"), CutMark(partial=False), Line("two"))
    assert tape.text() == "┌────────┐\n│one     │\n└────────┘\n ✂╌╌╌╌╌╌╌\n┌────────┐\n│two     │\n└────────┘\n"
    assert Tape().text() == ""


def test_since_shows_only_later_marks() -> None:
    tape = Tape(columns=8, dots=96)
    tape.put(Line("one"))
    since = len(tape.marks)
    tape.put(Line("two"))
    assert "one" not in tape.text(since)
    assert "two" in tape.text(since)


@pytest.mark.parametrize("text", ["t=20251121T0905&s=959.00&fn=9999078902001234&i=102&fp=180150000&n=1", "карта 77"])
@pytest.mark.parametrize("columns", [32, 48])
def test_a_camera_reads_the_terminals_qr(text: str, columns: int) -> None:
    tape = Tape(columns=columns, dots=columns * 12)
    tape.put(Line("scan"), QrMark(text))
    rows = tape.text().splitlines()
    assert len({len(row) for row in rows}) == 1, "the box is straight even when the symbol is wider than the paper"
    ink = [[(cell in "▀█", cell in "▄█") for cell in row[1:-1]] for row in rows[2:-1]]
    picture = Image.new("L", (len(ink[0]), 2 * len(ink)), 0)
    for y, row in enumerate(ink):
        for x, halves in enumerate(row):
            for half in (0, 1):
                picture.putpixel((x, 2 * y + half), 255 * halves[half])
    found = zxingcpp.read_barcodes(picture.resize((picture.width * 4, picture.height * 4), Image.Resampling.NEAREST))
    assert [code.text for code in found] == [text]


def test_graphics_become_braille_where_they_lie() -> None:
    tape = Tape(columns=8, dots=96)  # a Braille dot is 6 printer dots, a cell 12 x 24
    left_half = tuple(b"\xff\xf0\x00" for _ in range(24))
    tape.put(Raster(left_half, 24, "left"), Raster(left_half, 24, "right"))
    assert tape.text().splitlines()[1:3] == ["│⣿       │", "│      ⣿ │"]


@given(st.one_of(st.builds(Line, st.text(st.characters(codec="utf-8")), st.booleans(), st.booleans())))
def test_any_line_survives_the_file_form(mark: Mark) -> None:
    line = to_json(mark)
    assert "\n" not in line
    assert from_json(line) == mark


def test_every_mark_is_there_after_reopening(tmp_path: Path) -> None:
    first = Tape(folder=tmp_path)
    first.put(*ALL_MARKS)
    first.put(Line("later"))
    assert Tape(folder=tmp_path).marks == (*ALL_MARKS, Line("later"))


@pytest.mark.parametrize(
    "torn", [b'{"mark":"line","te', '{"mark":"line","text":"Ко'.encode()[:-1], b"\0" * 40, b"{}\n"]
)
def test_a_torn_last_line_is_dropped_and_the_tape_goes_on(tmp_path: Path, torn: bytes) -> None:
    Tape(folder=tmp_path).put(Line("whole"))
    with (tmp_path / "tape.jsonl").open("ab") as stream:
        stream.write(torn)
    tape = Tape(folder=tmp_path)
    assert tape.marks == (Line("whole"),)
    tape.put(Line("next"))
    assert Tape(folder=tmp_path).marks == (Line("whole"), Line("next"))


@pytest.mark.parametrize(
    "damage", [b"garbage\n", b'{"mark":"spoon"}\n', b'{"mark":"feed","lines":9999}\n', b"[1]\n", b"7\n"]
)
def test_damage_before_the_end_is_told_and_nothing_is_lost(tmp_path: Path, damage: bytes) -> None:
    Tape(folder=tmp_path).put(Line("one"))
    file = tmp_path / "tape.jsonl"
    file.write_bytes(file.read_bytes() + damage + b'{"mark":"feed","lines":1}\n')
    before = file.read_bytes()
    with pytest.raises(TapeDamagedError, match="line 2"):
        Tape(folder=tmp_path)
    assert file.read_bytes() == before


PRINT_FOR_EVER = """
import itertools, sys, pathlib
from emulator.paper import Line, Tape
tape = Tape(folder=pathlib.Path(sys.argv[1]))
for number in itertools.count():
    tape.put(Line(f"{number} a"), Line(f"{number} b"))
    print(number, flush=True)
"""


def test_nothing_acknowledged_is_lost_by_kill_9(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", PRINT_FOR_EVER, str(tmp_path)], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        acknowledged = [int(child.stdout.readline()) for _ in range(200)][-1]
        os.kill(child.pid, signal.SIGKILL)
        acknowledged = max([acknowledged, *(int(row) for row in child.stdout.read().splitlines()[:-1])])
    marks = Tape(folder=tmp_path).marks
    expected = [Line(f"{number} {half}") for number in range(len(marks)) for half in "ab"]
    assert list(marks) == expected[: len(marks)]
    assert len(marks) >= 2 * (acknowledged + 1)


@pytest.mark.parametrize(
    "make",
    [
        lambda: QrMark("x", dot=0),
        lambda: QrMark("x", level="Z"),
        lambda: QrMark("x", align="top"),
        lambda: QrMark(""),
        lambda: Raster((b"\0",), 9),
        lambda: Raster((b"\0",), 0),
        lambda: Raster((), 8),
        lambda: Raster((b"\0",) * 9000, 8, scale=2),
        lambda: Raster((b"\0",), 8, scale=17),
        lambda: FeedMark(-1),
        lambda: FeedMark(256),
        lambda: Tape(columns=4),
    ],
)
def test_nonsense_is_refused(make: object) -> None:
    assert callable(make)
    with pytest.raises(ValueError):  # noqa: PT011 - each case has its own words
        make()


def test_a_qr_text_too_long_for_any_symbol_prints_nothing(tmp_path: Path) -> None:
    tape = Tape(folder=tmp_path)
    with pytest.raises(ValueError, match="QR Code"):
        tape.put(Line("before"), QrMark("я" * 3000))
    assert tape.marks == ()
    assert Tape(folder=tmp_path).marks == ()
