"""`[[rule]]`: common keys of every kind, and what concerns several rules together. Tables -> values."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pos_agent.rules.kinds import AFTER, AFTER_SALE, ITEM, KINDS, ROUNDING
from pos_agent.rules.reader import Reader
from pos_agent.rules.tables import MAX_BP, scope
from pos_agent.rules.values import SaleRule, made
from pos_agent.rules.when_table import repeated, when

__all__ = ["KINDS", "check_together", "sale_rule"]
DEFAULT_PRIORITY = 100
POLICIES, BASES = ("best", "first", "all"), ("net", "gross")
READING_AFTER: Mapping[str, tuple[str, Callable[[Reader], object]]] = {
    "name": ("name", lambda reader: reader.text("name")),
    "base": ("gross", lambda reader: reader.choice("base", BASES, "net") == "gross"),
}  # keys of every kind that few rules have -> field and how it is read
READING: Mapping[str, tuple[str, Callable[[Reader], object]]] = {
    "name": READING_AFTER["name"],
    "group": ("group", lambda reader: reader.text("group", limit=64)),
    "group_policy": ("group_policy", lambda reader: reader.choice("group_policy", POLICIES, "all")),
    "exclusive": ("exclusive", lambda reader: reader.flag("exclusive")),
    "base": READING_AFTER["base"],
}


def sale_rule(reader: Reader) -> SaleRule | None:
    """One rule; None (and a problem) when its kind is unknown: its other keys cannot be judged then."""
    kind = reader.text("kind", required=True)
    if kind not in KINDS:
        if kind:
            reader.unknown_word("kind", kind, tuple(KINDS))
        return None
    phase, parameters = KINDS[kind]
    after = kind in AFTER_SALE
    table, reading = reader.table, READING_AFTER if after else READING
    found = made(
        SaleRule,
        id=reader.text("id", required=True, limit=64),
        kind=kind,
        phase=AFTER if after else reader.integer("phase", phase, least=ITEM, most=ROUNDING),
        priority=reader.integer("priority", DEFAULT_PRIORITY, least=-MAX_BP, most=MAX_BP),
        **{name: read(reader) for key, (name, read) in reading.items() if key in table},
        scope=scope(reader, "scope"),
        when=when(reader),
        terms=parameters(reader),
    )
    reader.known(reading)
    reader.done()
    return found


def check_together(reader: Reader, rules: list[SaleRule]) -> None:
    """What concerns several rules: ids, groups, stamp counters (loyalty rules, section 1)."""
    for code, ids in (
        ("duplicate", [rule.id for rule in rules]),
        ("punch_cards", [rule.terms.counter for rule in rules if rule.kind == "punch_card"]),
    ):
        for twice in repeated(ids):
            reader.report(code, reader.at("rule"), value=twice)
    groups: dict[str, set[tuple[int, str]]] = {}
    for rule in rules:
        if rule.group:
            groups.setdefault(rule.group, set()).add((rule.phase, rule.group_policy))
    for group, settings in groups.items():
        if len(settings) > 1:
            reader.report("group", reader.at("rule"), value=group)
