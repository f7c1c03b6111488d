"""Points of a report: what was issued and spent in a period, where its lots have gone, what is owed. Pure.

Read off the postings of the fold, so a lot that expired, a debt or a merge counts exactly as it does in the ledger.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pos_agent.ledger.accounts import Posting
from pos_agent.ledger.fold import fold_all
from pos_agent.ledger.state import FoldPolicy
from pos_agent.model.events import LedgerEvent
from pos_agent.reports.people import UNKNOWN, Place
from pos_agent.reports.periods import Calendar
from pos_agent.reports.tally import Slice, SliceOf


@dataclass
class Points:
    """Hundredths of one slice of one period. Flow: `issued`, `spent` on its days, net of what returns took back.

    Cohort, lots earned on its days, by the report date: `lots` issued = `used` (a debt repaid too) + `lapsed` + `left`.
    `active`, `pending`, `held`: of all lots in the evening of its last day.
    """

    issued: int = 0
    spent: int = 0
    lots: int = 0
    used: int = 0
    lapsed: int = 0
    left: int = 0
    active: int = 0
    pending: int = 0
    held: int = 0


class PointsTally:
    """Takes persons one by one. `as_of`: the report date of cohorts, None = the end of each period."""

    def __init__(self, calendar: Calendar, slice_of: SliceOf, policy: FoldPolicy, as_of: date | None = None) -> None:
        self.calendar, self._slice_of, self._policy, self._as_of = calendar, slice_of, policy, as_of
        self.cells: dict[tuple[int, Slice], Points] = {}

    def cell(self, period: int, row: Slice) -> Points:
        """The cell, an empty one at first."""
        return self.cells.setdefault((period, row), Points())

    def person(self, name: str, events: Sequence[LedgerEvent], places: dict[str, Place]) -> None:
        """`places`: event id -> where it was made, of the person's events."""
        through = max(self.calendar.periods[-1].last, self._as_of or date.min)
        states = fold_all(events, through, self._policy, name)
        lots = {lot.id: (lot.earned, lot.event) for state in states for lot in state.lots}
        nowhere = Place(UNKNOWN, UNKNOWN)
        for posting in states[0].postings:
            earned, opened = lots.get(posting.lot, (None, ""))
            place = places.get(posting.event) or places.get(opened) or nowhere
            self._flow(posting, self._slice_of(place, name))
            if earned is not None:
                row = self._slice_of(places.get(opened, nowhere), name)
                self._cohort(posting, earned, row)
                self._balance(posting, row)

    def _flow(self, posting: Posting, row: Slice) -> None:
        period = self.calendar.holding(posting.day)
        if period is None:
            return
        kind = account_kind(posting.account)
        if kind in ("issued", "adjust"):
            self.cell(period, row).issued -= posting.amount_pt
        elif kind in ("redeemed", "settlement"):
            self.cell(period, row).spent += posting.amount_pt

    def _cohort(self, posting: Posting, earned: date, row: Slice) -> None:
        period = self.calendar.holding(earned)
        if period is None or posting.day > (self._as_of or self.calendar.periods[period].last):
            return
        cell, kind = self.cell(period, row), account_kind(posting.account)
        if kind in ("issued", "adjust"):
            cell.lots -= posting.amount_pt
        elif kind in ("redeemed", "settlement", "debt"):
            cell.used += posting.amount_pt
        elif kind == "breakage":
            cell.lapsed += posting.amount_pt
        else:
            cell.left += posting.amount_pt

    def _balance(self, posting: Posting, row: Slice) -> None:
        """Into every period that ends on the day or later: summed up in `finish`."""
        kind = account_kind(posting.account)
        period = self.calendar.ending_from(posting.day)
        if kind in ("active", "pending", "held") and period < len(self.calendar.periods):
            cell = self.cell(period, row)
            setattr(cell, kind, getattr(cell, kind) + posting.amount_pt)

    def finish(self) -> None:
        """Balances of a period = those of the one before and what moved since."""
        for row in sorted({row for _, row in self.cells}):
            for period in range(1, len(self.calendar.periods)):
                before = self.cells.get((period - 1, row), Points())
                cell = self.cell(period, row)
                cell.active += before.active
                cell.pending += before.pending
                cell.held += before.held


def account_kind(account: str) -> str:
    """`active`, `pending`, `debt`, `held`, `issued`, `adjust`, `redeemed`, `breakage`, `settlement`."""
    return "held" if account.startswith("hold/") else account.rpartition("/")[2]
