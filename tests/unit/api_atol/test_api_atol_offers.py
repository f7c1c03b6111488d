"""Selling never waits for loyalty: late, failing or unsure, the till's own price is taken."""

import json
import threading
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from pos_agent.api.atol_tasks import numbers
from pos_agent.api.atol_tasks import offer as offers
from pos_agent.api.atol_tasks.buyer import Buyer
from pos_agent.api.atol_tasks.offer import Offer, Offers
from pos_agent.api.atol_tasks.receipt import TillReceipt, receipt
from pos_agent.errors import AgentError, UsageError

ITEM = {"type": "position", "name": "Кофе", "price": 100, "quantity": 1, "amount": 100}


def asked(**more: Any) -> TillReceipt:
    task = {"type": "sell", "items": [ITEM], "payments": [{"type": "electronically", "sum": 100}], **more}
    return receipt(numbers.read(json.dumps(task)), "en")


class Prices:
    """Orders that answer as told."""

    def __init__(self, payable_kop: int = 9000) -> None:
        self.payable_kop, self.error, self.gate = payable_kop, None, threading.Event()
        self.gate.set()
        self.baskets: list[dict] = []

    def look(self, sale_id: str, basket: dict, customer: str | None, **said: Any) -> Any:
        self.gate.wait(30)
        self.baskets.append(dict(basket))
        if self.error is not None:
            raise self.error
        barred = all("no_discount" in line.get("flags", []) for line in basket["lines"])
        totals = SimpleNamespace(payable_kop=10000 if barred else self.payable_kop)
        return SimpleNamespace(priced=SimpleNamespace(confirm=False, totals=totals))


@pytest.fixture
def prices(monkeypatch: pytest.MonkeyPatch) -> Prices:
    monkeypatch.setattr(offers, "buyer", lambda parts, named, contact: Buyer("c-1", "arm-1"))
    return Prices()


def made(prices: Prices, given: TillReceipt, box_s: float = 30.0) -> Offer:
    return Offers(SimpleNamespace(orders=prices), box_s).make("s-1", given)  # type: ignore[arg-type]


def test_in_time(prices: Prices) -> None:
    found = made(prices, asked(loyalty={"spend": "max", "codes": ["A"]}))
    assert (found.total_kop, found.customer, found.armed, found.list_price) == (9000, "c-1", "arm-1", False)
    assert found.basket["payments"] == [{"kind": "card", "sum_kop": 9000}]
    assert (found.basket["spend"], found.basket["codes"]) == ("max", ["A"])
    assert Offer.from_json(found.to_json()) == found


def test_late_is_the_tills_own_price(prices: Prices) -> None:
    prices.gate.clear()
    found = made(prices, asked(), box_s=0.05)
    prices.gate.set()
    assert (found.total_kop, found.customer, found.list_price, found.loyalty) == (10000, None, True, "late")
    assert found.basket["payments"] == [{"kind": "card", "sum_kop": 10000}]


@pytest.mark.parametrize("error", [AgentError("RUL-03"), UsageError("PRC-01", count=1)])
def test_failing_is_the_tills_own_price(prices: Prices, error: AgentError) -> None:
    prices.error = error
    found = made(prices, asked())
    assert (found.total_kop, found.list_price, found.loyalty) == (10000, True, "off")


def test_a_kept_card_keeps_the_price(prices: Prices) -> None:
    found = made(prices, asked(loyalty={"card": "keep"}))
    assert (found.total_kop, found.customer, found.list_price) == (10000, "c-1", False)
    assert set(found.basket["lines"][0]["flags"]) == {"no_discount", "no_spend"}
    cash = replace(asked(loyalty={"card": "keep"}), payments={"cash": 10000})
    assert made(prices, cash).total_kop == 9000
