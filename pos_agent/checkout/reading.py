"""Bytes read back from the fiscal storage -> a document as loyalty understands it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from drivers.api import StoredDocument
from drivers.fiscal import documents as fiscal
from drivers.fiscal.reading import read_body
from drivers.fiscal.redact import redacted_tree
from drivers.fiscal.tlv import TlvError
from pos_agent.checkout.resolve import Content
from pos_agent.model.receipt import RECEIPT_FORMS, DocumentId, FiscalDocument, Operation, Receipt, ReceiptLine
from pos_agent.printing.ports import UnreadableDocumentError


@dataclass(frozen=True)
class ReadDocument:
    """A decoded document and its decoded form without personal data, for the database."""

    document: FiscalDocument
    decoded: Mapping[str, Any]


def read(fn_serial: str, stored: StoredDocument) -> ReadDocument:
    """Decode one document of the storage `fn_serial`.

    Raises UnreadableDocumentError: the bytes are no TLV, say another number or storage than was asked for, or lack what
    every document has (sign, time). A receipt that is merely unusual is read as it is.
    """
    try:
        parsed = read_body(stored.form, stored.tlv)
    except TlvError as error:
        raise UnreadableDocumentError(str(error)) from error
    _must_be_ours(fn_serial, stored, parsed)
    if parsed.at is None or parsed.fpd is None:
        raise UnreadableDocumentError("no date-time (1012) or no fiscal sign (1077)")
    receipt = _receipt(parsed) if stored.form in RECEIPT_FORMS and isinstance(parsed, fiscal.Receipt) else None
    document = FiscalDocument(
        id=DocumentId(fn_serial, stored.fd_number),
        form=stored.form,
        fpd=parsed.fpd,
        at=parsed.at,
        shift=parsed.shift,
        receipt=receipt,
        cashier=parsed.cashier,
    )
    return ReadDocument(document, {"form": stored.form, "tags": redacted_tree(parsed.tags)})


def content_of(fn_serial: str, stored: StoredDocument) -> Content | None:
    """What a receipt says of money, to compare with an intent; None for any other form. UnreadableDocumentError."""
    try:
        parsed = read_body(stored.form, stored.tlv)
    except TlvError as error:
        raise UnreadableDocumentError(str(error)) from error
    _must_be_ours(fn_serial, stored, parsed)
    if stored.form not in RECEIPT_FORMS or not isinstance(parsed, fiscal.Receipt):
        return None
    paid = parsed.payments
    kept = (paid.cash_kop, paid.cashless_kop, paid.advance_kop, paid.credit_kop, paid.provision_kop)
    return Content(parsed.operation or 0, parsed.total_kop, kept)


def _must_be_ours(fn_serial: str, stored: StoredDocument, parsed: fiscal.FiscalDocument) -> None:
    if parsed.fn_serial != fn_serial:
        raise UnreadableDocumentError(f"tag 1041 says {parsed.fn_serial!r}")
    if parsed.fd_number != stored.fd_number:
        raise UnreadableDocumentError(f"tag 1040 says {parsed.fd_number}")


def _receipt(parsed: fiscal.Receipt) -> Receipt:
    if parsed.operation not in (1, 2, 3, 4):
        raise UnreadableDocumentError(f"tag 1054 says {parsed.operation}")
    lines = tuple(
        ReceiptLine(item.number, item.name, item.price_kop, item.quantity_micro, item.sum_kop, item.gtin)
        for item in parsed.items
    )
    if any(line.quantity_micro <= 0 for line in lines):
        raise UnreadableDocumentError("a line without a quantity (1023)")
    return Receipt(
        operation=Operation(parsed.operation),
        total_kop=parsed.total_kop,
        lines=lines,
        number_in_shift=parsed.number_in_shift,
        buyer_contact=parsed.buyer_contact,
        requisite_name=parsed.requisite_name,
        requisite_value=parsed.requisite_value,
        receipt_requisite=parsed.receipt_requisite,
        advance_kop=parsed.payments.advance_kop,
    )
