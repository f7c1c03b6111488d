"""Connections to the SQLite file: one that writes, a few that only read, and the settings both must really have.

Settings are read back, because SQLite answers an impossible one with silence (reliability targets, section 5).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool, StaticPool

from pos_agent.store.errors import SettingsRefused, StoreBusy, StoreDamaged, StoreFull, StoreRefused
from pos_agent.turns import TURNS

BUSY_SECONDS = 5
READERS = 4
WAL_LIMIT_BYTES = 16 * 1024 * 1024

COMMON_SETTINGS: dict[str, int | str] = {
    "foreign_keys": 1,
    "trusted_schema": 0,
    "cell_size_check": 1,
    "busy_timeout": BUSY_SECONDS * 1000,
}
WRITER_SETTINGS = COMMON_SETTINGS | {
    "journal_mode": "wal",
    "synchronous": 2,  # FULL: NORMAL may lose the last commits on power loss
    "recursive_triggers": 1,  # without it INSERT OR REPLACE slips past the DELETE triggers
    "journal_size_limit": WAL_LIMIT_BYTES,
}
READER_SETTINGS = COMMON_SETTINGS | {"query_only": 1}


def wal_reset_fixed(version: tuple[int, int, int] = sqlite3.sqlite_version_info) -> bool:
    """Is the linked SQLite free of the WAL-reset race? With one writing connection an older one is safe as well."""
    return version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51, 0) or (3, 44, 6) <= version < (3, 45, 0)


def connect_writer(path: Path) -> sqlite3.Connection:
    """The writing connection, created file included. SettingsRefused when a setting did not take."""
    return _connect(path, "rwc", WRITER_SETTINGS)


def connect_reader(path: Path) -> sqlite3.Connection:
    """A connection that cannot write: `mode=ro` and `query_only`."""
    return _connect(path, "ro", READER_SETTINGS)


def _connect(path: Path, mode: str, settings: Mapping[str, int | str]) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"file:{quote(str(path))}?mode={mode}",
        uri=True,
        timeout=BUSY_SECONDS,
        isolation_level=None,  # the begin hook below says when a transaction starts, not the module
        check_same_thread=False,  # the pool and the writing lock see to it that one thread uses it at a time
    )
    try:
        for name, value in settings.items():
            connection.execute(f"PRAGMA {name}={value}")
        for name, value in settings.items():
            (actual,) = connection.execute(f"PRAGMA {name}").fetchone()
            if actual != value:
                raise SettingsRefused(path, f"{name} is {actual}, not {value}")
    except BaseException:
        connection.close()
        raise
    return connection


def writer_engine(path: Path) -> sa.Engine:
    """One connection for all; transactions start with BEGIN IMMEDIATE so that they never fail half-way for a lock."""
    engine = sa.create_engine("sqlite://", creator=lambda: connect_writer(path), poolclass=StaticPool)
    sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return _in_pieces(engine)


def reader_engine(path: Path) -> sa.Engine:
    """A few read-only connections; who takes one begins its snapshot himself (`readers`)."""
    engine = sa.create_engine(
        "sqlite://", creator=lambda: connect_reader(path), poolclass=QueuePool, pool_size=READERS, max_overflow=0
    )
    return _in_pieces(engine)


def _in_pieces(engine: sa.Engine) -> sa.Engine:
    """A statement is where a piece of work begins, whatever the work: nothing else lies so evenly in all of it."""
    sa.event.listen(engine, "before_cursor_execute", lambda *_: TURNS.give_way())
    return engine


@contextmanager
def typed_failures() -> Iterator[None]:
    """Failures of the database leave as errors of the store."""
    try:
        yield
    except DBAPIError as error:
        raise typed(error.orig) from error
    except sqlite3.Error as error:
        raise typed(error) from error


def typed(error: BaseException | None) -> StoreFull | StoreDamaged | StoreBusy | StoreRefused:
    """What an SQLite failure means (primary result code: the low byte)."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return StoreFull()
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return StoreDamaged(str(error))
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreBusy(str(error))
    return StoreRefused(str(error))
