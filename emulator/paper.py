"""The paper tape of the emulated printer: everything printed so far, kept in memory and, when asked, in a file."""

from __future__ import annotations

import os
import threading
from pathlib import Path

from emulator.marks import CutMark, FeedMark, Line, Mark, QrMark, Raster, from_json, qr_matrix, to_json
from emulator.tape_png import tape_picture
from emulator.tape_text import tape_text

__all__ = ["CutMark", "FeedMark", "Line", "Mark", "QrMark", "Raster", "Tape", "TapeDamagedError"]

FILE_NAME = "tape.jsonl"


class TapeDamagedError(ValueError):
    """The tape file has an unreadable line before its last one: it was edited or the disk is bad."""


class Tape:
    """Printed marks in order.

    `columns`: characters of the normal font in a line; `dots`: width of the print head at 203 dpi (8 dots per mm).
    With `folder`, every `put` is written to folder/tape.jsonl before it returns, so a killed process loses nothing; a
    cut also waits for the disk. A last line torn by a crash is dropped on load. Safe to call from several threads.
    """

    def __init__(self, columns: int = 48, dots: int = 576, folder: Path | None = None) -> None:
        if columns < 8 or dots < columns:
            raise ValueError(f"paper of {columns} columns and {dots} dots is too narrow")
        self.columns = columns
        self.dots = dots
        self._file = None if folder is None else folder / FILE_NAME
        self._lock = threading.Lock()
        self._marks: list[Mark] = []
        if self._file is not None:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._marks = load_marks(self._file)

    @property
    def marks(self) -> tuple[Mark, ...]:
        """Everything printed since the tape began."""
        return tuple(self._marks)

    def put(self, *marks: Mark) -> None:
        """Print. Raises ValueError, printing nothing, when a QR text does not fit any symbol."""
        for mark in marks:
            if isinstance(mark, QrMark):
                qr_matrix(mark.text, mark.level)
        with self._lock:
            if self._file is not None and marks:
                _append(self._file, marks)
            self._marks.extend(marks)

    def text(self, since: int = 0) -> str:
        """Terminal view of the marks from index `since` on; see `emulator.tape_text`."""
        return tape_text(self.marks[since:], self.columns, self.dots)

    def png(self, path: Path, since: int = 0) -> None:
        """Write a picture of the marks from index `since` on, one pixel per printer dot; see `emulator.tape_png`."""
        tape_picture(self.marks[since:], self.columns, self.dots).save(
            path, format="PNG", optimize=True, dpi=(203, 203)
        )


def load_marks(file: Path) -> list[Mark]:
    """Read a tape file, cutting a torn last line off the file; a missing file is an empty tape.

    Raises TapeDamagedError when a line before the last cannot be read.
    """
    if not file.exists():
        return []
    content = file.read_bytes()
    marks: list[Mark] = []
    position = 0
    while position < len(content):
        end = content.find(b"\n", position)
        mark = None if end < 0 else _read_line(content[position:end])
        if mark is None:
            if 0 <= end < len(content) - 1:
                raise TapeDamagedError(f"{file}: line {len(marks) + 1} is damaged")
            os.truncate(file, position)
            break
        marks.append(mark)
        position = end + 1
    return marks


def _read_line(line: bytes) -> Mark | None:
    try:
        return from_json(line.decode("utf-8"))
    except ValueError:
        return None


def _append(file: Path, marks: tuple[Mark, ...]) -> None:
    """One write call for all marks: a kill leaves them whole or not at all, but for a torn tail."""
    lines = "".join(to_json(mark) + "\n" for mark in marks)
    with file.open("ab", buffering=0) as stream:
        stream.write(lines.encode("utf-8"))
        if any(isinstance(mark, CutMark) for mark in marks):
            os.fsync(stream.fileno())
