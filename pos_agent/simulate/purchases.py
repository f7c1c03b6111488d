"""Net money and visits of one customer before a day, kept as receipts go by (loyalty rules, section 8)."""

from __future__ import annotations

from datetime import date

from pos_agent.ledger.calendar import bounds
from pos_agent.model.loyalty import Span, Window


class Purchases:
    """Sums by day. For a window without a start all earlier days are one sum; `keep`: every day stays, for levels
    that look back.
    """

    def __init__(self, window: Window, keep: bool = False) -> None:
        self._window, self._keep = window, keep
        self._endless = window.span is Span.ALL and not keep
        self._kop = self._visits = 0  # of days that are one sum already
        self._days: dict[date, list[int]] = {}

    def add(self, day: date, net_kop: int, visits: int) -> None:
        """A purchase of this day, or what a return takes off the day of its sale (below zero)."""
        if self._endless and self._days and day < next(iter(self._days)):
            self._kop += net_kop
            self._visits += visits
            return
        sums = self._days.setdefault(day, [0, 0])
        sums[0] += net_kop
        sums[1] += visits

    @property
    def first(self) -> date | None:
        """The first day with a purchase; of use with `keep` alone."""
        return min(self._days, default=None)

    def before(self, day: date) -> tuple[int, int]:
        """(kopecks >= 0, visits) that a level on `day` looks at. Without `keep` days only go forward."""
        start, end = bounds(self._window, day)
        edge = day if self._endless else start
        for old in [] if self._keep else [one for one in self._days if one < edge]:
            net_kop, visits = self._days.pop(old)
            if self._endless:
                self._kop += net_kop
                self._visits += visits
        counted = [sums for one, sums in self._days.items() if start <= one < end]
        net_kop = self._kop + sum([one[0] for one in counted])
        return max(0, net_kop), self._visits + sum([one[1] for one in counted])
