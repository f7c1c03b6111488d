"""The store: one writing connection behind one lock, snapshots for readers, and a name for every commit.

with store.writing("document") as txn:      one BEGIN IMMEDIATE; commit at the end, roll back on any error
    txn.documents.put(…); txn.ledger.append(…); txn.series.advance(…); txn.slips.add(…)
with store.reading() as view:               one read-only snapshot; `view` has no method that writes
    view.ledger.head()
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Connection

from pos_agent.clock import Clock, IdSource
from pos_agent.store.engine import connect_reader, typed_failures, writer_engine
from pos_agent.store.errors import DataDirectoryUnusable, EventConflict, ForeignStore, StoreBusy, StoreDamaged, WrongKey
from pos_agent.store.histories import Histories
from pos_agent.store.keys import Keys
from pos_agent.store.lock import DirectoryLock
from pos_agent.store.migrate import SCHEMA_VERSION, CommitHook, no_hook, upgrade
from pos_agent.store.opening import identity_fault, prepare
from pos_agent.store.readers import Readers
from pos_agent.store.ready import Answers
from pos_agent.store.repositories import Txn, View, txn_of, view_of
from pos_agent.store.session import Session
from pos_agent.store.vault import Vault

WRITING_WAIT_SECONDS = 30


class StoreReader:
    """Reads a database that another process may be writing: no lock, no migration, no write."""

    def __init__(self, path: Path, vault: Vault, clock: Clock) -> None:
        self.path = path
        self._vault = vault
        self._clock = clock
        self._readers = Readers(path)
        self._histories = Histories()

    @classmethod
    def open_reading(cls, path: Path, keys: Keys, clock: Clock, ids: IdSource) -> StoreReader:
        """For reading commands. DataDirectoryUnusable without a database; ForeignStore, StoreDamaged, WrongKey."""
        if not path.exists():
            raise DataDirectoryUnusable(path.parent, "no database yet")
        with typed_failures(), closing(connect_reader(path)) as connection:
            fault = identity_fault(path, connection)
            (version,) = connection.execute("PRAGMA user_version").fetchone()
        if fault is not None:
            raise StoreDamaged(fault)
        if version != SCHEMA_VERSION:
            raise ForeignStore(path, f"schema {version} of an older agent: start the agent once")
        reader = StoreReader(path, Vault(keys, ids), clock)
        reader._check_key()
        return reader

    @contextmanager
    def reading(self) -> Iterator[View]:
        """One snapshot for the whole block; other threads may write meanwhile."""
        with typed_failures(), self._readers.snapshot() as reader:
            yield view_of(self._session(reader.connection, reader.answers))

    def _session(self, connection: Connection, answers: Answers | None = None) -> Session:
        return Session(connection, self._vault, self._clock, self._histories, answers)

    def close(self) -> None:
        """Give the files back. Idempotent."""
        self._readers.close()

    def _check_key(self) -> None:
        try:
            with self.reading() as view:
                view.meta.check_key()
        except WrongKey as error:
            self.close()
            raise WrongKey(self.path) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Store(StoreReader):
    """The owner of the data directory: holds its lock from `open` to `close`.

    `commit_hook(point)` is called with `before:NAME` and `after:NAME` around every commit, NAME from `writing(NAME)`
    (`migrate-0002`, `create` while opening); a harness stops the process there.
    """

    def __init__(self, path: Path, vault: Vault, clock: Clock, lock: DirectoryLock) -> None:
        super().__init__(path, vault, clock)
        self.commit_hook: CommitHook | None = None
        self._lock = lock
        self._writer = writer_engine(path)
        self._turn = threading.Lock()
        self._writing_thread: int | None = None
        self.turn_since: float | None = None  # monotonic, while a thread has the turn to write: the watchdog looks

    @classmethod
    def open(cls, path: Path, keys: Keys, clock: Clock, ids: IdSource, commit_hook: CommitHook | None = None) -> Store:
        """Lock the directory, check (`quick_check`), create or migrate the database, check the key.

        DataDirectoryBusy, DataDirectoryUnusable, StoreDamaged (the files were moved aside: open again for a fresh
        database), ForeignStore, SettingsRefused, WrongKey, StoreFull.
        """
        path = path.absolute()
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise DataDirectoryUnusable(path.parent, error.strerror or str(error)) from error
        lock = DirectoryLock.acquire(path.parent)
        vault = Vault(keys, ids)
        try:
            with typed_failures():
                prepare(path, vault, clock, ids, commit_hook or no_hook)
            store = cls(path, vault, clock, lock)
        except BaseException:
            lock.release()
            raise
        store.commit_hook = commit_hook
        store._bring_up_to_date()
        return store

    def _bring_up_to_date(self) -> None:
        try:
            with typed_failures():
                upgrade(self._writer, reached=self._reached)
            self._check_key()
        except BaseException:
            self.close()
            raise

    @contextmanager
    def writing(self, name: str) -> Iterator[Txn]:
        """One write transaction. Do no serial or network I/O inside.

        StoreBusy when the turn does not come within 30 s; RuntimeError when this thread is writing already. Errors of
        the database leave as StoreFull, StoreDamaged, StoreRefused. After an EventConflict the refused event is kept in
        the quarantine although the transaction was rolled back.
        """
        with self._my_turn():
            try:
                with typed_failures(), self._writer.connect() as connection:
                    with connection.begin():
                        yield txn_of(self._session(connection))
                        self._reached(f"before:{name}")
                    self._reached(f"after:{name}")
            except EventConflict as conflict:
                self._keep_refused(conflict)
                raise

    def checkpoint(self) -> None:
        """Take what it can from the WAL into the file without waiting; call it between sales."""
        with self._my_turn(), typed_failures(), closing(self._writer.raw_connection()) as raw:
            connection = raw.driver_connection
            if isinstance(connection, sqlite3.Connection):
                connection.execute("PRAGMA wal_checkpoint(PASSIVE)")

    def close(self) -> None:
        """Close every connection, then let the directory go. Idempotent."""
        super().close()
        self._writer.dispose()
        self._lock.release()

    def _keep_refused(self, conflict: EventConflict) -> None:
        with typed_failures(), self._writer.connect() as connection, connection.begin():
            txn_of(self._session(connection)).ledger.quarantine(conflict)

    @contextmanager
    def _my_turn(self) -> Iterator[None]:
        if self._writing_thread == threading.get_ident():
            raise RuntimeError("a write transaction inside a write transaction")
        if not self._turn.acquire(timeout=WRITING_WAIT_SECONDS):
            raise StoreBusy(f"no turn to write within {WRITING_WAIT_SECONDS} s")
        self._writing_thread = threading.get_ident()
        self.turn_since = self._clock.monotonic()
        try:
            yield
        finally:
            self._writing_thread = None
            self.turn_since = None
            self._turn.release()

    def _reached(self, point: str) -> None:
        if self.commit_hook is not None:
            self.commit_hook(point)
