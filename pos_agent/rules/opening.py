"""Phase 0: the lines as rules first see them, and prices that may not be sold at all (loyalty rules, section 3)."""

from __future__ import annotations

from pos_agent.rules.basket_values import Basket, BasketError, BasketLine
from pos_agent.rules.compiled import Compiled
from pos_agent.rules.line_state import LineState
from pos_agent.rules.problems import Problem, problem
from pos_agent.rules.scope import BlacklistEntry
from pos_agent.rules.values import Rules


def opened(ready: Compiled, rules: Rules, basket: Basket) -> tuple[LineState, ...]:
    """Gross, floors, blacklist flags, scopes. BasketError: a price above a maximum, which no rule can mend."""
    day = basket.at.date() if basket.at else None
    entries = tuple(entry if entry.in_force(day) else None for entry in ready.blacklist)
    matcher, unit_kop = ready.matcher, rules.program.min_unit_kop
    found: list[LineState] = []
    problems: list[Problem] = []
    for index, (line, scopes) in enumerate(zip(basket.lines, matcher.scopes_of_all(basket.lines), strict=True)):
        named: tuple[BlacklistEntry, ...] = ()
        if entries and (bits := matcher.entries_of(line)):
            named = tuple(one for number, one in enumerate(entries) if one is not None and bits >> number & 1)
            problems += _above(line, index, named)
        found.append(LineState(line, index, scopes, named, unit_kop))
    if problems:
        raise BasketError(problems)
    return tuple(found)


def _above(line: BasketLine, index: int, entries: tuple[BlacklistEntry, ...]) -> list[Problem]:
    return [
        problem("max_price", f"lines[{index}].price_kop", most=entry.max_kop, entry=entry.id)
        for entry in entries
        if entry.max_kop is not None and line.price_kop > entry.max_kop
    ]


def sells_itself(line: LineState) -> str:
    """A line that sells a prepayment earns nothing: what is bought with it will."""
    return f"sells {line.line.sells}" if line.line.sells else ""
