"""Which rules run, in which order, and what one does to the others (loyalty rules, sections 3 and 4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pos_agent.rules import conditions
from pos_agent.rules.accrue import BP
from pos_agent.rules.basket import Basket
from pos_agent.rules.discounts import offer
from pos_agent.rules.line_state import LineState
from pos_agent.rules.offer import EXCLUDED, LOST, Offer
from pos_agent.rules.values import Rules, SaleRule

ROUND_TOTAL = "round_total"


class Stacking:
    """Phases 1 to 5 of one receipt. Make it, `run` it once, read what it left.

    `lines` after all discounts; `applied` rule ids in order; `exclusive` the rule that shut out later ones or "";
    `stamps` counters that moved; `trace` one entry per rule, JSON values.
    """

    def __init__(self, rules: Rules, basket: Basket, lines: Sequence[LineState]) -> None:
        self.lines = tuple(lines)
        self.applied: list[str] = []
        self.exclusive = ""
        self.stamps: dict[str, int] = {}
        self.trace: list[dict[str, Any]] = []
        self._basket = basket
        self._queue = in_order(rules.sale_rules)
        self._won: dict[str, str] = {}  # group -> the rule that took it
        self._left_kop = _ceiling(rules.program.max_discount_bp, lines)

    def run(self) -> None:
        """Try every rule once."""
        tried: set[str] = set()
        for rule in self._queue:
            if rule.id in tried:
                continue
            if rule.group and rule.group_policy == "best":
                members = [one for one in self._queue if one.group == rule.group]
                tried |= {one.id for one in members}
                self._best(members)
            elif self._open(rule):
                self._settle(rule, self._offer(rule))

    def _best(self, members: Sequence[SaleRule]) -> None:
        """All from the same state, the largest is applied; `members` come in the order that settles ties."""
        offers = [(rule, self._offer(rule)) for rule in members if self._open(rule)]
        if not offers:
            return
        winner, best = max(offers, key=lambda pair: pair[1].total_kop)  # the first of equal ones
        for rule, found in offers:
            if rule is winner or not best.total_kop:
                self._settle(rule, found)
            elif found.total_kop:
                self._skip(rule, LOST, group=rule.group, to=winner.id, offered_kop=found.total_kop)
            else:
                self._skip(rule, found.reason, **found.facts)

    def _open(self, rule: SaleRule) -> bool:
        """May the rule run at all? If not, the trace says why."""
        if self.exclusive and rule.kind != ROUND_TOTAL:
            self._skip(rule, EXCLUDED, by=self.exclusive)
        elif rule.group_policy == "first" and rule.group in self._won:
            self._skip(rule, LOST, group=rule.group, to=self._won[rule.group])
        else:
            return True
        return False

    def _offer(self, rule: SaleRule) -> Offer:
        """As it would really be given: after rooms and the ceiling."""
        found = offer(rule, self._basket, self.lines)
        return found if rule.kind == ROUND_TOTAL or self._left_kop is None else found.within(self._left_kop)

    def _settle(self, rule: SaleRule, found: Offer) -> None:
        """Apply the offer, or note why it is nothing. Stamps move either way."""
        if found.stamps:
            self.stamps[found.stamps[0]] = found.stamps[1]
        if not found.total_kop:
            self._skip(rule, found.reason, **found.facts)
            return
        self.lines = _less(self.lines, rule, found)
        self.applied.append(rule.id)
        if rule.kind != ROUND_TOTAL and self._left_kop is not None:
            self._left_kop -= found.total_kop
        if rule.group:
            self._won.setdefault(rule.group, rule.id)
        if rule.exclusive and not self.exclusive:
            self.exclusive = rule.id
        self.trace.append(_applied(rule, found, self.lines))

    def _skip(self, rule: SaleRule, reason: str, **facts: object) -> None:
        self.trace.append({"step": "skip", **_named(rule), "reason": reason, **facts})


def in_order(rules: Iterable[SaleRule]) -> list[SaleRule]:
    """Phase, priority, then id by code points; the order in the file has no meaning."""
    return sorted(rules, key=lambda rule: (rule.phase, rule.priority, rule.id))


def _ceiling(max_discount_bp: int | None, lines: Sequence[LineState]) -> int | None:
    if max_discount_bp is None:
        return None
    return max_discount_bp * sum(line.gross_kop for line in lines) // BP


def _less(lines: Sequence[LineState], rule: SaleRule, found: Offer) -> tuple[LineState, ...]:
    units: Sequence[int | None] = found.taken if found.taken is not None else (None,) * len(lines)
    rounding = rule.kind == ROUND_TOTAL
    return tuple(
        line.less(rule.id, kop, rounding=rounding, set_units=given)
        for line, kop, given in zip(lines, found.parts, units, strict=True)
    )


def _applied(rule: SaleRule, found: Offer, lines: Sequence[LineState]) -> dict[str, Any]:
    parts = {line.id: kop for line, kop in zip(lines, found.parts, strict=True) if kop}
    held: Mapping[str, Any] = {"when": list(conditions.asked(rule.when))} if conditions.asked(rule.when) else {}
    group = {"group": rule.group} if rule.group else {}
    base = "gross" if rule.gross else "net"
    facts = {"base": base, **held, **group, "exclusive": rule.exclusive, **found.facts}
    return {"step": "discount", **_named(rule), **facts, "total_kop": found.total_kop, "lines": parts}


def _named(rule: SaleRule) -> dict[str, Any]:
    name = {"name": rule.name} if rule.name else {}
    return {"rule": rule.id, **name, "kind": rule.kind, "phase": rule.phase}
