"""`[[migration]]`: from a date on, other rules and programs hold instead of the old ones (say points for discounts).

A name is the id of a rule or of a program. Old ones end the day before, new ones begin on the day; nothing else in
the file needs dates. Points already earned stay in the ledger: `parts = ["accrue"]` ends or begins only the earning.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from pos_agent.rules.reader import Reader
from pos_agent.rules.values import AccrueRule, Further, Rules, SaleRule, SpendRule


def dated(root: Reader, rules: Rules) -> Rules:
    """The rules with the dates that the migrations give them."""
    for table in root.tables_at("migration"):
        day = table.date("on")
        table.take("on", required=True)
        old, new = table.texts("old"), table.texts("new")
        parts = table.texts("parts", allowed=("accrue", "spend"))
        _known(table, rules, old, new)
        table.done()
        if day is not None:
            rules = _moved(rules, day, frozenset(old), frozenset(new), parts or ("accrue", "spend"))
    return rules


def _known(table: Reader, rules: Rules, old: tuple[str, ...], new: tuple[str, ...]) -> None:
    if not (old or new):
        table.report("one_of", table.path, keys="old, new")
    ids = {rule.id for rule in rules.sale_rules} | {rules.program.id, *(one.program.id for one in rules.programs)}
    for key, names in (("old", old), ("new", new)):
        for name in names:
            if name not in ids:
                table.report("unknown_name", table.at(key), value=name, hint="")
    for name in sorted(set(old) & set(new)):
        table.report("duplicate", table.at("new"), value=name)


def _moved(rules: Rules, day: dt.date, old: frozenset[str], new: frozenset[str], parts: tuple[str, ...]) -> Rules:
    def bounds(name: str, start: dt.date | None, end: dt.date | None) -> tuple[dt.date | None, dt.date | None]:
        if name in old:
            end = day if end is None else min(end, day)
        if name in new:
            start = day if start is None else max(start, day)
        return start, end

    def rule(one: SaleRule) -> SaleRule:
        start, end = bounds(one.id, one.when.start, one.when.end)
        return replace(one, when=replace(one.when, start=start, end=end))

    def earning(name: str, one: AccrueRule | None) -> AccrueRule | None:
        if one is None or "accrue" not in parts:
            return one
        start, end = bounds(name, one.start, one.end)
        return replace(one, start=start, end=end)

    def spending(name: str, one: SpendRule | None) -> SpendRule | None:
        if one is None or "spend" not in parts:
            return one
        start, end = bounds(name, one.start, one.end)
        return replace(one, start=start, end=end)

    def program(one: Further) -> Further:
        return Further(one.program, earning(one.program.id, one.accrue), spending(one.program.id, one.spend))

    return replace(
        rules,
        sale_rules=tuple(rule(one) for one in rules.sale_rules),
        accrue=earning(rules.program.id, rules.accrue),
        spend=spending(rules.program.id, rules.spend),
        programs=tuple(program(one) for one in rules.programs),
    )
