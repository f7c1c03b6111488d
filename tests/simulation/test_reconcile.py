"""The fiscal storage's archive against the ledger: gaps are healed, contradictions told."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from kit.memory_register import MemoryRegister
from kit.reconciling import CARD, COFFEE, PHONE, RULES, active_pt, attach, kinds, numbers, reconciled, slips

from pos_agent.store.arming import ArmedCard


@pytest.fixture
def register(tmp_path: Path) -> Iterator[MemoryRegister]:
    made = MemoryRegister(tmp_path, RULES)
    made.customer = made.add_customer(PHONE, CARD)
    attach(made)
    made.step(3)
    yield made
    made.store.close()


def test_nothing_to_heal(register: MemoryRegister) -> None:
    register.sell(COFFEE, contact=PHONE)
    register.step()
    before = kinds(register)
    result = reconciled(register)
    assert numbers(result) == (3, 0, 0, 0)
    assert result.agrees
    assert result.at.startswith("2026-11-21T15:00")
    assert kinds(register) == before


def test_without_being_asked_nothing_is_compared(register: MemoryRegister) -> None:
    register.step(60)
    assert register.reconciler.runs == 0
    assert register.reconciler.last is None


def test_a_document_that_reads_again_becomes_points(register: MemoryRegister) -> None:
    register.sell(COFFEE, contact=PHONE)
    register.device.damage_document(3)
    register.sell(COFFEE, contact=PHONE)
    register.step()
    assert kinds(register)[3] == ["unreadable"]
    assert active_pt(register) == 1000
    assert numbers(reconciled(register)) == (4, 1, 0, 0)  # still damaged: nothing changes, one note is enough
    assert not register.reconciler.last.agrees
    assert kinds(register)[3] == ["unreadable"]

    printed = slips(register)
    del register.device.fn.damaged[3]
    result = reconciled(register)
    assert numbers(result) == (4, 1, 1, 0)
    assert result.agrees
    assert kinds(register)[3] == ["unreadable", "receipt"]
    assert active_pt(register) == 2000
    assert slips(register) == printed  # the customer left long ago
    with register.store.reading() as view:
        assert view.documents.unread() == ()
    assert numbers(reconciled(register)) == (4, 0, 0, 0)


def test_the_card_that_was_armed_for_an_unread_sale_gets_its_points(register: MemoryRegister) -> None:
    serial = register.device.fn.serial
    with register.store.writing("armed") as txn:
        late = ("2026-11-21T19:00:00", "2026-11-21T16:00:00.000+00:00")
        txn.arming.arm(ArmedCard("a-1", "till-1", register.customer, serial, 0, *late))
    register.sell(COFFEE)
    register.device.damage_document(3)
    register.step()
    assert kinds(register)[3] == ["unreadable"]
    del register.device.fn.damaged[3]
    assert numbers(reconciled(register)) == (3, 1, 1, 0)
    assert active_pt(register) == 1000


def test_a_broken_off_backfill_is_completed_and_older_documents_are_left_alone(tmp_path: Path) -> None:
    register = MemoryRegister(tmp_path, RULES, from_fd=None)
    register.customer = register.add_customer(PHONE, CARD)
    attach(register)
    for _ in range(3):
        register.sell(COFFEE, contact=PHONE)  # 3, 4, 5
    register.step()  # first contact: the series starts after 5
    register.sell(COFFEE, contact=PHONE)  # 6
    register.step()
    assert numbers(reconciled(register)) == (1, 0, 0, 0)  # what was never asked for is no gap
    serial = register.device.fn.serial
    assert register.watch.read(serial, 3, None, backfill=True)  # a backfill from 3 that broke off after one document
    assert sorted(kinds(register)) == [3, 6]
    assert numbers(reconciled(register)) == (4, 2, 2, 0)
    assert sorted(kinds(register)) == [3, 4, 5, 6]
    assert active_pt(register) == 4000
    register.store.close()


def test_another_sign_or_sum_is_an_alarm_and_changes_nothing(register: MemoryRegister) -> None:
    register.sell(COFFEE, contact=PHONE)
    register.sell(COFFEE, contact=PHONE)
    register.step()
    before, documents = kinds(register), register.device.fn.documents
    real = documents[3]
    documents[3] = replace(real, sign=real.sign ^ 1)
    documents[4] = replace(documents[4], body=documents[4].body.replace((10000).to_bytes(2, "little"), b"\x11\x27"))
    result = reconciled(register)
    serial = register.device.fn.serial
    assert result.alarms == (f"{serial}/3: fpd", f"{serial}/4: total_kop")
    assert (result.missing, result.healed, result.agrees) == (0, 0, False)
    assert kinds(register) == before
    assert active_pt(register) == 2000


def test_an_unread_document_whose_sign_changed_stays_as_it_is(register: MemoryRegister) -> None:
    register.sell(COFFEE, contact=PHONE)
    register.device.damage_document(3)
    register.step()
    del register.device.fn.damaged[3]
    real = register.device.fn.documents[3]
    register.device.fn.documents[3] = replace(real, sign=real.sign ^ 1)
    result = reconciled(register)
    assert len(result.alarms) == 1
    assert kinds(register)[3] == ["unreadable"]
    assert active_pt(register) == 0


def test_without_rules_the_run_ends_and_says_why(register: MemoryRegister) -> None:
    register.sell(COFFEE, contact=PHONE)
    register.device.damage_document(3)
    register.step()
    del register.device.fn.damaged[3]
    broken = "[program]\n"
    with register.store.writing("rules") as txn:
        txn.rules.activate(txn.rules.add(broken, "test", "toml").version)
    result = reconciled(register)
    assert result.stopped == "RUL-01"
    assert not result.agrees
    assert kinds(register)[3] == ["unreadable"]
