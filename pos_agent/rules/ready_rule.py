"""One rule ready to run: its scopes as bits, its conditions as functions, what the trace says of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pos_agent.rules import conditions
from pos_agent.rules.discounts import GIVE, NEEDS_CUSTOMER, Give
from pos_agent.rules.scope import Scope
from pos_agent.rules.values import SaleRule

ROUND_TOTAL, BUY_X_GET_Y = "round_total", "buy_x_get_y"


class ScopeBit:
    """A scope as one bit; `undiscounted` is looked at when the rule runs."""

    __slots__ = ("bit", "undiscounted")

    def __init__(self, bit: int, undiscounted: bool) -> None:
        self.bit = bit
        self.undiscounted = undiscounted


class ReadyRule:
    """One rule. `index`: its place in the queue; `checks`: keys and functions of its conditions."""

    def __init__(self, rule: SaleRule, scopes: Scopes, index: int = 0) -> None:
        self.rule = rule
        self.index = index
        self.id = rule.id
        self.group = rule.group
        self.policy = rule.group_policy if rule.group else "all"
        self.exclusive = rule.exclusive
        self.rounding = rule.kind == ROUND_TOTAL
        self.needs_customer = rule.kind in NEEDS_CUSTOMER
        keys = conditions.asked(rule.when)
        self.checks = tuple((key, conditions.CHECKS[key]) for key in keys if key in conditions.CHECKS)
        self.of_lines = any(key in conditions.OF_LINES for key in keys)
        self.scope = scopes.bit(rule.scope)
        self.give: Give | None = GIVE.get(rule.kind)
        self.buy_scope = self.get_scope = self.scope
        if rule.kind == BUY_X_GET_Y:
            buying = rule.terms.buy_scope or rule.scope
            self.buy_scope, self.get_scope = scopes.bit(buying), scopes.bit(rule.terms.get_scope or buying)
        self.named: dict[str, Any] = {"rule": rule.id, "kind": rule.kind, "phase": rule.phase}
        if rule.name:
            self.named["name"] = rule.name
        self.told: dict[str, Any] = {"step": "discount", **self.named, "base": "gross" if rule.gross else "net"}
        if keys:
            self.told["when"] = list(keys)
        if rule.group:
            self.told["group"] = rule.group
        if rule.exclusive:
            self.told["exclusive"] = True
        self._skips: dict[tuple[str, str], Mapping[str, Any]] = {}

    def skipped(self, reason: str, condition: str = "") -> Mapping[str, Any]:
        """The trace's entry of a rule that gave nothing; the same object every time, never changed."""
        found = self._skips.get((reason, condition))
        if found is None:
            more = {"condition": condition} if condition else {}
            found = self._skips[reason, condition] = {"step": "skip", **self.named, "reason": reason, **more}
        return found


class Scopes:
    """Different scopes, one bit each."""

    def __init__(self) -> None:
        self.found: dict[Scope, int] = {}

    def bit(self, scope: Scope) -> ScopeBit:
        """Its bit, a new one when it was not seen before."""
        number = self.found.setdefault(scope, len(self.found))
        return ScopeBit(1 << number, scope.only_undiscounted)
