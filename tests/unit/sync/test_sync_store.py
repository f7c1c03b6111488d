"""The cursor in the database: only forward, only onto our own rows, only what was sent; nothing is forgotten."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from kit.cloud_world import KEYS, SeededIds, VirtualClock, event

from pos_agent.ledger.chain import GENESIS
from pos_agent.store.errors import StoreRefused
from pos_agent.store.integrity import check_all
from pos_agent.store.store import Store
from pos_agent.store.sync import SyncCursor, TakenRules

EPOCH = "ab" * 16


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "agent.db"
    with Store.open(path, KEYS, VirtualClock(), SeededIds()) as store, store.writing("fill") as txn:
        for number in range(1, 6):
            txn.ledger.append(event(number))
    return path


@pytest.fixture
def store(template: Path, tmp_path: Path) -> Iterator[Store]:
    path = tmp_path / "agent.db"
    shutil.copy(template, path)
    with Store.open(path, KEYS, VirtualClock(), SeededIds()) as opened:
        yield opened


def hash_at(store: Store, seq: int) -> str:
    with store.reading() as view:
        found = view.sync.hash_at(seq)
    assert found is not None
    return found


def moved(store: Store, sent: int, acked: int | None = None, at: int | None = None) -> None:
    with store.writing("move") as txn:
        txn.sync.sending(EPOCH, sent)
        if acked is not None:
            txn.sync.acknowledge(EPOCH, acked, hash_at(store, acked if at is None else at))


def test_it_starts_at_nothing_and_moves_forward(store) -> None:
    with store.reading() as view:
        assert view.sync.cursor(EPOCH) == SyncCursor()
        assert (view.sync.hash_at(0), view.sync.hash_at(6)) == (GENESIS, None)
    moved(store, 3, 2)
    moved(store, 2)
    moved(store, 5, 5)
    with store.reading() as view:
        cursor = view.sync.cursor(EPOCH)
        assert (cursor.sent_seq, cursor.acked_seq, cursor.acked_hash) == (5, 5, view.ledger.head().hash)
        assert cursor.acked_at
        assert view.sync.cursor("cd" * 16) == SyncCursor()
        assert check_all(view) == ()


@pytest.mark.parametrize(
    ("sent", "acked", "at"),
    [(4, 2, 2), (4, 4, 3), (4, 5, 5), (6, None, None), (4, 0, 0), (4, 3, 4)],
    ids=["backwards", "another hash", "never sent", "not in the ledger", "to nothing", "same seq, another hash"],
)
def test_what_the_database_refuses(store, sent, acked, at) -> None:
    moved(store, 3, 3)
    with pytest.raises(StoreRefused):
        moved(store, sent, acked, at)
    with store.reading() as view:
        assert view.sync.cursor(EPOCH).acked_seq == 3


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM sync_cursor",
        "UPDATE sync_cursor SET sent_seq = 3",
        "UPDATE sync_cursor SET epoch = printf('%032d', 7)",
        "INSERT OR REPLACE INTO sync_cursor SELECT epoch, 0, 0, printf('%064d', 0), '' FROM sync_cursor",
        "INSERT INTO sync_cursor SELECT printf('%032d', 7), 1, 1, acked_hash, '' FROM sync_cursor",
        "DELETE FROM sync_rules",
        "UPDATE sync_rules SET version = 2",
        "INSERT OR REPLACE INTO sync_rules SELECT 1, 1, hash, '' FROM sync_rules",
    ],
)
def test_no_way_around(store, statement) -> None:
    moved(store, 4, 4)
    with store.writing("rules") as txn:
        txn.sync.take_rules(2, "a" * 64)
    with pytest.raises(StoreRefused), store.writing("around") as txn:
        txn.session.connection.exec_driver_sql(statement)


def test_parked_rows_and_taken_rules(store) -> None:
    with store.writing("park") as txn:
        for seq, reason in ((4, "status 422"), (2, "x" * 300), (4, "another")):
            txn.sync.park(EPOCH, seq, f"gift:{seq}", reason)
        assert [(row.seq, row.reason) for row in txn.sync.parked(EPOCH)] == [(2, "x" * 100), (4, "status 422")]
        assert [row.seq for row in txn.sync.parked(EPOCH, 3, 4)] == [4]
        assert txn.sync.parked("cd" * 16) == ()
        txn.sync.release(EPOCH, 4)
        assert [row.seq for row in txn.sync.parked(EPOCH)] == [2]
        assert txn.sync.rules() is None
        txn.sync.take_rules(1, "a" * 64)
        txn.sync.take_rules(3, "b" * 64)
        assert txn.sync.rules() == TakenRules(3, "b" * 64)
    with pytest.raises(StoreRefused), store.writing("older") as txn:
        txn.sync.take_rules(3, "c" * 64)
