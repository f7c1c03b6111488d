"""Slips, armed cards, rules, cached balances."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from pos_agent.model.customer import Balance, Customer
from pos_agent.model.receipt import DocumentId
from pos_agent.store.arming import ArmedCard, ArmedState
from pos_agent.store.balances import CachedBalance
from pos_agent.store.errors import StoreRefused
from pos_agent.store.session import stamp
from pos_agent.store.slips import SlipJob, SlipKind, SlipState

RECEIPT = DocumentId("9999", 7)


def slip(number=1, **words):
    return SlipJob(f"slip:{number}", SlipKind.RECEIPT, document=RECEIPT, facts={"earned_pt": 5}, **words)


def queue(store, clock, *jobs):
    for job in jobs:
        with store.writing("slip") as txn:
            assert txn.slips.add(job)
        clock.forward(1)


def test_slips_are_claimed_oldest_first_and_once(store, clock):
    queue(store, clock, slip(2), slip(1))
    with store.writing("claim") as txn:
        assert not txn.slips.add(slip(1))
        first, second = txn.slips.claim(), txn.slips.claim()
        assert (first.id, first.state, first.attempts) == ("slip:2", SlipState.PRINTING, 1)
        assert (first.facts, first.document) == ({"earned_pt": 5}, RECEIPT)
        assert second.id == "slip:1"
        assert txn.slips.claim() is None
        assert txn.slips.finish("slip:2", SlipState.PRINTED).state is SlipState.PRINTED
        assert txn.slips.finish("slip:2", SlipState.PRINTED).state is SlipState.PRINTED
        assert [one.id for one in txn.slips.by_document(RECEIPT)] == ["slip:2", "slip:1"]
        with pytest.raises(ValueError, match="does not end"):
            txn.slips.finish("slip:1", SlipState.PENDING)


def test_a_slip_put_back_keeps_its_place(store, clock):
    queue(store, clock, slip(1), slip(2))
    with store.writing("claim") as txn:
        txn.slips.put_back(txn.slips.claim().id, "busy")
        assert [one.id for one in txn.slips.waiting()] == ["slip:1", "slip:2"]
        assert txn.slips.get("slip:1").reason == "busy"


def test_a_restart_requeues_what_was_printing_but_not_for_ever(store, clock):
    queue(store, clock, slip(1), slip(2))
    for attempt in (1, 2, 3):
        with store.writing("claim") as txn:
            assert txn.slips.claim().attempts == attempt
        with store.writing("restart") as txn:
            assert txn.slips.requeue_after_restart(max_attempts=3) == 1
    with store.reading() as view:
        assert view.slips.get("slip:1").state is SlipState.FAILED
        assert view.slips.get("slip:2").state is SlipState.PENDING


def test_old_slips_expire_and_never_come_back(store, clock, path):
    queue(store, clock, slip(1))
    limit = stamp(clock.now())
    queue(store, clock, slip(2))
    with store.writing("expire") as txn:
        assert txn.slips.expire_before(limit) == 1
        assert [one.id for one in txn.slips.waiting()] == ["slip:2"]
    for state in ("pending", "printing", "printed"):
        with closing(sqlite3.connect(path)) as stranger, pytest.raises(sqlite3.IntegrityError):
            stranger.execute("UPDATE slip_job SET state = ? WHERE id = 'slip:1'", (state,))
    with pytest.raises(StoreRefused), store.writing("finish") as txn:
        txn.slips.finish("slip:1", SlipState.PRINTED)
    with pytest.raises(StoreRefused), store.writing("finish") as txn:
        txn.slips.finish("none", SlipState.PRINTED)


def test_a_slip_is_about_something(store):
    with pytest.raises(StoreRefused, match="about_something"), store.writing("slip") as txn:
        txn.slips.add(SlipJob("slip:1", SlipKind.BALANCE))


def armed(armed_id="a-1", register="till-1", customer="c-1"):
    return ArmedCard(armed_id, register, customer, "9999", 6, "2026-11-21T18:08:00", "2026-11-21T15:08:00.000+00:00")


@pytest.fixture
def people(store):
    with store.writing("people") as txn:
        for number in (1, 2):
            txn.customers.add(Customer(f"c-{number}"), processing=True)
    return store


def test_one_card_is_armed_at_a_register(people):
    with people.writing("arm") as txn:
        first = txn.arming.arm(armed())
        assert (first.state, first.used_by) == (ArmedState.ARMED, None)
        assert txn.arming.arm(armed()) == first == txn.arming.current("till-1")
        txn.arming.arm(armed("a-2", customer="c-2"))
        txn.arming.arm(armed("a-3", register="till-2"))
        assert txn.arming.get("a-1").state is ArmedState.CANCELLED
        assert txn.arming.current("till-1").customer_id == "c-2"
        assert txn.arming.current("till-2").id == "a-3"
    with pytest.raises(StoreRefused, match="UNIQUE"), people.writing("arm") as txn:
        txn.session.connection.exec_driver_sql("UPDATE armed_card SET register = 'till-1' WHERE id = 'a-3'")


def test_a_card_is_used_by_one_receipt_once(people, path):
    with people.writing("use") as txn:
        txn.arming.arm(armed())
        used = txn.arming.use("a-1", RECEIPT)
        assert (used.state, used.used_by) == (ArmedState.USED, RECEIPT)
        assert txn.arming.use("a-1", RECEIPT) == used
        assert txn.arming.current("till-1") is None
        with pytest.raises(StoreRefused):
            txn.arming.use("a-1", DocumentId("9999", 8))
        with pytest.raises(StoreRefused):
            txn.arming.cancel("a-1")
        txn.arming.arm(armed("a-2"))
        with pytest.raises(StoreRefused):
            txn.arming.cancel("none")
    with pytest.raises(StoreRefused, match="UNIQUE"), people.writing("use") as txn:
        txn.arming.use("a-2", RECEIPT)
    with closing(sqlite3.connect(path)) as stranger, pytest.raises(sqlite3.IntegrityError):
        stranger.execute(
            "UPDATE armed_card SET state = 'armed', used_fn_serial = NULL, used_fd_number = NULL WHERE id = 'a-1'"
        )


def test_an_armed_card_expires_or_is_cancelled(people):
    with people.writing("end") as txn:
        txn.arming.arm(armed())
        assert txn.arming.expire("a-1").state is ArmedState.EXPIRED
        txn.arming.arm(armed("a-2"))
        assert txn.arming.cancel("a-2").state is ArmedState.CANCELLED
        assert txn.arming.cancel("a-2").state is ArmedState.CANCELLED


def test_a_card_of_nobody_cannot_be_armed(store):
    with pytest.raises(StoreRefused, match="FOREIGN KEY"), store.writing("arm") as txn:
        txn.arming.arm(armed())


def test_rules_switch_at_once_and_stay_as_imported(store, path):
    with store.writing("rules") as txn:
        assert txn.rules.active() is None
        one = txn.rules.add("a = 1", "cafe.toml", "toml")
        two = txn.rules.add('{"a": 2}', "cafe.json", "json")
        assert txn.rules.add("a = 1", "again.toml", "toml") == one
        assert (one.version, two.version, one.active) == (1, 2, False)
        txn.rules.activate(1)
    with pytest.raises(ZeroDivisionError), store.writing("switch") as txn:
        assert 1 // (txn.rules.activate(2).version - 2)
    with store.reading() as view:
        assert view.rules.active() == replace(one, active=True)
    with store.writing("switch") as txn:
        assert txn.rules.activate(2).active
        assert txn.rules.by_hash(one.hash) == one
        assert [rules.active for rules in txn.rules.all()] == [False, True]
        with pytest.raises(StoreRefused):
            txn.rules.activate(3)
    for statement in (
        "UPDATE rules_version SET content = 'x'",
        "DELETE FROM rules_version",
        "UPDATE rules_version SET active = 1",
    ):
        with closing(sqlite3.connect(path)) as stranger, pytest.raises(sqlite3.IntegrityError):
            stranger.execute(statement)


def test_balances_are_replaced_and_cleared(store):
    points = Balance(
        active_pt=500,
        pending_pt=20,
        next_expiry=("2027-01-01", 100),
        pending_from="2026-12-01",
        metric_kop=-5,
        visits=2,
    )
    cached = CachedBalance("c-1", "main", points, "2026-11-21", 7)
    with store.writing("balance") as txn:
        txn.balances.put(replace(cached, balance=Balance()))
        txn.balances.put(cached)
        txn.balances.put(replace(cached, customer_id="c-2", balance=Balance()))
    with store.reading() as view:
        assert view.balances.get("c-1", "main") == cached
        assert view.balances.get("c-1", "other") is None
        assert [one.customer_id for one in view.balances.all()] == ["c-1", "c-2"]
    with pytest.raises(StoreRefused, match="points_range"), store.writing("balance") as txn:
        txn.balances.put(replace(cached, balance=Balance(active_pt=-1)))
    with store.writing("balance") as txn:
        txn.balances.clear()
        assert txn.balances.all() == ()
