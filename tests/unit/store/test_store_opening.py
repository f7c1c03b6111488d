"""Opening: settings that really took, one owner per directory, damage set aside, strangers left alone."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from pos_agent.ledger.chain import verify
from pos_agent.store import engine
from pos_agent.store.errors import (
    DataDirectoryBusy,
    DataDirectoryUnusable,
    ForeignStore,
    SettingsRefused,
    StoreDamaged,
    StoreFull,
    StoreRefused,
    WrongKey,
)
from pos_agent.store.keys import Keys
from pos_agent.store.store import Store, StoreReader


def pragma(connection, name):
    return connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()


def test_the_writing_connection_has_the_settings_safety_rests_on(store):
    with store.writing("look") as txn:
        found = {name: pragma(txn.session.connection, name) for name in engine.WRITER_SETTINGS}
    assert found["journal_mode"] == "wal"
    assert found["synchronous"] == 2
    assert found["foreign_keys"] == found["recursive_triggers"] == found["cell_size_check"] == 1
    assert found["trusted_schema"] == 0
    assert found["busy_timeout"] == 5000


def test_a_reading_connection_cannot_write(store):
    with pytest.raises(StoreRefused, match="readonly"), store.reading() as view:
        view.session.connection.exec_driver_sql("DELETE FROM balance")


def test_a_setting_that_does_not_take_is_refused():
    with pytest.raises(SettingsRefused, match="journal_mode is memory"):
        engine._connect(Path(":memory:"), "memory", engine.WRITER_SETTINGS)


def test_a_reader_sees_one_snapshot_while_another_writes(store, gift):
    with store.reading() as view:
        assert view.ledger.head().seq == 0
        with store.writing("gift") as txn:
            txn.ledger.append(gift())
        assert view.ledger.head().seq == 0
    with store.reading() as view:
        assert view.ledger.head().seq == 1


def test_an_error_rolls_everything_back_and_the_store_goes_on(store, gift):
    with pytest.raises(ZeroDivisionError), store.writing("fails") as txn:
        assert 1 // (txn.ledger.append(gift()).seq - 1)
    with store.writing("works") as txn:
        assert txn.ledger.append(gift()).seq == 1


def test_a_transaction_inside_a_transaction_is_our_own_bug(store):
    with store.writing("outer"), pytest.raises(RuntimeError), store.writing("inner"):
        pass


def test_a_write_transaction_holds_the_file_from_its_start(store, path):
    with store.writing("slow"), closing(sqlite3.connect(path, timeout=0)) as other:
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        assert other.execute("SELECT count(*) FROM ledger_event").fetchone() == (0,), "readers are not held up"


def test_threads_take_turns_and_lose_nothing(store, gift):
    def work(name):
        for number in range(10):
            with store.writing("gift") as txn:
                txn.ledger.append(gift(f"{name}-{number}"))
            with store.reading() as view:
                assert view.ledger.get(f"{name}-{number}") is not None

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, "abcdef"))
    with store.reading() as view:
        head = view.ledger.head()
        assert head.seq == 60
        assert verify(view.ledger.range(), (head.seq, head.hash)) == []


def test_a_checkpoint_between_sales_takes_the_wal_into_the_file(store, path, gift):
    with store.writing("gift") as txn:
        txn.ledger.append(gift("canary"))
    assert b"canary" not in path.read_bytes()
    store.checkpoint()
    assert b"canary" in path.read_bytes()
    with store.writing("gift") as txn:
        assert txn.ledger.append(gift("next")).seq == 2


def test_hook_is_told_both_sides_of_a_commit(store, path, gift):
    seen = []

    def hook(point):
        with closing(sqlite3.connect(path)) as other:
            seen.append((point, other.execute("SELECT count(*) FROM ledger_event").fetchone()[0]))

    store.commit_hook = hook
    with store.writing("gift") as txn:
        txn.ledger.append(gift())
    assert seen == [("before:gift", 0), ("after:gift", 1)]


def test_files_are_for_the_owner_only(reopen, path):
    with reopen() as store, store.writing("touch") as txn:
        txn.rules.add("x = 1", "test", "toml")
        assert names(path.parent) == ["lock", "store.db", "store.db-shm", "store.db-wal"]
        modes = {one.name: stat.S_IMODE(one.stat().st_mode) for one in path.parent.iterdir()}
    assert set(modes.values()) == {0o600}, modes


def test_a_second_agent_is_refused_in_this_process_and_in_another(store, path, reopen):
    with pytest.raises(DataDirectoryBusy) as caught:
        reopen()
    assert caught.value.code == "AGT-02"
    code = f"""
