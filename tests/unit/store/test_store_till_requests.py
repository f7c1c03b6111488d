"""Requests of programs: one for each id, sealed while open, never again open once they are over."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from pos_agent.errors import UsageError
from pos_agent.store.errors import StoreRefused
from pos_agent.store.till_requests import API, ASKED, ATOL, CONFIRMED, DONE, DROPPED, REFUSED, SENT

CONTENT = {"basket": {"lines": []}, "contact": "+79160000042"}


def take(store, request_id="s-1", content=CONTENT, front=API):
    with store.writing("take") as txn:
        return txn.till_requests.take(front, request_id, content)


def move(store, was, state, **changed):
    with store.writing("move") as txn:
        return txn.till_requests.move(API, "s-1", was, state, **changed)


def test_the_same_content_finds_the_request_and_other_content_is_refused(store):
    made, fresh = take(store)
    assert (made.state, made.content, fresh) == (ASKED, CONTENT, True)
    move(store, (ASKED,), CONFIRMED, content={**CONTENT, "chosen": {}})
    again, fresh = take(store)
    assert (again.state, fresh, again.content_hash) == (CONFIRMED, False, made.content_hash)
    with pytest.raises(UsageError, match="HTTP-10"):
        take(store, content={**CONTENT, "contact": ""})
    other, fresh = take(store, front=ATOL, content={"task": 1})
    assert (fresh, other.front) == (True, ATOL)


def test_a_step_is_taken_once_and_only_on_what_was_seen(store):
    made, _ = take(store)
    assert move(store, (CONFIRMED,), SENT) is None
    assert move(store, (ASKED,), SENT, seen={"other": 1}) is None
    assert move(store, (ASKED,), SENT, seen=made.content).state == SENT
    assert move(store, (ASKED,), SENT) is None


@pytest.mark.parametrize(
    ("steps", "wrong"),
    [((SENT,), DROPPED), ((SENT,), ASKED), ((SENT, DONE), SENT), ((DROPPED,), ASKED), ((SENT, DONE), REFUSED)],
)
def test_the_database_itself_refuses_other_steps(store, steps, wrong):
    take(store)
    was = ASKED
    for state in steps:
        assert move(store, (was,), state) is not None
        was = state
    with pytest.raises(StoreRefused):
        move(store, (was,), wrong, content=CONTENT)


def test_personal_data_is_sealed_and_gone_when_it_is_over(store, path):
    take(store)
    sealed = raw(path)
    assert sealed[0] is not None
    assert b"9160000042" not in sealed[0]
    assert len(sealed[1]) == 66  # keyed: a phone cannot be guessed from it
    move(store, (ASKED,), SENT)
    assert move(store, (SENT,), DONE, result={"answer": {"total_kop": 1}}, loyalty="late").content == {}
    assert raw(path)[0] is None
    with store.reading() as view:
        assert view.till_requests.without_loyalty() == 1
        assert view.till_requests.counts() == {(API, DONE): 1}
        assert view.till_requests.get(API, "s-1").result == {"answer": {"total_kop": 1}}


def raw(path):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT content, content_hash FROM till_request").fetchone()


def test_requests_stay(store):
    take(store)
    with pytest.raises(StoreRefused), store.writing("delete") as txn:
        txn.session.connection.exec_driver_sql("DELETE FROM till_request")
