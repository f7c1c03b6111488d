"""What readers keep between snapshots is what they would read, whoever wrote meanwhile and however it ended."""

from __future__ import annotations

import random
import sqlite3
from contextlib import ExitStack
from dataclasses import replace

import pytest
import sqlalchemy as sa

from pos_agent.model.events import EventKind
from pos_agent.store import readers
from pos_agent.store.histories import Histories, History
from pos_agent.store.ledger import Head
from pos_agent.store.ready import Ready, given
from pos_agent.store.schema import rules_version

CUSTOMERS = ("c-1", "c-2", "c-3", "c-4")
TOML = "[program]\nid = 'p'\n"


def merged(gift, number, one, other):
    made = replace(gift(f"m{number}", customer=one), kind=EventKind.MERGE, entries=())
    return replace(made, facts={"into": other})


def told(view):
    return {one: view.ledger.by_customer(one) for one in CUSTOMERS}


def rolled_back(store, event, customer):
    with store.writing("rolled back") as txn:
        txn.ledger.append(event)
        assert event in [row.event for row in txn.ledger.by_customer(customer)]
        raise ZeroDivisionError


def read_anew(store):
    """Without anything kept: by a store that was opened just now."""
    fresh = type(store).__mro__[1](store.path, store._vault, store._clock)
    with fresh, fresh.reading() as view:
        return told(view)


def lose_the_connection(store):
    with store.reading() as view:
        view.session.connection.connection.driver_connection.close()
        view.ledger.get("none")


@pytest.mark.parametrize("seed", range(5))
def test_histories_are_never_stale(store, gift, seed):
    chance = random.Random(seed)
    for number in range(40):
        kind = chance.choice(("write", "write", "write", "merge", "roll back", "read"))
        one, other = chance.sample(CUSTOMERS, 2)
        event = merged(gift, number, one, other) if kind == "merge" else gift(f"g{number}", customer=one)
        if kind == "roll back":
            with pytest.raises(ZeroDivisionError):
                rolled_back(store, event, one)
        elif kind != "read":
            with store.writing("append") as txn, store.reading() as before:
                txn.ledger.by_customer(chance.choice(CUSTOMERS))
                txn.ledger.append(event)
                assert event in [row.event for row in txn.ledger.by_customer(one)]
                assert event not in [row.event for row in before.ledger.by_customer(one)]
        with store.reading() as view:
            assert told(view) == read_anew(store)
            assert {one: view.ledger.cards(one)[0] for one in CUSTOMERS} == {one: one for one in CUSTOMERS}


def test_cards_of_a_person_change_with_a_merge_alone(store, gift):
    with store.writing("append") as txn:
        txn.ledger.append(gift("a", customer="c-1"))
    with store.reading() as view:
        assert view.ledger.cards("c-1") == ("c-1",)
        view.ledger.by_customer("c-1")
    with store.writing("append") as txn:
        txn.ledger.append(merged(gift, 1, "c-2", "c-1"))
    with store.reading() as view:
        assert view.ledger.cards("c-1") == ("c-1", "c-2")
        assert [row.event.id for row in view.ledger.by_customer("c-1")] == ["a", "m1"]


def test_what_is_made_of_a_history_lives_as_long_as_its_rows(store, gift):
    with store.writing("append") as txn:
        txn.ledger.append(gift("a", customer="c-1"))
    made = []

    def once():
        with store.reading() as view:
            return view.ledger.history("c-1").once("count", lambda: made.append(1) or len(made))

    assert (once(), once()) == (1, 1)
    with store.writing("append") as txn:
        txn.ledger.append(gift("b", customer="c-2"))
    assert once() == 1, "another person's event is none of its rows"
    with store.writing("append") as txn:
        txn.ledger.append(gift("c", customer="c-1"))
    assert once() == 2


def test_what_is_not_committed_is_kept_for_nobody(store, gift):
    with store.writing("append") as txn:
        txn.ledger.append(gift("a", customer="c-1"))
    with store.reading() as view:
        known = view.ledger.history("c-1")
    with store.writing("append") as txn:
        txn.ledger.append(gift("b", customer="c-1"))
        assert len(txn.ledger.by_customer("c-1")) == 2
        with store.reading() as view:
            assert view.ledger.history("c-1") is known


