"""Which lines put how many stamps on which card: what a return gives back (loyalty rules, section 9). Pure.

The price tells a counter before and after the receipt; per line it is reckoned here from the trace, by section 3.2:
whole lines of the punch card's scope play, without the units that earlier set rules took.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pos_agent.money import MICRO
from pos_agent.rules.basket_values import Basket
from pos_agent.rules.compiled import compiled
from pos_agent.rules.line_state import LineState
from pos_agent.rules.opening import opened
from pos_agent.rules.price import Priced
from pos_agent.rules.values import Rules, SaleRule

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
