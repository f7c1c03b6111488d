"""Rules ready to run: sorted, scopes as bits, conditions as functions, what the trace says of each. Made once."""

from __future__ import annotations

from pos_agent.rules.holding import Holding
from pos_agent.rules.kinds import AFTER_SALE
from pos_agent.rules.matcher import Matcher
from pos_agent.rules.ready_rule import ReadyRule, Scopes
from pos_agent.rules.scope import EVERYTHING
from pos_agent.rules.values import Further, Rules

KEPT = "_compiled"


class ReadyProgram:
    """One currency: its settings and the bits of its scopes. `factors`: bit, numerator, denominator."""

    def __init__(self, further: Further, scopes: Scopes) -> None:
        self.program, self.accrue, self.spend = further.program, further.accrue, further.spend
        self.accrue_scope = scopes.bit(self.accrue.scope if self.accrue else EVERYTHING)
        self.spend_scope = scopes.bit(self.spend.scope if self.spend else EVERYTHING)
        factors = self.accrue.multipliers if self.accrue else ()
        self.factors = tuple((scopes.bit(one.scope), one.ratio) for one in factors)


class Compiled:
    """Everything of a rules file that does not depend on a basket."""

    def __init__(self, rules: Rules) -> None:
        scopes = Scopes()
        in_order = sorted(rules.sale_rules, key=lambda rule: (rule.phase, rule.priority, rule.id))
        queue = [rule for rule in in_order if rule.kind not in AFTER_SALE]
        self.queue = tuple(ReadyRule(rule, scopes, index) for index, rule in enumerate(queue))
        self.holding = Holding(self.queue)
        self.after = tuple(ReadyRule(rule, scopes) for rule in in_order if rule.kind in AFTER_SALE)
        self.best: dict[str, tuple[ReadyRule, ...]] = {}
        for rule in self.queue:
            if rule.policy == "best":
                self.best[rule.group] = (*self.best.get(rule.group, ()), rule)
        further = sorted(rules.programs, key=lambda one: one.program.id)
        self.programs = tuple(
            ReadyProgram(one, scopes) for one in (Further(rules.program, rules.accrue, rules.spend), *further)
        )
        self.blacklist = tuple(sorted(rules.blacklist, key=lambda entry: entry.id))  # file order: no meaning
        self.matcher = Matcher(tuple(scopes.found), self.blacklist)
        self.asking: dict[str, list[str]] = {}
        for one in sorted([one for one in rules.sale_rules if one.when.codes], key=lambda one: one.id):
            for code in one.when.codes:
                self.asking.setdefault(code, []).append(one.id)


def compiled(rules: Rules) -> Compiled:
    """Of these very rules; kept in the object itself, where equality and copies do not see it."""
    found: Compiled | None = rules.__dict__.get(KEPT)
    if found is None:
        found = rules.__dict__[KEPT] = Compiled(rules)
    return found