def test_a_history_of_another_chain_is_not_believed(store, gift):
    with store.writing("append") as txn:
        rows = [txn.ledger.append(gift(name, customer="c-1")) for name in "ab"]
    store._histories.put("c-1", History(Head(1, "f" * 64), ("c-1",), ()))
    with store.reading() as view:
        assert view.ledger.by_customer("c-1") == tuple(rows)


def test_few_histories_are_kept_and_none_that_is_too_long(store, gift):
    with store.writing("append") as txn:
        rows = tuple(txn.ledger.append(gift(f"g{number}")) for number in range(4))
    kept = Histories(most_rows=5)
    for who, count in (("a", 3), ("b", 2)):
        kept.put(who, History(Head(), (who,), rows[:count]))
    kept.get("a")
    kept.put("c", History(Head(), ("c",), ()))
    assert [who for who in "abc" if kept.get(who)] == ["a", "c"], "the one not asked for longest went"
    kept.put("a", History(Head(), ("a",), rows * 2))
    assert kept.get("a") is None


def test_an_answer_is_asked_for_once_until_somebody_writes(store, monkeypatch):
    asked = []
    execute = sqlite3.Connection.execute

    class Counting:
        def __init__(self, raw):
            self._raw = raw

        def execute(self, sql, *values):
            asked.append(sql)
            return execute(self._raw, sql, *values)

    monkeypatch.setattr("pos_agent.store.ready.raw_of", lambda one: Counting(one.connection.driver_connection))
    with store.writing("rules") as txn:
        txn.rules.activate(txn.rules.add(TOML, "test", "toml").version)
        assert txn.rules.active_hash() == txn.rules.active_hash() != ""
    assert len(asked) == 2, "what may write keeps nothing"
    for _ in range(3):
        with store.reading() as view:
            first = view.rules.active_hash()
    assert len(asked) == 3
    with store.writing("rules") as txn:
        txn.rules.activate(txn.rules.add(TOML + "name = 'P'\n", "test", "toml").version)
    with store.reading() as view:
        assert view.rules.active_hash() != first
        with store.writing("rules") as txn:
            txn.rules.activate(1)
        assert view.rules.active_hash() != first, "a snapshot stays as it was"
    with store.reading() as view:
        assert view.rules.active_hash() == first


def test_a_ready_question_answers_as_any_other(store):
    with store.writing("rules") as txn:
        for text in (TOML, TOML + "name = 'P'\n"):
            txn.rules.add(text, "test", "toml")
    query = sa.select(rules_version).where(rules_version.c.version.in_((1, 2))).order_by(rules_version.c.version)
    ready = Ready(query.where(rules_version.c.format == given("format")).limit(given("most")))
    with store.reading() as view:
        wanted = [tuple(row) for row in view.session.connection.execute(query)]
        assert [tuple(row) for row in view.session.rows(ready, format="toml", most=5)] == wanted
        assert [row.hash for row in view.session.rows(ready, format="toml", most=1)] == [wanted[0][5]]
        assert view.session.row(ready, format="json", most=5) is None


def test_all_readers_in_use_is_said_in_time(store, monkeypatch):
    monkeypatch.setattr(readers, "WAIT_SECONDS", 0.01)
    taken = (store.reading(), store.reading(), store.reading(), store.reading())
    with ExitStack() as all_of_them:
        for one in taken:
            all_of_them.enter_context(one)
        with pytest.raises(Exception, match="STO-09"):
            store.reading().__enter__()
    with store.reading() as view:
        assert view.ledger.head() == Head()


def test_a_lost_connection_is_replaced(store, gift):
    with store.reading() as view:
        view.ledger.head()
    with pytest.raises(Exception, match="STO-07"):
        lose_the_connection(store)
    with store.writing("append") as txn:
        txn.ledger.append(gift("a"))
    for _ in range(5):
        with store.reading() as view:
            assert view.ledger.head().seq == 1