from pathlib import Path
from pos_agent.store.lock import DirectoryLock
from pos_agent.store.errors import DataDirectoryBusy
try:
    DirectoryLock.acquire(Path({str(path.parent)!r}))
except DataDirectoryBusy:
    raise SystemExit(7)
"""
    assert subprocess.run([sys.executable, "-c", code], timeout=30, check=False).returncode == 7
    store.close()
    reopen().close()


def test_the_lock_is_free_after_a_failed_opening(path, keys, clock, ids, reopen):
    reopen().close()
    with pytest.raises(WrongKey):
        Store.open(path, Keys.derive(b"\x09" * 32), clock, ids)
    reopen().close()


def test_wrong_key_is_told_and_nothing_moves(path, clock, ids, reopen):
    reopen().close()
    before = path.read_bytes()
    with pytest.raises(WrongKey) as caught:
        Store.open(path, Keys.derive(b"\x09" * 32), clock, ids)
    assert caught.value.code == "STO-03"
    assert path.read_bytes() == before
    assert not (path.parent / "damaged").exists()


def names(folder):
    return sorted(one.name for one in folder.iterdir())


def filled(reopen, gift):
    """A closed store of several pages with one event."""
    with reopen() as store:
        with store.writing("gift") as txn:
            txn.ledger.append(gift())
        with store.writing("rules") as txn:
            txn.rules.add("# " + "x" * 20_000, "test", "toml")


def flip(path, offset, length=1):
    content = bytearray(path.read_bytes())
    for place in range(offset, offset + length):
        content[place] ^= 0xFF
    path.write_bytes(content)


def whole_table_page(path, name):
    with closing(sqlite3.connect(path)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    return (page - 1) * size


DAMAGES = {
    "magic": lambda path: flip(path, 0, 16),
    "page size": lambda path: flip(path, 16, 2),
    "application id": lambda path: flip(path, 68, 4),
    "user version": lambda path: flip(path, 60, 4),
    "schema page": lambda path: flip(path, 100, 40),
    "a table's page header": lambda path: flip(path, whole_table_page(path, "ledger_event"), 8),
    "a cell pointer": lambda path: flip(path, whole_table_page(path, "ledger_event") + 8, 2),
    "cut in half": lambda path: os.truncate(path, path.stat().st_size // 2),
    "cut to one page": lambda path: os.truncate(path, 4096),
    "cut inside a page": lambda path: os.truncate(path, path.stat().st_size - 1000),
    "empty": lambda path: os.truncate(path, 0),
    "garbage": lambda path: path.write_bytes(b"\xa5" * 8192),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_file_is_moved_aside_whole_and_a_fresh_store_opens(damage, path, reopen, gift):
    filled(reopen, gift)
    damage(path)
    hurt = path.read_bytes()
    with pytest.raises(StoreDamaged) as caught:
        reopen()
    assert caught.value.code == "STO-02"
    moved_to = caught.value.moved_to
    assert moved_to == path.parent / "damaged" / "2026-11-21T15-05-00Z"
    assert (moved_to / path.name).read_bytes() == hurt
    assert not path.exists()
    with reopen() as fresh, fresh.reading() as view:
        assert view.ledger.head().seq == 0


@pytest.mark.parametrize("name", ["magic", "a table's page header"])
def test_the_trio_is_moved_together_and_unchanged(name, path, reopen, gift):
    filled(reopen, gift)
    wal, shm = path.with_name("store.db-wal"), path.with_name("store.db-shm")
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("PRAGMA wal_autocheckpoint=0")
        writer.execute("INSERT INTO balance VALUES ('c', 'p', 1, 0, 0, NULL, NULL, '', 0, 0, '', 1)")
        copies = {member: member.read_bytes() for member in (path, wal, shm)}
    for member, content in copies.items():
        member.write_bytes(content)  # as a power cut leaves them
    place = whole_table_page(path.rename(path.with_name("look.db")), "ledger_event")
    path.with_name("look.db").rename(path)
    flip(path, 0 if name == "magic" else place, 8)
    hurt = path.read_bytes()
    with pytest.raises(StoreDamaged) as caught:
        reopen()
    moved_to = caught.value.moved_to
    assert names(moved_to) == ["store.db", "store.db-shm", "store.db-wal"]
    assert (moved_to / "store.db").read_bytes() == hurt
    assert (moved_to / "store.db-wal").read_bytes() == copies[wal]


def test_two_damages_in_one_second_get_two_folders(path, reopen, gift):
    folders = set()
    for _ in range(2):
        filled(reopen, gift)
        flip(path, 0, 16)
        with pytest.raises(StoreDamaged) as caught:
            reopen()
        folders.add(caught.value.moved_to)
    assert len(folders) == 2


def test_a_wal_without_its_database_is_set_aside_not_replayed(path, reopen):
    path.parent.mkdir(parents=True)
    path.with_name("store.db-wal").write_bytes(b"frames of another life")
    with pytest.raises(StoreDamaged) as caught:
        reopen()
    assert (caught.value.moved_to / "store.db-wal").read_bytes() == b"frames of another life"
    reopen().close()


def test_another_programs_database_is_left_alone(path, reopen):
    path.parent.mkdir(parents=True)
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE theirs (a)")
    before = path.read_bytes()
    with pytest.raises(ForeignStore) as caught:
        reopen()
    assert caught.value.code == "STO-05"
    assert path.read_bytes() == before


def test_a_newer_agents_database_is_left_alone(path, reopen):
    reopen().close()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("UPDATE alembic_version SET version_num = '0099'")
        other.execute("PRAGMA user_version = 99")
    with pytest.raises(ForeignStore):
        reopen()
    assert path.exists()


def test_a_creation_that_was_stopped_leaves_no_trace(path, reopen):
    path.parent.mkdir(parents=True)
    path.with_name("store.db.new").write_bytes(b"half")
    path.with_name("store.db.new-wal").write_bytes(b"half")
    with reopen() as store, store.reading() as view:
        assert view.ledger.head().seq == 0
    assert names(path.parent) == ["lock", "store.db"]


def test_a_directory_that_cannot_be_made(tmp_path, keys, clock, ids):
    (tmp_path / "file").write_text("")
    with pytest.raises(DataDirectoryUnusable):
        Store.open(tmp_path / "file" / "store.db", keys, clock, ids)


def test_reading_beside_a_running_agent_and_without_one(store, path, keys, clock, ids, gift):
    with store.writing("gift") as txn:
        txn.ledger.append(gift())
    with StoreReader.open_reading(path, keys, clock, ids) as reader, reader.reading() as view:
        assert view.ledger.head().seq == 1
    store.close()
    with StoreReader.open_reading(path, keys, clock, ids) as reader, reader.reading() as view:
        assert view.ledger.head().seq == 1
    with pytest.raises(WrongKey):
        StoreReader.open_reading(path, Keys.derive(b"\x09" * 32), clock, ids)
    with pytest.raises(DataDirectoryUnusable):
        StoreReader.open_reading(path.with_name("none.db"), keys, clock, ids)


@pytest.mark.parametrize(
    ("version", "fixed"),
    [
        ((3, 40, 1), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
    ],
)
def test_which_sqlite_has_the_wal_reset_race(version, fixed):
    assert engine.wal_reset_fixed(version) is fixed


def test_a_full_disk_is_a_typed_error_and_nothing_is_half_written(store, gift):
    with store.writing("limit") as txn:
        pages = pragma(txn.session.connection, "page_count")
        txn.rules.add("#", "small", "toml")
    with store.writing("limit") as txn:
        txn.session.connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreFull, match="STO-01"), store.writing("fills") as txn:
        assert txn.rules.add("#" * 200_000, f"after {txn.ledger.append(gift()).seq}", "toml")
    with store.reading() as view:
        assert view.ledger.head().seq == 0
        assert [rules.source for rules in view.rules.all()] == ["small"]
