"""«Почему» of the page: a draft before it is printed and the receipt afterwards tell the same figures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from kit.http_agent import CARD, HttpAgent, code_of

RULES = """
[program]
id = "test"
name = "Зерно+"
[accrue]
tiers = [{ name = "Старт", from_kop = 0, bp = 300 }, { name = "Золото", from_kop = 100_000, bp = 700 }]
[spend]
cap_bp = 3000
step_pt = 100
[[rule]]
id = "evening"
name = "Вечерняя выпечка"
kind = "item_percent"
bp = 500
scope = { categories = ["bakery"] }
[[rule]]
id = "coupon"
name = "Купон -10 %"
kind = "receipt_percent"
bp = 1000
when = { codes = ["WINTER"] }
"""
GOODS = {"lines": [
    {"id": "1", "name": "Круассан", "price_kop": 9990, "qty": "3", "category": "bakery"},
    {"id": "2", "name": "Кофе", "price_kop": 34950, "qty": "2"},
]}  # fmt: skip


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[HttpAgent]:
    made = HttpAgent(tmp_path)
    with made.register.store.writing("rules") as txn:
        txn.rules.activate(txn.rules.add(RULES, "test", "toml").version)
    yield made
    made.close()


def test_a_draft_says_where_its_price_comes_from_and_the_receipt_says_the_same(agent: HttpAgent) -> None:
    cashier = agent.client("cashier")
    made = agent.post("/v1/sales", sale="s-1", basket=GOODS, customer=CARD)
    assert made.status_code == 201, made.text
    draft = cashier.get("/v1/sales/s-1/why", params={"spend": "max"}).json()
    croissant = draft["lines"][0]
    assert (croissant["name"], croissant["gross_kop"]) == ("Круассан", 29970)
    (off,) = croissant["off"]
    assert (off["name"], off["kop"], off["bp"], off["base_kop"]) == ("Вечерняя выпечка", 1499, 500, 29970)
    (spent,) = draft["spent"]
    assert (spent["pt"], spent["cap_bp"]) == (5000, 3000)
    assert [line["name"] for line in draft["lines"]] == ["Круассан", "Кофе"], "the coffee has its share of the points"
    assert draft["lost"][0] == "Купон -10 %: не предъявлен"
    assert any("Золото 7 %" in one for one in draft["lost"])
    assert (draft["slip"], draft["document"]) == (False, "")

    assert cashier.post("/v1/sales/s-1/confirm", json={"spend": "max"}).status_code == 200
    assert cashier.get("/v1/sales/s-1/why").json() == draft, "without a choice: the buyer's"
    none = cashier.get("/v1/sales/s-1/why", params={"spend": "none"}).json()
    assert (none["spent"], [line["name"] for line in none["lines"]]) == ([], ["Круассан"])

    paid_kop = made.json()["quote"]["totals"]["payable_kop"] - 5000
    done = agent.post("/v1/sales/s-1/fiscalise", payments=[{"kind": "card", "sum_kop": paid_kop}]).json()
    told = cashier.get(f"/v1/receipts/{done['answer']['document']}/why").json()
    same = ("lines", "spent", "earned", "lost")
    assert {key: told[key] for key in same} == {key: draft[key] for key in same}
    assert (told["slip"], len(told["check"])) == (True, 8)
    assert code_of(cashier.get("/v1/sales/s-1/why")) == "HTTP-14", "it is no draft any more"


def test_what_is_wrongly_asked_is_said(agent: HttpAgent) -> None:
    cashier = agent.client("cashier")
    agent.sale("s-2")
    assert cashier.get("/v1/sales/s-2/why").json()["lines"] == []
    assert code_of(cashier.get("/v1/sales/s-2/why", params={"spend": "exact"})) == "API-01"
    assert cashier.get("/v1/sales/s-2/why", params={"spend": "all"}).status_code == 422
    assert cashier.get("/v1/sales/none/why").status_code == 404
    assert code_of(cashier.get("/v1/receipts/9999078902001234/77/why")) == "DOC-02"
    assert agent.client("installer").get("/v1/sales/s-2/why").status_code == 404


def test_an_unknown_customer_is_no_customer(agent: HttpAgent) -> None:
    agent.sale("s-3", customer="+79990000000")
    told = agent.client("cashier").get("/v1/sales/s-3/why", params={"spend": "max"}).json()
    assert told["spent"] == []
