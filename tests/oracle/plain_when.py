"""Scopes and conditions (loyalty rules, section 3.3 and the further rules), one line for each key."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from oracle.plain_sums import like

SCOPE_MASKS = {"skus": "sku", "names": "name", "gtins": "gtin", "barcodes": "barcode"}


@dataclass
class Facts:
    """What does not change while a receipt is priced. `at` is the store's wall clock, None when nobody knows it."""

    rules: dict[str, Any]
    basket: dict[str, Any]
    at: datetime | None = None
    codes: set[str] = field(default_factory=set)  # entered and usable
    batches: set[str] = field(default_factory=set)  # with a usable code

    @property
    def customer(self) -> dict[str, Any]:
        return self.basket.get("customer") or {}

    @property
    def day(self) -> date | None:
        return self.at.date() if self.at else None


class RefusedError(Exception):
    """The basket is no input that any rule can mend."""


def moment(basket: dict[str, Any]) -> datetime | None:
    """`at` with its own offset; with a zone and no offset the first of two such hours, a skipped hour is refused."""
    if "at" not in basket:
        return None
    at = datetime.fromisoformat(basket["at"])
    if "zone" not in basket:
        return at
    zone = ZoneInfo(basket["zone"])
    wall = at.replace(tzinfo=None)
    meant = [wall.replace(tzinfo=zone, fold=fold) for fold in (0, 1)]
    there = [one for one in meant if one.astimezone(ZoneInfo("UTC")).astimezone(zone).replace(tzinfo=None) == wall]
    if at.tzinfo is not None:
        there = [one for one in there if one.utcoffset() == at.utcoffset()]
    if not there:
        raise RefusedError(basket["at"])
    return there[0]


def masked(patterns: Iterable[str], text: str) -> bool:
    """A text that is not known matches no mask."""
    return bool(text) and any(like(pattern.lower(), text.lower()) for pattern in patterns)


def in_scope(scope: dict[str, Any] | None, line: Any) -> bool:
    """Every key that is there and not empty holds."""
    for key, said in (scope or {}).items():
        if not said:
            continue
        category = line.raw.get("category") or "other"
        match key:
            case "ids":
                fits = line.raw["id"] in said
            case "categories":
                fits = category in said
            case "not_categories":
                fits = category not in said
            case "only_undiscounted":
                fits = not line.discounted
            case "min_qty":
                fits = line.quantity >= Fraction(said)
            case _:
                fits = masked(said, line.raw.get(SCOPE_MASKS[key], ""))
        if not fits:
            return False
    return True


def holds(when: dict[str, Any] | None, facts: Facts, x: int, quantity: Fraction) -> bool:
    """`x`, `quantity`: what the lines of the rule cost and weigh together, when the rule runs."""
    when = when or {}
    checks = (_of_time, _of_customer, _of_sale, _of_sums)
    return all(check(when, facts, x, quantity) for check in checks)


def _of_time(when: dict[str, Any], facts: Facts, _x: int, _quantity: Fraction) -> bool:
    keys = ("from", "to", "weekdays", "hours", "birthday", "calendars", "not_calendars")
    if not any(when.get(key) for key in keys):
        return True
    if facts.at is None:
        return False
    day, at = facts.at.date(), facts.at
    calendars = {one["id"]: one for one in facts.rules.get("calendar", [])}
    return (
        ("from" not in when or day >= date.fromisoformat(when["from"]))
        and ("to" not in when or day < date.fromisoformat(when["to"]))
        and (not when.get("weekdays") or day.isoweekday() in when["weekdays"])
        and (not when.get("hours") or within(when["hours"], at))
        and (not when.get("birthday") or birthday(when["birthday"], facts.customer, day))
        and (not when.get("calendars") or any(on(calendars[name], at) for name in when["calendars"]))
        and not any(on(calendars[name], at) for name in when.get("not_calendars", ()))
    )


def within(hours: list[str], at: datetime) -> bool:
    """By the wall clock; start after end runs over midnight."""
    clock = at.strftime("%H:%M")
    start, end = hours
    return start <= clock < end if start <= end else clock >= start or clock < end


