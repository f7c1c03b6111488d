"""Shadow rules beside a register that sells: they see every sale after it, and nothing of theirs reaches the sale."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from kit.gateway_register import COFFEE, GatewayRegister

from pos_agent.checkout.baskets import RecentBaskets
from pos_agent.rules.parse import parse
from pos_agent.shadow import pricing
from pos_agent.shadow.pricing import NOT_ACCEPTED, NOT_READ, SLOW, ShadowPricing, beside
from pos_agent.store.errors import StoreRefused

SHADOW = """
[program]
id = "test"
name = "Тест"
[accrue]
bp = 1000
[spend]
[[rule]]
id = "coffee"
kind = "item_percent"
bp = 2000
scope = { categories = ["coffee"] }
"""
CUP = {**COFFEE, "category": "coffee"}
TEA = {"id": "1", "name": "Чай", "price_kop": 5000, "qty": "1"}


class Beside:
    """A register and shadow rules that look when the test says so."""

    def __init__(self, register: GatewayRegister, file: Path) -> None:
        self.register, self.file = register, file
        self.shadow = beside(register.orders, register.store, file, "store-1")
        assert self.shadow is not None

    @property
    def digest(self) -> str:
        with self.register.store.reading() as view:
            (found,) = [row.rules_hash for row in view.session.connection.exec_driver_sql("SELECT * FROM shadow_run")]
        return found

    @property
    def run(self):
        with self.register.store.reading() as view:
            return view.shadow.run(self.digest)

    @property
    def differences(self) -> list:
        with self.register.store.reading() as view:
            return list(view.shadow.differences(self.digest))


@pytest.fixture
def world(tmp_path: Path):
    register = GatewayRegister(tmp_path)
    file = tmp_path / "shadow.toml"
    file.write_text(SHADOW, encoding="utf-8")
    made = Beside(register, file)
    assert made.shadow.turn() == 0, "a run begins at the sales that come"
    yield made
    made.shadow.close()
    register.store.close()


def test_only_what_differs_is_kept(world: Beside) -> None:
    register = world.register
    register.sale("s-1", lines=[CUP])
    register.sale("s-2", lines=[TEA])
    assert world.shadow.turn() == 2
    assert (world.run.priced, world.run.differing, world.run.failed) == (2, 1, 0)
    (found,) = world.differences
    assert found.source == "basket", "a sale just made is compared by its basket, which is still at hand"
    assert found.body["live"]["paid_kop"] == 10000
    assert found.body["shadow"] == {
        "discount_kop": 2000,
        "paid_kop": 8000,
        "spent_pt": 0,
        "issued_pt": 0,
        "coupons": 0,
        "applied": ["coffee"],
        "lines": {"1": {"discounts": {"coffee": 2000}, "net_kop": 8000, "points_pt": 0, "accrued_pt": 0}},
    }  # fmt: skip
    assert world.shadow.turn() == 0, "every sale once"
    assert len(world.differences) == 1


def test_the_sale_is_the_same_with_and_without(world: Beside, tmp_path: Path) -> None:
    (tmp_path / "alone").mkdir()
    alone = GatewayRegister(tmp_path / "alone")
    try:
        answers = [one.sale("s-1", lines=[CUP]) for one in (world.register, alone)]
        drop = {"fpd", "at"}
        assert {k: v for k, v in answers[0].items() if k not in drop} == {
            k: v for k, v in answers[1].items() if k not in drop
        }
        assert world.run.priced == 0, "nothing is priced while it is sold"
    finally:
        alone.store.close()


def test_what_was_forgotten_is_priced_from_the_ledger(world: Beside) -> None:
    world.register.sale("s-1", lines=[CUP])
    world.register.orders.baskets.take("s-1")
    assert world.shadow.turn() == 1
    (found,) = world.differences
    assert (found.source, world.run.priced) == ("ledger", 1)
    assert found.body["shadow"]["applied"] == ["coffee"], "the sale keeps the category of its goods"


@pytest.mark.parametrize("error", [ZeroDivisionError, KeyError, RecursionError, AssertionError, MemoryError])
def test_rules_that_raise_are_counted_and_the_sale_stands(world: Beside, monkeypatch, error: type) -> None:
    def broken(*_: object) -> None:
        raise error

    monkeypatch.setattr("pos_agent.shadow.difference.price", broken)
    world.register.sale("s-1", lines=[CUP])
    assert world.register.row("s-1")["state"] == "registered"
    assert world.shadow.turn() == 1
    assert (world.run.failed, world.run.problem, world.differences) == (1, error.__name__, [])
    monkeypatch.undo()
    world.register.sale("s-2", lines=[CUP])
    assert world.shadow.turn() == 1
    assert (world.run.priced, world.run.failed) == (1, 1)


def test_slow_rules_are_not_waited_for(world: Beside, monkeypatch) -> None:
    go_on, calls = threading.Event(), []
    real = pricing.of_basket

    def slow(*given: object):
        calls.append(given)
        assert go_on.wait(20)
        return real(*given)

    monkeypatch.setattr(pricing, "of_basket", slow)
    world.shadow.limit_s = 0.02
    world.register.sale("s-1", lines=[CUP])
    world.register.sale("s-2", lines=[CUP])
    assert world.shadow.turn() == 1
    assert (world.run.failed, world.run.problem) == (1, SLOW)
    assert world.register.sale("s-3", lines=[CUP]), "selling does not wait for it"
    assert world.shadow.turn() == 0, "nor is another one begun beside it"
    assert len(calls) == 1
    go_on.set()
    world.shadow._stuck.result(20)
    world.shadow.limit_s = 20
    assert world.shadow.turn() == 2
    assert (world.run.priced, world.run.failed) == (2, 1)


def test_a_missing_or_wrong_file_is_told_and_nothing_is_priced(world: Beside) -> None:
    world.file.unlink()
    world.register.sale("s-1", lines=[CUP])
    assert (world.shadow.turn(), world.shadow.problem) == (0, NOT_READ)
    world.file.write_text("[program]\nid = 5", encoding="utf-8")
    assert (world.shadow.turn(), world.shadow.problem) == (0, NOT_ACCEPTED)
    world.file.write_text(SHADOW, encoding="utf-8")
    assert (world.shadow.turn(), world.shadow.problem) == (1, "")


def test_other_rules_begin_a_run_of_their_own(world: Beside) -> None:
    world.register.sale("s-1", lines=[CUP])
    world.shadow.turn()
    world.file.write_text(SHADOW.replace("2000", "3000"), encoding="utf-8")
    assert world.shadow.turn() == 0
    world.register.sale("s-2", lines=[CUP])
    assert world.shadow.turn() == 1
    with world.register.store.reading() as view:
        rows = view.session.connection.exec_driver_sql("SELECT priced, differing FROM shadow_run ORDER BY begun_at")
        assert [tuple(row) for row in rows] == [(1, 1), (1, 1)]


def test_trouble_of_the_store_is_for_the_next_turn(world: Beside, monkeypatch) -> None:
    world.register.sale("s-1", lines=[CUP])

    def full(*_: object) -> None:
        raise StoreRefused("full")

    monkeypatch.setattr("pos_agent.store.shadow.ShadowBook.go_on", full)
    world.shadow.look()
    monkeypatch.undo()
    world.register.sale("s-2", lines=[TEA])
    world.shadow.look()
    assert world.run.priced == 2


def test_what_was_found_cannot_be_changed(world: Beside) -> None:
    world.register.sale("s-1", lines=[CUP])
    world.shadow.turn()
    for statement in ("UPDATE shadow_difference SET body = '{}'", "UPDATE shadow_run SET through_seq = 0"):
        with pytest.raises(StoreRefused), world.register.store.writing("test") as txn:
            txn.session.connection.exec_driver_sql(statement)


def test_baskets_do_not_gather() -> None:
    kept, rules = RecentBaskets(2), parse(SHADOW)
    for name in ("a", "b", "c", "b"):
        kept.put(name, rules, None, {})
    assert (kept.take("a"), kept.take("b") is None, kept.take("c") is None, kept.take("c")) == (
        None,
        False,
        False,
        None,
    )


def test_without_a_file_there_are_none(world: Beside) -> None:
    world.register.orders.baskets = None
    assert beside(world.register.orders, world.register.store, None, "s") is None
    assert world.register.orders.baskets is None
    assert isinstance(world.shadow, ShadowPricing)
