"""The file of a trace: for its owner alone, bounded, never a reason to stop the printer."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from pos_agent.cli.trace_reading import MOST_BYTES, read_trace
from pos_agent.printing.trace_file import PIECE_BYTES, PIECES, TraceFile

LINE = "   12.345678 > 05"  # 17 bytes, 18 with its end


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_only_the_owner_reads_it(tmp_path: Path) -> None:
    was = os.umask(0)
    try:
        TraceFile(tmp_path / "new").write(LINE)
        (tmp_path / "old").write_text("x\n", encoding="utf-8")
        (tmp_path / "old").chmod(0o644)
        TraceFile(tmp_path / "old").write(LINE)
    finally:
        os.umask(was)
    assert (mode(tmp_path / "new"), mode(tmp_path / "old")) == (0o600, 0o600)
    assert (tmp_path / "old").read_text(encoding="utf-8") == f"x\n{LINE}\n", "what was there stays"


def test_it_never_takes_more_than_it_may(tmp_path: Path) -> None:
    trace = TraceFile(tmp_path / "trace", piece_bytes=60, pieces=3)
    for number in range(20):
        trace.write(f"   {number:2}.345678 > 05")
    found = {path.name: path.read_text(encoding="utf-8").splitlines() for path in tmp_path.iterdir()}
    assert {name: [line[3:5] for line in lines] for name, lines in found.items()} == {
        "trace": ["18", "19"],
        "trace.1": ["15", "16", "17"],
        "trace.2": ["12", "13", "14"],
    }
    assert {mode(path) for path in tmp_path.iterdir()} == {0o600}
    for path in tmp_path.iterdir():
        read_trace(path.read_text(encoding="utf-8"))


def test_every_piece_can_be_replayed() -> None:
    assert PIECE_BYTES <= MOST_BYTES
    assert PIECE_BYTES * PIECES <= 64 << 20


def test_a_file_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    TraceFile(tmp_path).write(LINE)
    TraceFile(tmp_path / "no" / "such").write(LINE)
    TraceFile(Path("/dev/full")).write(LINE)
    os.mkfifo(tmp_path / "pipe")
    TraceFile(tmp_path / "pipe").write(LINE)  # nobody reads it
