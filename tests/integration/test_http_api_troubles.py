"""Loyalty that cannot answer in time never stops the till: the usual price, in words why, and a count of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from kit.gateway_register import RULES
from kit.http_agent import BASKET, CARD, HttpAgent
from prometheus_client.parser import text_string_to_metric_families

from pos_agent.store.errors import StoreBusy

BOX_MS = 300
BUDGET_S = 2.0  # what a quote may take whatever happens; the box and a busy machine


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[HttpAgent]:
    made = HttpAgent(tmp_path)
    yield made
    made.close()


def discount_for_everybody(agent: HttpAgent) -> None:
    """5 % off, with a card or without: a list price is another one."""
    rule = '[[rule]]\nid = "evening"\nkind = "receipt_percent"\nbp = 500\n'
    with agent.register.store.writing("rules") as txn:
        txn.rules.activate(txn.rules.add(RULES + rule, "test", "toml").version)


def quoted(agent: HttpAgent) -> dict:
    answer = agent.client().post("/v1/quote", json={"basket": BASKET, "customer": CARD})
    assert answer.status_code == 200, answer.text
    assert answer.elapsed.total_seconds() < BUDGET_S
    return answer.json()


def usual_price(told: dict, loyalty: str, code: str) -> None:
    assert (told["loyalty"], told["why"]["code"], told["quote"]["totals"]["payable_kop"]) == (loyalty, code, 20_000)
    assert (told["customer"], told["choices"], told["quote"]["totals"]["accrued_pt"]) == (None, None, 0)


def test_a_database_that_hangs_is_late_and_the_sale_is_made_at_the_price_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent, free = HttpAgent(tmp_path, quote_ms=BOX_MS), threading.Event()
    orders = agent.register.orders
    real, choices = orders.look, orders.choices

    def chooses(*args: object):
        free.wait(20)
        return choices(*args)

    def hangs(*args: object, at_list_price: bool = False, **more: object):
        if not at_list_price:
            free.wait(20)
        return real(*args, at_list_price=at_list_price, **more)

    try:
        discount_for_everybody(agent)
        assert quoted(agent)["quote"]["totals"]["payable_kop"] == 19_000
        monkeypatch.setattr(orders, "look", hangs)
        monkeypatch.setattr(orders, "choices", chooses)
        usual_price(quoted(agent), "late", "HTTP-16")
        agent.sale(customer=CARD)
        told = agent.post("/v1/sales/s-1/confirm", spend="max").json()
        assert (told["loyalty"], told["told"]) == ("late", {"payable_kop": 20_000, "spent_pt": 0, "earned_pt": 0})
        free.set()
        monkeypatch.undo()
        done = agent.post("/v1/sales/s-1/fiscalise").json()["answer"]
        assert (done["total_kop"], done["customer"], done["accrued_pt"]) == (20_000, None, 0)
        assert agent.client().get("/v1/status").json()["without_loyalty"] == 1
        agent.restart()
        assert agent.client().get("/v1/status").json()["without_loyalty"] == 1
    finally:
        free.set()
        agent.close()


def test_a_database_that_is_busy_is_told(agent: HttpAgent, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*args: object) -> None:
        raise StoreBusy("no turn to read")

    monkeypatch.setattr(agent.register.orders, "_look", busy)
    usual_price(quoted(agent), "off", StoreBusy("").code)


def test_rules_that_are_missing_are_told(agent: HttpAgent) -> None:
    with agent.register.store.writing("no rules") as txn:
        txn.session.connection.exec_driver_sql("UPDATE rules_version SET active = 0")
    usual_price(quoted(agent), "off", "RUL-03")
    told = agent.client().get("/v1/status").json()
    assert "RUL-03" in [one["code"] for one in told["messages"]]


def test_a_customer_that_nobody_knows_is_told_and_the_goods_cost_what_they_cost(agent: HttpAgent) -> None:
    discount_for_everybody(agent)
    told = agent.client().post("/v1/quote", json={"basket": BASKET, "customer": "+79169999999"}).json()
    assert (told["loyalty"], told["why"]["code"], told["list_price"]) == ("off", "CUS-01", False)
    assert told["quote"]["totals"]["payable_kop"] == 19_000  # what anybody pays


def test_without_a_cloud_nothing_is_missing(agent: HttpAgent) -> None:
    assert quoted(agent)["loyalty"] == "ok"
    agent.sale(customer=CARD)
    assert agent.post("/v1/sales/s-1/fiscalise").json()["answer"]["accrued_pt"] == 2000
    assert agent.client().get("/v1/status").json()["without_loyalty"] == 0


def test_metrics_count_it(agent: HttpAgent) -> None:
    agent.sale(customer="+79169999999")
    agent.post("/v1/sales/s-1/fiscalise")
    import httpx

    httpx.get(f"{agent.address}/v1/status", headers={"Authorization": "Bearer wrong"})
    text = agent.client("installer").get("/metrics").text
    values = {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert values["pos_agent_requests", "api", "done"] == 1
    assert values[("pos_agent_sales_without_loyalty_total",)] == 1
    assert values[("pos_agent_tokens_refused_total",)] == 1
    assert values["pos_agent_printer_connected", "till-1"] == 1
    assert values["pos_agent_http_seconds_count", "/v1/sales", "201"] == 1
    assert CARD not in text
    assert agent.register.customer not in text
