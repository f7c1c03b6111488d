"""Which rules run, in which order, and what one does to the others (loyalty rules, sections 3 and 4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pos_agent.rules import sets
from pos_agent.rules.compiled import Compiled
from pos_agent.rules.conditions import CHECKS, OF_CUSTOMER, Moment
from pos_agent.rules.discounts import BP, base_of
from pos_agent.rules.holding import MOMENTS, Held, Reasons
from pos_agent.rules.line_state import LineState
from pos_agent.rules.offer import CONDITION, EXCLUDED, LOST, NO_CUSTOMER, NOT_IN_SCOPE, Offer, nothing
from pos_agent.rules.ready_rule import ReadyRule, ScopeBit

Lines = Sequence[LineState]
REFUSED = (NO_CUSTOMER, CONDITION, NOT_IN_SCOPE)


class Stacking:
    """Phases 1 to 5 of one receipt. Make it, `run` it once, read what it left.

    `lines` are changed in place; `applied` rule ids in order; `exclusive` the rule that shut out later ones or "";
    `stamps` counters that moved; `trace` one entry per rule, JSON values.
    """

    def __init__(self, ready: Compiled, moment: Moment, lines: Lines, max_discount_bp: int | None) -> None:
        self.lines = lines
        self.applied: list[str] = []
        self.exclusive = ""
        self.stamps: dict[str, int] = {}
        self.trace: list[Mapping[str, Any]] = []
        self._ready = ready
        self._moment = moment
        self._open = [line for line in lines if line.open_to_discounts]
        self._scoped: dict[int, list[LineState]] = {}
        held, reasons = ready.holding.at(moment)
        self._off = held.off
        self._skips = held.skips.get(reasons) or self._learned(held, reasons)
        self._mine: list[list[LineState]] = [[] for _ in ready.queue]
        known, on, mine = held.known, held.on, self._mine
        for line in self._open:
            for rule in (known.get(line.scopes) or on(line.scopes)).rules:
                mine[rule.index].append(line)
        self._won: dict[str, str] = {}  # group -> the rule that took it
        self._left_kop: int | None = None
        if max_discount_bp is not None:
            self._left_kop = max_discount_bp * sum([line.gross_kop for line in lines]) // BP

    def _learned(self, held: Held, reasons: Reasons) -> Sequence[Mapping[str, Any] | None]:
        """What the trace says of each rule that does not hold now; the same whenever the same reasons come together."""
        if len(held.skips) >= MOMENTS:
            held.skips.clear()
        found: list[Mapping[str, Any] | None] = []
        for rule in self._ready.queue:
            refused = refusal(rule, self._moment) if held.off >> rule.index & 1 else None
            found.append(rule.skipped(refused.reason, refused.facts.get("condition", "")) if refused else None)
        held.skips[reasons] = found
        return found

    def run(self) -> None:
        """Try every rule once."""
        tried: set[str] = set()
        for rule, skip in zip(self._ready.queue, self._skips, strict=True):
            if skip is not None and rule.policy == "all" and not self.exclusive:
                self.trace.append(skip)
            elif rule.policy == "best":
                if rule.group not in tried:
                    tried.add(rule.group)
                    self._best(self._ready.best[rule.group])
            elif self._may_run(rule):
                self._settle(rule, self._offer(rule))

    def _best(self, members: Sequence[ReadyRule]) -> None:
        """All from the same state, the largest is applied; `members` come in the order that settles ties."""
        offers = [(rule, self._offer(rule)) for rule in members if self._may_run(rule)]
        if not offers:
            return
        winner, best = max(offers, key=lambda pair: pair[1].total_kop)  # the first of equal ones
        for rule, found in offers:
            if rule is winner or not best.total_kop:
                self._settle(rule, found)
            elif found.total_kop:
                lost = {"group": rule.group, "to": winner.id, "offered_kop": found.total_kop}
                self.trace.append({**rule.skipped(LOST), **lost})
            else:
                self._skip(rule, found)

    def _may_run(self, rule: ReadyRule) -> bool:
        """May the rule run at all? If not, the trace says why."""
        if self.exclusive and not rule.rounding:
            self.trace.append({**rule.skipped(EXCLUDED), "by": self.exclusive})
        elif rule.policy == "first" and rule.group in self._won:
            self.trace.append({**rule.skipped(LOST), "group": rule.group, "to": self._won[rule.group]})
        else:
            return True
        return False

    def _offer(self, rule: ReadyRule) -> Offer:
        """As it would really be given: after rooms and the ceiling."""
        if self._off >> rule.index & 1 and (refused := refusal(rule, self._moment)):
            return refused
        mine = self._mine[rule.index]
        if rule.scope.undiscounted:
            mine = [line for line in mine if not line.discounted]
        if not mine and rule.give is not None:  # buy_x_get_y has scopes of its own
            return NOT_HERE
        if rule.of_lines and (refused := too_little(rule, mine)):
            return refused
        if rule.give is not None:
            found = rule.give(rule.rule, self._moment.basket, self.lines, mine)
        else:
            found = sets.buy_x_get_y(rule.rule, self._lines_of(rule.buy_scope), self._lines_of(rule.get_scope))
        return found if rule.rounding or self._left_kop is None else found.within(self._left_kop)

    def _lines_of(self, scope: ScopeBit) -> Lines:
        """Open lines of a scope, in the basket's order."""
        found = self._scoped.get(scope.bit)
        if found is None:
            bit = scope.bit
            found = [line for line in self._open if line.scopes & bit]
            if not scope.undiscounted:
                self._scoped[bit] = found
        return [line for line in found if not line.discounted] if scope.undiscounted else found

    def _settle(self, rule: ReadyRule, found: Offer) -> None:
        """Apply the offer, or note why it is nothing. Stamps move either way."""
        if found.stamps:
            self.stamps[found.stamps[0]] = found.stamps[1]
        if not found.total_kop:
            self._skip(rule, found)
            return
        name, counts = rule.id, not rule.rounding
        for line, kop in found.parts:
            line.net_kop -= kop
            line.discounts[name] = kop
            line.discounted = line.discounted or counts
        free = rule.rule.terms.bp == BP and "ceiling_left_kop" not in found.facts
        for line, units in found.taken or ():
            line.taken += units
            line.gifts += units if free else 0
        if found.taken is not None:
            for line, kop in found.parts:
                line.set_off_kop += kop
        self.applied.append(rule.id)
        if not rule.rounding and self._left_kop is not None:
            self._left_kop -= found.total_kop
        if rule.group:
            self._won.setdefault(rule.group, rule.id)
        if rule.exclusive and not self.exclusive:
            self.exclusive = rule.id
        lines = {line.id: kop for line, kop in found.parts}
        self.trace.append({**rule.told, **found.facts, "total_kop": found.total_kop, "lines": lines})

    def _skip(self, rule: ReadyRule, found: Offer) -> None:
        facts = found.facts
        if found.reason in REFUSED:
            entry = rule.skipped(found.reason, facts.get("condition", ""))
            self.trace.append(entry if len(facts) < 2 else {**entry, **facts})
        else:
            self.trace.append({**rule.skipped(found.reason), **facts} if facts else rule.skipped(found.reason))


