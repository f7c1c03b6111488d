"""`ledger verify` rebuilds every balance of a database of many, and finds the one that is wrong."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from kit.ledger_life import PROGRAM, StillClock, cache_balances, life, write

from pos_agent.checkout.verify import verify_ledger
from pos_agent.clock import SystemIds
from pos_agent.ledger.audit import audit_people
from pos_agent.ledger.state import FoldPolicy
from pos_agent.model.customer import Balance
from pos_agent.model.events import EventKind, LedgerEvent
from pos_agent.store.balances import CachedBalance
from pos_agent.store.keys import load_keys
from pos_agent.store.store import Store


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, life(7, 300, 12))
    return tmp_path


def opened(folder: Path) -> Store:
    ids = SystemIds()
    return Store.open(folder / "agent.db", load_keys(folder / "keys" / "pii.key", ids, create=False), StillClock(), ids)


def breaches(folder: Path) -> tuple[str, ...]:
    with opened(folder) as store, store.reading() as view:
        return verify_ledger(view).breaches


def sql(folder: Path, *commands: str) -> None:
    with closing(sqlite3.connect(folder / "agent.db")) as connection:
        for command in commands:
            connection.execute(command)
        connection.commit()


def test_every_balance_is_rebuilt_and_the_one_that_was_changed_is_told(folder: Path):
    assert breaches(folder) == ()
    with closing(sqlite3.connect(folder / "agent.db")) as connection:
        names = [name for (name,) in connection.execute("SELECT customer_id FROM balance ORDER BY customer_id")]
    assert len(names) == 12
    for name in names:
        sql(folder, f"UPDATE balance SET active_pt = active_pt + 1 WHERE customer_id = '{name}'")
        (told,) = breaches(folder)
        assert told.startswith(f"balance of {name} on ")
        sql(folder, f"UPDATE balance SET active_pt = active_pt - 1 WHERE customer_id = '{name}'")


def test_a_balance_of_nobody_is_told(folder: Path):
    with opened(folder) as store, store.writing("balance") as txn:
        txn.balances.put(CachedBalance("c-nobody", PROGRAM, Balance(5, 0, 0), "2026-02-01", 1))
    (told,) = breaches(folder)
    assert told.startswith("balance of c-nobody ")


def test_merged_cards_are_one_person_in_the_walk(folder: Path):
    with opened(folder) as store:
        with store.writing("merge") as txn:
            late = LedgerEvent("m-1", EventKind.MERGE, "till-1", "2026-04-01T12:00:00+03:00", "2026-04-01", "c-1")
            txn.ledger.append(replace(late, facts={"into": "c-2"}))
        with store.reading() as view:
            people = [{row.event.customer for row in rows} for rows in view.ledger.people()]
            assert view.ledger.days() == ("2026-01-05", "2026-04-01")
        assert sorted(map(len, people)) == [1] * 10 + [2]
        assert {"c-1", "c-2"} in people
        with store.writing("balances") as txn:
            txn.balances.clear()
        assert cache_balances(store) == 11
    assert breaches(folder) == ()


@pytest.mark.parametrize("where", ["min(seq)", "max(seq)"])
def test_entries_that_are_gone_are_told(folder: Path, where: str):
    chosen = f"(SELECT {where} FROM ledger_entry)"
    sql(folder, "DROP TRIGGER ledger_entry_no_delete", f"DELETE FROM ledger_entry WHERE seq = {chosen}")
    assert [one for one in breaches(folder) if one.startswith("entries: seq ")]


@pytest.mark.parametrize("seq", ["-1", "100000"])
def test_entries_of_no_event_are_told(folder: Path, seq: str):
    columns = "kind, program, customer_id, amount_pt, lot, earned, active_from, expires"
    copied = f"SELECT 'x', {seq}, {columns} FROM ledger_entry LIMIT 1"
    sql(
        folder,
        "PRAGMA foreign_keys = OFF",
        "DROP TRIGGER ledger_entry_with_its_event",
        f"INSERT INTO ledger_entry (entry_id, seq, {columns}) {copied}",
    )
    assert "entries: entries without an event" in breaches(folder)


def test_people_are_looked_at_one_at_a_time():
    events, taken = list(life(3, 60, 4)), []

    def people():
        for number in range(4):
            taken.append(number)
            yield [event for event in events if event.customer == f"c-{number}"]

    walk = audit_people(people(), date(2026, 12, 31), FoldPolicy("p"))
    assert taken == []
    assert list(walk) == []
    assert taken == [0, 1, 2, 3]
