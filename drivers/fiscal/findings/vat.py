"""Rule 8: VAT codes by date, a total for each rate in use, totals that follow from the lines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import Any

from drivers.fiscal.documents import Item, Receipt
from drivers.fiscal.findings.model import Finding, finding, roubles
from drivers.fiscal.findings.sums import item_path
from drivers.fiscal.forms import CORRECTIONS
from drivers.fiscal.tags import table

_TOTAL_TAGS = frozenset({1102, 1103, 1104, 1105, 1106, 1107})
_CREDIT_METHODS = frozenset({5, 6, 7})  # tag 1214: paid for later, at the rate of the sale
CONTAINER = 1115


def check_vat(receipt: Receipt) -> Iterator[Finding]:
    """FFD 1.0 kept VAT sums inside the lines: nothing is asked of it."""
    if receipt.ffd < 2:
        return
    present = {tag.tag for tag in receipt.tags}
    if not present & (_TOTAL_TAGS | {CONTAINER}):
        yield finding("vat.none")
    elif not present & _TOTAL_TAGS:
        yield finding("vat.placeholder", "1104")
    for item in receipt.items:
        yield from _dates(receipt, item)
    for rate in dict.fromkeys(item.vat for item in receipt.items):
        if rate is not None and _entry(rate):
            yield from _group(receipt, rate, present)


def tax_kop(gross_kop: int, rate: int) -> int:
    """VAT inside a gross sum, kopecks, half up; 0 for codes 5 and 6. KeyError: no such rate (tag 1199)."""
    entry = table("ffd_vat")[str(rate)]
    return int(Fraction(gross_kop * entry["num"], entry["den"]) + Fraction(1, 2))


def _entry(rate: int) -> dict[str, Any]:
    found: dict[str, Any] = table("ffd_vat").get(str(rate), {})
    return found


def _name(rate: int) -> str:
    return str(table("ffd_lists")["vat_rates"]["names"].get(str(rate), rate))


def _dates(receipt: Receipt, item: Item) -> Iterator[Finding]:
    if item.vat is None or receipt.at is None:
        return
    entry = _entry(item.vat)
    day = receipt.at.date()
    since: date | None = entry.get("since")
    until: date | None = entry.get("until")
    path = f"{item_path(receipt, item)}/1199"
    if since and day < since:
        yield finding("vat.early", path, name=_name(item.vat), rate=item.vat, got=day, expected=since)
    late_is_legal = receipt.is_return or receipt.form in CORRECTIONS or item.method in _CREDIT_METHODS
    if until and day > until and not late_is_legal:
        yield finding("vat.ended", path, name=_name(item.vat), rate=item.vat, expected=until)


def _group(receipt: Receipt, rate: int, present: set[int]) -> Iterator[Finding]:
    entry = _entry(rate)
    total_tag: int = entry["total"]
    totals = [total.sum_kop for total in receipt.vat if total.rate == rate]
    if not totals:
        if not (total_tag in _TOTAL_TAGS and total_tag in present):  # 1104 = 0 beside a 1115 is there, though hidden
            yield finding("vat.total_missing", str(total_tag), name=_name(rate), rate=rate, tag=total_tag)
        return
    sums = [item.sum_kop for item in receipt.items if item.vat == rate]
    got = sum(totals)
    # two conventions live: VAT of the group's sum, or the sum of the lines' VAT (fiscal notes, section 4.3)
    expected = sum(sums) if entry.get("turnover") else tax_kop(sum(sums), rate)
    if abs(got - expected) > len(sums):
        yield finding(
            "vat.sum", str(total_tag), name=_name(rate), rate=rate, got=roubles(got), expected=roubles(expected)
        )
