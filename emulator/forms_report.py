"""The body of reports: registration, shift, state of calculations (FFD order, forms 1, 2, 5, 6, 11, 21)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from emulator.forms_layout import Sheet, amount
from emulator.forms_words import (
    CHANGE_REASON_BITS,
    CHANGE_REASONS,
    FFD_VERSIONS,
    FLAGS,
    TAX_SYSTEMS,
    USE_SIGNS,
    bit_words,
)
from emulator.tlv import Tlv, first, members, number

# Plain facts: tag -> words, printed in this order when the document carries the tag.
FACTS = {
    1118: "ЧЕКОВ ЗА СМЕНУ",
    1111: "ФД ЗА СМЕНУ",
    1097: "НЕПЕРЕДАННЫХ ФД",
    1116: "ПЕРВЫЙ НЕПЕРЕДАННЫЙ ФД",
    1098: "ФД НЕ ПЕРЕДАНЫ С",
    2104: "НЕПЕРЕДАННЫХ УВЕДОМЛЕНИЙ",
    1213: "РЕСУРС КЛЮЧЕЙ, ДНЕЙ",
    1013: "ЗН ККТ",
    1188: "ВЕРСИЯ ККТ",
    1189: "ФФД ККТ",
    1190: "ФФД ФН",
    1209: "ФФД",
    1062: "СНО",
    1017: "ИНН ОФД",
    1046: "ОФД",
    1117: "ЭЛ. АДР. ОТПРАВИТЕЛЯ",
    1290: "ПРИЗНАКИ ИСПОЛЬЗОВАНИЯ ККТ",
    1101: "ПРИЧИНА",
    1205: "ПРИЧИНА",
}
REGISTRATION_ONLY = (1013, 1117, 1209)  # not printed on other reports
COUNTERS = {1194: "СЧЕТЧИКИ ИТОГОВ СМЕНЫ", 1157: "СЧЕТЧИКИ ИТОГОВ ФН", 1158: "СЧЕТЧИКИ НЕПЕРЕДАННЫХ ФД"}
COUNTER_KINDS = {
    1129: "ПРИХОД",
    1130: "ВОЗВРАТ ПРИХОДА",
    1131: "РАСХОД",
    1132: "ВОЗВРАТ РАСХОДА",
    1133: "КОРРЕКЦИИ",
    1145: "КОРРЕКЦИЯ ПРИХОДА",
    1146: "КОРРЕКЦИЯ РАСХОДА",
    1232: "КОРРЕКЦИЯ ВОЗВР. ПРИХОДА",
    1233: "КОРРЕКЦИЯ ВОЗВР. РАСХОДА",
}
COUNTER_SUMS = {
    1201: "ИТОГО",
    1136: "НАЛИЧНЫМИ",
    1138: "БЕЗНАЛИЧНЫМИ",
    1218: "АВАНСАМИ",
    1219: "В КРЕДИТ",
    1220: "ИНАЯ ОПЛАТА",
    1139: "НДС 20%",
    1140: "НДС 10%",
    1141: "НДС 20/120",
    1142: "НДС 10/110",
    1143: "С НДС 0%",
    1183: "БЕЗ НДС",
}


def put_report(sheet: Sheet, form: int, tags: Sequence[Tlv]) -> None:
    """Set everything between the heading and the signature of a report."""
    sheet.rule()
    for tag, words in FACTS.items():
        found = first(tags, tag)
        if found is None or (tag in REGISTRATION_ONLY and form not in (1, 11)):
            continue
        value = _shown(found)
        if value:
            sheet.pair(words, value)
    for tag, words in FLAGS.items():
        if number(tags, tag):
            sheet.text(words)
    for tag, words in COUNTERS.items():
        if members(tags, tag):
            _put_counters(sheet, words, members(tags, tag))


def _put_counters(sheet: Sheet, words: str, counters: Sequence[Tlv]) -> None:
    sheet.rule()
    sheet.centred(words, bold=True)
    if first(counters, 1134):
        sheet.pair("ВСЕГО ЧЕКОВ", str(number(counters, 1134)))
    for tlv in counters:
        if tlv.tag in COUNTER_KINDS and isinstance(tlv.value, list):
            _put_counter(sheet, COUNTER_KINDS[tlv.tag], tlv.value)


def _put_counter(sheet: Sheet, words: str, counter: Sequence[Tlv]) -> None:
    """One kind: count and its sums; zero sums are left out. Corrections hold a counter for each kind inside."""
    sheet.pair(words, str(number(counter, 1135) or number(counter, 1144)))
    for tag, sum_words in COUNTER_SUMS.items():
        if number(counter, tag):
            sheet.pair(sum_words, amount(number(counter, tag)), indent=1)
    for tlv in counter:
        if tlv.tag in COUNTER_KINDS and isinstance(tlv.value, list) and number(tlv.value, 1135):
            _put_counter(sheet, COUNTER_KINDS[tlv.tag], tlv.value)


def _shown(tlv: Tlv) -> str:
    match tlv.tag, tlv.value:
        case 1098, datetime() as day:
            return f"{day:%d.%m.%Y}" if day.year > 1970 else ""
        case ((1189 | 1190 | 1209), int() as code):
            return FFD_VERSIONS.get(code, str(code))
        case 1062, int() as bits:
            return bit_words(bits, TAX_SYSTEMS)
        case 1290, int() as bits:
            return bit_words(bits, USE_SIGNS)
        case 1205, int() as bits:
            return bit_words(bits, CHANGE_REASON_BITS)
        case 1101, int() as code:
            return CHANGE_REASONS.get(code, str(code))
        case _, (int() | str()) as plain:
            return str(plain).strip()
        case _:
            return tlv.raw.hex()
