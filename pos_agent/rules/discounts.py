"""What each kind of rule gives (loyalty rules, section 3.1); set rules are in `sets`.

All figures are kopecks; half_up of a figure that is not negative is (2n + d) // 2d, written out where it runs per line.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pos_agent.money import MICRO, half_up_ratio
from pos_agent.rules import sets
from pos_agent.rules.basket_values import Basket
from pos_agent.rules.layout import shared
from pos_agent.rules.levels import level_of
from pos_agent.rules.line_state import LineState
from pos_agent.rules.offer import NOTHING, Offer, nothing, why_zero
from pos_agent.rules.values import SaleRule

BP = 10_000
Lines = Sequence[LineState]
Give = Callable[[SaleRule, Basket, Lines, Lines], Offer]  # the rule, the basket, all lines, the lines of the rule
NEEDS_CUSTOMER = ("card_percent", "tier_percent", "punch_card")


def base_of(rule: SaleRule, mine: Lines) -> int:
    """Σx of section 3.1: nets, or grosses with `base = gross`."""
    return sum([line.gross_kop for line in mine]) if rule.gross else sum([line.net_kop for line in mine])


def _percent(rule: SaleRule, basket: Basket, lines: Lines, mine: Lines) -> Offer:
    return _rate(rule, mine, rule.terms.bp)


def _tier(rule: SaleRule, basket: Basket, lines: Lines, mine: Lines) -> Offer:
    tier = level_of(rule.terms.tiers, basket.customer) if basket.customer else None
    if tier is None:
        return nothing(NOTHING, {"level": ""})
    found = _rate(rule, mine, tier.bp)
    return Offer(found.parts, found.reason, {"level": tier.name, **found.facts})


def _rate(rule: SaleRule, mine: Lines, bp: int) -> Offer:
    """Every line rounded by itself and cut to its room."""
    gross, wanted_kop, parts = rule.gross, 0, []
    for line in mine:
        net_kop = line.net_kop
        kop = ((line.gross_kop if gross else net_kop) * bp + 5_000) // BP
        wanted_kop += kop
        if kop > net_kop - line.floor_kop:
            kop = net_kop - line.floor_kop
        if kop > 0:
            parts.append((line, kop))
    return Offer(parts, why_zero(parts, wanted_kop), {"bp": bp})


def _item_amount(rule: SaleRule, basket: Basket, lines: Lines, mine: Lines) -> Offer:
    unit_kop, wanted_kop, parts = rule.terms.kop, 0, []
    for line in mine:
        kop = (unit_kop * line.quantity_micro + MICRO // 2) // MICRO
        wanted_kop += kop
        kop = min(kop, line.net_kop - line.floor_kop)
        if kop > 0:
            parts.append((line, kop))
    return Offer(parts, why_zero(parts, wanted_kop), {"kop": unit_kop})


def _item_price(rule: SaleRule, basket: Basket, lines: Lines, mine: Lines) -> Offer:
    """Down to the price, never up to it."""
    unit_kop, wanted_kop, parts = rule.terms.kop, 0, []
    for line in mine:
        kop = max(0, line.net_kop - (unit_kop * line.quantity_micro + MICRO // 2) // MICRO)
        wanted_kop += kop
        kop = min(kop, line.net_kop - line.floor_kop)
        if kop > 0:
            parts.append((line, kop))
    return Offer(parts, why_zero(parts, wanted_kop), {"kop": unit_kop})


def _laid_out(mine: Lines, amount_kop: int, facts: dict[str, int]) -> Offer:
    """One amount for the receipt, laid out over the lines of the rule by their nets."""
    nets = [line.net_kop for line in mine]
    rooms = [line.room_kop for line in mine]
    shares = shared(amount_kop, nets, rooms)
    parts = [(line, kop) for line, kop in zip(mine, shares, strict=True) if kop]
    found = Offer(parts, why_zero(parts, amount_kop), {**facts, "amount_kop": amount_kop})
    if len(parts) < len(mine) and parts:  # they had a weight too
        small = [line.id for line, kop in zip(mine, shares, strict=True) if not kop and line.net_kop]
        found.facts = {**found.facts, "too_small": small}
    if found.total_kop < amount_kop:
        found.facts = {**found.facts, "no_room_kop": amount_kop - found.total_kop}
    return found


def _receipt_percent(rule: SaleRule, basket: Basket, lines: Lines, mine: Lines) -> Offer:
    base_kop, bp, most = base_of(rule, mine), rule.terms.bp, rule.terms.max_kop
    rounded_kop = half_up_ratio(base_kop * bp, BP)
    facts = {"bp": bp, "base_kop": base_kop, "rounded_kop": rounded_kop}
    return _laid_out(mine, rounded_kop if most is None else min(rounded_kop, most), facts)


def _receipt_amount(rule: SaleRule, basket: Basket, lines: Lines, mine: Lines) -> Offer:
    return _laid_out(mine, rule.terms.kop, {})


def _round_total(rule: SaleRule, basket: Basket, lines: Lines, mine: Lines) -> Offer:
    """The tail of the whole receipt, taken off the lines of the rule."""
    total_kop, to_kop = sum([line.net_kop for line in lines]), rule.terms.to_kop
    return _laid_out(mine, total_kop % to_kop, {"to_kop": to_kop, "base_kop": total_kop})


GIVE: dict[str, Give] = {
    "item_percent": _percent,
    "item_amount": _item_amount,
    "item_price": _item_price,
    "card_percent": _percent,
    "tier_percent": _tier,
    "receipt_percent": _receipt_percent,
    "receipt_amount": _receipt_amount,
    "round_total": _round_total,
    "n_plus_m": sets.n_plus_m,
    "cheapest_percent": sets.cheapest_percent,
    "free_units": sets.free_units,
    "punch_card": sets.punch_card,
}  # buy_x_get_y has scopes of its own: sets.buy_x_get_y
