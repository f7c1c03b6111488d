"""Non-fiscal prints of the device itself: the X report and cash movements, set from its registers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from emulator.forms_layout import Sheet, amount
from emulator.marks import FeedMark, Mark

KINDS = {"sale": "ПРИХОД", "sale_return": "ВОЗВРАТ ПРИХОДА", "purchase": "РАСХОД", "purchase_return": "ВОЗВРАТ РАСХОДА"}
PAYMENTS = {
    "cash": "НАЛИЧНЫМИ",
    "electronic": "БЕЗНАЛИЧНЫМИ",
    "advance": "АВАНСАМИ",
    "credit": "В КРЕДИТ",
    "other": "ИНАЯ ОПЛАТА",
}


def x_report(
    registers: Mapping[str, int],
    columns: int,
    *,
    at: datetime | None = None,
    cashier: str = "",
    heading: Sequence[str] = (),
    serial: str = "",
) -> list[Mark]:
    """Return the print of a report without clearing; it is no fiscal document and carries no fiscal sign.

    `registers`: by name, money in kopecks; absent ones count as 0. For each kind of sale, sale_return, purchase,
    purchase_return: `<kind>_count`, `<kind>_kop`, `<kind>_{cash,electronic,advance,credit,other}_kop` of the shift and
    `total_<kind>_kop` of the storage's life; `cash_kop` in the drawer, `cash_in_kop`, `cash_in_count`, `cash_out_kop`,
    `cash_out_count`, `shift`, `last_fd`. `heading`: rows printed on top, such as user and address.
    """
    sheet = Sheet(columns)
    _put_head(sheet, "X-ОТЧЕТ", heading)
    sheet.centred("СУТОЧНЫЙ ОТЧЕТ БЕЗ ГАШЕНИЯ")
    _put_circumstances(sheet, at, cashier, registers.get("shift", 0))
    sheet.rule()
    for kind, words in KINDS.items():
        sheet.pair(f"{words}: {registers.get(f'{kind}_count', 0)}", amount(registers.get(f"{kind}_kop", 0)), bold=True)
        for payment, payment_words in PAYMENTS.items():
            kop = registers.get(f"{kind}_{payment}_kop", 0)
            if kop:
                sheet.pair(payment_words, amount(kop), indent=2)
    sheet.rule()
    for name, words in (("cash_in", "ВНЕСЕНИЕ"), ("cash_out", "ВЫПЛАТА")):
        sheet.pair(f"{words}: {registers.get(f'{name}_count', 0)}", amount(registers.get(f"{name}_kop", 0)))
    sheet.double_pair("В КАССЕ", amount(registers.get("cash_kop", 0)))
    sheet.rule()
    sheet.text("НЕОБНУЛЯЕМЫЕ СУММЫ")
    for kind, words in KINDS.items():
        sheet.pair(words, amount(registers.get(f"total_{kind}_kop", 0)), indent=2)
    sheet.rule()
    facts = [f"ЗН ККТ: {serial}" if serial else "", f"ПОСЛЕДНИЙ ФД: {registers.get('last_fd', 0)}"]
    sheet.cells(*(fact for fact in facts if fact))
    return sheet.marks


def cash_movement(
    incoming: bool,
    sum_kop: int,
    columns: int,
    *,
    at: datetime | None = None,
    cashier: str = "",
    heading: Sequence[str] = (),
    number: int = 0,
) -> list[Mark]:
    """Return the print of cash put into the drawer or taken out; `number`: running document number, 0 for none."""
    sheet = Sheet(columns)
    _put_head(sheet, "ВНЕСЕНИЕ" if incoming else "ВЫПЛАТА", heading)
    _put_circumstances(sheet, at, cashier, 0)
    if number:
        sheet.text(f"ДОКУМЕНТ: {number}")
    sheet.rule()
    sheet.double_pair("СУММА", amount(sum_kop))
    return sheet.marks


def sums_report(
    title: str, rows: Sequence[tuple[str, int]], columns: int, *, at: datetime | None = None, cashier: str = ""
) -> list[Mark]:
    """Return the print of a short report: `rows` of words and kopecks, with a word when there are none."""
    sheet = Sheet(columns)
    _put_head(sheet, title, ())
    _put_circumstances(sheet, at, cashier, 0)
    sheet.rule()
    for words, kop in rows:
        sheet.pair(words, amount(kop))
    if not rows:
        sheet.text("ОПЕРАЦИЙ НЕ БЫЛО")
    return sheet.marks


def _put_head(sheet: Sheet, title: str, heading: Sequence[str]) -> None:
    for row in heading:
        sheet.centred(row)
    if heading:
        sheet.put(FeedMark(1))
    sheet.title(title)


def _put_circumstances(sheet: Sheet, at: datetime | None, cashier: str, shift: int) -> None:
    facts = [f"{at:%d.%m.%Y %H:%M}" if at else "", f"СМЕНА: {shift}" if shift else ""]
    sheet.cells(*(fact for fact in facts if fact))
    if cashier:
        sheet.text(f"КАССИР: {cashier}")
