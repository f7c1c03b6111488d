"""Rules that give whole units: n + m, gifts, the cheapest, punch cards (loyalty rules, section 3.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from pos_agent.money import MICRO, half_up
from pos_agent.rules.accrue import BP, ratio
from pos_agent.rules.basket import Basket
from pos_agent.rules.line_state import LineState
from pos_agent.rules.offer import NOTHING, Offer, why_zero
from pos_agent.rules.scope import Scope
from pos_agent.rules.values import SaleRule

Lines = Sequence[LineState]


@dataclass(frozen=True)
class Playing:
    """A line in play: its place in the basket, its free whole units, the value of the line in kopecks."""

    index: int
    units: int
    quantity: int
    value_kop: int


def n_plus_m(rule: SaleRule, basket: Basket, lines: Lines, mine: Sequence[int]) -> Offer:
    """Of each buy + free units in play `free` are given."""
    playing = _playing(rule, lines, mine)
    units, terms = _count(playing), rule.terms
    return _given(rule, lines, playing, units // (terms.buy + terms.free) * terms.free)


def cheapest_percent(rule: SaleRule, basket: Basket, lines: Lines, mine: Sequence[int]) -> Offer:
    """One unit, the cheapest."""
    return _given(rule, lines, _playing(rule, lines, mine), 1)


def free_units(rule: SaleRule, basket: Basket, lines: Lines, mine: Sequence[int]) -> Offer:
    """A fixed number of units."""
    return _given(rule, lines, _playing(rule, lines, mine), rule.terms.units)


def punch_card(rule: SaleRule, basket: Basket, lines: Lines, mine: Sequence[int]) -> Offer:
    """Every `every`-th unit, counted over receipts; the given unit takes a place on the card too."""
    playing = _playing(rule, lines, mine)
    before = basket.customer.stamps.get(rule.terms.counter, 0) if basket.customer else 0
    every, filled = rule.terms.every, before + _count(playing)
    full = max(0, filled // every)
    found = _given(rule, lines, playing, full - max(0, before // every))
    after = filled - every * full
    facts = {"counter": rule.terms.counter, "stamps_before": before, "stamps_after": after, **found.facts}
    return Offer(found.parts, found.reason, facts, found.taken, (rule.terms.counter, after))


def buy_x_get_y(rule: SaleRule, basket: Basket, lines: Lines, mine: Sequence[int]) -> Offer:
    """The greatest g with g <= floor((b - o(g)) / X) * Y, where o(g) of the gifts are themselves bought goods.

    o never falls when g grows, so the greatest g is found by halving.
    """
    terms = rule.terms
    buy_scope = terms.buy_scope or rule.scope
    buying = _playing(rule, lines, _within(buy_scope, lines))
    gifts = _playing(rule, lines, _within(terms.get_scope or buy_scope, lines))
    bought, buyable = _count(buying), {one.index for one in buying}
    low, high = 0, _count(gifts)
    while low < high:
        tried = (low + high + 1) // 2
        shared = sum(units for one, units in _cheapest(gifts, tried) if one.index in buyable)
        if tried <= (bought - shared) // terms.buy * terms.get:
            low = tried
        else:
            high = tried - 1
    found = _given(rule, lines, gifts, low)
    return Offer(found.parts, found.reason, {"bought": bought, **found.facts}, found.taken)


def _within(scope: Scope, lines: Lines) -> list[int]:
    return [index for index, line in enumerate(lines) if line.open_to_discounts and scope.matches(line)]


def _playing(rule: SaleRule, lines: Lines, mine: Sequence[int]) -> list[Playing]:
    """Lines with a whole quantity, free units and a value; the cheapest unit first, ties in the basket's order."""
    found = []
    for index in mine:
        line = lines[index]
        quantity, fraction = divmod(line.line.quantity_micro, MICRO)
        value_kop = line.gross_kop if rule.gross else line.net_kop + line.set_off_kop
        if not fraction and quantity > line.taken and value_kop > 0:
            found.append(Playing(index, quantity - line.taken, quantity, value_kop))
    return sorted(found, key=lambda one: (Fraction(one.value_kop, one.quantity), one.index))


def _count(playing: Sequence[Playing]) -> int:
    return sum(one.units for one in playing)


def _cheapest(playing: Sequence[Playing], units: int) -> list[tuple[Playing, int]]:
    """Lines and how many of their units are among the first `units`."""
    found = []
    for one in playing:
        take = min(one.units, units)
        units -= take
        if take:
            found.append((one, take))
    return found


def _given(rule: SaleRule, lines: Lines, playing: Sequence[Playing], units: int) -> Offer:
    """Amounts for the cheapest `units`, rounded once per line and cut to its room."""
    parts, taken = [0] * len(lines), [0] * len(lines)
    wanted_kop, shown = 0, []
    for one, given in _cheapest(playing, units):
        exact = Fraction(one.value_kop * given * rule.terms.bp, one.quantity * BP)
        wanted_kop += half_up(exact)
        taken[one.index] = given
        parts[one.index] = min(lines[one.index].room_kop, half_up(exact))
        facts = {"units": given, "value_kop": one.value_kop, "exact_kop": ratio(exact), "rounded_kop": half_up(exact)}
        shown.append({"line": lines[one.index].id, **facts, "given_kop": parts[one.index]})
    reason = why_zero(parts, wanted_kop) if shown else NOTHING
    facts_of_all = {"bp": rule.terms.bp, "units_in_play": _count(playing), "by_line": shown}
    return Offer(tuple(parts), reason, facts_of_all, tuple(taken))
