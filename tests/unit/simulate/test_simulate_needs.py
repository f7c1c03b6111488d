"""What a sale keeps for other rules to be tried on it, and what a simulation says of sales that do not."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import fields, replace
from pathlib import Path

import pytest
from kit.gateway_register import GatewayRegister

from pos_agent.model.events import EventKind, LedgerEvent
from pos_agent.rules.parse import parse
from pos_agent.rules.scope import Scope
from pos_agent.rules.values import SaleRule, When
from pos_agent.simulate.needs import FACTS, asked, not_known
from pos_agent.simulate.of_event import past_of_event
from pos_agent.simulate.past import from_json
from pos_agent.simulate.replay import Question, replay

CUP = {"id": "1", "name": "Кофе", "price_kop": 10000, "qty": "2", "category": "coffee", "sku": "c1", "barcode": "46000"}
WINE = {"id": "2", "name": "Вино", "price_kop": 50000, "qty": "1", "category": "wine", "volume_ml": 750}
WINE |= {"flags": ["no_discount"], "floor_kop": 40000}
NEW = """
[program]
id = "test"
name = "Т"
[accrue]
bp = 1000
[[rule]]
id = "cups"
kind = "item_percent"
bp = 1000
scope = { categories = ["coffee"] }
[[rule]]
id = "all"
kind = "receipt_percent"
bp = 1000
when = { segments = ["vip"], deliveries = ["home"] }
"""


@pytest.fixture
def register(tmp_path: Path):
    made = GatewayRegister(tmp_path)
    yield made
    made.store.close()


def sold(register: GatewayRegister) -> LedgerEvent:
    with register.store.reading() as view:
        return [one.event for one in view.ledger.range() if one.event.kind is EventKind.RECEIPT][-1]


def old(event: LedgerEvent) -> LedgerEvent:
    """The same as it was written before these facts were kept."""
    late = ("category", "barcode", "flags", "floor_kop", "volume_ml", "sells")
    lines = [{key: value for key, value in line.items() if key not in late} for line in event.facts["lines"]]
    return replace(event, facts={**{k: v for k, v in event.facts.items() if k != "offered"}, "lines": lines})


def simulated(event: LedgerEvent, rules: str = NEW) -> dict:
    past = past_of_event(event, "shop")
    assert past is not None
    past = from_json(json.loads(json.dumps(past.to_json())))  # through the spool
    return replay(Question(parse(rules)), [past])


def test_a_sale_keeps_what_rules_ask_of_its_goods(register: GatewayRegister) -> None:
    register.sale("s-1", lines=[CUP, WINE], customer=register.customer, delivery="home")
    past = past_of_event(sold(register), "shop")
    assert past is not None
    cup, wine = past.lines
    assert (cup.category, cup.sku, cup.barcode, cup.flags) == ("coffee", "c1", "46000", frozenset())
    assert (wine.category, wine.volume_ml, wine.floor_kop, wine.flags) == ("wine", 750, 40000, {"no_discount"})
    assert (past.channel, past.delivery, past.lacks) == ("till", "home", ("birthday", "payments"))


def test_a_category_rule_is_replayed_on_a_new_sale_and_told_of_an_old_one(register: GatewayRegister) -> None:
    register.sale("s-1", lines=[CUP, WINE], customer=register.customer)
    told = simulated(sold(register))
    assert (told["new"]["discount_kop"], told["not_known"]) == (2000, [])
    told = simulated(old(sold(register)))
    assert told["new"]["discount_kop"] == 0
    by_fact = {one["fact"]: one for one in told["not_known"]}
    assert by_fact["category"] == {"fact": "category", "sales": 1, "rules": ["cups"]}
    assert by_fact["segments"]["rules"] == ["all"]
    assert by_fact["flags"]["rules"] == ["cups", "all", "[accrue]"]
    assert "birthday" not in by_fact, "no rule asks"


def test_segments_of_then_and_delivery_hold(register: GatewayRegister) -> None:
    who = {"id": register.customer, "segments": ["vip"]}
    register.sale("s-1", lines=[{**CUP, "category": ""}], customer=register.customer, delivery="home")
    event = sold(register)
    offered = {**event.facts["offered"], "segments": who["segments"]}
    told = simulated(replace(event, facts={**event.facts, "offered": offered}))
    assert told["new"]["discount_kop"] == 2000
    assert simulated(event)["new"]["discount_kop"] == 0


def test_a_receipt_of_the_tills_own_knows_neither_article_nor_category(register: GatewayRegister) -> None:
    register.sell(("Кофе", 10000, 1_000_000))
    register.step(30)
    past = past_of_event(sold(register), "shop")
    assert past is not None
    assert set(past.lacks) == set(FACTS)


def test_no_birthday_is_kept(register: GatewayRegister) -> None:
    register.sale("s-1", lines=[CUP], customer=register.customer)
    assert "birthday" not in json.dumps(dict(sold(register).facts))


FREE_SCOPE = {"ids", "names", "only_undiscounted", "gtins", "min_micro"}  # every source tells these
FREE_WHEN = {
    *("start", "end", "weekdays", "hours", "stores", "registers", "min_total_kop", "max_total_kop", "min_micro"),
    *("max_micro", "nth_visit", "visit_numbers", "visits_today", "first_purchase", "nth_receipt"),
    *("calendars", "not_calendars", "variants"),
}


@pytest.mark.parametrize("key", [one.name for one in fields(Scope)])
def test_every_key_of_a_scope_is_told_or_asks_for_a_fact(key: str) -> None:
    scope = replace(Scope(), **{key: 1 if key == "min_micro" else ("x",)})
    rules = replace(parse(NEW), sale_rules=(SaleRule("r", "item_percent", 1, 100, scope=scope),), accrue=None)
    assert (set(asked(rules)) == {"flags", "floor", "shelf_price"}) == (key in FREE_SCOPE)


@pytest.mark.parametrize("key", [one.name for one in fields(When)])
def test_every_key_of_a_condition_is_told_or_asks_for_a_fact(key: str) -> None:
    when = replace(When(), **{key: (1, 1)})
    rules = replace(parse(NEW), sale_rules=(SaleRule("r", "item_percent", 1, 100, when=when),), accrue=None)
    assert (set(asked(rules)) == {"flags", "floor", "shelf_price"}) == (key in FREE_WHEN)


def test_facts_that_nobody_asks_for_and_sales_that_have_them_are_not_told() -> None:
    rules = parse(NEW)
    assert not_known(Counter({"birthday": 5, "payments": 5}), (rules,)) == []
    assert not_known(Counter({"category": 0}), (rules,)) == []
    assert not_known({"category": 3}, (rules, rules)) == [{"fact": "category", "sales": 3, "rules": ["cups"]}]