NOT_HERE = nothing(NOT_IN_SCOPE)
ANONYMOUS = nothing(NO_CUSTOMER)
FAILED = {key: nothing(CONDITION, {"condition": key}) for key in CHECKS}
LACKING = {key: nothing(NO_CUSTOMER, {"condition": key}) for key in OF_CUSTOMER}


def refusal(rule: ReadyRule, moment: Moment) -> Offer | None:
    """Why the rule does not run for this basket at all; None when it may. Conditions of lines are asked later."""
    if rule.needs_customer and moment.customer is None:
        return ANONYMOUS
    when = rule.rule.when
    for key, holds in rule.checks:
        if not holds(when, moment):
            return LACKING[key] if moment.customer is None and key in OF_CUSTOMER else FAILED[key]
    return None


def too_little(rule: ReadyRule, mine: Lines) -> Offer | None:
    """The first condition on the lines of the rule that does not hold."""
    when, total_kop = rule.rule.when, base_of(rule.rule, mine)
    if total_kop < when.min_total_kop:
        return nothing(CONDITION, {"condition": "min_total_kop", "total_kop": total_kop})
    if when.max_total_kop is not None and total_kop > when.max_total_kop:
        return nothing(CONDITION, {"condition": "max_total_kop", "total_kop": total_kop})
    micro = sum([line.quantity_micro for line in mine])
    if micro < when.min_micro:
        return nothing(CONDITION, {"condition": "min_qty", "quantity_micro": micro})
    if when.max_micro is not None and micro > when.max_micro:
        return nothing(CONDITION, {"condition": "max_qty", "quantity_micro": micro})
    return None
