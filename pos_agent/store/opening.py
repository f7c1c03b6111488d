"""Before a database is used: is the file sound and ours; make it when there is none; set it aside when damaged."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import structlog

from pos_agent.clock import Clock, IdSource
from pos_agent.store.engine import connect_reader, wal_reset_fixed, writer_engine
from pos_agent.store.errors import ForeignStore, StoreDamaged
from pos_agent.store.files import set_aside, sync_directory, sync_file, trio
from pos_agent.store.meta import Meta
from pos_agent.store.migrate import APPLICATION_ID, SCHEMA_VERSION, CommitHook, upgrade
from pos_agent.store.session import Session
from pos_agent.store.vault import Vault

log = structlog.get_logger("pos_agent.store")


def prepare(path: Path, vault: Vault, clock: Clock, ids: IdSource, reached: CommitHook) -> None:
    """Leave a sound database of ours at `path`. Call it with the directory's lock held.

    StoreDamaged after the damaged files were moved aside (opening again then makes a fresh database); ForeignStore for
    a healthy file of somebody else, which is left alone.
    """
    finish_restore(path, clock)
    log.info("sqlite", version=sqlite3.sqlite_version, wal_reset_fixed=wal_reset_fixed())
    if not path.exists() and not any(member.exists() for member in trio(path)):
        create(path, vault, clock, ids, reached)
        return
    why = damage(path)
    if why is not None:
        moved_to = set_aside(path, clock.now())
        log.error("store_damaged", why=why, moved_to=str(moved_to))
        raise StoreDamaged(why, moved_to)


def restored_name(path: Path) -> Path:
    """Where a restored database waits, whole, until the former one is out of its way."""
    return path.with_name(path.name + ".restored")


def finish_restore(path: Path, clock: Clock) -> None:
    """Put a waiting restored database in place; the former one moves to `replaced/`. May be stopped and repeated."""
    waiting = restored_name(path)
    if not waiting.exists():
        return
    if any(member.exists() for member in trio(path)):
        set_aside(path, clock.now(), "replaced")
    waiting.rename(path)
    sync_directory(path.parent)
    log.info("store_restored")


def create(path: Path, vault: Vault, clock: Clock, ids: IdSource, reached: CommitHook) -> None:
    """Make the database under another name and rename it when it is whole: a stop half-way leaves nothing at `path`."""
    draft = path.with_name(path.name + ".new")
    for member in trio(draft):
        member.unlink(missing_ok=True)  # left by a stop half-way, never used
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    engine = writer_engine(draft)
    try:
        upgrade(engine, reached=reached)
        with engine.begin() as connection:
            Meta(Session(connection, vault, clock)).create(ids)
    finally:
        engine.dispose()  # the last connection takes the WAL into the file
    sync_file(draft)
    reached("before:create")
    draft.rename(path)
    sync_directory(path.parent)
    reached("after:create")


def damage(path: Path) -> str | None:
    """What is wrong with the file, None when it is sound. ForeignStore when it is sound but not ours."""
    if not path.exists():
        return "the database file is missing, its companions are not"
    if path.stat().st_size == 0:
        return "the database file is empty"
    try:
        with closing(connect_reader(path)) as connection:
            findings = [row[0] for row in connection.execute("PRAGMA quick_check(10)")]
            if findings != ["ok"]:
                return "; ".join(findings)
            return _torn_page(path, connection) or identity_fault(path, connection)
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            return str(error)
        raise


def _torn_page(path: Path, connection: sqlite3.Connection) -> str | None:
    """SQLite reads a cut last page as if it ended in zeros. While a WAL waits the cut may be a checkpoint's."""
    (page_size,) = connection.execute("PRAGMA page_size").fetchone()
    wal = trio(path)[1]
    waits = wal.exists() and wal.stat().st_size > 0
    return "the last page is cut" if path.stat().st_size % page_size and not waits else None


def identity_fault(path: Path, connection: sqlite3.Connection) -> str | None:
    """The marks in the header and the tables must tell the same story; a header that alone differs was hit."""
    (application_id,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not {"register_meta", "alembic_version"} <= tables:
        if application_id == APPLICATION_ID:
            return "tables are missing"
        raise ForeignStore(path, "another program's database")
    if application_id != APPLICATION_ID:
        return f"application_id is {application_id}"
    recorded = [row[0] for row in connection.execute("SELECT version_num FROM alembic_version")]
    if recorded != [f"{version:04d}"]:
        return f"user_version {version} but revision {recorded}"
    if version > SCHEMA_VERSION:
        raise ForeignStore(path, f"schema {version}, this agent knows {SCHEMA_VERSION}")
    return None
