"""Levels of section 8 written plainly: every day from the first one is looked at, by the table of the four policies."""

from __future__ import annotations

from oracle.plain_ledger import Fact


def cards_of(facts: list[Fact], customer: str, day: int) -> set[str]:
    """All cards that are one person's by the evening of `day`."""
    cards, merges = {customer}, [fact for fact in facts if fact.kind == "merge" and fact.day <= day]
    for _ in merges:
        for fact in merges:
            if cards & {fact.customer, fact.into}:
                cards |= {fact.customer, fact.into}
    return cards


def metric(facts: list[Fact], customer: str, on: int, known: int, days: int) -> tuple[int, int]:
    """(net, visits) of [on - days, on) out of what is known on the evening of day `known`."""
    cards, net, visits = cards_of(facts, customer, known), 0, 0
    for sale in facts:
        if sale.kind != "sale" or sale.customer not in cards or not on - days <= sale.day < on:
            continue
        left, pieces = sale.net, sale.pieces
        backs = [fact for fact in facts if fact.of == sale.id and fact.day <= known]
        for back in sorted(backs, key=lambda fact: (fact.day, fact.id)):
            left -= back.net
            pieces -= back.pieces if back.pieces <= pieces else 0
        net += max(0, left)
        visits += left > 0 and pieces > 0
    return net, visits


def step_of(ladder: list[int], net: int) -> int:
    """The highest threshold that holds, -1 for none."""
    return max([-1, *(step for step, least in enumerate(ladder) if net >= least)])


def level(facts: list[Fact], customer: str, day: int, policy: str, ladder: list[int], days: int, hold: int = 0) -> int:
    """Step of the ladder on `day`. `one_step` is reviewed on the first of a month; day 0 is 1 January 2026."""
    first = {"immediate": day, "hold": max(0, day - hold)}.get(policy, 0)
    given = [step_of(ladder, metric(facts, customer, one, day, days)[0]) for one in range(first, day + 1)]
    if policy == "hold":
        return max(given)
    if policy == "never":
        return max(given)
    if policy == "one_step":
        found = -1
        for one, step in enumerate(given):
            found = max(step, found - 1 if one in (31, 59, 90, 120, 151) else found)
        return found
    return given[-1]
