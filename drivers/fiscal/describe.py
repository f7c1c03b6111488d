"""A fiscal document for people and programs: readable Russian lines, and one JSON document.

Texts come from a stranger's bytes: control characters never reach the terminal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from drivers.fiscal.documents import FiscalDocument, Item, Receipt
from drivers.fiscal.findings import Finding
from drivers.fiscal.forms import FFD_NAMES
from drivers.fiscal.qr import ReceiptQr
from drivers.fiscal.redact import json_value, tag_name, tag_tree
from drivers.fiscal.tags import TagType, table
from drivers.fiscal.tlv import Tag
from drivers.fiscal.values import quantity_text

_PAYMENTS = (
    ("cash_kop", "наличными"),
    ("cashless_kop", "безналичными"),
    ("advance_kop", "зачёт аванса"),
    ("credit_kop", "в кредит"),
    ("provision_kop", "встречным предоставлением"),
)


def document_json(document: FiscalDocument, findings: Sequence[Finding]) -> dict[str, Any]:
    """The object of `fiscal decode --json`: money in kopecks, time as ISO local; null where the document is silent."""
    receipt = document if isinstance(document, Receipt) else None
    return {
        "form": document.form or None,
        "name": document.name,
        "ffd": FFD_NAMES.get(document.ffd),
        "fn_serial": document.fn_serial or None,
        "fd_number": document.fd_number or None,
        "fpd": document.fpd,
        "datetime": document.at.isoformat() if document.at else None,
        "total_kop": receipt.total_kop if receipt else None,
        "inn": document.inn or None,
        "rnm": document.rnm or None,
        "shift": document.shift,
        "operation": receipt.operation if receipt else None,
        "receipt_number": receipt.number_in_shift if receipt else None,
        "items": [_item_json(item) for item in receipt.items] if receipt else [],
        "payments": asdict(receipt.payments) if receipt else None,
        "vat": [asdict(total) for total in receipt.vat] if receipt else [],
        "tags": tag_tree(document.tags),
        "findings": [asdict(found) for found in findings],
    }


def qr_json(qr: ReceiptQr) -> dict[str, Any]:
    """The object of `fiscal qr --json`."""
    return {
        "datetime": qr.at.isoformat(),
        "total_kop": qr.total_kop,
        "fn_serial": qr.fn_serial,
        "fd_number": qr.fd_number,
        "fpd": qr.fpd,
        "operation": qr.operation,
    }


def document_lines(document: FiscalDocument, findings: Sequence[Finding]) -> Iterator[str]:
    """The document as a person reads it: what it is, the receipt, all tags, the findings."""
    lines = [*_head(document), *_receipt(document), "", "Теги:", *_tag_lines(document.tags, 1), "", *_remarks(findings)]
    return map(printable, lines)


def qr_lines(qr: ReceiptQr) -> Iterator[str]:
    """The QR as a person reads it."""
    yield f"{list_name('operations', qr.operation)}, {qr.at:%d.%m.%Y %H:%M}, сумма {_money(qr.total_kop)}"
    yield f"ФН {qr.fn_serial}   ФД {qr.fd_number}   ФПД {qr.fpd}"
    yield f"Канонический вид: {qr.text()}"


def printable(text: str) -> str:
    """Control and other unprintable characters become a middle dot."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else "·" for char in text)


def list_name(name: str, code: int) -> str:
    """The word of a code list, or the code itself."""
    return str(table("ffd_lists")[name]["names"].get(str(code), code))


def _item_json(item: Item) -> dict[str, Any]:
    return {
        "number": item.number,
        "name": item.name,
        "price_kop": item.price_kop,
        "quantity": quantity_text(item.quantity) if item.quantity is not None else None,
        "sum_kop": item.sum_kop,
        "vat": item.vat,
        "gtin": item.gtin or None,
    }


def _head(document: FiscalDocument) -> Iterator[str]:
    form = f" (форма {document.form})" if document.form else ""
    yield f"{document.name}{form}, ФФД {FFD_NAMES.get(document.ffd, f'неизвестный ({document.ffd})')}"
    sign = "не указан" if document.fpd is None else document.fpd
    yield f"ФН {document.fn_serial or 'не указан'}   ФД {document.fd_number or 'не указан'}   ФПД {sign}"
    yield f"{f'{document.at:%d.%m.%Y %H:%M}' if document.at else 'Дата не указана'}   {_shift(document)}".rstrip()
    yield f"ИНН {document.inn or 'не указан'}   РНМ {document.rnm or 'не указан'}"


def _shift(document: FiscalDocument) -> str:
    parts = [f"смена {document.shift}"] if document.shift is not None else []
    if isinstance(document, Receipt) and document.number_in_shift is not None:
        parts.append(f"чек {document.number_in_shift}")
    return "   ".join(parts)


def _receipt(document: FiscalDocument) -> Iterator[str]:
    if not isinstance(document, Receipt):
        return
    yield ""
    yield list_name("operations", document.operation).upper() if document.operation else "ПРИЗНАК РАСЧЕТА НЕ УКАЗАН"
    for item in document.items:
        quantity = quantity_text(item.quantity) if item.quantity is not None else "?"
        rate = f"   {list_name('vat_rates', item.vat)}" if item.vat is not None else ""
        name = item.name or "(без наименования)"
        yield f"{item.number:>3}. {name}   {_money(item.price_kop)} × {quantity} = {_money(item.sum_kop)}{rate}"
    yield f"ИТОГ {_money(document.total_kop)}"
    for field, word in _PAYMENTS:
        paid: int = getattr(document.payments, field)
        if paid:
            yield f"  {word}: {_money(paid)}"
    for total in document.vat:
        yield f"  {list_name('vat_rates', total.rate)}: {_money(total.sum_kop)}"


def _tag_lines(tags: Iterable[Tag], level: int) -> Iterator[str]:
    for tag in tags:
        yield f"{'  ' * level}{tag.tag} {tag_name(tag)}{'' if tag.tags else f': {_shown(tag)}'}"
        yield from _tag_lines(tag.tags, level + 1)


def _shown(tag: Tag) -> str:
    spec, value = tag.spec, tag.value
    if spec is None or isinstance(value, bytes) or value is None:
        return str(json_value(tag) if value is not None else "")
    if isinstance(value, datetime):
        return f"{value:%d.%m.%Y %H:%M:%S}"
    if isinstance(value, int):
        if spec.money:
            return _money(value)
        if spec.list_name:
            return f"{value} ({_words(spec.list_name, value, spec.type is TagType.BITS)})"
    return str(json_value(tag))


def _words(name: str, value: int, bits: bool) -> str:
    if not bits:
        return list_name(name, value) if str(value) in table("ffd_lists")[name]["names"] else "нет в списке"
    raised = [list_name(name, bit) for bit in range(value.bit_length()) if value >> bit & 1]
    return ", ".join(raised) or "нет"


def _remarks(findings: Sequence[Finding]) -> Iterator[str]:
    if not findings:
        yield "Замечаний нет."
        return
    yield "Замечания:"
    for found in findings:
        word = "ошибка" if found.severity == "E" else "внимание"
        path = f" [{found.path}]" if found.path else ""
        yield f"  {word}{path}: {found.message_ru}"


def _money(kop: int) -> str:
    return f"{kop // 100}.{kop % 100:02d}"
