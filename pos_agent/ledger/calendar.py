"""Business dates: lives of lots and the windows that levels look at (loyalty rules, sections 7 and 8)."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from pos_agent.model.loyalty import Span, Window

ONE_DAY = timedelta(days=1)
_MONTHS = {
    Span.MONTH: 1,
    Span.QUARTER: 3,
    Span.YEAR: 12,
    Span.PREVIOUS_MONTH: 1,
    Span.PREVIOUS_QUARTER: 3,
    Span.PREVIOUS_YEAR: 12,
}
_PREVIOUS = frozenset({Span.PREVIOUS_MONTH, Span.PREVIOUS_QUARTER, Span.PREVIOUS_YEAR})


@dataclass(frozen=True)
class LotDates:
    """Dates of a lot: usable on d when active_from <= d < expires; `expires` None = never."""

    earned: date
    active_from: date
    expires: date | None


def lot_dates(
    earned: date, delay_days: int = 0, life_days: int | None = None, life_months: int | None = None
) -> LotDates:
    """Dates of points earned on a business date. A life counts from `earned`; give at most one of the two lives."""
    if life_days is not None and life_months is not None:
        raise ValueError("a lot has one life: days or months")
    last = None
    if life_days is not None:
        last = earned + timedelta(days=life_days)
    elif life_months is not None:
        last = add_months(earned, life_months)
    return LotDates(earned, earned + timedelta(days=delay_days), last and last + ONE_DAY)


def add_months(day: date, months: int) -> date:
    """The same day number `months` later, or the last day of that month when the number does not exist."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def bounds(window: Window, day: date) -> tuple[date, date]:
    """(start, end), start included, end not: the purchases that a level on `day` counts. The day itself never does."""
    if window.span is Span.ALL:
        return date.min, day
    if window.span is Span.DAYS:
        return day - timedelta(days=window.days), day
    months = _MONTHS[window.span]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    return (add_months(first, -months), first) if window.span in _PREVIOUS else (first, day)


def instant(text: str) -> datetime:
    """UTC instant of an event's `at`. A text without an offset, against the contract, is read as UTC."""
    at = datetime.fromisoformat(text)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
