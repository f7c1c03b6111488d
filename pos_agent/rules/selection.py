"""Which rules hold on which line and the best percent of each: the first steps of `price`, without what they give.

Conditions on sums and quantities of several lines (`conditions.OF_LINES`) and `only_undiscounted` are known only when
the rules run: here such rules count as holding.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pos_agent.rules.basket_values import Basket, BasketLine
from pos_agent.rules.code_usability import NO_SECRETS, judged
from pos_agent.rules.compiled import Compiled, compiled
from pos_agent.rules.conditions import Moment
from pos_agent.rules.holding import LineRules
from pos_agent.rules.line_state import barred
from pos_agent.rules.scope import NO_DISCOUNT, BlacklistEntry
from pos_agent.rules.values import Rules

NO_RULES = LineRules(())


def select(rules: Rules, basket: Basket, secrets: Mapping[str, bytes] = NO_SECRETS) -> list[LineRules]:
    """One entry per line of the basket; lines barred from discounts have no rules."""
    ready = compiled(rules)
    held, _ = ready.holding.at(Moment(rules, basket, judged(rules, basket, secrets, ready.asking)))
    known, on = held.known, held.on
    found = [known.get(scopes) or on(scopes) for scopes in ready.matcher.scopes_of_all(basket.lines)]
    day = basket.at.date() if basket.at else None
    entries = tuple(one if one.in_force(day) else None for one in ready.blacklist)
    for index, line in enumerate(basket.lines):
        if (line.flags or entries) and _barred(ready, entries, line):
            found[index] = NO_RULES
    return found


def _barred(ready: Compiled, entries: Sequence[BlacklistEntry | None], line: BasketLine) -> bool:
    bits = ready.matcher.entries_of(line) if entries else 0
    named = [one for number, one in enumerate(entries) if one and bits >> number & 1]
    return NO_DISCOUNT in barred(line, named)
