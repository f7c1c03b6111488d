"""Snapshots for readers: a few connections that stay open, each taken for one snapshot at a time, the last used first.

A connection keeps the answers to ready questions as long as nobody has written: SQLite's `data_version`, read in the
snapshot itself, says whether any other connection has committed since this one looked last.
"""

from __future__ import annotations

import queue
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from pos_agent.store.engine import READERS, reader_engine
from pos_agent.store.errors import StoreBusy
from pos_agent.store.ready import Answers, raw_of

WAIT_SECONDS = 10
MOST_ANSWERS = 500  # of one connection: a dozen for each person at the counter


@dataclass
class Reader:
    """One read-only connection, and what it was told in the version of the database that it saw last."""

    connection: sa.Connection
    version: int | None = None
    answers: Answers = field(default_factory=dict)

    def begin(self) -> None:
        """Start the snapshot; answers of an older one are forgotten."""
        raw = raw_of(self.connection)
        raw.execute("BEGIN")
        (version,) = raw.execute("PRAGMA data_version").fetchone()
        if version != self.version or len(self.answers) > MOST_ANSWERS:
            self.version, self.answers = version, {}

    def end(self) -> None:
        """No snapshot any more. SQLAlchemyError, sqlite3.Error: this reader is of no use now."""
        if self.connection.invalidated:  # what it would open in place of the lost one counts its versions anew
            raise sa.exc.InvalidRequestError("the connection was lost")
        if self.connection.in_transaction():  # SQLAlchemy was asked something and holds it for a transaction of its own
            self.connection.rollback()
        raw_of(self.connection).rollback()


class Readers:
    """For all threads of one process."""

    def __init__(self, path: Path) -> None:
        self._engine = reader_engine(path)
        self._free: queue.LifoQueue[Reader | None] = queue.LifoQueue()  # None: not opened yet
        for _ in range(READERS):
            self._free.put(None)

    @contextmanager
    def snapshot(self) -> Iterator[Reader]:
        """One read-only transaction for the whole block. StoreBusy after 10 s; errors of the database as they are."""
        try:
            reader = self._free.get(timeout=WAIT_SECONDS)
        except queue.Empty:
            raise StoreBusy("all reading connections are in use") from None
        try:
            reader = reader or Reader(self._engine.connect())
            reader.begin()
            yield reader
        finally:
            self._free.put(_at_rest(reader))

    def close(self) -> None:
        """Close what nobody uses now. What is asked for after that is opened anew."""
        for reader in [self._free.get_nowait() for _ in range(self._free.qsize())]:
            if reader is not None:
                reader.connection.close()
            self._free.put(None)
        self._engine.dispose()


def _at_rest(used: Reader | None) -> Reader | None:
    """The reader after its snapshot; one that cannot even end it is let go."""
    if used is None:
        return None
    try:
        used.end()
    except (sa.exc.SQLAlchemyError, sqlite3.Error):
        with suppress(sa.exc.SQLAlchemyError, sqlite3.Error):
            used.connection.invalidate()
            used.connection.close()
        return None
    return used
