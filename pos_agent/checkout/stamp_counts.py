"""Which lines put how many stamps on which card: what a return gives back (loyalty rules, section 9). Pure.

The price tells a counter before and after the receipt; per line it is reckoned here from the trace, by section 3.2:
whole lines of the punch card's scope play, without the units that earlier set rules took.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pos_agent.ledger.stamps import stamps
from pos_agent.model.events import LedgerEvent
from pos_agent.money import MICRO
from pos_agent.rules.basket_values import Basket
from pos_agent.rules.compiled import compiled
from pos_agent.rules.line_state import LineState
from pos_agent.rules.opening import opened
from pos_agent.rules.price import Priced
from pos_agent.rules.values import Rules, SaleRule

PUNCH_CARD = "punch_card"
ROUNDING = "round_total"  # its kopecks make no line a discounted one


def stamp_counts(rules: Rules, basket: Basket, priced: Priced) -> dict[str, dict[str, Any]]:
    """Counter -> {every, before, after, lines: [{number, units, free}]} of the counters that this receipt moves."""
    if not any("counter" in entry for entry in priced.trace):
        return {}
    of_rule = {rule.id: rule for rule in rules.sale_rules}
    lines = {line.id: line for line in opened(compiled(rules), rules, basket)}
    found: dict[str, dict[str, Any]] = {}
    for entry in priced.trace:
        counter = entry.get("counter")
        if counter is not None and priced.stamps_after.get(counter) == entry["stamps_after"]:
            found[counter] = _counted(entry, of_rule[entry["rule"]], lines)
        if entry["step"] == "discount":
            _apply(entry, lines)
    return found


def stamp_name(rules: Rules, counter: str) -> str:
    """The counter as people read it: its own words, or the name of its punch card when it is only an id (`cup`)."""
    if not counter.isascii():
        return counter
    mine = (rule.name for rule in rules.sale_rules if rule.kind == PUNCH_CARD and rule.terms.counter == counter)
    return next((name for name in mine if name), counter)


def stamps_told(rules: Rules, cards: Mapping[str, Mapping[str, Any]]) -> tuple[tuple[str, int, int], ...]:
    """Slip figures of the counters that a sale moved: name, stamps now, how many fill the card."""
    return tuple((stamp_name(rules, name), max(0, card["after"]), card["every"]) for name, card in cards.items())


def stamps_taken(
    rules: Rules, original: str, history: Sequence[LedgerEvent], event: LedgerEvent
) -> tuple[tuple[str, int, int], ...]:
    """The same for a return: the counters of its sale that it took stamps from."""
    sale = next((one for one in history if original and str(one.document) == original), None)
    was, now = stamps(history), stamps([*history, event])
    cards = sale.facts.get("stamps", {}) if sale is not None else {}
    moved = {name: card for name, card in cards.items() if was.get(name, 0) != now.get(name, 0)}
    return stamps_told(rules, {name: {**card, "after": now.get(name, 0)} for name, card in moved.items()})


def _counted(entry: Mapping[str, Any], rule: SaleRule, lines: Mapping[str, LineState]) -> dict[str, Any]:
    free: Mapping[str, int] = entry.get("units", {})
    counted = [
        {"number": line.index + 1, "units": units, "free": free.get(name, 0)}
        for name, line in lines.items()
        if (units := _plays(line, rule))
    ]
    return {
        "every": entry["every"],
        "before": entry["stamps_before"],
        "after": entry["stamps_after"],
        "lines": counted,
    }


def _plays(line: LineState, rule: SaleRule) -> int:
    """Units of the line that the punch card counts now."""
    units, fraction = divmod(line.quantity_micro, MICRO)
    value_kop = line.gross_kop if rule.gross else line.net_kop + line.set_off_kop
    if fraction or value_kop <= 0 or not line.open_to_discounts or not rule.scope.matches(line):
        return 0
    return max(0, units - line.taken)


def _apply(entry: Mapping[str, Any], lines: Mapping[str, LineState]) -> None:
    for name, kop in entry["lines"].items():
        line = lines[name]
        line.net_kop -= kop
        line.discounted = line.discounted or entry["kind"] != ROUNDING
        if "units" in entry:
            line.set_off_kop += kop
    for name, units in entry.get("units", {}).items():
        lines[name].taken += units
