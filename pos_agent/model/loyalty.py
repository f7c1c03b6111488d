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
class Overdraft:
    """How far a register without a connection may spend beyond its allowance, hundredths (loyalty rules, section 10).

    Of one customer, of all customers on one register until it is connected again, and on one business date; only while
    the balance it knows is at most `max_age_hours` old.
    """

    customer_pt: int
    register_pt: int
    day_pt: int
    max_age_hours: int = 24


@dataclass(frozen=True)
class CustomerSnapshot:
    """The customer before a receipt: level metric (kopecks), visits, usable points (hundredths).

    `level`: name of the level that the program's policy keeps although the metric may not give it any more, "" = none.
    """

    id: str
    metric_kop: int = 0
    visits: int = 0
    balance_pt: int = 0
    segments: frozenset[str] = frozenset()
    level: str = ""
