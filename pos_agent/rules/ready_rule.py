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
    """One rule. `index`: its place in the queue; `checks`: keys and functions of its conditions.

    A large file has many of them: what only the trace asks for is made when it is asked for first.
    """

    __slots__ = (
        "_keys", "_skips", "_told", "buy_scope", "checks", "exclusive", "get_scope", "give", "group", "id", "index",
        "needs_customer", "of_lines", "policy", "rounding", "rule", "scope",
    )  # fmt: skip

    def __init__(self, rule: SaleRule, scopes: Scopes, index: int = 0) -> None:
        self.rule = rule
        self.index = index
        self.id = rule.id
        self.group = rule.group
        self.policy = rule.group_policy if rule.group else "all"
        self.exclusive = rule.exclusive
        self.rounding = rule.kind == ROUND_TOTAL
        self.needs_customer = rule.kind in NEEDS_CUSTOMER
        self._keys = keys = conditions.asked(rule.when)
        self.checks = tuple([(key, conditions.CHECKS[key]) for key in keys if key in conditions.CHECKS])
        self.of_lines = len(self.checks) < len(keys)
        self.scope = scopes.bit(rule.scope)
        self.give: Give | None = GIVE.get(rule.kind)
        self.buy_scope = self.get_scope = self.scope
        if rule.kind == BUY_X_GET_Y:
            buying = rule.terms.buy_scope or rule.scope
            self.buy_scope, self.get_scope = scopes.bit(buying), scopes.bit(rule.terms.get_scope or buying)
        self._told: dict[str, Any] | None = None
        self._skips: dict[tuple[str, str], Mapping[str, Any]] | None = None

    @property
    def named(self) -> dict[str, Any]:
        """How every entry of the trace names it."""
        rule = self.rule
        found: dict[str, Any] = {"rule": rule.id, "kind": rule.kind, "phase": rule.phase}
        return {**found, "name": rule.name} if rule.name else found

    @property
    def told(self) -> Mapping[str, Any]:
        """How the trace's entry of a discount begins; the same object every time, never changed."""
        if self._told is None:
            self._told = told = {"step": "discount", **self.named, "base": "gross" if self.rule.gross else "net"}
            if self._keys:
                told["when"] = list(self._keys)
            if self.group:
                told["group"] = self.group
            if self.exclusive:
                told["exclusive"] = True
        return self._told

    def skipped(self, reason: str, condition: str = "") -> Mapping[str, Any]:
        """The trace's entry of a rule that gave nothing; the same object every time, never changed."""
        if self._skips is None:
            self._skips = {}
        found = self._skips.get((reason, condition))
        if found is None:
            more = {"condition": condition} if condition else {}
            found = self._skips[reason, condition] = {"step": "skip", **self.named, "reason": reason, **more}
        return found


class Scopes:
    """Different scopes, one bit each."""

    def __init__(self) -> None:
        self.found: dict[Scope, ScopeBit] = {}

    def bit(self, scope: Scope) -> ScopeBit:
        """Its bit, a new one when it was not seen before."""
        known = self.found.get(scope)
        if known is None:
            known = self.found[scope] = ScopeBit(1 << len(self.found), scope.only_undiscounted)
        return known
