"""The body of receipts and corrections: lines, total, payments, taxes, additional facts (FFD order, forms 3 and 31)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from emulator.forms_layout import Sheet, amount, money, tag_text
from emulator.forms_words import (
    AGENTS,
    CORRECTION_KINDS,
    MEASURES,
    METHODS,
    PAYMENTS,
    SUBJECTS,
    TAX_SYSTEMS,
    VAT_RATES,
    VAT_TOTALS,
    bit_words,
)
from emulator.tlv import Quantity, Tlv, first, members, number

FULL_PAYMENT = 4
VAT_20_SINCE = datetime.fromisoformat("2019-01-01")  # wall clock without a zone, as in documents
INDENT = 2


def put_receipt(sheet: Sheet, tags: Sequence[Tlv], change_kop: int = 0) -> None:
    """Set everything between the heading and the signature of a receipt or a correction."""
    _put_correction(sheet, tags)
    sheet.rule()
    lines = [tlv.value for tlv in tags if tlv.tag == 1059 and isinstance(tlv.value, list)]
    for position, line in enumerate(lines, start=1):
        _put_line(sheet, position, line, before_2019=_before_2019(tags))
    if lines:
        sheet.rule()
    sheet.double_pair("ИТОГ", amount(number(tags, 1020)))
    _put_payments(sheet, tags, change_kop)
    _put_taxes(sheet, tags)
    _put_facts(sheet, tags)


def _put_correction(sheet: Sheet, tags: Sequence[Tlv]) -> None:
    if first(tags, 1173) is not None:
        sheet.text("ТИП КОРРЕКЦИИ: " + CORRECTION_KINDS.get(number(tags, 1173), "?"))
    for tlv in members(tags, 1174):
        if tlv.tag == 1178 and isinstance(tlv.value, datetime):
            sheet.text(f"ДАТА КОРРЕКТИРУЕМОГО РАСЧЕТА: {tlv.value:%d.%m.%Y}")
        if tlv.tag == 1179 and isinstance(tlv.value, str):
            sheet.text(f"НОМЕР ПРЕДПИСАНИЯ: {tlv.value}")


def _put_line(sheet: Sheet, position: int, line: Sequence[Tlv], before_2019: bool) -> None:
    mark = " [М]" if first(line, 1162) or first(line, 1163) else ""
    sheet.text(f"{position}: {tag_text(line, 1030)}{mark}".rstrip())
    count = f"{money(number(line, 1079))} x {_quantity(line)}".rstrip()
    sheet.pair(count, amount(number(line, 1043)), indent=INDENT)
    rate = _rate(number(line, 1199), before_2019)
    if number(line, 1200):
        sheet.pair(rate, amount(number(line, 1200)), indent=INDENT)
        rate = ""
    method, subject = number(line, 1214, FULL_PAYMENT), number(line, 1212)
    words = [rate, SUBJECTS.get(subject, ""), METHODS.get(method, "") if method != FULL_PAYMENT else ""]
    if any(words):
        sheet.text(", ".join(word for word in words if word), indent=INDENT)
    _put_line_facts(sheet, line)


def _put_line_facts(sheet: Sheet, line: Sequence[Tlv]) -> None:
    supplier = tag_text(members(line, 1224), 1225)
    facts = {
        "": tag_text(line, 1191),
        "АГЕНТ: ": bit_words(number(line, 1222), AGENTS),
        "ПОСТАВЩИК: ": supplier,
        "ИНН ПОСТАВЩИКА: ": tag_text(line, 1226),
        "СТРАНА: ": tag_text(line, 1230),
        "ДТ: ": tag_text(line, 1231),
        "АКЦИЗ: ": money(number(line, 1229)) if number(line, 1229) else "",
    }
    for label, value in facts.items():
        if value:
            sheet.text(label + value, indent=INDENT)


def _put_payments(sheet: Sheet, tags: Sequence[Tlv], change_kop: int) -> None:
    """Zero payments are in the document but not on paper."""
    for tag, words in PAYMENTS.items():
        if number(tags, tag):
            sheet.pair(words, amount(number(tags, tag)))
    if change_kop:
        sheet.pair("ПОЛУЧЕНО НАЛИЧНЫМИ", amount(number(tags, 1031) + change_kop))
        sheet.pair("СДАЧА", amount(change_kop))


def _put_taxes(sheet: Sheet, tags: Sequence[Tlv]) -> None:
    """Zero totals are not printed: 1104 = 0 is a placeholder when all tax is in 1115 (54-FZ notes, section 2.6)."""
    for tag, words in VAT_TOTALS.items():
        if number(tags, tag):
            sheet.pair(words.replace("20", "18") if _before_2019(tags) else words, amount(number(tags, tag)))
    for tlv in members(tags, 1115):
        if tlv.tag == 1119 and isinstance(tlv.value, list) and number(tlv.value, 1120):
            sheet.pair("СУММА " + _rate(number(tlv.value, 1199), before_2019=False), amount(number(tlv.value, 1120)))
    if number(tags, 1055):
        sheet.pair("СНО", bit_words(number(tags, 1055), TAX_SYSTEMS))


def _put_facts(sheet: Sheet, tags: Sequence[Tlv]) -> None:
    buyer = members(tags, 1256) or tags
    extra = members(tags, 1084)
    contact = tag_text(tags, 1008)
    facts = {
        "ПОКУПАТЕЛЬ": tag_text(buyer, 1227),
        "ИНН ПОКУПАТЕЛЯ": tag_text(buyer, 1228),
        "ЭЛ. АДР. ПОКУПАТЕЛЯ": contact,
        "ЭЛ. АДР. ОТПРАВИТЕЛЯ": tag_text(tags, 1117) if contact else "",
        "ПРИЗНАК АГЕНТА": bit_words(number(tags, 1057), AGENTS),
        tag_text(extra, 1085): tag_text(extra, 1086),
        "ДОП. РЕКВИЗИТ ЧЕКА": tag_text(tags, 1192),
    }
    for label, value in facts.items():
        if label and value:
            sheet.text(f"{label}: {value}")
    if number(tags, 1125):
        sheet.text("РАСЧЕТ В ИНТЕРНЕТ")
    if number(tags, 2107):
        sheet.text("КМ?")


def _rate(code: int, before_2019: bool) -> str:
    words = VAT_RATES.get(code, "")
    return words.replace("20", "18") if before_2019 and code in (1, 3) else words


def _before_2019(tags: Sequence[Tlv]) -> bool:
    found = first(tags, 1012)
    return found is not None and isinstance(found.value, datetime) and found.value < VAT_20_SINCE


def _quantity(line: Sequence[Tlv]) -> str:
    """Quantity in the shortest decimal form with the unit: 1.000 шт. -> 1 шт."""
    found = first(line, 1023)
    value = found.value if found and isinstance(found.value, Quantity) else Quantity(0, 0)
    digits = format(Decimal(value.mantissa).scaleb(-value.places), "f")
    digits = digits.rstrip("0").rstrip(".") if "." in digits else digits
    unit = MEASURES.get(number(line, 2108), "") if first(line, 2108) else tag_text(line, 1197)
    return f"{digits} {unit}"
