"""Copies of the database by SQLite's backup interface, never by copying files of a live WAL database.

A copy holds personal data sealed only; the key is not in it and must be kept apart.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from pos_agent.clock import Clock, IdSource
from pos_agent.store.engine import connect_reader, typed_failures, writer_engine
from pos_agent.store.errors import DataDirectoryUnusable, StoreDamaged, WrongKey
from pos_agent.store.files import sync_directory, sync_file, trio
from pos_agent.store.keys import Keys
from pos_agent.store.lock import DirectoryLock
from pos_agent.store.meta import Meta
from pos_agent.store.migrate import upgrade
from pos_agent.store.opening import damage, finish_restore, restored_name
from pos_agent.store.session import Session
from pos_agent.store.vault import Vault


def back_up(path: Path, target: Path) -> Path:
    """Copy the database at `path`, live or not, as one consistent moment; `target` appears whole or not at all.

    DataDirectoryUnusable when `target` exists already or cannot be written; StoreDamaged when the copy is not sound.
    """
    if target.exists():
        raise DataDirectoryUnusable(target, "exists already")
    draft = target.with_name(target.name + ".new")
    _copy(path, draft)
    _accept(draft, target)
    return target


def restore(copy: Path, path: Path, keys: Keys, clock: Clock, ids: IdSource) -> str:
    """Put a copy in place of the database at `path`; what was there is moved to `replaced/`. Returns the new epoch.

    Sequence numbers written after the copy was made are used again, so the restored register counts in a new epoch.
    DataDirectoryBusy while an agent runs; StoreDamaged, ForeignStore or WrongKey before anything is touched.
    """
    lock = DirectoryLock.acquire(path.parent)
    try:
        draft = path.with_name(path.name + ".new")
        _copy(copy, draft)
        epoch = _renewed(draft, Vault(keys, ids), clock, ids)
        _accept(draft, restored_name(path))
        finish_restore(path, clock)
        return epoch
    finally:
        lock.release()


def _copy(source: Path, draft: Path) -> None:
    for member in trio(draft):
        member.unlink(missing_ok=True)  # left by a stop half-way
    try:
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise DataDirectoryUnusable(draft.parent, error.strerror or str(error)) from error
    with typed_failures(), closing(connect_reader(source)) as live, closing(sqlite3.connect(draft)) as written:
        live.backup(written)
    why = damage(draft)
    if why is not None:
        raise StoreDamaged(why)


def _renewed(draft: Path, vault: Vault, clock: Clock, ids: IdSource) -> str:
    engine = writer_engine(draft)
    try:
        with typed_failures():
            upgrade(engine)
            with engine.begin() as connection:
                meta = Meta(Session(connection, vault, clock))
                meta.check_key()
                return meta.renew_epoch(ids)
    except WrongKey as error:
        raise WrongKey(draft) from error
    finally:
        engine.dispose()


def _accept(draft: Path, target: Path) -> None:
    sync_file(draft)
    draft.rename(target)
    for companion in trio(draft)[1:]:
        companion.unlink(missing_ok=True)  # empty: the last connection took the WAL into the file
    sync_directory(target.parent)
