"""Which rules hold, for all lines at once: a receipt costs lines + conditions, not lines x rules.

A condition that looks at one fact of the moment only (the weekday, the minute, the channel ...) is tried once per value
of that fact and remembered as bits of rules; the rules of a line are remembered by its scopes. What is remembered
follows from the rules alone, so it changes no answer; it is thrown away when it grows beyond reason.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

from pos_agent.rules.conditions import CHECKS, Check, Moment
from pos_agent.rules.ready_rule import ReadyRule
from pos_agent.rules.values import When

REMEMBERED = 4_096  # values of one fact; kinds of line under the same rules that hold
MOMENTS = 256  # sets of rules that hold; sets of reasons why others do not
Reasons = tuple[int, ...]
RATES = ("item_percent", "card_percent")
FACTS: Mapping[str, Callable[[Moment], Hashable]] = {
    "from": lambda now: now.day,
    "to": lambda now: now.day,
    "weekdays": lambda now: now.weekday,
    "hours": lambda now: now.minute,
    "calendars": lambda now: now.calendars,
    "channels": lambda now: now.basket.channel,
    "stores": lambda now: now.basket.store,
    "registers": lambda now: now.basket.register,
    "deliveries": lambda now: now.basket.delivery,
    "partners": lambda now: now.basket.partner,
    "payments": lambda now: now.kinds,
    "only_payments": lambda now: now.kinds,
    "segments": lambda now: now.segments,
    "variants": lambda now: now.variants,
}  # conditions that look at nothing but this; the others are tried for every receipt


class LineRules:
    """Rules that hold on a line, in the order in which they run; `best_bp`: the highest percent per item of them."""

    __slots__ = ("best_bp", "names", "rules")

    def __init__(self, rules: Sequence[ReadyRule]) -> None:
        self.rules = tuple(rules)
        self.names = [rule.id for rule in rules]
        self.best_bp = max([rule.rule.terms.bp for rule in rules if rule.rule.kind in RATES], default=0)


class Held:
    """The rules that hold at a moment. `off`: bits of those that do not, by their place in the queue.

    `skips` remembers by what made them not hold (see `Holding.at`) what the trace says of each rule, None of those that
    hold.
    """

    __slots__ = ("_of_scope", "known", "off", "skips")

    def __init__(self, off: int, of_scope: Sequence[Sequence[ReadyRule]]) -> None:
        self.off = off
        self.known: dict[int, LineRules] = {}
        self.skips: dict[Reasons, Sequence[Mapping[str, Any] | None]] = {}
        self._of_scope = of_scope

    def on(self, scopes: int) -> LineRules:
        """Of a line that lies in these scopes; `known` has those asked before."""
        found, left = list[ReadyRule](), scopes & (1 << len(self._of_scope)) - 1  # above: scopes of points
        while left:
            lowest = left & -left
            left ^= lowest
            found += self._of_scope[lowest.bit_length() - 1]
        found = [rule for rule in found if not self.off >> rule.index & 1]
        found.sort(key=lambda rule: rule.index)
        if len(self.known) >= REMEMBERED:
            self.known.clear()
        self.known[scopes] = mine = LineRules(found)
        return mine


class ByFact:
    """All conditions of one key: value of the fact -> bits of the rules that do not hold."""

    __slots__ = ("asking", "check", "fact", "known")

    def __init__(self, key: str) -> None:
        self.check, self.fact = CHECKS[key], FACTS[key]
        self.asking: list[tuple[When, int]] = []
        self.known: dict[Hashable, int] = {}

    def off(self, moment: Moment, value: Hashable) -> int:
        """A value seen for the first time."""
        bits = 0
        for when, bit in self.asking:
            if not self.check(when, moment):
                bits |= bit
        if len(self.known) >= REMEMBERED:
            self.known.clear()
        self.known[value] = bits
        return bits


class Holding:
    """Conditions of a whole queue."""

    def __init__(self, queue: Sequence[ReadyRule]) -> None:
        by_fact: dict[str, ByFact] = {}
        self._others: list[tuple[Check, When, int]] = []
        self._of_customer = 0
        self._of_scope: list[list[ReadyRule]] = []
        for rule in queue:
            bit, when, scope = 1 << rule.index, rule.rule.when, rule.scope.bit.bit_length()
            self._of_scope += [[] for _ in range(scope - len(self._of_scope))]
            self._of_scope[scope - 1].append(rule)
            if rule.needs_customer:
                self._of_customer |= bit
            for key, check in rule.checks:
                if key in FACTS:
                    by_fact.setdefault(key, ByFact(key)).asking.append((when, bit))
                else:
                    self._others.append((check, when, bit))
        self._by_fact = tuple(by_fact.values())
        self._known: dict[int, Held] = {}

    def at(self, moment: Moment) -> tuple[Held, Reasons]:
        """Which of the queue hold, and why the others do not: is there a customer, what each condition bars."""
        off = self._of_customer if moment.customer is None else 0
        reasons: list[int] = [moment.customer is None]
        for one in self._by_fact:
            value = one.fact(moment)
            bits = one.known.get(value)
            if bits is None:
                bits = one.off(moment, value)
            reasons.append(bits)
            off |= bits
        for check, when, bit in self._others:
            holds = check(when, moment)
            reasons.append(holds)
            if not holds:
                off |= bit
        found = self._known.get(off)
        if found is None:
            if len(self._known) >= MOMENTS:
                self._known.clear()
            found = self._known[off] = Held(off, self._of_scope)
        return found, tuple(reasons)
