"""The one place where money and points are rounded, scaled and shown. Integers and exact ratios only.

Units: kopecks (`_kop`), hundredths of a point (`_pt`), millionths of a unit of quantity (`_micro`),
basis points (`_bp`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

MICRO = 1_000_000
WRITTEN = re.compile(r"([+-]?)([0-9]{1,13})(?:[.,]([0-9]{1,2}))?")
GROUPING = re.compile(r"[\s\u00a0\u202f]")


def half_up(exact: Fraction) -> int:
    """Nearest integer, ties away from zero (loyalty rules, section 1)."""
    return int(exact + Fraction(1, 2)) if exact >= 0 else -int(-exact + Fraction(1, 2))


def floor(exact: Fraction) -> int:
    """Greatest integer not above `exact`."""
    return exact.numerator // exact.denominator


def ceil(exact: Fraction) -> int:
    """Least integer not below `exact`."""
    return -((-exact.numerator) // exact.denominator)


def half_even(exact: Fraction) -> int:
    """Nearest integer, ties to the even one. Never for line sums (example E02)."""
    return round(exact)


ROUNDINGS = {"floor": floor, "half_up": half_up, "half_even": half_even, "ceil": ceil}


def half_up_ratio(num: int, den: int) -> int:
    """`half_up` of num / den without making a fraction of it; den > 0."""
    return (2 * num + den) // (2 * den) if num >= 0 else -((den - 2 * num) // (2 * den))


def half_even_ratio(num: int, den: int) -> int:
    """`half_even` of num / den; den > 0."""
    whole, rest = divmod(num, den)
    return whole + (2 * rest > den or (2 * rest == den and whole % 2 == 1))


RATIO_ROUNDINGS: dict[str, Callable[[int, int], int]] = {
    "floor": lambda num, den: num // den,
    "half_up": half_up_ratio,
    "half_even": half_even_ratio,
    "ceil": lambda num, den: -(-num // den),
}  # the same modes over a numerator and a denominator > 0, for the paths that run for every line of every receipt


def line_sum_kop(price_kop: int, quantity_micro: int) -> int:
    """Gross of a line: half_up(price x quantity) (loyalty rules, section 2)."""
    return half_up_ratio(price_kop * quantity_micro, MICRO)


def roubles(kop: int) -> str:
    """`123456` -> `1234.56`: a dot, two digits, no grouping (as slips and receipts print it)."""
    sign = "-" if kop < 0 else ""
    return f"{sign}{abs(kop) // 100}.{abs(kop) % 100:02d}"


def points(pt: int) -> str:
    """Hundredths of a point as people read them: whole while whole, else two digits."""
    return roubles(pt)[:-3] if pt % 100 == 0 else roubles(pt)


def hundredths(text: str) -> int | None:
    """What a person wrote, roubles or points: `1 234,5` -> 123450.

    None: no number, or more than two digits after the point.
    """
    found = WRITTEN.fullmatch(GROUPING.sub("", text).replace("\u2212", "-"))
    if found is None:
        return None
    sign, whole, rest = found.groups()
    value = int(whole) * 100 + int((rest or "").ljust(2, "0"))
    return -value if sign == "-" else value


def plain(micro: int) -> str:
    """Millionths as people write them: `3`, `0.5`."""
    whole, rest = divmod(micro, MICRO)
    return f"{whole}.{rest:06d}".rstrip("0").rstrip(".")


def returned_part(total: int, returned_micro: int, sold_micro: int) -> int:
    """C(k) = floor(X * k / q): what of a line's `total` (kopecks or hundredths) belongs to its first k returned units.

    One return document gets C(k after) - C(k before), so any partition ends at the same sums (loyalty rules,
    section 9).
    ValueError unless 0 <= k <= q and q > 0.
    """
    if not (sold_micro > 0 and 0 <= returned_micro <= sold_micro):
        raise ValueError(f"cannot return {returned_micro} of {sold_micro} millionths")
    return floor(Fraction(total * returned_micro, sold_micro))
