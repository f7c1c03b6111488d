"""An object of the tax service's JSON -> a receipt of the model, checked; or `Refused`. Pure.

Fiscal reference: names in section 7.1, sums in 4.2, what must hold in 8. Nothing is mended and nothing supposed: what a
receipt does not say stays unknown, what it says in two ways that disagree is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pos_agent.model.receipt import RECEIPT_FORMS, DocumentId, FiscalDocument, Operation, Receipt
from pos_agent.tax_receipts import qr as qr_text
from pos_agent.tax_receipts.amounts import Amounts, checked, scale
from pos_agent.tax_receipts.fields import Fields
from pos_agent.tax_receipts.items import line_of
from pos_agent.tax_receipts.refusal import MALFORMED, MISSING, NO_ITEMS, NOT_A_RECEIPT, Refused

FN_DIGITS = range(12, 17)
MAX_FPD = 2**32
MAX_FD = 2**32


@dataclass(frozen=True)
class TaxReceipt:
    """A foreign receipt. `payments_kop` by the field's name, {} when the file tells none; `vat_codes` (tag 1199) per
    line, 0 = not told; `vat_kop`: VAT of the receipt by code; `place`: the store as the receipt names it.

    `rounded_kop`: what the total lies below the sum of lines (whole roubles); `unit`: what sums were written in,
    "kopecks" or "roubles"; `warnings`: machine words of what is odd but no reason to refuse.
    """

    document: FiscalDocument
    receipt: Receipt
    payments_kop: Mapping[str, int]
    vat_codes: tuple[int, ...]
    vat_kop: Mapping[int, int]
    tax_system: int
    place: str
    register: str
    rounded_kop: int
    unit: str
    warnings: tuple[str, ...] = ()


def read(table: Mapping[str, object], qr: str = "") -> TaxReceipt:
    """One receipt. Refused: TAX-03 to TAX-08, with the field. `qr`: the text of the receipt's QR, "" = unknown."""
    fields = Fields(table)
    _is_a_receipt(fields)
    operation = _operation(fields)
    items = fields.tables_at("items")
    if not items:
        raise Refused(NO_ITEMS, "items")
    at = fields.moment("dateTime", "localDateTime")
    number = _document(fields)
    asked = qr_text.read(qr) if qr else None
    written = Amounts.of(fields, items)
    unit = scale(written, isinstance(table.get("fiscalSign"), str), asked)
    lines = tuple(line_of(item, position, unit, at.date()) for position, item in enumerate(items, 1))
    sums = checked(written, unit, tuple(line for line, _ in lines))
    sign = _sign(fields)
    if asked is not None:
        qr_text.compare(asked, number, at, sums.total_kop, sign, int(operation))
    codes = tuple(code for _, code in lines)
    receipt = Receipt(
        operation=operation,
        total_kop=sums.total_kop,
        lines=tuple(line for line, _ in lines),
        number_in_shift=fields.whole("requestNumber"),
        buyer_contact=_contact(fields),
        advance_kop=sums.payments_kop.get("prepaidSum", 0),
        **_requisites(fields),
    )
    form = fields.whole("code", "receiptCode") or 3
    return TaxReceipt(
        document=FiscalDocument(number, form, sign, at, fields.whole("shiftNumber"), receipt),
        receipt=receipt,
        payments_kop=sums.payments_kop,
        vat_codes=codes,
        vat_kop=sums.vat_kop,
        tax_system=fields.whole("appliedTaxationType", "taxationType") or 0,
        place=fields.text("retailPlaceAddress", "retailAddress") or fields.text("retailPlace"),
        register=fields.text("kktRegId"),
        rounded_kop=sums.rounded_kop,
        unit=unit.name,
        warnings=sums.warnings,
    )


def _is_a_receipt(fields: Fields) -> None:
    """Forms 3 and 4; corrections (31, 41), shifts and reports are documents of other kinds."""
    name = fields.found("code", "receiptCode")
    form = fields.whole("code", "receiptCode")
    if form is not None and form not in RECEIPT_FORMS:
        raise Refused(NOT_A_RECEIPT, name, value=form)


def _operation(fields: Fields) -> Operation:
    value = fields.needed("operationType")
    if value not in tuple(Operation):
        raise Refused(MALFORMED, "operationType", value=value)
    return Operation(value)


def _document(fields: Fields) -> DocumentId:
    serial = fields.text("fiscalDriveNumber")
    if not serial:
        raise Refused(MISSING, "fiscalDriveNumber")
    if not (serial.isascii() and serial.isdigit() and len(serial) in FN_DIGITS):
        raise Refused(MALFORMED, "fiscalDriveNumber", value=serial)
    number = fields.needed("fiscalDocumentNumber")
    if not 0 < number < MAX_FD:
        raise Refused(MALFORMED, "fiscalDocumentNumber", value=number)
    return DocumentId(serial, number)


def _sign(fields: Fields) -> int:
    """Tag 1077. `messageFiscalSign` is another sign and not to be trusted to the digit: it is not read."""
    sign = fields.needed("fiscalSign")
    if sign >= MAX_FPD:
        raise Refused(MALFORMED, "fiscalSign", value=sign)
    return sign


def _contact(fields: Fields) -> str:
    """Tag 1008."""
    contact = fields.text("buyerPhoneOrAddress", "buyerAddress")
    return "" if contact.lower() in ("none", "нет") else contact


def _requisites(fields: Fields) -> dict[str, str]:
    """Tags 1084 (the first one; both spellings of its members) and 1192."""
    listed = fields.tables_at("properties")
    found = {"receipt_requisite": fields.text("propertiesData")}
    if listed:
        found["requisite_name"] = listed[0].text("propertyName", "key")
        found["requisite_value"] = listed[0].text("propertyValue", "value")
    return found
