"""Net money and visits before a day: what levels are computed from (loyalty rules, section 8)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import accumulate

from pos_agent.ledger.calendar import bounds
from pos_agent.ledger.order import business_date, is_return, settle
from pos_agent.ledger.persons import own_events
from pos_agent.ledger.returned import Pieces, returned_pieces
from pos_agent.model.events import LedgerEvent
from pos_agent.model.loyalty import ALL_TIME, Window
from pos_agent.model.receipt import DocumentId


@dataclass
class _Sale:
    """A purchase and what is left of it."""

    day: date
    net_kop: int
    event: LedgerEvent
    returned: bool = False
    back_kop: int = 0

    @cached_property
    def pieces(self) -> Pieces:
        """Its lines: looked at when something of it came back, which is seldom."""
        return Pieces(self.event)

    @property
    def left_kop(self) -> int:
        return max(0, self.net_kop - self.back_kop)

    @property
    def gone(self) -> bool:
        """Returned in full: by pieces when they are known (a receipt paid by points has no money), else by money."""
        return self.returned and (self.pieces.all_back or self.back_kop >= self.net_kop > 0)


class Purchases:
    """What is left of a customer's purchases, as known on a day: returns lower the date of their sale from the day
    they are known (that day included); one that names no sale lowers its own date. A receipt returned in full is no
    visit. Returns that wait for their sale count nothing.
    """

    def __init__(self, events: Iterable[LedgerEvent], known_on: date, customer: str = "") -> None:
        """Events of one person; `customer` limits them to its cards of that day."""
        moved: dict[date, tuple[int, int]] = {}
        for day, net_kop, visits in _remaining(own_events(events, customer, known_on), known_on):
            kop, count = moved.get(day, (0, 0))
            moved[day] = kop + net_kop, count + visits
        self.days = sorted(moved)
        self._kop = [0, *accumulate(moved[day][0] for day in self.days)]
        self._visits = [0, *accumulate(moved[day][1] for day in self.days)]

    def before(self, day: date, window: Window = ALL_TIME) -> tuple[int, int]:
        """(net money in kopecks >= 0, visits) of the purchases before `day` that lie in its window."""
        start, end = (bisect_left(self.days, edge) for edge in bounds(window, day))
        return max(0, self._kop[end] - self._kop[start]), self._visits[end] - self._visits[start]


def metric_before(
    events: Iterable[LedgerEvent], day: date, window: Window = ALL_TIME, customer: str = ""
) -> tuple[int, int]:
    """(net money in kopecks >= 0, visits) that a level on `day` looks at; see `Purchases`."""
    return Purchases(events, day, customer).before(day, window)


def _remaining(events: Iterable[LedgerEvent], known_on: date) -> Iterator[tuple[date, int, int]]:
    """(day, net kopecks left, visits) of every sale, and returns without a sale as negative money."""
    sales: dict[DocumentId | str, _Sale] = {}
    for event in settle(events, known_on).events:
        if event.purchase is None:
            continue
        original = event.purchase.original
        if original is not None:
            if original in sales:  # a sale with points but without money has nothing to take back
                _take_back(sales[original], event)
        elif not is_return(event):
            sold = _Sale(business_date(event), event.purchase.net_kop, event)
            sales.setdefault(event.document or event.id, sold)
        else:
            yield business_date(event), event.purchase.net_kop, 0
    for sale in sales.values():
        yield sale.day, sale.left_kop, int(not sale.gone)


def _take_back(sale: _Sale, event: LedgerEvent) -> None:
    sale.returned = True
    sale.back_kop -= event.purchase.net_kop if event.purchase else 0
    pieces = returned_pieces(event)
    if sale.pieces.fits(pieces):
        sale.pieces.give_back(pieces)
