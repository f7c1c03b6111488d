"""Files as a power cut leaves them: what makes a name durable, and how a damaged trio is set aside."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

SUFFIXES = ("", "-wal", "-shm")  # a WAL database is three files and moves as three files


def trio(path: Path) -> tuple[Path, ...]:
    """The database file and its two companions, whether they exist or not."""
    return tuple(path.with_name(path.name + suffix) for suffix in SUFFIXES)


def sync_directory(directory: Path) -> None:
    """Make names in the directory durable: fsync of a file does not cover its entry."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_file(path: Path) -> None:
    """Make the bytes of a file durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def set_aside(path: Path, now: datetime, folder: str = "damaged") -> Path:
    """Move the trio together to `<directory>/<folder>/<UTC date and time>/`; returns that folder. Deletes nothing.

    The database goes first: a stop between two renames leaves companions without a database, which the next start also
    sets aside (a fresh database beside an old -wal would be overwritten by it).
    """
    target = _fresh_folder(path.parent / folder, now)
    for member in trio(path):
        if member.exists():
            member.rename(target / member.name)
    for directory in (target, target.parent, path.parent):
        sync_directory(directory)
    return target


def _fresh_folder(parent: Path, now: datetime) -> Path:
    stamp = now.strftime("%Y-%m-%dT%H-%M-%SZ")
    for number in range(1000):
        target = parent / (stamp if number == 0 else f"{stamp}-{number}")
        if not target.exists():
            target.mkdir(parents=True, mode=0o700)
            return target
    raise FileExistsError(f"a thousand folders for one second in {parent}")
