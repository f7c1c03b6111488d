"""How much the rules of a file can take off one basket at most, and which of them can meet in one at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from pos_agent.money import half_up, roubles
from pos_agent.rules.scope import Scope
from pos_agent.rules.values import SaleRule

BP = 10_000
RATES = ("item_percent", "card_percent", "receipt_percent")
SETS = ("n_plus_m", "buy_x_get_y", "cheapest_percent", "free_units", "punch_card")
AMOUNTS = ("item_amount", "receipt_amount")
WORDS = {"item_amount": "{kop}/шт. ({id})", "receipt_amount": "{kop} ({id})"}


@dataclass(frozen=True)
class Worst:
    """`bp` of the gross that `rules` take together at most; `amounts`: fixed sums on top, as texts."""

    bp: int
    rules: tuple[str, ...]
    amounts: tuple[str, ...]


def may_cost(rule: SaleRule) -> bool:
    """Can the rule give anything at all?"""
    terms = rule.terms
    if rule.kind in (*RATES, *SETS):
        return terms.bp > 0 and terms.max_kop != 0
    if rule.kind in AMOUNTS:
        return terms.kop > 0
    if rule.kind == "tier_percent":
        return any(tier.bp for tier in terms.tiers)
    if rule.kind == "round_total":
        return terms.to_kop > 1
    return rule.kind != "cashback" or terms.bp > 0 or terms.replaces


def share_bp(rule: SaleRule) -> int:
    """The greatest share of a line's net that the rule can take."""
    terms = rule.terms
    if rule.kind in RATES:
        return min(BP, terms.bp)
    if rule.kind == "tier_percent":
        return min(BP, max((tier.bp for tier in terms.tiers), default=0))
    if rule.kind == "item_price":
        return 0  # depends on the price on the shelf alone
    if rule.kind == "n_plus_m":
        return terms.bp * terms.free // (terms.buy + terms.free)
    if rule.kind == "buy_x_get_y" and terms.buy_scope is None:
        return terms.bp * terms.get // (terms.buy + terms.get)
    return terms.bp if rule.kind in SETS else 0  # a basket of the one unit that is given


def worst_case(rules: Sequence[SaleRule]) -> Worst:
    """Each rule with all that can meet it; of a group best or first only its strongest member."""
    worst = Worst(0, (), ())
    for anchor in rules:
        mine = _met(anchor, rules)
        left = Fraction(1)
        names = []
        for rule in mine:
            if bp := share_bp(rule):
                left *= 1 - Fraction(bp, BP)
                names.append(rule.id)
        bp = half_up((1 - left) * BP)
        if bp > worst.bp:
            amounts = [
                WORDS[one.kind].format(kop=roubles(one.terms.kop), id=one.id) for one in mine if one.kind in AMOUNTS
            ]
            worst = Worst(bp, tuple(names), tuple(amounts))
    return worst


def _met(anchor: SaleRule, rules: Sequence[SaleRule]) -> list[SaleRule]:
    """The anchor and rules that can hold with it and with each other, the dearest first."""
    found = [anchor]
    for rule in sorted(rules, key=share_bp, reverse=True):
        if rule is not anchor and not any(_apart(rule, other) for other in found):
            found.append(rule)
    return found


def _apart(one: SaleRule, other: SaleRule) -> bool:
    """The two never take from one line of one receipt."""
    goods, others_goods = _given(one), _given(other)
    for mine, others in ((goods.categories, others_goods.categories), (goods.ids, others_goods.ids)):
        if mine and others and not set(mine) & set(others):
            return True
    return not can_meet(one, other) or _alternative(one, other)


def _given(rule: SaleRule) -> Scope:
    """The goods whose price falls."""
    terms = rule.terms
    return (terms.get_scope or terms.buy_scope or rule.scope) if rule.kind == "buy_x_get_y" else rule.scope


def _alternative(one: SaleRule, other: SaleRule) -> bool:
    """Only one of the two is ever applied."""
    if one.group and one.group == other.group and one.group_policy in ("best", "first"):
        return True
    earlier, later = sorted((one, other), key=lambda rule: (rule.phase, rule.priority, rule.id))
    return earlier.exclusive and later.kind != "round_total"


def can_meet(one: SaleRule, other: SaleRule) -> bool:
    """May both give something on one basket? False only when their conditions or goods are plainly disjoint."""
    a, b = one.when, other.when
    for mine, others in (
        (a.weekdays, b.weekdays),
        (a.channels, b.channels),
        (a.stores, b.stores),
        (a.registers, b.registers),
        (a.deliveries, b.deliveries),
        (a.visit_numbers, b.visit_numbers),
    ):
        if mine and others and not set(mine) & set(others):
            return False
    if (a.start and b.end and a.start >= b.end) or (b.start and a.end and b.start >= a.end):
        return False
    if a.variants and b.variants and not set(a.variants) & set(b.variants):
        return False
    if a.hours and b.hours and a.hours[0] < a.hours[1] and b.hours[0] < b.hours[1]:
        return a.hours[0] < b.hours[1] and b.hours[0] < a.hours[1]
    return True
