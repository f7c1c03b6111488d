"""Points that left the program: to funds as donations, to and from partner programs by exchange. Pure.

Read off the events of orders: `facts["fund"]` of a donation; `facts["partner"]`, `["way"]` and `["partner_pt"]` of an
exchange. What a program owes for them is between it and the fund or the partner; here is how much it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from pos_agent.ledger.order import business_date
from pos_agent.model.events import EventKind, LedgerEvent
from pos_agent.money import half_up


@dataclass(frozen=True)
class Donated:
    """`amount_pt` hundredths given to the fund, less what went back with returned receipts; `sum_kop` at the rate."""

    fund: str
    amount_pt: int
    sum_kop: int


@dataclass(frozen=True)
class Exchanged:
    """`way` out: the partner gives `partner_pt` of its own for `amount_pt` of ours; in: the other way round."""

    partner: str
    way: str
    amount_pt: int
    partner_pt: int


def donated(
    events: Iterable[LedgerEvent], start: date, end: date, program: str, kop_per_pt: tuple[int, int] = (1, 1)
) -> tuple[Donated, ...]:
    """Of business dates start <= d < end, by fund; the sum of a fund is rounded once, half up. 0 is left out."""
    sums: dict[str, int] = {}
    for event, amount_pt in _orders(events, start, end, program, "fund"):
        fund = str(event.facts["fund"])
        sums[fund] = sums.get(fund, 0) - amount_pt
    kop, pt = kop_per_pt
    rows = sorted(sums.items())
    return tuple(Donated(fund, left, half_up(Fraction(left * kop, pt))) for fund, left in rows if left)


def exchanged(events: Iterable[LedgerEvent], start: date, end: date, program: str) -> tuple[Exchanged, ...]:
    """Of business dates start <= d < end, by partner and way."""
    sums: dict[tuple[str, str], tuple[int, int]] = {}
    for event, amount_pt in _orders(events, start, end, program, "partner"):
        key = str(event.facts["partner"]), str(event.facts.get("way", ""))
        ours, theirs = sums.get(key, (0, 0))
        sums[key] = ours + abs(amount_pt), theirs + int(event.facts.get("partner_pt", 0))
    return tuple(Exchanged(*key, *both) for key, both in sorted(sums.items()))


def _orders(
    events: Iterable[LedgerEvent], start: date, end: date, program: str, fact: str
) -> Iterable[tuple[LedgerEvent, int]]:
    known = {event.id: event for event in events if event.kind is EventKind.ADJUST and event.facts.get(fact)}
    for event in known.values():
        if start <= business_date(event) < end:
            yield event, sum(entry.amount_pt or 0 for entry in event.entries if entry.program == program)
