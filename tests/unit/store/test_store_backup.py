"""Copies, restores, and the check of the whole store."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from pos_agent.model.customer import Customer
from pos_agent.store.backup import back_up, restore
from pos_agent.store.errors import DataDirectoryBusy, DataDirectoryUnusable, StoreDamaged, WrongKey
from pos_agent.store.integrity import check_all
from pos_agent.store.keys import Keys
from pos_agent.store.opening import restored_name

FN = "9999078902001234"


@pytest.fixture
def filled(store, gift, document):
    with store.writing("fill") as txn:
        txn.customers.add(Customer("c-1", "Анна", "+79161234567", card="CARD2345"), processing=True, answers={"a": "b"})
        txn.series.contact("till-1", FN, 100)
        for number in (101, 102):
            txn.documents.put(document(number))
            txn.series.advance(FN, number)
        txn.ledger.append(gift("a"))
        txn.ledger.append(gift("b"))
    return store


def test_a_copy_of_a_live_store_is_whole_and_sealed(filled, tmp_path, keys, clock, ids):
    target = tmp_path / "copy.db"
    with filled.writing("open"):
        assert back_up(filled.path, target) == target
    assert sorted(one.name for one in tmp_path.iterdir()) == ["copy.db", "data"]
    assert target.stat().st_mode & 0o077 == 0
    assert b"9161234567" not in target.read_bytes()
    with pytest.raises(DataDirectoryUnusable):
        back_up(filled.path, target)
    with closing(sqlite3.connect(target)) as copy:
        assert copy.execute("SELECT count(*) FROM ledger_event").fetchone() == (2,)


def test_a_restore_counts_in_a_new_epoch(filled, path, tmp_path, keys, clock, ids, gift, reopen):
    copy = back_up(path, tmp_path / "copy.db")
    with filled.reading() as view:
        epoch = view.meta.epoch()
    with filled.writing("later") as txn:
        txn.ledger.append(gift("c"))
    with pytest.raises(DataDirectoryBusy):
        restore(copy, path, keys, clock, ids)
    filled.close()
    newer = path.read_bytes()
    new_epoch = restore(copy, path, keys, clock, ids)
    assert (path.parent / "replaced" / "2026-11-21T15-05-00Z" / path.name).read_bytes() == newer
    with reopen() as store, store.reading() as view:
        assert view.meta.epoch() == new_epoch != epoch
        assert view.ledger.head().seq == 2
        assert check_all(view) == ()


def test_the_next_start_finishes_a_restore(filled, path, tmp_path, keys, clock, ids, reopen, gift):
    copy = back_up(path, tmp_path / "copy.db")
    with filled.writing("later") as txn:
        txn.ledger.append(gift("c"))
    filled.close()
    elsewhere = tmp_path / "elsewhere" / path.name
    elsewhere.parent.mkdir()
    epoch = restore(copy, elsewhere, keys, clock, ids)
    for old_is_still_there in (True, False):
        decided = restored_name(path)
        decided.write_bytes(elsewhere.read_bytes())
        if not old_is_still_there:
            path.unlink()
        with reopen() as store, store.reading() as view:
            assert view.meta.epoch() == epoch
            assert view.ledger.head().seq == 2
        assert not decided.exists()


def test_a_bad_copy_or_key_changes_nothing(filled, path, tmp_path, keys, clock, ids):
    copy = back_up(path, tmp_path / "copy.db")
    filled.close()
    before = path.read_bytes()
    with pytest.raises(WrongKey):
        restore(copy, path, Keys.derive(b"\x09" * 32), clock, ids)
    (tmp_path / "bad.db").write_bytes(b"\xa5" * 8192)
    with pytest.raises(StoreDamaged):
        restore(tmp_path / "bad.db", path, keys, clock, ids)
    assert path.read_bytes() == before


def test_a_whole_store_has_no_findings(filled):
    with filled.reading() as view:
        assert check_all(view) == ()


DAMAGES = {
    "chain": "UPDATE ledger_event SET body = replace(body, 'till-1', 'till-2') WHERE seq = 1",
    "event_columns": "UPDATE ledger_event SET customer_id = 'c-9' WHERE seq = 2",
    "entries": "UPDATE ledger_entry SET amount_pt = 501 WHERE seq = 2",
    "sealed": "UPDATE personal SET name_sealed = randomblob(40)",
    "cursor": "DELETE FROM fiscal_document WHERE fd_number = 101",
    "schema": "SELECT 1",
    "foreign_key": "DELETE FROM customer",
}


@pytest.mark.parametrize("check", DAMAGES)
def test_each_check_finds_its_damage(filled, path, check):
    with closing(sqlite3.connect(path, isolation_level=None)) as stranger:
        triggers = stranger.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            stranger.execute(f"DROP TRIGGER {name}")
        stranger.execute(DAMAGES[check])
        for _, sql in triggers if check != "schema" else ():
            stranger.execute(sql)
    with filled.reading() as view:
        findings = check_all(view)
    assert {finding.check for finding in findings} == {check}
    assert "Анна" not in str(findings)
