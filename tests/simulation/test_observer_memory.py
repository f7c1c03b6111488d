"""The observer path over memory on a virtual clock: real device, real driver, real agent core, real SQLite file."""

from datetime import date
from pathlib import Path

import pytest
from kit.memory_register import MemoryRegister

from emulator.shtrih.front import ShtrihFront
from pos_agent.checkout.calendar_day import write_due
from pos_agent.rules.parse import parse

RULES = """
[program]
id = "test"
name = "Тест"
[accrue]
tiers = [{ name = "База", from_kop = 0, bp = 1000 }, { name = "Плюс", from_kop = 100000, bp = 2000 }]
life_days = 30
"""
PHONE, CARD = "+79160000042", "7Q4M2XKD9W"
COFFEE = ("Кофе", 10000, 1_000_000)


@pytest.fixture
def register(tmp_path: Path) -> MemoryRegister:
    made = MemoryRegister(tmp_path, RULES)
    made.customer = made.add_customer(PHONE, CARD)
    made.step(3)  # first contact with a fresh storage: what comes now is new
    yield made
    made.store.close()


def amounts(register: MemoryRegister) -> dict[int, list[int | None]]:
    with register.store.reading() as view:
        events = [one.event for one in view.ledger.range()]
    return {one.document.fd_number: [entry.amount_pt for entry in one.entries] for one in events if one.document}


def active_pt(register: MemoryRegister) -> int:
    with register.store.reading() as view:
        return view.balances.get(register.customer, "test").balance.active_pt


def slips(register: MemoryRegister) -> int:
    return register.tape.text().count("НЕ ЯВЛЯЕТСЯ КАССОВЫМ ЧЕКОМ")


def test_receipt_becomes_points_and_a_slip(register: MemoryRegister) -> None:
    register.sell(COFFEE, contact=PHONE)
    register.step()
    assert amounts(register) == {1: [], 2: [], 3: [1000]}
    assert active_pt(register) == 1000
    assert slips(register) == 1


def test_level_looks_at_days_before_only(register: MemoryRegister) -> None:
    """The receipt that reaches the level, and others of its day, do not count for themselves."""
    register.sell(("Станок", 100000, 1_000_000), contact=PHONE)
    register.sell(COFFEE, contact=PHONE)
    register.step()
    register.clock.advance(24 * 3600)
    register.device.close_shift(30)
    fd = register.sell(COFFEE, contact=PHONE)
    register.step()
    assert amounts(register)[3] == [10000]
    assert amounts(register)[4] == [1000]
    assert amounts(register)[fd] == [2000]


def test_partial_returns_end_where_a_whole_one_does(register: MemoryRegister) -> None:
    register.device.cash_in(30, 100000)
    register.sell(("Чай", 3333, 3_000_000), contact=PHONE)  # 99.99: earns 9.99
    register.step()
    fn = register.device.fn.serial
    for _ in range(3):
        register.sell(("Чай", 3333, 1_000_000), requisite=("исходный чек", f"{fn}/3"), kind=2)
        register.step()
    assert active_pt(register) == 0
    register.sell(("Чай", 3333, 1_000_000), requisite=("ИСХОДНЫЙ ЧЕК", f"{fn}/3"), kind=2)  # more than was sold
    register.step()
    assert active_pt(register) == 0
    with register.store.reading() as view:
        last = list(view.ledger.range())[-1].event
    assert "unmatched" in last.facts["flags"]


def test_return_without_its_sale_is_flagged(register: MemoryRegister) -> None:
    register.device.cash_in(30, 100000)
    register.sell(COFFEE, contact=PHONE)
    register.sell(COFFEE, contact=PHONE, kind=2)
    register.step()
    assert active_pt(register) == 0
    with register.store.reading() as view:
        last = list(view.ledger.range())[-1].event
    assert last.facts["flags"] == ["no_original"]


def test_expired_points_are_gone_and_recorded(register: MemoryRegister) -> None:
    register.sell(COFFEE, contact=PHONE)
    register.step()
    assert write_due(register.store, parse(RULES), date(2026, 12, 21)) == 0  # the last usable day
    assert write_due(register.store, parse(RULES), date(2026, 12, 22)) == 1
    assert write_due(register.store, parse(RULES), date(2026, 12, 22)) == 0
    with register.store.reading() as view:
        assert list(view.ledger.range())[-1].event.id.startswith("expire:")


def test_used_storage_starts_at_its_last_document(tmp_path: Path) -> None:
    register = MemoryRegister(tmp_path, RULES, from_fd=None)
    register.customer = register.add_customer(PHONE, CARD)
    register.sell(COFFEE, contact=PHONE)
    register.step()
    assert amounts(register) == {}
    register.sell(COFFEE, contact=PHONE)
    register.step()
    assert amounts(register) == {4: [1000]}
    assert register.watch.backfill(1) == 4
    assert amounts(register) == {4: [1000], 1: [], 2: [], 3: [1000]}
    assert slips(register) == 1  # older ones come without slips
    assert active_pt(register) == 2000
    register.store.close()


def test_old_receipts_after_downtime_get_points_but_no_slip(register: MemoryRegister) -> None:
    register.step()
    register.sell(COFFEE, contact=PHONE)
    register.clock.advance(11 * 60)
    register.sell(COFFEE, contact=PHONE)
    register.reopen()
    register.step()
    assert active_pt(register) == 2000
    assert slips(register) == 1


def test_replaced_storage_is_a_new_series(register: MemoryRegister, tmp_path: Path) -> None:
    register.sell(COFFEE, contact=PHONE)
    register.step()
    register.replace_storage("9999078902009999")
    register.sell(COFFEE, contact=PHONE)
    register.from_fd = None
    register.reopen()
    register.step()
    with register.store.reading() as view:
        assert [(one.fn_serial[-4:], one.active) for one in view.series.all()] == [("1234", False), ("9999", True)]
        head = view.ledger.head().seq
    register.sell(COFFEE, contact=PHONE)
    register.step()
    with register.store.reading() as view:
        assert view.ledger.head().seq == head + 1  # the chain goes on
    assert active_pt(register) == 3000 - 1000  # what it held before it was first met is not read


def test_same_document_read_twice_changes_nothing(register: MemoryRegister) -> None:
    register.sell(COFFEE, contact=PHONE)
    register.step()
    before = amounts(register)
    assert register.watch.backfill(1) == 3
    assert amounts(register) == before
    assert active_pt(register) == 1000


def test_a_busy_till_never_costs_a_line(register: MemoryRegister) -> None:
    """The till's own commands drop the reading position again and again: the document is read whole, a bit later."""
    register.sell(COFFEE, ("Чай", 5000, 2_000_000), contact=PHONE)
    till = ShtrihFront(register.machine, 1)
    short_status = bytes.fromhex("0205101E0000000B")
    register.between = lambda: [till.receive(piece, register.clock.monotonic()) for piece in (short_status, b"\x06")]
    register.step(4)
    assert 3 not in amounts(register)
    register.between = None
    register.step()
    assert amounts(register) == {1: [], 2: [], 3: [2000]}
