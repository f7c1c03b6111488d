"""The tid of a task whose end is not known: kept where a restart finds it, so that it is asked for before all else.

Written before a fiscal command goes out, dropped when its end is known. Source: protocol notes, section 2.8.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Protocol

LAST_TID = 0xDF


class TaskMemory(Protocol):
    """Where an outstanding tid is kept."""

    def outstanding(self) -> int | None:
        """The tid, None when nothing of ours can be in the register's buffer."""

    def remember(self, tid: int) -> None:
        """A fiscal task with this tid goes out now."""

    def forget(self) -> None:
        """Its end is known."""


class KeptInProcess:
    """For a program that outlives its printer's troubles, and for tests; a crash forgets."""

    def __init__(self) -> None:
        self._tid: int | None = None

    def outstanding(self) -> int | None:
        return self._tid

    def remember(self, tid: int) -> None:
        self._tid = tid

    def forget(self) -> None:
        self._tid = None


class KeptInFile:
    """One small file for one printer, written durably. Its folder must exist; OSError goes to the caller."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def outstanding(self) -> int | None:
        """An unreadable file counts as nothing: the storage's state decides anyway."""
        try:
            tid = int(self._path.read_text("ascii"), 16)
        except (FileNotFoundError, ValueError):
            return None
        return tid if 0 <= tid <= LAST_TID else None

    def remember(self, tid: int) -> None:
        fresh = self._path.with_suffix(".new")
        with fresh.open("w", encoding="ascii") as file:
            file.write(f"{tid:02X}\n")
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)

    def forget(self) -> None:
        """A file left behind by a crash right here costs one Req."""
        with suppress(FileNotFoundError):
            self._path.unlink()
