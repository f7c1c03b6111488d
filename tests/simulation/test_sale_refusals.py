"""A receipt that is refused, a shift that is over, goods that come back: the same protocol, one story a test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from kit.sale_register import Killed, SaleRegister
from kit.sale_story import COFFEE_KOP, at, fresh, told

from emulator.shtrih.silence import Fate
from emulator.terms import ItemInput
from pos_agent.errors import AgentError
from pos_agent.model.receipt import DocumentId

DAY_S = 24 * 3600


@pytest.fixture
def register(tmp_path: Path) -> Iterator[SaleRegister]:
    made = SaleRegister(tmp_path)
    made.sale("first")
    yield made
    made.close()


def test_a_receipt_that_the_printer_counts_otherwise_is_cancelled(register: SaleRegister) -> None:
    stranger = ItemInput(1, 1_000_000, 500, None, None, 6, 1, 4, 1, "Чужая строка")
    register.wire.before = at("89", lambda: register.device.add_item(stranger))
    assert told(register, "a") == "SAL-03"
    assert register.device.receipt is None
    assert (fresh(register), register.row("a")["state"]) == ([], "not_executed")
    register.wire.reset()
    assert register.sale("a")["document"].endswith("/4")


def test_paper_that_ends_inside_a_receipt_is_what_is_told_until_it_is_back(register: SaleRegister) -> None:
    """Without paper the printer refuses the cancel too: that refusal says nothing new to the cashier."""
    register.wire.before = at("FF46", register.device.paper_out)
    assert told(register, "a") == "SAL-01"
    problems = set()
    for _ in range(20):
        register.step(1.0)
        problems.add(register.watch.line.state.problem.code if register.watch.line.state.problem else "")
    assert problems == {"PRN-01"}
    assert (fresh(register), register.row("a")["state"]) == ([], "closing")
    register.device.head.paper_in()
    register.calm()
    assert register.row("a")["state"] == "not_executed"
    assert register.sale("a")["document"].endswith("/4")
    assert fresh(register) == [(4, 1, COFFEE_KOP)]


def test_a_receipt_that_somebody_cancelled_is_refused_and_not_sold(register: SaleRegister) -> None:
    register.wire.before = at("FF45", lambda: register.device.cancel_receipt(30))
    assert told(register, "a") == "SAL-03"
    assert (fresh(register), register.row("a")["state"]) == ([], "not_executed")


def test_a_foreign_open_receipt_is_not_touched(register: SaleRegister) -> None:
    register.device.open_receipt(1, 30)
    assert told(register, "a") == "PRN-05"
    assert register.device.receipt is not None
    assert register.query("SELECT 1 FROM sale_intent WHERE sale_id = 'a'") == []


def test_a_cable_that_was_out_for_a_moment_between_two_sales_costs_none(register: SaleRegister) -> None:
    register.wire.unplug()
    assert register.sale("a")["document"].endswith("/4")


def test_a_cable_that_is_still_out_is_told_at_once(register: SaleRegister) -> None:
    register.wire.cut(60)
    assert told(register, "a") == "PRN-07"
    assert register.query("SELECT 1 FROM sale_intent WHERE sale_id = 'a'") == []


def test_a_shift_over_24_hours_sells_nothing_until_it_is_closed(register: SaleRegister) -> None:
    register.clock.advance(DAY_S + 60)
    assert told(register, "a") == "SHF-01"
    assert register.query("SELECT 1 FROM sale_intent WHERE sale_id = 'a'") == []
    register.desk.close_shift()
    assert register.sale("a")["document"].endswith("/6")  # closing and opening are documents 4 and 5


def test_a_shift_over_while_a_sale_is_in_doubt_does_not_keep_it_in_doubt(register: SaleRegister) -> None:
    register.cut_power_at("before-commit", None)
    assert told(register, "a") == "SAL-01"
    register.clock.advance(DAY_S)
    register.calm()
    assert register.row("a")["state"] == "not_executed"


# ---------------------------------------------------------------------- taking goods back


@pytest.mark.parametrize("trouble", ["none", "answer", "before", "after", "killed"])
def test_a_return_goes_by_the_same_protocol(register: SaleRegister, trouble: str) -> None:
    register.give(500)
    register.sale("a", customer=register.customer, spend=100)
    original = DocumentId(register.device.fn.serial, 4)
    back = register.orders.sale_return("r", original, {}, "")
    if trouble == "answer":
        register.machine.silence.ask(0xFF45, Fate.LOST, 1)
    elif trouble in ("before", "after"):
        register.cut_power_at(f"{trouble}-commit")
    if trouble == "killed":
        register.wire.before = at("FF3A", _kill)
        with pytest.raises(Killed):
            register.desk.sell(back)
        register.wire.reset()
        register.reborn()
    answer = register.desk.sell(register.orders.sale_return("r", original, {}, ""))
    assert fresh(register) == [(4, 1, 9_900), (5, 2, 9_900)]
    assert (answer["document"][-2:], answer["restored_pt"], answer["cancelled_pt"]) == ("/5", 100, 990)
    register.calm()
    assert register.recorded() == [1, 2, 3, 4, 5]
    with pytest.raises(AgentError) as refused:
        register.desk.sell(register.orders.sale_return("r2", original, {}, ""))
    assert refused.value.code == "RET-02"


def _kill() -> None:
    raise Killed
