"""Rules that give whole units: n + m, gifts, the cheapest, punch cards (loyalty rules, section 3.2)."""

from __future__ import annotations

from collections.abc import Sequence
from math import lcm

from pos_agent.money import MICRO, half_up_ratio
from pos_agent.rules.basket_values import Basket
from pos_agent.rules.line_state import LineState
from pos_agent.rules.offer import NOTHING, Offer, why_zero
from pos_agent.rules.values import SaleRule

BP = 10_000
Lines = Sequence[LineState]
Playing = tuple[LineState, int, int, int]  # a line in play, its free whole units, its quantity, its value in kopecks


def n_plus_m(rule: SaleRule, basket: Basket, lines: Lines, mine: Lines) -> Offer:
    """Of each buy + free units in play `free` are given."""
    playing = _playing(rule, mine)
    terms = rule.terms
    return _given(rule, playing, _count(playing) // (terms.buy + terms.free) * terms.free)


def cheapest_percent(rule: SaleRule, basket: Basket, lines: Lines, mine: Lines) -> Offer:
    """One unit, the cheapest."""
    return _given(rule, _playing(rule, mine), 1)


def free_units(rule: SaleRule, basket: Basket, lines: Lines, mine: Lines) -> Offer:
    """A fixed number of units."""
    return _given(rule, _playing(rule, mine), rule.terms.units)


def punch_card(rule: SaleRule, basket: Basket, lines: Lines, mine: Lines) -> Offer:
    """Every `every`-th unit, counted over receipts; the given unit takes a place on the card too."""
    playing = _playing(rule, mine)
    counter, every = rule.terms.counter, rule.terms.every
    before = basket.customer.stamps.get(counter, 0) if basket.customer else 0
    filled = before + _count(playing)
    full = max(0, filled // every)
    found = _given(rule, playing, full - max(0, before // every))
    after = filled - every * full
    facts = {"counter": counter, "every": every, "stamps_before": before, "stamps_after": after, **found.facts}
    return Offer(found.parts, found.reason, facts, found.taken, (counter, after))


def buy_x_get_y(rule: SaleRule, buying: Lines, giving: Lines) -> Offer:
    """The greatest g with g <= floor((b - o(g)) / X) * Y, where o(g) of the gifts are themselves bought goods.

    `buying` and `giving`: open lines of the two scopes. o never falls when g grows, so the greatest g is found by
    halving.
    """
    terms, bought = rule.terms, _count(_playing(rule, buying))
    gifts, buyable = _playing(rule, giving), {line.index for line in buying}
    low, high = 0, _count(gifts)
    while low < high:
        tried = (low + high + 1) // 2
        own = sum([units for (line, *_), units in _cheapest(gifts, tried) if line.index in buyable])
        if tried <= (bought - own) // terms.buy * terms.get:
            low = tried
        else:
            high = tried - 1
    found = _given(rule, gifts, low)
    return Offer(found.parts, found.reason, {"bought": bought, **found.facts}, found.taken)


def _playing(rule: SaleRule, mine: Lines) -> list[Playing]:
    """Lines with a whole quantity, free units and a value; the cheapest unit first, ties in the basket's order."""
    found: list[Playing] = []
    for line in mine:
        quantity, fraction = divmod(line.quantity_micro, MICRO)
        if not fraction and quantity > line.taken:
            value_kop = line.gross_kop if rule.gross else line.net_kop + line.set_off_kop
            if value_kop > 0:
                found.append((line, quantity - line.taken, quantity, value_kop))
    if len(found) > 1:
        common = lcm(*{one[2] for one in found})
        found.sort(key=lambda one: (one[3] * (common // one[2]), one[0].index))
    return found


def _count(playing: Sequence[Playing]) -> int:
    return sum([one[1] for one in playing])


def _cheapest(playing: Sequence[Playing], units: int) -> list[tuple[Playing, int]]:
    """Lines and how many of their units are among the first `units`."""
    found = []
    for one in playing:
        take = min(one[1], units)
        units -= take
        if take <= 0:
            break
        found.append((one, take))
    return found


def _given(rule: SaleRule, playing: Sequence[Playing], units: int) -> Offer:
    """Amounts for the cheapest `units`, rounded once per line and cut to its room."""
    bp, wanted_kop = rule.terms.bp, 0
    parts: list[tuple[LineState, int]] = []
    taken: list[tuple[LineState, int]] = []
    for (line, _, quantity, value_kop), given in _cheapest(playing, units):
        kop = half_up_ratio(value_kop * given * bp, quantity * BP)
        wanted_kop += kop
        taken.append((line, given))
        if kop := min(line.room_kop, kop):
            parts.append((line, kop))
    facts = {"bp": bp, "units_in_play": _count(playing), "units": {line.id: given for line, given in taken}}
    return Offer(parts, why_zero(parts, wanted_kop) if taken else NOTHING, facts, taken)
