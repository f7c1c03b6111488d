"""VAT of a receipt: codes of tag 1199 and the totals they go to (FFD order; protocol notes on 54-FZ, section 2.6)."""

from __future__ import annotations

from collections.abc import Iterable

from emulator.tlv import Tlv, make

# code of 1199 -> (numerator, denominator) of the tax inside a gross sum; None: the total is the turnover itself
SHARES: dict[int, tuple[int, int] | None] = {
    1: (20, 120),
    2: (10, 110),
    3: (20, 120),
    4: (10, 110),
    5: None,
    6: None,
    7: (5, 105),
    8: (7, 107),
    9: (5, 105),
    10: (7, 107),
    11: (22, 122),
    12: (22, 122),
}
FLAT = {1: 1102, 2: 1103, 5: 1104, 6: 1105, 3: 1106, 4: 1107}  # rates with a tag of their own; the others go to 1115


def totals(lines: Iterable[tuple[int, int]]) -> dict[int, int]:
    """(code, gross kopecks) of every line -> code: tax (or turnover for 0 % and "without VAT") of the whole group.

    The tax is taken from the group's total, rounded half up to a kopeck.
    """
    gross: dict[int, int] = {}
    for code, kop in lines:
        gross[code] = gross.get(code, 0) + kop
    return {code: inside(code, kop) for code, kop in sorted(gross.items())}


def inside(code: int, gross_kop: int) -> int:
    """Tax inside a gross sum, half up; the sum itself for codes 5 and 6."""
    share = SHARES[code]
    if share is None:
        return gross_kop
    top, bottom = share
    return (2 * gross_kop * top + bottom) // (2 * bottom)


def total_tags(sums: dict[int, int]) -> list[Tlv]:
    """Tags 1102..1107 and 1115 of a receipt. With newer rates only, 1104 = 0 stands as the demanded placeholder."""
    flat = sorted((FLAT[code], kop) for code, kop in sums.items() if code in FLAT)
    newer = [make(1119, [make(1199, code), make(1120, kop)]) for code, kop in sums.items() if code not in FLAT]
    tags = [make(tag, kop) for tag, kop in flat] or [make(1104, 0)]
    return [*tags, make(1115, newer)] if newer else tags