def on(calendar: dict[str, Any], at: datetime) -> bool:
    """A day of any list, in the hours; without a list every day."""
    day, listed = at.date(), []
    for said in calendar.get("dates", ()):
        first, _, last = said.partition("/")
        listed.append(date.fromisoformat(first) <= day <= date.fromisoformat(last or first))
    listed += [day.strftime("%m-%d") == said for said in calendar.get("yearly", ())]
    listed += [day.isoweekday() == said for said in calendar.get("weekdays", ())]
    return (any(listed) or not listed) and (not calendar.get("hours") or within(calendar["hours"], at))


def _of_customer(when: dict[str, Any], facts: Facts, _x: int, _quantity: Fraction) -> bool:
    customer, known = facts.customer, bool(facts.customer)
    visit = customer.get("visits", 0) + 1
    first = customer.get("first_purchase", customer.get("visits", 0) == 0)
    return (
        (not when.get("segments") or bool(set(when["segments"]) & set(customer.get("segments", []))))
        and (not when.get("nth_visit") or (known and visit % when["nth_visit"] == 0))
        and (not when.get("first_purchase") or (known and first))
        and (not when.get("visit_numbers") or (known and visit in when["visit_numbers"]))
        and (not when.get("visits_today") or (known and customer.get("visits_today", 0) + 1 in when["visits_today"]))
        and (not when.get("variants") or any(name in when["variants"] for name in variants(facts)))
    )


def variants(facts: Facts) -> list[str]:
    """`experiment:group` of each experiment the customer is in."""
    found = []
    for one in facts.rules.get("experiment", []) if facts.customer else []:
        hashed = hashlib.sha256(f"{one['salt']}:{facts.customer['id']}".encode()).hexdigest()
        bucket, edge = int(hashed[:16], 16) % 10_000, 0
        for group in one["groups"]:
            if edge <= bucket < edge + group["bp"]:
                found.append(f"{one['id']}:{group['name']}")
            edge += group["bp"]
    return found


def _of_sale(when: dict[str, Any], facts: Facts, _x: int, _quantity: Fraction) -> bool:
    basket = facts.basket
    one_of = {"channels": "channel", "stores": "store", "registers": "register", "deliveries": "delivery"}
    one_of["partners"] = "partner"
    if any(when.get(key) and basket.get(name) not in when[key] for key, name in one_of.items()):
        return False
    paid = [one["kind"] for one in basket.get("payments", ())]
    return (
        (not when.get("payments") or any(kind in when["payments"] for kind in paid))
        and (not when.get("only_payments") or (bool(paid) and all(kind in when["only_payments"] for kind in paid)))
        and (not when.get("nth_receipt") or (basket.get("receipts_today", 0) + 1) % when["nth_receipt"] == 0)
        and (not when.get("codes") or bool(set(when["codes"]) & facts.codes))
        and (not when.get("batches") or bool(set(when["batches"]) & facts.batches))
    )


def _of_sums(when: dict[str, Any], _facts: Facts, x: int, quantity: Fraction) -> bool:
    return (
        x >= when.get("min_total_kop", 0)
        and ("max_total_kop" not in when or x <= when["max_total_kop"])
        and quantity >= Fraction(when.get("min_qty", 0))
        and ("max_qty" not in when or quantity <= Fraction(when["max_qty"]))
    )


def birthday(window: list[int], customer: dict[str, Any], day: date) -> bool:
    if not customer.get("birthday"):
        return False
    born = date.fromisoformat(customer["birthday"])
    for year in (day.year - 1, day.year, day.year + 1):
        try:
            that = born.replace(year=year)
        except ValueError:
            that = date(year, 2, 28)
        if that - timedelta(days=window[0]) <= day <= that + timedelta(days=window[1]):
            return True
    return False


def tier_bp(tiers: list[dict[str, Any]], customer: dict[str, Any]) -> int:
    """Section 3.1: of the tiers whose threshold holds the highest; 0 when none does. Of two thresholds all or any.

    The level that the program's policy keeps (section 8) holds whatever the customer's figures say.
    """
    best, rate = None, 0
    for tier in tiers:
        sums = {"from_kop": customer.get("metric_kop", 0), "from_visits": customer.get("visits", 0)}
        said = [(value, tier[key]) for key, value in sums.items() if key in tier]
        held = [value > bound if tier.get("op", "ge") == "gt" else value >= bound for value, bound in said]
        threshold = said[0][1]  # of two the sum
        reached = any(held) if tier.get("need") == "any" else all(held)
        if (reached or tier["name"] == customer.get("level")) and (best is None or threshold >= best):
            best, rate = threshold, tier["bp"]
    return rate
