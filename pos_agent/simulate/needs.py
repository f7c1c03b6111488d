"""What rules ask of a sale, against what its source knows: a rule that asks in vain is named, not passed over. Pure.

Where a fact is not known a rule that asks for it mostly does not hold (an unknown category is `other`), so the figures
of a simulation are those of the other rules. How many sales that concerns is part of the report.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pos_agent.rules.scope import Scope
from pos_agent.rules.values import Rules, SaleRule, When

OF_GOODS = ("category", "barcode", "flags", "floor", "volume")  # of each line
OF_SALE = ("segments", "channel", "delivery", "partner")
OF_OWN = ("sku", "codes", "shelf_price")  # what only a sale through the agent tells
ALWAYS = ("birthday", "payments")  # no source keeps them
FACTS = (*OF_GOODS, *OF_SALE, *OF_OWN, *ALWAYS)

_SCOPE = {"skus": "sku", "categories": "category", "not_categories": "category", "barcodes": "barcode"}
_WHEN = {
    "segments": "segments",
    "birthday": "birthday",
    "channels": "channel",
    "deliveries": "delivery",
    "partners": "partner",
    "payments": "payments",
    "only_payments": "payments",
    "codes": "codes",
    "batches": "codes",
}
_ENTRY = {"skus": "sku", "categories": "category", "barcodes": "barcode", "floor_per_litre_kop": "volume"}
SPEND, ACCRUE, BLACKLIST = "[spend]", "[accrue]", "[[blacklist]]"


def asked(rules: Rules) -> dict[str, tuple[str, ...]]:
    """Fact -> ids of the rules (or names of the tables) that ask for it, in the order of the file.

    Every discount asks for the price on the shelf and a line's flags and floor, points ask for its flags.
    """
    found: dict[str, dict[str, None]] = {}
    for fact, rule in _all(rules):
        found.setdefault(fact, {})[rule] = None
    return {fact: tuple(found[fact]) for fact in FACTS if fact in found}


def not_known(lacking: Mapping[str, int], worlds: Iterable[Rules]) -> list[dict[str, Any]]:
    """`[{"fact", "sales", "rules"}]`: facts that a rule of these worlds asks for, and how many sales lack them."""
    rules: dict[str, dict[str, None]] = {}
    for world in worlds:
        for fact, names in asked(world).items():
            rules.setdefault(fact, {}).update(dict.fromkeys(names))
    return [
        {"fact": fact, "sales": lacking[fact], "rules": list(rules[fact])}
        for fact in FACTS
        if fact in rules and lacking.get(fact)
    ]


def _all(rules: Rules) -> Iterator[tuple[str, str]]:
    for entry in rules.blacklist:
        yield from ((fact, f"{BLACKLIST} {entry.id}") for fact in _named(entry, _ENTRY))
    for rule in rules.sale_rules:
        yield from ((fact, rule.id) for fact in _of_rule(rule))
    for spend in (rules.spend, *(one.spend for one in rules.programs)):
        if spend is not None:
            yield from ((fact, SPEND) for fact in ("flags", *_of_scope(spend.scope)))
    for accrue in (rules.accrue, *(one.accrue for one in rules.programs)):
        if accrue is not None:
            scopes = (accrue.scope, *(factor.scope for factor in accrue.multipliers))
            yield from ((fact, ACCRUE) for fact in ("flags", *(fact for scope in scopes for fact in _of_scope(scope))))


def _of_rule(rule: SaleRule) -> Iterator[str]:
    yield from ("flags", "floor", "shelf_price")
    for scope in (rule.scope, rule.terms.buy_scope, rule.terms.get_scope):
        if scope is not None:
            yield from _of_scope(scope)
    yield from _of_when(rule.when)


def _of_scope(scope: Scope) -> Iterator[str]:
    return _named(scope, _SCOPE)


def _of_when(when: When) -> Iterator[str]:
    return _named(when, _WHEN)


def _named(keys: object, facts: Mapping[str, str]) -> Iterator[str]:
    return (fact for key, fact in facts.items() if getattr(keys, key) not in ((), None, 0))
