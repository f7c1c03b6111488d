"""A heap of events, in any order and with repetitions -> the one order in which they are folded (section 10)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from pos_agent.ledger.calendar import instant
from pos_agent.ledger.canonical import event_to_json
from pos_agent.model.events import EntryKind, EventKind, LedgerEvent
from pos_agent.model.receipt import DocumentId

DATE_EVENTS = frozenset({EventKind.LOT_ACTIVE, EventKind.LOT_EXPIRED})
Place = tuple[tuple[date, datetime, str], ...]


@dataclass(frozen=True)
class Quarantined:
    """An event kept as a fact and left out of points. Reasons: see `fold` and `settle`."""

    event: str
    reason: str


@dataclass(frozen=True)
class Settled:
    """`events` in fold order. `sales` by document. `waiting`: returns whose sale is not known (yet).

    `recorded`: ids of the date events (LOT_ACTIVE, LOT_EXPIRED) seen; they record what dates do and change nothing.
    """

    events: tuple[LedgerEvent, ...]
    sales: Mapping[DocumentId, LedgerEvent]
    waiting: tuple[str, ...]
    conflicts: tuple[Quarantined, ...]
    recorded: frozenset[str]


def settle(events: Iterable[LedgerEvent], through: date) -> Settled:
    """Events with a business date up to `through`, once each, in order: business date, UTC instant, id.

    A return never comes before its sale: one dated earlier (two clocks) is placed right after it. Two contents under
    one id: the one with the lesser canonical text is folded, so that any order of arrival gives the same state, and
    the id is reported in `conflicts` as "other content"; a store that inserts only keeps the first and never gets here.
    ValueError when `at` or `business_date` are no dates.
    """
    kept, conflicts = _once(events)
    recorded = frozenset(event.id for event in kept if event.kind in DATE_EVENTS)
    facts = [event for event in kept if event.kind not in DATE_EVENTS and business_date(event) <= through]
    latest_first = sorted(facts, key=_own_place, reverse=True)
    sales = {event.document: event for event in latest_first if event.document is not None and not is_return(event)}
    ready: list[LedgerEvent] = []
    waiting: list[LedgerEvent] = []
    for event in facts:
        original = _original(event)
        (ready if original is None or original in sales else waiting).append(event)
    return Settled(
        events=tuple(sorted(ready, key=lambda event: _place(event, sales))),
        sales=sales,
        waiting=tuple(sorted(event.id for event in waiting)),
        conflicts=conflicts,
        recorded=recorded,
    )


def business_date(event: LedgerEvent) -> date:
    """The event's business date."""
    return date.fromisoformat(event.business_date)


def is_return(event: LedgerEvent) -> bool:
    """Does the event take back (part of) an earlier sale?"""
    if event.purchase is not None and (event.purchase.original is not None or event.purchase.net_kop < 0):
        return True
    return any(entry.kind in (EntryKind.REVERSE, EntryKind.RESTORE) for entry in event.entries)


def _once(events: Iterable[LedgerEvent]) -> tuple[list[LedgerEvent], tuple[Quarantined, ...]]:
    kept: dict[str, LedgerEvent] = {}
    conflicts: set[str] = set()
    for event in events:
        known = kept.setdefault(event.id, event)
        if known == event or event.kind in DATE_EVENTS:
            continue
        conflicts.add(event.id)
        kept[event.id] = min(known, event, key=event_to_json)
    return list(kept.values()), tuple(Quarantined(found, "other content") for found in sorted(conflicts))


def _original(event: LedgerEvent) -> DocumentId | None:
    return event.purchase.original if event.purchase else None


def _own_place(event: LedgerEvent) -> tuple[date, datetime, str]:
    return business_date(event), instant(event.at), event.id


def _place(event: LedgerEvent, sales: Mapping[DocumentId, LedgerEvent]) -> Place:
    own = _own_place(event)
    original = _original(event)
    sale = _own_place(sales[original]) if original is not None else own
    return (own,) if own >= sale else (sale, own)
