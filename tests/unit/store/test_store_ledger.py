"""The ledger only grows, and the database itself says so."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from pos_agent.ledger.canonical import event_to_json
from pos_agent.ledger.chain import GENESIS, link, verify
from pos_agent.model.events import Entry, EntryKind, EventKind
from pos_agent.model.receipt import DocumentId
from pos_agent.store.errors import EventConflict, StoreRefused
from pos_agent.store.ledger import Head


def append(store, *events):
    with store.writing("append") as txn:
        return [txn.ledger.append(event) for event in events]


def test_events_are_chained_from_one_without_gaps(store, gift):
    first, second = append(store, gift("a"), gift("b"))
    assert first == link(GENESIS, 1, gift("a"))
    assert second == link(first.hash, 2, gift("b"))
    with store.reading() as view:
        assert list(view.ledger.range()) == [first, second]
        assert view.ledger.head() == Head(2, second.hash)
        assert verify(view.ledger.range(), (2, second.hash)) == []


def test_reads_by_range_customer_and_document(store, gift):
    receipt = replace(gift("r", customer="c-2"), document=DocumentId("9999", 7), fpd=5)
    one, two, three = append(store, gift("a"), receipt, gift("b"))
    with store.reading() as view:
        assert list(view.ledger.range(2)) == [two, three]
        assert list(view.ledger.range(1, 2)) == [one, two]
        assert view.ledger.by_customer("c-1") == (one, three)
        assert view.ledger.by_document(DocumentId("9999", 7)) == (two,)
        assert view.ledger.get("b") == three
        assert view.ledger.get("none") is None
        assert view.ledger.customers() == ("c-1", "c-2")


def test_documents_that_name_a_sale_are_found_by_it_alone(store, gift):
    def back(number, **facts):
        made = replace(gift(f"r{number}"), kind=EventKind.RECEIPT, document=DocumentId("9999", number), fpd=5)
        return replace(made, entries=(), facts=facts)

    one, _, three, *_ = append(
        store,
        back(1, original="9999/7"),
        back(2, original="9999/70"),
        back(3, original="9999/7", customer=None),
        back(4, sale={"original": "9999/7"}),
        back(5),
    )
    with store.reading() as view:
        assert view.ledger.naming(DocumentId("9999", 7)) == (one, three)
        assert view.ledger.naming(DocumentId("9999", 8)) == ()


def test_an_empty_ledger_has_the_genesis_head(store):
    with store.reading() as view:
        assert view.ledger.head() == Head(0, "0" * 64)


def test_the_same_event_twice_is_one_event(store, gift):
    first = append(store, gift())
    assert append(store, gift(), gift()) == first * 2
    with store.reading() as view:
        assert view.ledger.head().seq == 1


@pytest.mark.parametrize("caught_inside", [True, False])
def test_other_content_under_the_id_is_quarantined_and_changes_nothing(store, gift, caught_inside):
    (first,) = append(store, gift(amount_pt=500))
    other = gift(amount_pt=999)

    def offer():
        with store.writing("offer") as txn:
            txn.balances.clear()
            if caught_inside:
                with pytest.raises(EventConflict):
                    txn.ledger.append(other)
            else:
                txn.ledger.append(other)

    if caught_inside:
        offer()
    else:
        with pytest.raises(EventConflict) as caught:
            offer()
        assert (caught.value.code, caught.value.event_id) == ("STO-04", "gift:1")
    with store.reading() as view:
        assert list(view.ledger.range()) == [first]
        (kept,) = view.ledger.quarantined()
        assert (kept.event_id, kept.body, kept.reason) == ("gift:1", event_to_json(other), "event id")


def test_the_same_refused_event_is_kept_once(store, gift):
    append(store, gift(amount_pt=500))
    for _ in range(3):
        with pytest.raises(EventConflict):
            append(store, gift(amount_pt=999))
    with store.reading() as view:
        assert len(view.ledger.quarantined()) == 1


def test_an_entry_id_of_another_event_is_a_conflict(store, gift):
    append(store, gift("a", entry="entry"))
    with pytest.raises(EventConflict):
        append(store, gift("b", entry="entry"))
    twice = Entry("same", EntryKind.GIFT, "main", 1)
    with pytest.raises(EventConflict):
        append(store, replace(gift("c"), entries=(twice, twice)))
    with store.reading() as view:
        assert view.ledger.head().seq == 1
        assert {one.reason for one in view.ledger.quarantined()} == {"entry id"}


def test_a_conflict_rolls_back_what_came_before_it_in_the_transaction(store, gift):
    append(store, gift("a"))
    with pytest.raises(EventConflict):
        append(store, gift("new"), gift("a", amount_pt=1))
    with store.reading() as view:
        assert view.ledger.get("new") is None


EVENT = "(seq, event_id, kind, customer_id, business_date, at, fn_serial, fd_number, body, prev_hash, hash)"
COPY = "seq, event_id, kind, 'c-9', business_date, at, fn_serial, fd_number, body, prev_hash, hash"
ENTRY_COPY = "entry_id, seq, kind, program, customer_id, 1, lot, earned, active_from, expires"
FORBIDDEN = {
    "update": "UPDATE ledger_event SET customer_id = 'c-9'",
    "update or replace": "UPDATE OR REPLACE ledger_event SET seq = 1 WHERE seq = 2",
    "delete": "DELETE FROM ledger_event WHERE seq = 2",
    "replace by seq": f"INSERT OR REPLACE INTO ledger_event {EVENT} SELECT {COPY} FROM ledger_event WHERE seq = 2",
    "replace by id": f"INSERT OR REPLACE INTO ledger_event {EVENT} SELECT 3, event_id, kind, 'c-9', business_date, at,"
    " fn_serial, fd_number, body, hash, hash FROM ledger_event WHERE seq = 2",
    "gap": f"INSERT INTO ledger_event {EVENT} SELECT 4, 'x', kind, 'c-9', business_date, at, fn_serial, fd_number,"
    " body, hash, hash FROM ledger_event WHERE seq = 2",
    "wrong previous hash": f"INSERT INTO ledger_event {EVENT} SELECT 3, 'x', kind, 'c-9', business_date, at, fn_serial,"
    " fd_number, body, prev_hash, hash FROM ledger_event WHERE seq = 2",
    "update entry": "UPDATE ledger_entry SET amount_pt = 1",
    "delete entry": "DELETE FROM ledger_entry",
    "replace entry": f"INSERT OR REPLACE INTO ledger_entry SELECT {ENTRY_COPY} FROM ledger_entry WHERE seq = 2",
    "late entry": "INSERT INTO ledger_entry SELECT 'late', 1, kind, program, customer_id, 1, lot, earned, active_from,"
    " expires FROM ledger_entry WHERE seq = 1",
    "update quarantine": "UPDATE ledger_quarantine SET body = ''",
    "delete quarantine": "DELETE FROM ledger_quarantine",
}


def three_tables(path):
    with closing(sqlite3.connect(path)) as connection:
        names = ("ledger_event", "ledger_entry", "ledger_quarantine")
        return [connection.execute(f"SELECT * FROM {name} ORDER BY 1").fetchall() for name in names]


@pytest.fixture
def filled(store, gift):
    append(store, gift("a"), gift("b"))
    with pytest.raises(EventConflict):
        append(store, gift("a", amount_pt=1))
    return store


@pytest.mark.parametrize("statement", FORBIDDEN.values(), ids=FORBIDDEN.keys())
def test_the_database_refuses_through_our_connection(statement, filled, path):
    before = three_tables(path)
    with pytest.raises(StoreRefused), filled.writing("attack") as txn:
        txn.session.connection.exec_driver_sql(statement)
    assert three_tables(path) == before


@pytest.mark.parametrize("recursive", ["ON", "OFF"])
@pytest.mark.parametrize("statement", FORBIDDEN.values(), ids=FORBIDDEN.keys())
def test_the_database_refuses_through_any_connection(statement, recursive, filled, path):
    before = three_tables(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as stranger:
        stranger.execute(f"PRAGMA recursive_triggers = {recursive}")
        with pytest.raises(sqlite3.IntegrityError):
            stranger.execute(statement)
    assert three_tables(path) == before


@pytest.mark.parametrize(
    ("column", "value"),
    [("kind", "STEAL"), ("amount_pt", -1), ("amount_pt", None), ("amount_pt", "ten")],
)
def test_checks_of_entries_bite(store, path, gift, column, value):
    append(store, gift("a"))
    columns = {"entry_id": "n", "seq": 1, "kind": "GIFT", "program": "p", "amount_pt": 1, "lot": "", "earned": ""}
    row = columns | {"active_from": "", "expires": "", column: value}
    with closing(sqlite3.connect(path)) as stranger, pytest.raises(sqlite3.IntegrityError):
        stranger.execute(
            f"INSERT INTO ledger_entry ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", tuple(row.values())
        )


def test_the_epoch_is_made_once(store, reopen):
    with store.reading() as view:
        epoch = view.meta.epoch()
    store.close()
    with reopen() as again, again.reading() as view:
        assert view.meta.epoch() == epoch
        assert len(epoch) == 32
