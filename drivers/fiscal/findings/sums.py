"""Rules 6, 7 and 10: totals, payments, lines, advances. Integers and exact decimals only."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from drivers.fiscal.documents import Item, Receipt
from drivers.fiscal.findings.model import Finding, finding, roubles
from drivers.fiscal.members import first, whole
from drivers.fiscal.tags import table
from drivers.fiscal.values import MICRO, quantity_text

ADVANCE = 3  # tag 1214
FULL = 4
PAYMENT = 10  # tag 1212
CALCULATED_RATES = frozenset({3, 4, 9, 10, 12})
NO_VAT = 6
HALF_KOPECK = Fraction(1, 2)


def check_sums(receipt: Receipt) -> Iterator[Finding]:
    """Arithmetic the format demands (fiscal notes, section 4.2). FFD 1.0 kept discounts apart: lines are not judged."""
    if receipt.items and receipt.ffd >= 2:
        yield from _total(receipt)
        for item in receipt.items:
            yield from _line(item, item_path(receipt, item))
            yield from _advance(item, item_path(receipt, item))
    paid = receipt.payments.total_kop
    if first(receipt.tags, 1020) is not None and paid != receipt.total_kop:
        yield finding("payments.mismatch", "1020", got=roubles(paid), expected=roubles(receipt.total_kop))
    if receipt.payments.advance_kop and receipt.items and all(item.method != FULL for item in receipt.items):
        yield finding("advance.offset", "1215")


def item_path(receipt: Receipt, item: Item) -> str:
    """`1059[2]`, or `1059` when it is the only line."""
    return f"1059[{item.number}]" if len(receipt.items) > 1 else "1059"


def _total(receipt: Receipt) -> Iterator[Finding]:
    lines = sum(item.sum_kop for item in receipt.items)
    total = receipt.total_kop
    if lines == total:
        return
    # dropping kopecks in the buyer's favour is legal: the rouble parts must stay equal
    rounded = lines // 100 == total // 100
    code = "total.rounded" if rounded else "total.mismatch"
    yield finding(code, "1020", got=roubles(total), expected=roubles(lines))


def _line(item: Item, path: str) -> Iterator[Finding]:
    if item.quantity is None:
        return
    if item.quantity == 0:
        yield finding("quantity.zero", f"{path}/1023")
        return
    if item.quantity != Decimal(item.quantity_micro) / MICRO:
        yield finding("quantity.fine", f"{path}/1023", got=quantity_text(item.quantity))
    exact = item.price_kop * Fraction(item.quantity)
    off = abs(item.sum_kop - exact)
    if off > 1:
        yield finding("line.mismatch", f"{path}/1043", got=roubles(item.sum_kop), expected=_exact(exact))
    elif off > HALF_KOPECK:
        yield finding("line.rounding", f"{path}/1043", got=roubles(item.sum_kop), expected=_exact(exact))


def _advance(item: Item, path: str) -> Iterator[Finding]:
    if item.method != ADVANCE:
        return
    if whole(item.tags, 1212) not in (None, PAYMENT):
        yield finding("advance.subject", f"{path}/1212", got=item.subject)
    if item.vat is not None and item.vat != NO_VAT and item.vat not in CALCULATED_RATES:
        name = table("ffd_lists")["vat_rates"]["names"].get(str(item.vat), str(item.vat))
        yield finding("advance.rate", f"{path}/1199", name=name, rate=item.vat)


def _exact(kopecks: Fraction) -> str:
    return quantity_text(Decimal(kopecks.numerator) / Decimal(kopecks.denominator * 100))
