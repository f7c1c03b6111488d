"""Sums and conditions of a receipt as the specification of the rules words them (sections 2, 3.3). Exact fractions."""

from datetime import date, datetime, timedelta
from fractions import Fraction
from math import ceil, floor
from typing import Any


def half_up(x: Fraction) -> int:
    return floor(x + Fraction(1, 2))


def lay_out(amount: int, weights: list[int | Fraction], rooms: list[int | None]) -> list[int]:
    """Section 2.1. `None` in rooms: no bound."""
    parts: list[int | None] = [None] * len(weights)
    for i, weight in enumerate(weights):
        if weight == 0:
            parts[i] = 0
    if None not in rooms:
        amount = min(amount, sum(room for room, part in zip(rooms, parts, strict=True) if part is None))
    while True:
        left = [i for i, part in enumerate(parts) if part is None]
        total = sum(Fraction(weights[i]) for i in left)
        rest = amount - sum(part for part in parts if part is not None)
        if not left or total == 0:
            return [part or 0 for part in parts]
        share = {i: Fraction(rest) * Fraction(weights[i]) / total for i in left}
        full = [i for i in left if rooms[i] is not None and share[i] > rooms[i]]
        if not full:
            break
        for i in full:
            parts[i] = rooms[i]
    for i in left:
        parts[i] = floor(share[i])
    missing = rest - sum(parts[i] for i in left)
    order = sorted(left, key=lambda i: (-(share[i] - floor(share[i])), -Fraction(weights[i]), i))
    for i in order[:missing]:
        parts[i] += 1
    return [part or 0 for part in parts]


def items(net: int, quantity: Fraction, price: int) -> list[tuple[int, Fraction, int]]:
    """Section 2.2: (price, quantity, sum) of each fiscal item."""
    if half_up(price * quantity) == net:
        return [(price, quantity, net)]
    single = half_up(Fraction(net) / quantity)
    if half_up(single * quantity) == net:
        return [(single, quantity, net)]
    low = floor(Fraction(net) / quantity)
    k = net - half_up(low * quantity)
    return [
        (low, quantity - k, half_up(low * (quantity - k))),
        (low + 1, Fraction(k), half_up(Fraction((low + 1) * k))),
    ]


def like(pattern: str, text: str) -> bool:
    """`*` any run, `?` one character, case ignored, the whole text."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(like(pattern[1:], text[i:]) for i in range(len(text) + 1))
    return bool(text) and pattern[0] in ("?", text[0]) and like(pattern[1:], text[1:])


def in_scope(scope: dict[str, Any] | None, line: Any) -> bool:
    """Every key that is there and not empty holds."""
    scope = scope or {}
    category = line.raw.get("category") or "other"
    checks = {
        "ids": lambda v: line.raw["id"] in v,
        "categories": lambda v: category in v,
        "not_categories": lambda v: category not in v,
        "skus": lambda v: any(like(p.lower(), line.raw.get("sku", "").lower()) for p in v),
        "names": lambda v: any(like(p.lower(), line.raw.get("name", "").lower()) for p in v),
        "only_undiscounted": lambda v: not line.discounted,
    }
    return all(checks[key](value) for key, value in scope.items() if value)


def holds(when: dict[str, Any] | None, basket: dict[str, Any], min_base: int) -> bool:
    """Section 3.3; `min_base` is what `min_total_kop` looks at."""
    when = when or {}
    at = datetime.fromisoformat(basket["at"])
    day, clock = at.date(), at.strftime("%H:%M")
    customer = basket.get("customer") or {}
    checks = {
        "from": lambda v: day >= date.fromisoformat(v),
        "to": lambda v: day < date.fromisoformat(v),
        "weekdays": lambda v: day.isoweekday() in v,
        "hours": lambda v: v[0] <= clock < v[1] if v[0] <= v[1] else clock >= v[0] or clock < v[1],
        "segments": lambda v: bool(set(v) & set(customer.get("segments", []))),
        "codes": lambda v: bool(set(v) & set(basket.get("codes", []))),
        "channels": lambda v: basket.get("channel") in v,
        "stores": lambda v: basket.get("store") in v,
        "min_total_kop": lambda v: min_base >= v,
        "birthday": lambda v: birthday(v, customer, day),
        "nth_visit": lambda v: bool(customer) and (customer.get("visits", 0) + 1) % v == 0,
        "first_purchase": lambda v: bool(customer) and customer.get("first_purchase", customer.get("visits", 0) == 0),
    }
    return all(checks[key](value) for key, value in when.items() if value)


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
    """Section 3.1: of the tiers whose threshold holds the highest; 0 when none does."""
    best, rate = None, 0
    for tier in tiers:
        threshold = tier["from_kop"] if "from_kop" in tier else tier["from_visits"]
        value = customer.get("metric_kop", 0) if "from_kop" in tier else customer.get("visits", 0)
        reached = value > threshold if tier.get("op", "ge") == "gt" else value >= threshold
        if reached and (best is None or threshold >= best):
            best, rate = threshold, tier["bp"]
    return rate


def floor_of(line: dict[str, Any], quantity: Fraction, min_unit: int) -> int:
    return ceil(max(line.get("floor_kop", 0), min_unit) * quantity)
