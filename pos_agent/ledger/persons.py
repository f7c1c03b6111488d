"""Which customers are one person: cards joined by merges. A merge is one way, what it joins stays joined."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from pos_agent.ledger.order import settle
from pos_agent.model.events import EventKind, LedgerEvent, survivor


def persons(events: Iterable[LedgerEvent]) -> list[tuple[str, ...]]:
    """Customers of the events and of their merges, grouped: ids sorted, groups by their first id."""
    return sorted({tuple(sorted(group)) for group in _groups(list(events), date.max)})


def last_survivor(events: Iterable[LedgerEvent]) -> str:
    """Where all points of a person are when every known merge has happened; "" when there was none."""
    into: dict[str, str] = {}
    last = ""
    for gone, named in _joined(events):
        left, last = _root(gone, into), _root(named, into)
        if left != last:
            into[left] = last
    return last


def own_events(events: Iterable[LedgerEvent], customer: str, day: date) -> list[LedgerEvent]:
    """Events of the cards that are the customer's on `day`, merged with it or not. "" = all that are given."""
    known = list(events)
    if not customer:
        return known
    cards = next((group for group in _groups(known, day) if customer in group), {customer})
    return [event for event in known if event.customer in cards]


def _groups(events: list[LedgerEvent], through: date) -> Iterable[set[str]]:
    groups = {name: {name} for event in events for name in (event.customer, survivor(event)) if name}
    for gone, into in _joined(events, through):
        one = groups[gone] | groups[into]
        groups |= dict.fromkeys(one, one)
    return groups.values()


def _joined(events: Iterable[LedgerEvent], through: date = date.max) -> list[tuple[str, str]]:
    """(merged, survivor) in fold order."""
    merges = [event for event in events if event.kind is EventKind.MERGE and event.customer and survivor(event)]
    settled = settle(merges, through).events if merges else ()
    return [(event.customer or "", survivor(event)) for event in settled]


def _root(name: str, into: dict[str, str]) -> str:
    while name in into:
        name = into[name]
    return name
