"""A paid membership: goods that put their buyer into a segment for some days. Pure: read off the ledger each time.

Nothing is written for it, so a return ends it, and two registers that see the same receipts say the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from pos_agent.ledger.order import business_date
from pos_agent.model.events import LedgerEvent
from pos_agent.model.receipt import Operation
from pos_agent.money import MICRO
from pos_agent.rules.club_terms import SubscriptionTerms
from pos_agent.rules.scope import Scope
from pos_agent.rules.values import Rules


@dataclass(frozen=True)
class Membership:
    """`first` to `last` are days in the segment, both included."""

    id: str
    segment: str
    first: date
    last: date


def segments(rules: Rules, events: Sequence[LedgerEvent], day: date) -> frozenset[str]:
    """Segments that were bought and are in force on a day."""
    if not rules.club.subscriptions:
        return frozenset()
    return frozenset(one.segment for one in memberships(rules, events) if one.first <= day <= one.last)


def memberships(rules: Rules, events: Sequence[LedgerEvent]) -> tuple[Membership, ...]:
    """What the person bought and has not brought back. Bought again while in force, it goes on from its end.

    Terms are those of the rules in force. Every whole unit counts; `events` are of one person.
    """
    found: list[Membership] = []
    for terms in rules.club.subscriptions:
        end: date | None = None
        for day, units in sorted(_bought(terms, events), key=lambda one: one[0]):
            first = day if end is None or end < day else end + timedelta(days=1)
            end = first + timedelta(days=terms.days * units - 1)
            found.append(Membership(terms.id, terms.segment, first, end))
    return tuple(found)


def _bought(terms: SubscriptionTerms, events: Iterable[LedgerEvent]) -> list[tuple[date, int]]:
    """(day, whole units left) of every sale of it."""
    known = list(events)
    back = _returned(known)
    found = []
    for event in known:
        if event.facts.get("operation") != int(Operation.SALE):
            continue
        document = str(event.document)
        for line in event.facts.get("lines", ()):
            left = line["quantity_micro"] - back.get((document, line["number"]), 0)
            if left >= MICRO and _covers(terms.sold, line):
                found.append((business_date(event), left // MICRO))
    return found


def _returned(events: Iterable[LedgerEvent]) -> dict[tuple[str, int], int]:
    """(sale, line) -> millionths brought back."""
    back: dict[tuple[str, int], int] = {}
    for event in events:
        for part in event.facts.get("returned", ()):
            key = (str(event.facts.get("original", "")), part["number"])
            back[key] = back.get(key, 0) + part["quantity_micro"]
    return back


@dataclass(frozen=True)
class _Goods:
    """What the ledger keeps of a sold line, as a scope looks at it."""

    name: str
    sku: str
    gtin: str
    quantity_micro: int
    id: str = ""
    category: str = ""
    barcode: str = ""
    discounted: bool = False


def _covers(scope: Scope, line: Mapping[str, Any]) -> bool:
    return scope.matches(_Goods(line["name"], line.get("sku", ""), line.get("gtin", ""), line["quantity_micro"]))
