"""Conditions of a rule: which of them does not hold (loyalty rules, section 3.3). Everything is known offline."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

from pos_agent.rules.basket_values import Basket
from pos_agent.rules.calendars import within_hours
from pos_agent.rules.code_usability import Codes
from pos_agent.rules.values import Rules, When

OF_CUSTOMER = ("segments", "birthday", "nth_visit", "first_purchase", "variants", "visit_numbers", "visits_today")
OF_LINES = ("min_total_kop", "max_total_kop", "min_qty", "max_qty")  # known only when the rule runs


class Moment:
    """What conditions ask of a basket, found once per receipt."""

    def __init__(self, rules: Rules, basket: Basket, codes: Codes) -> None:
        at, customer = basket.at, basket.customer
        self.basket = basket
        self.customer = customer
        self.codes = codes
        self.day = at.date() if at else None
        self.weekday = at.isoweekday() if at else 0
        self.minute = at.hour * 60 + at.minute if at else -1
        self.segments = customer.segments if customer else frozenset()
        self.kinds = frozenset(payment.kind for payment in basket.payments)
        self.calendars = frozenset(one.id for one in rules.calendars if at and one.holds(at))
        self.buckets: dict[str, tuple[int, str]] = (
            {one.id: one.group_of(customer.id) for one in rules.experiments} if customer else {}
        )
        self.variants = frozenset(f"{name}:{group}" for name, (_, group) in self.buckets.items() if group)


Check = Callable[[When, Moment], bool]


def asked(when: When) -> tuple[str, ...]:
    """Keys of `when` that restrict, in the order in which they are tried; those of the lines last."""
    found = [PLACES[name] for name, said in vars(when).items() if said]  # None, 0, (), False restrict nothing
    found.sort()
    return tuple([key for _, key in found])


def _from(when: When, now: Moment) -> bool:
    return now.day is not None and when.start is not None and when.start <= now.day


def _to(when: When, now: Moment) -> bool:
    return now.day is not None and when.end is not None and now.day < when.end


def _weekdays(when: When, now: Moment) -> bool:
    return now.weekday in when.weekdays


def _hours(when: When, now: Moment) -> bool:
    """Whole minutes are enough: both ends are given in minutes and the end is not included."""
    return now.minute >= 0 and when.hours is not None and within_hours(when.hours, now.minute)


def _calendars(when: When, now: Moment) -> bool:
    return not now.calendars.isdisjoint(when.calendars)


def _not_calendars(when: When, now: Moment) -> bool:
    """Without a time nothing is known of the day."""
    return now.day is not None and now.calendars.isdisjoint(when.not_calendars)


def _payments(when: When, now: Moment) -> bool:
    return not now.kinds.isdisjoint(when.payments)


def _only_payments(when: When, now: Moment) -> bool:
    return bool(now.kinds) and now.kinds.issubset(when.only_payments)


def _codes(when: When, now: Moment) -> bool:
    return not now.codes.usable.isdisjoint(when.codes)


def _batches(when: When, now: Moment) -> bool:
    return not now.codes.batches.isdisjoint(when.batches)


def _segments(when: When, now: Moment) -> bool:
    return not now.segments.isdisjoint(when.segments)


def _birthday(when: When, now: Moment) -> bool:
    if now.day is None or now.customer is None or now.customer.birthday is None or when.birthday is None:
        return False
    before, after = when.birthday
    today, born = now.day, now.customer.birthday
    return any(-before <= (today - _celebrated(born, today.year + year)).days <= after for year in (-1, 0, 1))


def _celebrated(born: dt.date, year: int) -> dt.date:
    """29 February counts as the 28th in a common year."""
    try:
        return born.replace(year=year)
    except ValueError:
        return dt.date(year, 2, 28)


def _nth_visit(when: When, now: Moment) -> bool:
    return now.customer is not None and (now.customer.visits + 1) % when.nth_visit == 0


def _visit_numbers(when: When, now: Moment) -> bool:
    return now.customer is not None and now.customer.visits + 1 in when.visit_numbers


def _visits_today(when: When, now: Moment) -> bool:
    return now.customer is not None and now.customer.visits_today + 1 in when.visits_today


def _first_purchase(when: When, now: Moment) -> bool:
    if now.customer is None:
        return False
    said = now.customer.first_purchase
    return now.customer.visits == 0 if said is None else said


CHECKS: Mapping[str, Check] = {
    "from": _from,
    "to": _to,
    "weekdays": _weekdays,
    "hours": _hours,
    "calendars": _calendars,
    "not_calendars": _not_calendars,
    "channels": lambda when, now: now.basket.channel in when.channels,
    "stores": lambda when, now: now.basket.store in when.stores,
    "registers": lambda when, now: now.basket.register in when.registers,
    "deliveries": lambda when, now: now.basket.delivery in when.deliveries,
    "partners": lambda when, now: now.basket.partner in when.partners,
    "payments": _payments,
    "only_payments": _only_payments,
    "nth_receipt": lambda when, now: (now.basket.receipts_today + 1) % when.nth_receipt == 0,
    "codes": _codes,
    "batches": _batches,
    "segments": _segments,
    "birthday": _birthday,
    "nth_visit": _nth_visit,
    "visit_numbers": _visit_numbers,
    "visits_today": _visits_today,
    "first_purchase": _first_purchase,
    "variants": lambda when, now: not now.variants.isdisjoint(when.variants),
}
RENAMED = {"from": "start", "to": "end", "min_qty": "min_micro", "max_qty": "max_micro"}
FIELDS: Mapping[str, str] = {key: RENAMED.get(key, key) for key in (*CHECKS, *OF_LINES)}  # key -> field of When
PLACES = {name: (place, key) for place, (key, name) in enumerate(FIELDS.items())}  # field of When -> its turn
