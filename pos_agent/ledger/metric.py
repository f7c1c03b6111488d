"""Net money and visits before a day: what levels are computed from (loyalty rules, section 8)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from pos_agent.ledger.calendar import bounds
from pos_agent.ledger.order import business_date, is_return, settle
from pos_agent.ledger.returned import Pieces, returned_pieces
from pos_agent.model.events import LedgerEvent
from pos_agent.model.loyalty import ALL_TIME, Window
from pos_agent.model.receipt import DocumentId


@dataclass
class _Sale:
    """A purchase and what is left of it."""

    day: date
    net_kop: int
    pieces: Pieces
    returned: bool = False
    back_kop: int = 0

    @property
    def left_kop(self) -> int:
        return max(0, self.net_kop - self.back_kop)

    @property
    def gone(self) -> bool:
        """Returned in full: by pieces when they are known (a receipt paid by points has no money), else by money."""
        return self.pieces.all_back or (self.returned and self.back_kop >= self.net_kop > 0)


def metric_before(events: Iterable[LedgerEvent], day: date, window: Window = ALL_TIME) -> tuple[int, int]:
    """(net money in kopecks >= 0, visits) of the purchases before `day` that lie in the window.

    A return lowers the date of its sale, from the day the return is known (its own day included); one that names no
    sale lowers its own date. A receipt returned in full is no visit. Returns that wait for their sale count nothing.
    """
    start, end = bounds(window, day)
    sales, loose_kop = _purchases(events, day, start, end)
    counted = [sale for sale in sales if start <= sale.day < end]
    net_kop = sum(sale.left_kop for sale in counted) - loose_kop
    return max(0, net_kop), sum(1 for sale in counted if not sale.gone)


def _purchases(events: Iterable[LedgerEvent], day: date, start: date, end: date) -> tuple[list[_Sale], int]:
    """Sales known on `day`, with their returns taken off, and returns without a sale inside the window."""
    sales: dict[DocumentId | str, _Sale] = {}
    loose_kop = 0
    for event in settle(events, day).events:
        if event.purchase is None:
            continue
        original = event.purchase.original
        if original is not None:
            if original in sales:  # a sale with points but without money has nothing to take back
                _take_back(sales[original], event)
        elif not is_return(event):
            sold = _Sale(business_date(event), event.purchase.net_kop, Pieces(event))
            sales.setdefault(event.document or event.id, sold)
        elif start <= business_date(event) < end:
            loose_kop -= event.purchase.net_kop
    return list(sales.values()), loose_kop


def _take_back(sale: _Sale, event: LedgerEvent) -> None:
    sale.returned = True
    sale.back_kop -= event.purchase.net_kop if event.purchase else 0
    pieces = returned_pieces(event)
    if sale.pieces.fits(pieces):
        sale.pieces.give_back(pieces)
