"""Conditions of a rule: which of them does not hold (loyalty rules, section 3.3). Everything is known offline."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from pos_agent.rules.basket import Basket
from pos_agent.rules.values import When

Check = Callable[[When, Basket], bool]
OF_CUSTOMER = ("segments", "birthday", "nth_visit", "first_purchase")


def failed(when: When, basket: Basket) -> str:
    """The first key that does not hold, "" when all do. `min_total_kop` is not among them: it needs the lines."""
    return next((key for key in asked(when) if key in CHECKS and not CHECKS[key](when, basket)), "")


def asked(when: When) -> tuple[str, ...]:
    """Keys of `when` that restrict, in the order in which they are tried."""
    said: dict[str, object] = {
        "from": when.start,
        "to": when.end,
        "weekdays": when.weekdays,
        "hours": when.hours,
        "channels": when.channels,
        "stores": when.stores,
        "codes": when.codes,
        "segments": when.segments,
        "birthday": when.birthday,
        "nth_visit": when.nth_visit,
        "first_purchase": when.first_purchase,
        "min_total_kop": when.min_total_kop,
    }
    return tuple(key for key, value in said.items() if value)


def _from(when: When, basket: Basket) -> bool:
    return basket.at is not None and when.start is not None and when.start <= basket.at.date()


def _to(when: When, basket: Basket) -> bool:
    return basket.at is not None and when.end is not None and basket.at.date() < when.end


def _weekdays(when: When, basket: Basket) -> bool:
    return basket.at is not None and basket.at.isoweekday() in when.weekdays


def _hours(when: When, basket: Basket) -> bool:
    """Whole minutes are enough: both ends are given in minutes and the end is not included."""
    if basket.at is None or when.hours is None:
        return False
    start, end = when.hours
    now = basket.at.hour * 60 + basket.at.minute
    return start <= now < end if start < end else now >= start or now < end


def _channels(when: When, basket: Basket) -> bool:
    return basket.channel in when.channels


def _stores(when: When, basket: Basket) -> bool:
    return basket.store in when.stores


def _codes(when: When, basket: Basket) -> bool:
    """A code is usable when it was entered."""
    return any(code in when.codes for code in basket.codes)


def _segments(when: When, basket: Basket) -> bool:
    return basket.customer is not None and any(one in when.segments for one in basket.customer.segments)


def _birthday(when: When, basket: Basket) -> bool:
    if basket.at is None or basket.customer is None or basket.customer.birthday is None or when.birthday is None:
        return False
    before, after = when.birthday
    today, born = basket.at.date(), basket.customer.birthday
    return any(-before <= (today - _celebrated(born, today.year + year)).days <= after for year in (-1, 0, 1))


def _celebrated(born: dt.date, year: int) -> dt.date:
    """29 February counts as the 28th in a common year."""
    try:
        return born.replace(year=year)
    except ValueError:
        return dt.date(year, 2, 28)


def _nth_visit(when: When, basket: Basket) -> bool:
    return basket.customer is not None and (basket.customer.visits + 1) % when.nth_visit == 0


def _first_purchase(when: When, basket: Basket) -> bool:
    if basket.customer is None:
        return False
    said = basket.customer.first_purchase
    return basket.customer.visits == 0 if said is None else said


CHECKS: dict[str, Check] = {
    "from": _from,
    "to": _to,
    "weekdays": _weekdays,
    "hours": _hours,
    "channels": _channels,
    "stores": _stores,
    "codes": _codes,
    "segments": _segments,
    "birthday": _birthday,
    "nth_visit": _nth_visit,
    "first_purchase": _first_purchase,
}
