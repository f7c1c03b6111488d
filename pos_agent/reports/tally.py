"""Sums that metrics are made of: one cell for every period and slice. Memory: customers, never documents. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from pos_agent.model.events import LedgerEvent
from pos_agent.reports.people import Documents, Person, Place, Refund, Sale
from pos_agent.reports.periods import DAY, Calendar

Slice = tuple[str, ...]
SliceOf = Callable[[Place, str], Slice]  # (place, person or "") -> the row of the report


@dataclass
class Buyer:
    """One customer with a receipt in the period."""

    last: date
    receipts: int
    kop: int


@dataclass
class Cell:
    """One slice of one period. Money is net of returns, kopecks; receipts are those that stand at its end.

    `members`, `others`: money and buyers of customers with and without an account. `start`, `end`: customers active
    then; `kept`: of the start with a purchase in the period; `fresh`: active at the end, first purchase in the period.
    """

    kop: int = 0
    receipts: int = 0
    card_kop: int = 0
    card_receipts: int = 0
    discount_kop: int = 0
    member_kop: int = 0
    other_kop: int = 0
    member_buyers: int = 0
    other_buyers: int = 0
    start: int = 0
    end: int = 0
    fresh: int = 0
    kept: int = 0
    repeat: int = 0
    identified: int = 0  # customers known by the end
    accounts: int = 0  # of them with an account
    buyers: dict[str, Buyer] = field(default_factory=dict)


@dataclass
class Cohort:
    """Customers whose first receipt is of one month: how many, and their money by age in months."""

    customers: int = 0
    kop: dict[int, int] = field(default_factory=dict)


class Tally:
    """Takes persons one by one and everybody else document by document; `cells` is what comes of it.

    `active_days`: a customer is active on a day with a receipt on it or on the days before, so many in all.
    """

    def __init__(self, calendar: Calendar, slice_of: SliceOf, active_days: int) -> None:
        self.calendar, self.active_days = calendar, active_days
        self.cells: dict[tuple[int, Slice], Cell] = {}
        self.cohorts: dict[Slice, dict[str, Cohort]] = {}
        self._slice_of = slice_of

    def cell(self, period: int, row: Slice) -> Cell:
        """The cell, an empty one at first."""
        return self.cells.setdefault((period, row), Cell())

    def strangers(self, events: Iterable[LedgerEvent], documents: Documents) -> None:
        """Documents without a customer, one after the other."""
        for event in events:
            document, gone = documents.read(event)
            if document is not None:
                self._document(document, self._slice_of(document.place, ""), card=False)
            if isinstance(document, Sale):
                self._count(document, 1)
            if gone is not None:
                self._count(gone, -1)

    def person(self, who: Person) -> None:
        """All of one customer."""
        rows: dict[Slice, Person] = {}
        for document in who.documents:
            row = self._slice_of(document.place, who.id)
            self._document(document, row, card=True, member=who.member)
            mine = rows.setdefault(row, Person(who.id, member=who.member))
            mine.add(document)
        for row, mine in rows.items():
            self._receipts(mine, row)
            self._activity(mine, row)
            self._cohort(mine, row)

    def _document(self, document: Sale | Refund, row: Slice, card: bool, member: bool = False) -> None:
        period = self.calendar.holding(document.day)
        if period is None:
            return
        cell = self.cell(period, row)
        kop = document.net_kop
        cell.kop += kop
        if isinstance(document, Sale):
            cell.discount_kop += document.discount_kop
        if card:
            cell.card_kop += kop
            cell.member_kop += kop if member else 0
            cell.other_kop += 0 if member else kop

    def _count(self, sale: Sale, more: int) -> None:
        """A stranger's receipt: one more, or one less in periods that end when it had come back."""
        period = self.calendar.holding(sale.day)
        if period is not None and (more > 0 or not sale.stands(self.calendar.periods[period].last)):
            self.cell(period, self._slice_of(sale.place, "")).receipts += more

    def _receipts(self, who: Person, row: Slice) -> None:
        found: dict[int, Buyer] = {}
        for sale in who.sales:
            period = self.calendar.holding(sale.day)
            if period is None or not sale.stands(self.calendar.periods[period].last):
                continue
            buyer = found.setdefault(period, Buyer(sale.day, 0, 0))
            buyer.last, buyer.receipts = max(buyer.last, sale.day), buyer.receipts + 1
        for document in who.documents:
            period = self.calendar.holding(document.day)
            if period is not None and period in found:
                found[period].kop += document.net_kop
        for period, buyer in found.items():
            cell = self.cell(period, row)
            cell.receipts += buyer.receipts
            cell.card_receipts += buyer.receipts
            cell.repeat += buyer.receipts > 1
            cell.buyers[who.id] = buyer
            cell.member_buyers += who.member
            cell.other_buyers += not who.member

    def _activity(self, who: Person, row: Slice) -> None:
        window, periods = timedelta(days=self.active_days), self.calendar.periods
        start: set[int] = set()
        end: set[int] = set()
        for sale in who.sales:
            begun = self.calendar.starting_within(sale.day + DAY, sale.day + window)
            start.update(one for one in begun if sale.stands(periods[one].first - DAY))
            over = self.calendar.ending_within(sale.day, sale.day + window - DAY)
            end.update(one for one in over if sale.stands(periods[one].last))
        whole = all(sale.gone is None for sale in who.sales)
        first = min((sale.day for sale in who.sales), default=date.max)
        for period in range(self.calendar.ending_from(first), len(periods)):
            held, cell = periods[period], self.cell(period, row)
            born = first if whole else _first_standing(who, held.last)
            cell.start += period in start
            cell.end += period in end
            cell.kept += period in start and who.id in cell.buyers
            cell.fresh += period in end and born >= held.first
            cell.identified += 1
            cell.accounts += who.member

    def _cohort(self, who: Person, row: Slice) -> None:
        """Up to the last day of the report."""
        last = self.calendar.periods[-1].last
        standing = [sale.day for sale in who.sales if sale.stands(last)]
        if not standing:
            return
        born = min(standing)
        cohort = self.cohorts.setdefault(row, {}).setdefault(f"{born:%Y-%m}", Cohort())
        cohort.customers += 1
        for document in who.documents:
            if born <= document.day <= last:
                age = (document.day.year - born.year) * 12 + document.day.month - born.month
                cohort.kop[age] = cohort.kop.get(age, 0) + document.net_kop


def _first_standing(who: Person, day: date) -> date:
    """The first receipt that still stands in the evening of the day."""
    return min((sale.day for sale in who.sales if sale.stands(day)), default=date.max)
