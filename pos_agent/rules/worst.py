"""How much the rules of a file can take off one basket at most, and which of them can meet in one at all."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import prod

from pos_agent.money import roubles
from pos_agent.rules.scope import Scope
from pos_agent.rules.values import SaleRule

BP = 10_000
MOST_PAIRS = 100_000  # looks at two rules: a second at most
ALTERNATIVE = ("best", "first")  # group policies by which one member wins
RATES = ("item_percent", "card_percent", "receipt_percent")
SETS = ("n_plus_m", "buy_x_get_y", "cheapest_percent", "free_units", "punch_card")
AMOUNTS = ("item_amount", "receipt_amount")
WORDS = {"item_amount": "{kop}/шт. ({id})", "receipt_amount": "{kop} ({id})"}


@dataclass(frozen=True)
class Worst:
    """`bp` of the gross that `rules` take together at most; `amounts`: fixed sums on top, as texts.

    `partial`: there are so many rules that not all were compared; it may be worse.
    """

    bp: int
    rules: tuple[str, ...]
    amounts: tuple[str, ...]
    partial: bool = False


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
    """Each rule with all that can meet it; of a group best or first only its strongest member.

    Rules that meet the same others are looked at as one; after MOST_PAIRS looks the rest is left out.
    """
    sorts = _sorts(rules)
    order = sorted(sorts, key=lambda sort: share_bp(sort[0]), reverse=True)
    whole = _together_bp(rules)
    worst, left = Worst(0, (), ()), MOST_PAIRS
    for anchor in sorts:
        if worst.bp == whole and whole:
            return worst  # it cannot get worse
        if left < 0:
            break
        mine, looks = _met(anchor, order, left)
        left -= looks
        bp = _together_bp(mine)
        if bp > worst.bp:
            amounts = [
                WORDS[one.kind].format(kop=roubles(one.terms.kop), id=one.id) for one in mine if one.kind in AMOUNTS
            ]
            worst = Worst(bp, tuple(rule.id for rule in mine if share_bp(rule)), tuple(amounts))
    return replace(worst, partial=left < 0)


def _together_bp(rules: Sequence[SaleRule]) -> int:
    """What all of them take, one after the other."""
    shares: list[int] = [share for rule in rules if (share := share_bp(rule))]
    left: int = prod(BP - share for share in shares)
    whole: int = BP ** len(shares)
    return (2 * BP * (whole - left) + whole) // (2 * whole)


def _sorts(rules: Sequence[SaleRule]) -> list[list[SaleRule]]:
    """Rules of one sort meet the same others: the dearest first; one alone where only one of them is ever applied."""
    bounds = sorted(_turn(rule) for rule in rules if rule.exclusive)
    sorts: dict[object, list[SaleRule]] = {}
    for rule in rules:
        goods, when = _given(rule), rule.when
        key = (
            (goods.categories, goods.ids, rule.kind == "round_total", bisect(bounds, _turn(rule))),
            (when.weekdays, when.channels, when.stores, when.registers, when.deliveries, when.visit_numbers),
            (when.start, when.end, when.variants, when.hours),
            rule.group if rule.group_policy in ALTERNATIVE else "",
            rule.id if rule.exclusive else "",
        )
        sorts.setdefault(key, []).append(rule)
    found = []
    for sort in sorts.values():
        sort.sort(key=share_bp, reverse=True)
        found.append(sort[:1] if sort[0].group and sort[0].group_policy in ALTERNATIVE else sort)
    return found


def _met(anchor: list[SaleRule], order: Sequence[list[SaleRule]], most: int) -> tuple[list[SaleRule], int]:
    """The anchor's rules and those that can hold with them and with each other, the dearest first; and the looks."""
    found, looks = [anchor], 0
    for sort in order:
        if looks > most:
            break
        looks += len(found)
        if sort is not anchor and not any(_apart(sort[0], other[0]) for other in found):
            found.append(sort)
    return [rule for sort in found for rule in sort], looks


def _turn(rule: SaleRule) -> tuple[int, int, str]:
    return rule.phase, rule.priority, rule.id


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
    if one.group and one.group == other.group and one.group_policy in ALTERNATIVE:
        return True
    earlier, later = sorted((one, other), key=_turn)
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
