"""What rules and ledger both speak of: a customer as the rules see them, and the window a level looks at."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Span(StrEnum):
    """Which purchases a level counts (loyalty rules, section 8). The day itself never counts."""

    ALL = "all"
    DAYS = "days"  # the last n days: [d - n, d)
    MONTH = "month"  # the calendar month that holds d, from its first day
    QUARTER = "quarter"
    YEAR = "year"
    PREVIOUS_MONTH = "previous_month"  # the whole month before the one that holds d
    PREVIOUS_QUARTER = "previous_quarter"
    PREVIOUS_YEAR = "previous_year"


@dataclass(frozen=True)
class Window:
    """A span of purchase dates; `days` only (and always, > 0) for `Span.DAYS`."""

    span: Span = Span.ALL
    days: int = 0


ALL_TIME = Window()


@dataclass(frozen=True)
class CustomerSnapshot:
    """The customer before a receipt: level metric (kopecks), visits, usable points (hundredths)."""

    id: str
    metric_kop: int = 0
    visits: int = 0
    balance_pt: int = 0
    segments: frozenset[str] = frozenset()
