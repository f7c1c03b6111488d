"""Promo codes of the agent's own sales: used once, whatever is killed on the way.

What is so is looked up in the database file and in the emulated storage, never asked of the agent.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from kit.codes_story import CUP, CUPS, SPRING, back, opened, uses
from kit.sale_register import Killed, SaleRegister
from kit.sale_story import fresh, killed, told

from emulator.shtrih.silence import Fate
from pos_agent.errors import AgentError
from pos_agent.rules.code_states import CodeState
from pos_agent.store.codes import CodeUse, IssuedCode
from pos_agent.store.errors import StoreRefused


@pytest.fixture
def register(tmp_path: Path) -> Iterator[SaleRegister]:
    made = opened(tmp_path)
    made.sale("first")
    yield made
    made.close()


def test_a_code_of_one_use_works_once(register: SaleRegister) -> None:
    answer = register.sale("a", **SPRING)
    assert (answer["total_kop"], answer["codes"]) == (9_000, {"SPRING-1": True})
    assert uses(register) == [("seen:spring:SPRING-1", "used", 4)]
    assert register.sale("b", **SPRING)["total_kop"] == 10_000
    assert register.sale("c", codes=["SPRING-2"])["total_kop"] == 9_000
    assert register.sale("a", **SPRING) == answer


def test_a_code_without_a_rule_that_gave_something_stays_free(register: SaleRegister) -> None:
    free = {**CUP, "flags": ["no_discount"]}
    assert register.sale("a", free, **SPRING)["total_kop"] == 10_000
    assert uses(register) == [("seen:spring:SPRING-1", "issued", None)]
    assert register.sale("b", **SPRING)["total_kop"] == 9_000


POINTS = ["before:intent", "after:intent", "before:closing", "after:closing", "before:document", "after:document"]


@pytest.mark.parametrize("point", POINTS)
def test_killed_at_each_commit_the_code_is_used_once(register: SaleRegister, point: str) -> None:
    def kill(now: str) -> None:
        if now == point:
            raise Killed

    register.at_point = kill
    with pytest.raises(Killed):
        register.sale("a", **SPRING)
    register.reborn()
    register.calm()
    assert register.sale("a", **SPRING)["total_kop"] == 9_000
    register.calm()
    assert [one[2] for one in fresh(register)] == [9_000]
    assert [one[1] for one in uses(register)] == ["used"]
    assert register.sale("b", **SPRING)["total_kop"] == 10_000


@pytest.mark.parametrize("command", ["8D", "FF46", "FF45"])
def test_killed_between_commands_the_code_is_used_once(register: SaleRegister, command: str) -> None:
    killed(register, "a", command, **SPRING)
    assert uses(register) == [("seen:spring:SPRING-1", "reserved", None)]  # nobody knows yet
    register.calm()
    assert uses(register)[0][1] == "issued"  # proven: not executed
    assert register.sale("b", **SPRING)["total_kop"] == 9_000
    assert register.sale("a", **SPRING)["total_kop"] == 10_000
    assert [one[1] for one in uses(register)] == ["issued", "used"]


def test_an_unknown_outcome_holds_the_code_without_a_limit(register: SaleRegister) -> None:
    register.cut_power_at("after-commit", None)
    assert told(register, "a", **SPRING) == "SAL-01"
    register.clock.advance(3600)
    assert uses(register)[0][1] == "reserved"
    order = register.orders.sale("b", {"lines": [CUP], **SPRING}, None, "")
    assert order.plan().total_kop == 10_000
    register.calm()
    assert uses(register) == [("seen:spring:SPRING-1", "used", 4)]


def test_a_second_attempt_by_itself_keeps_its_code(register: SaleRegister) -> None:
    register.machine.silence.ask(0xFF45, Fate.LOST, 1)
    register.cut_power_at("before-commit")
    assert register.sale("a", **SPRING)["total_kop"] == 9_000
    assert register.row("a")["attempt"] == 2
    assert [one[1] for one in uses(register)] == ["used"]


def test_only_a_full_return_gives_the_code_back(register: SaleRegister) -> None:
    answer = register.sale("a", CUPS, **SPRING)
    back(register, answer, "r1", {1: 1_000_000})
    assert uses(register)[0][1] == "used"
    assert register.sale("b", **SPRING)["total_kop"] == 10_000
    back(register, answer, "r2")
    assert uses(register)[0][1] == "issued"
    assert register.sale("c", **SPRING)["total_kop"] == 9_000


def test_a_receipt_of_nobody_comes_back_once(register: SaleRegister) -> None:
    answer = register.sale("a", CUPS)
    back(register, answer, "r1")
    with pytest.raises(AgentError, match="RET-02"):
        back(register, answer, "r2")


def test_codes_of_several_uses_and_of_each_customer(register: SaleRegister) -> None:
    totals = [register.sale(f"p{number}", codes=["PAIR"])["total_kop"] for number in range(3)]
    assert totals == [9_000, 9_000, 10_000]
    anna = register.customer
    boris = register.next_customer(0)
    mine = [register.sale(f"m{who}{number}", customer=who, codes=["MINE"])["total_kop"]
            for who in (anna, boris) for number in range(2)]  # fmt: skip
    assert mine == [9_000, 10_000, 9_000, 10_000]
    assert register.sale("nobody", codes=["MINE"])["total_kop"] == 10_000


def test_a_loaded_list_names_its_codes(register: SaleRegister) -> None:
    with register.store.writing("codes") as txn:
        txn.codes.issue([IssuedCode(f"list:leaflet:L{number}", "leaflet", f"L{number}") for number in range(3)])
    assert register.sale("x", codes=["L7"])["total_kop"] == 10_000
    assert register.sale("a", codes=["L1"])["total_kop"] == 9_000
    assert register.sale("b", codes=["L1"])["total_kop"] == 10_000
    with register.store.writing("codes") as txn:
        txn.codes.revoke("list:leaflet:L2")
    assert register.sale("c", codes=["L2"])["total_kop"] == 10_000


def test_the_database_itself_refuses_a_second_use(register: SaleRegister) -> None:
    register.sale("a", **SPRING)
    (used,) = register.query("SELECT * FROM code_use")
    with pytest.raises(StoreRefused, match="held or used"):
        _reserve(register, CodeUse(used["code_id"], "till-1:z", "", CodeState.RESERVED))


def _reserve(register: SaleRegister, use: CodeUse) -> None:
    with register.store.writing("cheat") as txn:
        txn.codes.put_use(use)
