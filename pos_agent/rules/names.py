"""Names that one part of a rules file uses and another defines: calendars, experiments, batches, programs."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from pos_agent.rules.reader import Reader, nearest
from pos_agent.rules.values import Rules, SaleRule


def check(root: Reader, rules: Rules) -> None:
    """Report every name that nothing defines."""
    programs = {rules.program.id, *(one.program.id for one in rules.programs)}
    calendars = {one.id for one in rules.calendars}
    batches = {one.id for one in rules.batches}
    variants = {f"{one.id}:{group}" for one in rules.experiments for group, _ in one.groups}
    for number, one in enumerate(rules.prepaid):
        _known(root, f"prepaid[{number}].batch", (one.batch,), batches)
    naming = [rule for rule in rules.sale_rules if _names_something(rule)]
    places = _places(root) if naming else {}
    for rule in naming:
        when, terms = rule.when, rule.terms
        path = places.get(rule.id, "rule")
        _known(root, f"{path}.when.calendars", when.calendars, calendars)
        _known(root, f"{path}.when.not_calendars", when.not_calendars, calendars)
        _known(root, f"{path}.when.batches", when.batches, batches)
        _known(root, f"{path}.when.variants", when.variants, variants)
        _known(root, f"{path}.program", (terms.program,), programs)
        _known(root, f"{path}.batch", (terms.batch,), batches)


def _names_something(rule: SaleRule) -> bool:
    when, terms = rule.when, rule.terms
    return bool(when.calendars or when.not_calendars or when.batches or when.variants or terms.program or terms.batch)


def _places(root: Reader) -> dict[str, str]:
    tables = root.table.get("rule")
    found = enumerate(tables) if isinstance(tables, list) else ()
    return {str(one.get("id")): f"rule[{number}]" for number, one in found if isinstance(one, dict)}


def _known(root: Reader, path: str, used: Iterable[str], known: Collection[str]) -> None:
    for name in used:
        if name and name not in known:
            root.report("unknown_name", path, value=name, hint=nearest(name, known))


def hashed(rules: Rules, digest: str) -> Rules:
    """The rules with their hash."""
    return replace(rules, hash=digest)
