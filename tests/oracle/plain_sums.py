"""Sums of a receipt as the specification of the rules words them (section 2). Exact fractions."""

from fractions import Fraction
from math import floor


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
