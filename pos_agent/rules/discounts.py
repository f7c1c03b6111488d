"""What each kind of rule gives (loyalty rules, section 3.1); set rules are in `sets`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from pos_agent.money import MICRO, half_up
from pos_agent.rules import conditions, sets
from pos_agent.rules.accrue import BP, ratio
from pos_agent.rules.basket import Basket
from pos_agent.rules.layout import lay_out
from pos_agent.rules.levels import level_of
from pos_agent.rules.line_state import LineState
from pos_agent.rules.offer import CONDITION, NO_CUSTOMER, NOT_IN_SCOPE, NOTHING, Offer, nothing, why_zero
from pos_agent.rules.values import SaleRule

Lines = Sequence[LineState]
NEEDS_CUSTOMER = ("card_percent", "tier_percent", "punch_card")


def offer(rule: SaleRule, basket: Basket, lines: Lines) -> Offer:
    """What the rule would give now, before the ceiling; amounts are already cut to the lines' rooms."""
    if basket.customer is None and rule.kind in NEEDS_CUSTOMER:
        return nothing(lines, NO_CUSTOMER)
    if key := conditions.failed(rule.when, basket):
        return nothing(lines, NO_CUSTOMER if _lacks_customer(key, basket) else CONDITION, condition=key)
    mine = [index for index, line in enumerate(lines) if line.open_to_discounts and rule.scope.matches(line)]
    if not mine and rule.kind != "buy_x_get_y":  # that one has scopes of its own
        return nothing(lines, NOT_IN_SCOPE)
    total_kop = sum(base_kop(rule, lines[index]) for index in mine)
    if total_kop < rule.when.min_total_kop:
        return nothing(lines, CONDITION, condition="min_total_kop", total_kop=total_kop)
    return GIVE[rule.kind](rule, basket, lines, mine)


def base_kop(rule: SaleRule, line: LineState) -> int:
    """x of section 3.1: the line's net, or its gross with `base = gross`."""
    return line.gross_kop if rule.gross else line.net_kop


def _lacks_customer(key: str, basket: Basket) -> bool:
    return basket.customer is None and key in conditions.OF_CUSTOMER


def _by_line(rule: SaleRule, lines: Lines, mine: Sequence[int], exact_of: Callable[[LineState], Fraction]) -> Offer:
    """Every line rounded by itself and cut to its room."""
    parts, wanted_kop = [0] * len(lines), 0
    shown = []
    for index in mine:
        line, exact = lines[index], exact_of(lines[index])
        rounded_kop = half_up(exact)
        wanted_kop += rounded_kop
        parts[index] = min(line.room_kop, rounded_kop)
        facts = {"base_kop": base_kop(rule, line), "exact_kop": ratio(exact), "rounded_kop": rounded_kop}
        shown.append({"line": line.id, **facts, "given_kop": parts[index]})
    return Offer(tuple(parts), why_zero(parts, wanted_kop), {"by_line": shown})


def _laid_out(lines: Lines, mine: Sequence[int], amount_kop: int, exact: Fraction) -> Offer:
    """One amount for the receipt, laid out over the lines of the rule by their nets."""
    weights = [Fraction(lines[index].net_kop) for index in mine]
    rooms = [lines[index].room_kop for index in mine]
    parts = [0] * len(lines)
    for index, part in zip(mine, lay_out(amount_kop, weights, rooms), strict=True):
        parts[index] = part
    facts: dict[str, object] = {"exact_kop": ratio(exact), "rounded_kop": half_up(exact), "amount_kop": amount_kop}
    if sum(parts) < amount_kop:
        facts["no_room_kop"] = amount_kop - sum(parts)
    return Offer(tuple(parts), why_zero(parts, amount_kop), facts)


def _percent(rule: SaleRule, basket: Basket, lines: Lines, mine: Sequence[int]) -> Offer:
    return _rate(rule, lines, mine, rule.terms.bp)


def _tier(rule: SaleRule, basket: Basket, lines: Lines, mine: Sequence[int]) -> Offer:
    tier = level_of(rule.terms.tiers, basket.customer) if basket.customer else None
    if tier is None:
        return nothing(lines, NOTHING, level="")
    found = _rate(rule, lines, mine, tier.bp)
    return Offer(found.parts, found.reason, {"level": tier.name, **found.facts})


def _rate(rule: SaleRule, lines: Lines, mine: Sequence[int], bp: int) -> Offer:
    found = _by_line(rule, lines, mine, lambda line: Fraction(base_kop(rule, line) * bp, BP))
    return Offer(found.parts, found.reason, {"bp": bp, **found.facts})


def _units_kop(rule: SaleRule, line: LineState) -> Fraction:
    return Fraction(rule.terms.kop * line.line.quantity_micro, MICRO)


def _item_amount(rule: SaleRule, basket: Basket, lines: Lines, mine: Sequence[int]) -> Offer:
    return _by_line(rule, lines, mine, lambda line: _units_kop(rule, line))


def _item_price(rule: SaleRule, basket: Basket, lines: Lines, mine: Sequence[int]) -> Offer:
    """Down to the price, never up to it."""
    return _by_line(rule, lines, mine, lambda line: Fraction(max(0, line.net_kop - half_up(_units_kop(rule, line)))))


def _receipt_percent(rule: SaleRule, basket: Basket, lines: Lines, mine: Sequence[int]) -> Offer:
    total_kop, most = sum(base_kop(rule, lines[index]) for index in mine), rule.terms.max_kop
    exact = Fraction(total_kop * rule.terms.bp, BP)
    amount_kop = half_up(exact) if most is None else min(half_up(exact), most)
    found = _laid_out(lines, mine, amount_kop, exact)
    return Offer(found.parts, found.reason, {"bp": rule.terms.bp, "base_kop": total_kop, **found.facts})


def _receipt_amount(rule: SaleRule, basket: Basket, lines: Lines, mine: Sequence[int]) -> Offer:
    return _laid_out(lines, mine, rule.terms.kop, Fraction(rule.terms.kop))


def _round_total(rule: SaleRule, basket: Basket, lines: Lines, mine: Sequence[int]) -> Offer:
    """The tail of the whole receipt, taken off the lines of the rule."""
    total_kop = sum(line.net_kop for line in lines)
    tail_kop = total_kop % rule.terms.to_kop
    found = _laid_out(lines, mine, tail_kop, Fraction(tail_kop))
    return Offer(found.parts, found.reason, {"to_kop": rule.terms.to_kop, "base_kop": total_kop, **found.facts})


GIVE: dict[str, Callable[[SaleRule, Basket, Lines, Sequence[int]], Offer]] = {
    "item_percent": _percent,
    "item_amount": _item_amount,
    "item_price": _item_price,
    "card_percent": _percent,
    "tier_percent": _tier,
    "receipt_percent": _receipt_percent,
    "receipt_amount": _receipt_amount,
    "round_total": _round_total,
    "n_plus_m": sets.n_plus_m,
    "buy_x_get_y": sets.buy_x_get_y,
    "cheapest_percent": sets.cheapest_percent,
    "free_units": sets.free_units,
    "punch_card": sets.punch_card,
}
