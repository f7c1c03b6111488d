"""Printed forms of fiscal documents, set as a fiscal printer would print them from the document's own tags.

What must be printed is fixed by the FFD order (columns "П" of its tables; 54-FZ notes, sections 2 and 3); the layout
is that of common registers. X reports and cash movements are not fiscal and are set from the device's registers.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from emulator.forms_layout import Sheet, tag_text
from emulator.forms_receipt import put_receipt
from emulator.forms_registers import KINDS, cash_movement, sums_report, x_report
from emulator.forms_report import put_report
from emulator.forms_words import OPERATIONS, TITLES
from emulator.marks import FeedMark, Mark, QrMark, qr_matrix
from emulator.tlv import Tlv, first, number

__all__ = ["KINDS", "cash_movement", "fiscal_qr", "fiscal_sign", "printed_form", "sums_report", "x_report"]

RECEIPTS = (3, 4)
CORRECTIONS = (31, 41)
QR_LEVEL = "M"
QR_SIDE_DOTS = 160  # the order asks for 20 x 20 mm, at 8 dots per mm
FROM_REGISTRATION = (1048, 1018, 1009, 1187, 1060, 1117, 1013)


def printed_form(
    form: int,
    tags: list[Tlv],
    columns: int,
    *,
    registration: Sequence[Tlv] = (),
    change_kop: int = 0,
    correction_qr: bool = True,
) -> list[Mark]:
    """Return the print of one document, without feed to the knife and without the cut.

    `form`: form code 1..6, 11, 21, 31, 41 (another code prints its number as title); `tags`: members of the document,
    absent ones are left out of the print; `columns`: 24 or more, 32, 42 and 48 are usual.
    `registration`: members of the registration report: user, address, place and site are printed from there when the
    document does not carry them. `change_kop`: cash handed back, which no tag holds: prints ПОЛУЧЕНО and СДАЧА.
    `correction_qr`: registers differ in whether a correction carries the QR; the order lets it be absent.
    """
    sheet = Sheet(columns)
    # The first of a tag counts, so the document's own stand in front.
    known = [*tags, *(tlv for tlv in registration if tlv.tag in FROM_REGISTRATION)]
    _put_heading(sheet, form, known)
    if form in RECEIPTS + CORRECTIONS:
        put_receipt(sheet, known, change_kop)
    else:
        put_report(sheet, form, known)
    _put_signature(sheet, known)
    if form in RECEIPTS or (form in CORRECTIONS and correction_qr):
        _put_qr(sheet, tags)
    return sheet.marks


def fiscal_sign(tags: Sequence[Tlv]) -> int:
    """The fiscal sign as printed: bytes 2..5 of tag 1077, big-endian; 0 when the tag is absent."""
    found = first(tags, 1077)
    return int.from_bytes(found.raw[2:6], "big") if found else 0


def fiscal_qr(tags: Sequence[Tlv]) -> str:
    """The text of the fiscal QR (tag 1196), or "" when the document has no time (54-FZ notes, section 3)."""
    at = _time(tags)
    if at is None:
        return ""
    total = number(tags, 1020)
    parts = {
        "t": f"{at:%Y%m%dT%H%M}",
        "s": f"{total // 100}.{total % 100:02}",
        "fn": tag_text(tags, 1041),
        "i": str(number(tags, 1040)),
        "fp": str(fiscal_sign(tags)),
        "n": str(number(tags, 1054)),
    }
    return "&".join(f"{key}={value}" for key, value in parts.items())


def _put_heading(sheet: Sheet, form: int, tags: Sequence[Tlv]) -> None:
    for tag in (1048, 1009, 1187):
        if tag_text(tags, tag):
            sheet.centred(tag_text(tags, tag), bold=tag == 1048)
    sheet.put(FeedMark(1))
    sheet.title(TITLES.get(form, f"ДОКУМЕНТ {form}"))
    if form in RECEIPTS + CORRECTIONS:
        operation = number(tags, 1054)
        sheet.centred(OPERATIONS.get(operation, f"ПРИЗНАК РАСЧЕТА {operation}"), bold=True)
    at = _time(tags)
    shift, receipt = number(tags, 1038), number(tags, 1042)
    cells = [
        f"{at:%d.%m.%Y %H:%M}" if at else "",
        f"СМЕНА: {shift}" if shift else "",
        f"КАССИР: {tag_text(tags, 1021)}" if tag_text(tags, 1021) else "",
        f"ЧЕК: {receipt}" if receipt else "",
        f"АВТОМАТ: {tag_text(tags, 1036)}" if tag_text(tags, 1036) else "",
    ]
    sheet.cells(*(cell for cell in cells if cell))


def _put_signature(sheet: Sheet, tags: Sequence[Tlv]) -> None:
    """Who, which register, which storage, which document: the block by which a buyer checks the receipt."""
    sheet.rule()
    site = tag_text(tags, 1060)
    facts = [
        f"ИНН: {tag_text(tags, 1018)}",
        f"РН ККТ: {tag_text(tags, 1037)}",
        f"ФН: {tag_text(tags, 1041)}",
        f"ФД: {number(tags, 1040)}",
        f"ФП: {fiscal_sign(tags)}",
        f"САЙТ ФНС: {site}" if site else "",
    ]
    sheet.cells(*(fact for fact in facts if fact))


def _put_qr(sheet: Sheet, tags: Sequence[Tlv]) -> None:
    text = fiscal_qr(tags)
    if text:
        modules = len(qr_matrix(text, QR_LEVEL))
        sheet.put(FeedMark(1), QrMark(text, dot=-(-QR_SIDE_DOTS // modules), level=QR_LEVEL))


def _time(tags: Sequence[Tlv]) -> datetime | None:
    found = first(tags, 1012)
    return found.value if found and isinstance(found.value, datetime) else None
