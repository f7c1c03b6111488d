"""Bits and what is remembered of them, beside asking every rule about every line; many moments on the same rules."""

from __future__ import annotations

import json
import random

import pytest
from oracle.digests import SECRETS, richer
from oracle.random_receipts import basket as random_basket

from pos_agent.rules import holding
from pos_agent.rules.basket import read
from pos_agent.rules.code_usability import judged
from pos_agent.rules.compiled import compiled
from pos_agent.rules.conditions import Moment
from pos_agent.rules.opening import opened
from pos_agent.rules.parse import parse
from pos_agent.rules.selection import select
from pos_agent.rules.stacking import refusal


def slowly(rules, basket):
    """Every rule asked by itself."""
    ready = compiled(rules)
    moment = Moment(rules, basket, judged(rules, basket, SECRETS, ready.asking))
    running = [rule for rule in ready.queue if refusal(rule, moment) is None]
    return [
        [rule.id for rule in running if line.open_to_discounts and rule.rule.scope.matches(line)]
        for line in opened(ready, rules, basket)
    ]


def baskets(seed):
    """The case's own basket, twice, and others of other moments between."""
    chance = random.Random(seed)
    own = richer(seed)[1]
    return [read(one) for one in (own, *(random_basket(chance) for _ in range(5)), own)]


def check(seed):
    rules = parse(json.dumps(richer(seed)[0]), "json")
    for basket in baskets(seed):
        found = select(rules, basket, SECRETS)
        assert [one.names for one in found] == slowly(rules, basket)
        rates = [
            max([rule.rule.terms.bp for rule in one.rules if rule.rule.kind in holding.RATES], default=0)
            for one in found
        ]
        assert [one.best_bp for one in found] == rates


@pytest.mark.parametrize("seed", range(60))
def test_selection_is_what_the_rules_say_one_by_one(seed):
    check(seed)


@pytest.mark.parametrize("seed", range(10))
def test_forgetting_changes_nothing(seed, monkeypatch):
    monkeypatch.setattr(holding, "REMEMBERED", 1)
    monkeypatch.setattr(holding, "MOMENTS", 1)
    check(seed)


def test_no_more_is_remembered_than_allowed(monkeypatch):
    monkeypatch.setattr(holding, "REMEMBERED", 3)
    monkeypatch.setattr(holding, "MOMENTS", 2)
    rules = parse(json.dumps(richer(1)[0]), "json")
    chance = random.Random(1)
    for _ in range(40):
        select(rules, read(random_basket(chance)), SECRETS)
    kept = compiled(rules).holding
    assert len(kept._known) <= 2
    assert all(len(one.known) <= 3 for one in (*kept._by_fact, *kept._known.values()))
