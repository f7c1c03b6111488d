"""The durable state of a device: an append-only file of checksummed records.

One record is one line: CRC-32 of the text in hex, a space, JSON. A record may hold a fiscal document, the device's own
state, or both, so they become durable together. What a kill or power loss leaves after the last whole line is dropped
on load; a bad line before whole ones is damage and refuses to load. Old device states are dropped by rewriting the
file aside and renaming it.
"""

from __future__ import annotations

import fcntl
import json
import os
import zlib
from pathlib import Path
from typing import Any, BinaryIO

Record = dict[str, Any]
REWRITE_AFTER = 4000  # superseded records; about a day of a busy till


class StateDamagedError(ValueError):
    """A record before the last one cannot be read: the file was edited or the disk is bad."""


class StateBusyError(RuntimeError):
    """Another emulator has this state file open."""


def read_records(path: Path) -> tuple[list[Record], int]:
    """Whole records and how many bytes they take. A missing file is empty. Raises StateDamagedError."""
    content = path.read_bytes() if path.exists() else b""
    records: list[Record] = []
    at = 0
    while (end := content.find(b"\n", at)) >= 0:
        record = _parse(content[at:end])
        if record is None:
            if any(_parse(line) is not None for line in content[end + 1 :].split(b"\n")):
                raise StateDamagedError(f"{path}: record {len(records) + 1} is damaged")
            break
        records.append(record)
        at = end + 1
    return records, at


def _parse(line: bytes) -> Record | None:
    checksum, _, text = line.partition(b" ")
    if checksum != _checksum(text):
        return None
    record = json.loads(text)
    return record if isinstance(record, dict) else None


def _checksum(text: bytes) -> bytes:
    return f"{zlib.crc32(text):08x}".encode("ascii")


def _line(record: Record) -> bytes:
    text = json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    return _checksum(text) + b" " + text + b"\n"


class StateFile:
    """The file of one device. With no path nothing is kept. `records` are what was read on opening."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._file: BinaryIO | None = None
        self._lock: BinaryIO | None = None
        self._appended = 0
        self.records: list[Record] = []
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._lock = _take_lock(path)
            self._load(path)

    def _load(self, path: Path) -> None:
        try:
            self.records, size = read_records(path)
        except StateDamagedError:
            self.close()
            raise
        self._file = path.open("ab", buffering=0)
        if self._file.tell() != size:
            os.truncate(path, size)
            os.fsync(self._file.fileno())
        _sync_folder(path.parent)

    @property
    def worth_rewriting(self) -> bool:
        """Enough old records have gathered."""
        return self._path is not None and self._appended >= REWRITE_AFTER

    def append(self, record: Record, sync: bool) -> None:
        """Write a record; with `sync` it is on the disk when this returns. Raises OSError, leaving no half of it."""
        if self._file is None:
            return
        whole = self._file.tell()
        try:
            self._file.write(_line(record))
            if sync:
                os.fsync(self._file.fileno())
        except OSError:
            self._file.truncate(whole)
            raise
        self._appended += 1

    def rewrite(self, records: list[Record]) -> None:
        """Replace the whole content; at any instant the file is the old one or the new one."""
        if self._path is None or self._file is None:
            return
        aside = self._path.with_name(self._path.name + ".new")
        with aside.open("wb") as stream:
            stream.writelines(_line(record) for record in records)
            stream.flush()
            os.fsync(stream.fileno())
        self._file.close()
        aside.replace(self._path)
        _sync_folder(self._path.parent)
        self._file = self._path.open("ab", buffering=0)
        self._appended = 0

    def close(self) -> None:
        """Let the file go."""
        for stream in (self._file, self._lock):
            if stream is not None:
                stream.close()
        self._file = self._lock = None


def _take_lock(path: Path) -> BinaryIO:
    stream = path.with_name(path.name + ".lock").open("ab")
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        stream.close()
        raise StateBusyError(f"{path} is in use by another emulator") from error
    return stream


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
