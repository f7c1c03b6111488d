"""The file that a trace of the printer's line goes to: for its owner alone, and never more than it is allowed to take.

A trace holds what receipts hold, buyers' phones and e-mails too. It is not masked here: bytes come as the port gives
them and a document in pieces cut anywhere; `pos-agent trace replay --golden` masks what it has understood whole.
"""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

PIECE_BYTES = 8 << 20  # what `trace replay` takes in one file
PIECES = 8  # 64 MiB in all: a forgotten trace must not fill the disk that sales are recorded on
OPENING = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NONBLOCK  # a pipe nobody reads stops nothing


class TraceFile:
    """Appends lines to `path`; a full one becomes `path.1`, that `path.2`, and the oldest piece is dropped."""

    def __init__(self, path: Path, piece_bytes: int = PIECE_BYTES, pieces: int = PIECES) -> None:
        self.path = path
        self.piece_bytes = piece_bytes
        self.pieces = pieces

    def write(self, line: str) -> None:
        """One line more. A trace that cannot be written never stops the printer."""
        content = line.encode() + b"\n"
        with contextlib.suppress(OSError):
            if not self._append(content):
                self._turn()
                self._append(content)

    def _append(self, content: bytes) -> bool:
        """False: it is full, turn it first."""
        handle = os.open(self.path, OPENING, 0o600)
        try:
            found = os.fstat(handle)
            if stat.S_ISREG(found.st_mode):
                if found.st_mode & 0o077:
                    os.fchmod(handle, 0o600)
                if found.st_size and found.st_size + len(content) > self.piece_bytes:
                    return False
            os.write(handle, content)
        finally:
            os.close(handle)
        return True

    def _turn(self) -> None:
        for number in range(self.pieces - 1, 0, -1):
            with contextlib.suppress(FileNotFoundError):
                self._piece(number - 1).replace(self._piece(number))

    def _piece(self, number: int) -> Path:
        return self.path.with_name(f"{self.path.name}.{number}") if number else self.path
