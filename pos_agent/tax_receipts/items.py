"""One item of a foreign receipt -> a line of the model and its VAT code (tags 1059, 1199; reference, section 2.6)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from pos_agent.model.receipt import ReceiptLine
from pos_agent.money import line_sum_kop
from pos_agent.tax_receipts.amounts import Unit
from pos_agent.tax_receipts.fields import Fields
from pos_agent.tax_receipts.refusal import MALFORMED, SUMS, Refused
from pos_agent.tax_receipts.vat import VAT_FIELDS

VAT_CODES = range(1, 13)
VAT_FROM = {7: 2025, 8: 2025, 9: 2025, 10: 2025, 11: 2026, 12: 2026}  # the year from which a code may be used
LINE_TOLERANCE_KOP = 1  # where the sum was reckoned outside the register (section 4.2)
GTIN_DIGITS = 14
WITH_GTIN = ("gs1m", "gs1", "ean13", "ean8", "itf14")


def line_of(item: Fields, number: int, unit: Unit, day: date) -> tuple[ReceiptLine, int]:
    """(line, VAT code; 0 = not told). Refused: TAX-03, TAX-04, TAX-05 when price x quantity is not the sum."""
    price_kop = unit.kop(item.needed_amount("price"))
    quantity_micro = item.micro("quantity")
    sum_kop = unit.kop(item.needed_amount("sum"))
    exact_kop = line_sum_kop(price_kop, quantity_micro)
    if abs(sum_kop - exact_kop) > LINE_TOLERANCE_KOP:
        raise Refused(SUMS, item.path("sum"), value=sum_kop, reckoned=exact_kop)
    line = ReceiptLine(number, item.text("name"), price_kop, quantity_micro, sum_kop, _gtin(item))
    return line, _vat_code(item, day)


def _vat_code(item: Fields, day: date) -> int:
    code = item.whole("nds", "ndsRate")
    if code is None:
        return _by_its_sum(item)
    if code not in VAT_CODES or day.year < VAT_FROM.get(code, 0):
        raise Refused(MALFORMED, item.path(item.found("nds", "ndsRate")), value=code)
    return code


def _by_its_sum(item: Fields) -> int:
    """Format 1.0 names the rate by the sum of its VAT; 0: none is named. Refused TAX-04: two of them."""
    sums = {name: code for code, names in VAT_FIELDS.items() for name in names if (item.number(name) or 0) > 0}
    codes = set(sums.values())
    if len(codes) > 1:
        name = max(sums, key=lambda one: sums[one])
        raise Refused(MALFORMED, item.path(name), value=item.table[name])
    return codes.pop() if codes else 0


def _gtin(item: Fields) -> str:
    """Fourteen digits of a marked or bar-coded unit (tag 1163), "" when there are none that can be told."""
    code = item.table.get("productCodeNew")
    if not isinstance(code, Mapping):
        return ""
    for name in WITH_GTIN:
        inner = code.get(name)
        text = inner.get("gtin") or inner.get("rawProductCode") if isinstance(inner, Mapping) else inner
        if isinstance(text, str) and (found := _digits(name, text.strip())):
            return found
    return ""


def _digits(name: str, text: str) -> str:
    if name in ("gs1m", "gs1") and text.startswith("01") and len(text) > GTIN_DIGITS:
        text = text[2 : 2 + GTIN_DIGITS]
    plain = text.isascii() and text.isdigit() and len(text) <= GTIN_DIGITS
    return text.zfill(GTIN_DIGITS) if plain else ""
