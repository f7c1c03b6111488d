"""No rules, or rules that cannot be read: the sale goes through at list price and says so; points wait for rules."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kit.gateway_register import RULES, GatewayRegister
from kit.http_agent import CARD, HttpAgent

from pos_agent.errors import AgentError
from pos_agent.model.receipt import DocumentId
from pos_agent.rules.problems import RulesError

COFFEE = ("Кофе", 10000, 1_000_000)
PHONE = "+79160000042"  # of the register's customer
BUDGET_S = 5.0  # from the basket to the registered receipt, whatever the machine is doing


@pytest.fixture
def register(tmp_path: Path) -> Iterator[GatewayRegister]:
    made = GatewayRegister(tmp_path)
    yield made
    made.store.close()


def rules_gone(register: GatewayRegister) -> None:
    with register.store.writing("no rules") as txn:
        txn.session.connection.exec_driver_sql("UPDATE rules_version SET active = 0")


def rules_back(register: GatewayRegister) -> None:
    with register.store.writing("rules") as txn:
        txn.rules.activate(txn.rules.add(RULES, "test", "toml").version)


def event_of(register: GatewayRegister, fd: int) -> dict[str, Any]:
    (row,) = register.query("SELECT customer_id, kind FROM ledger_event WHERE fd_number = ?", fd)
    return row


def listed(register: GatewayRegister, sale_id: str) -> dict[str, Any]:
    order = register.orders.sale(sale_id, {"lines": [_coffee()]}, None, "", at_list_price=True)
    return register.desk.sell(order)


def _coffee() -> dict[str, str | int]:
    return {"id": "1", "name": "Кофе", "price_kop": 10000, "qty": "1"}


def unreadable(text: str, form: str) -> None:
    raise RulesError([])


@pytest.mark.parametrize("trouble", ["missing", "unreadable"])
def test_a_sale_at_list_price_is_registered_and_recorded(
    register: GatewayRegister, trouble: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if trouble == "missing":
        rules_gone(register)
    else:
        monkeypatch.setattr("pos_agent.checkout.journal.parse", unreadable)
    answer = listed(register, "s-1")
    assert (answer["total_kop"], answer["customer"], answer["accrued_pt"]) == (10_000, None, 0)
    fd = register.device.fn.last_fd
    assert event_of(register, fd) == {"customer_id": None, "kind": "receipt"}
    assert register.recorded()[-1] == fd, "and so is the shift that was opened for it"


def test_an_own_return_of_it_goes_through_too(register: GatewayRegister) -> None:
    rules_gone(register)
    document = listed(register, "s-1")["document"]
    back = register.orders.sale_return("r-1", DocumentId.parse(document), {}, "")
    assert register.desk.sell(back)["total_kop"] == 10_000


def test_a_receipt_of_the_till_that_names_nobody_does_not_stand_in_the_way(register: GatewayRegister) -> None:
    rules_gone(register)
    theirs = register.sell(COFFEE)
    listed(register, "s-1")
    assert event_of(register, theirs)["customer_id"] is None
    assert not register.query("SELECT 1 FROM slip_job")


def test_a_receipt_that_names_a_customer_waits_and_earns_by_the_rules_that_come(register: GatewayRegister) -> None:
    rules_gone(register)
    theirs = register.sell(COFFEE, contact=PHONE)
    with pytest.raises(AgentError, match="RUL-03"):
        register.step(3)
    assert theirs not in register.recorded()
    rules_back(register)
    register.step(5)
    assert event_of(register, theirs)["customer_id"] == register.customer
    assert register.query("SELECT amount_pt FROM ledger_entry WHERE kind = 'ACCRUE'") == [{"amount_pt": 1000}]


def test_over_the_api_the_price_is_told_as_off_and_the_receipt_is_made(tmp_path: Path) -> None:
    agent = HttpAgent(tmp_path)
    try:
        rules_gone(agent.register)
        draft = agent.sale(customer=CARD)
        assert (draft["loyalty"], draft["why"]["code"], draft["list_price"]) == ("off", "RUL-03", True)
        told = agent.post("/v1/sales/s-1/confirm", spend="max").json()["told"]
        assert told == {"payable_kop": 20_000, "spent_pt": 0, "earned_pt": 0}
        done = agent.post("/v1/sales/s-1/fiscalise", payments=[{"kind": "card", "sum_kop": 20_000}])
        assert done.elapsed.total_seconds() < BUDGET_S
        assert (done.status_code, done.json()["state"]) == (200, "registered")
        assert done.json()["answer"]["customer"] is None
        assert agent.printed() == 1
        status = agent.client().get("/v1/status").json()
        assert status["without_loyalty"] == 1
        assert "RUL-03" in [one["code"] for one in status["messages"]]
    finally:
        agent.close()
