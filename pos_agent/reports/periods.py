"""Business days of a report: the period, the one before it, its days, weeks or months. Pure."""

from __future__ import annotations

import calendar
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

DAY = timedelta(days=1)
DAYS, WEEKS, MONTHS = "day", "week", "month"


@dataclass(frozen=True, order=True)
class Period:
    """first <= d <= last. `name`: how a table calls it."""

    first: date
    last: date
    name: str = ""

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"{self.first} comes after {self.last}")

    def before(self) -> Period:
        """As many days right before; of whole months, as many months."""
        months = self._months()
        if not months:
            return Period(self.first - (self.last - self.first) - DAY, self.first - DAY)
        number = self.first.year * 12 + self.first.month - 1 - months
        return Period(date(number // 12, number % 12 + 1, 1), self.first - DAY)

    def parts(self, unit: str) -> Iterator[Period]:
        """Its days, its weeks from Monday, its months; the outer ones may be cut short."""
        start = self.first
        while start <= self.last:
            last = min(self.last, _end(start, unit))
            yield Period(start, last, f"{start:%Y-%m}" if unit == MONTHS else start.isoformat())
            start = last + DAY

    def _months(self) -> int:
        whole = self.first.day == 1 and self.last.day == calendar.monthrange(self.last.year, self.last.month)[1]
        return (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1 if whole else 0


def _end(start: date, unit: str) -> date:
    if unit == DAYS:
        return start
    if unit == WEEKS:
        return start + (6 - start.weekday()) * DAY
    return start.replace(day=calendar.monthrange(start.year, start.month)[1])


class Calendar:
    """Periods that do not overlap, by date."""

    def __init__(self, periods: Sequence[Period]) -> None:
        self.periods = sorted(periods)
        self._firsts = [one.first for one in self.periods]
        self._lasts = [one.last for one in self.periods]

    def holding(self, day: date) -> int | None:
        """The period of the day."""
        place = bisect_right(self._firsts, day) - 1
        return place if place >= 0 and day <= self._lasts[place] else None

    def ending_from(self, day: date) -> int:
        """The first period that ends on the day or later; their number when there is none."""
        return bisect_left(self._lasts, day)

    def starting_within(self, first: date, last: date) -> range:
        """Periods that begin on first..last."""
        return range(bisect_left(self._firsts, first), bisect_right(self._firsts, last))

    def ending_within(self, first: date, last: date) -> range:
        """Periods that end on first..last."""
        return range(bisect_left(self._lasts, first), bisect_right(self._lasts, last))
