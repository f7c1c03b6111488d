"""Bytes to documents. `read_body` for what a printer returns, `read_image` for what people have in files."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from drivers.fiscal.containers import Image, unwrap
from drivers.fiscal.documents import (
    Correction,
    FiscalDocument,
    Item,
    Payments,
    Receipt,
    Registration,
    ShiftClose,
    ShiftOpen,
    VatTotal,
)
from drivers.fiscal.forms import CORRECTIONS, RECEIPTS, REGISTRATIONS, form_name, guess_form
from drivers.fiscal.gtin import gtin
from drivers.fiscal.members import decimal, every, first, inside, moment, text, whole
from drivers.fiscal.tags import FFD_10
from drivers.fiscal.tlv import Tag, decode
from drivers.fiscal.values import printed_fpd, quantity_micro

NO_CONTACT = "none"  # what 1008 holds when the law lets the address be withheld
_WARNINGS = (1050, 1051, 1052, 1053)
_FLAT_VAT = {1102: 1, 1103: 2, 1106: 3, 1107: 4, 1104: 5, 1105: 6}  # fiscal notes, section 2.6


def read_body(form: int, body: bytes, *, offset: int = 0) -> FiscalDocument:
    """A document from its body: the members, without the outer form code and length.

    `form` is the form code of the storage's answer. `offset` is where the body starts in the input, for messages.
    Raises TlvError when the bytes are not TLV; a document that is only incomplete or wrong is returned as it is.
    """
    return _document(form, decode(body, parent=form, offset=offset))


def read_image(buffer: bytes) -> tuple[FiscalDocument, Image]:
    """A document from a file's bytes, wrapped or bare. Form 0 = bare and not to be told from its tags.

    Raises TlvError.
    """
    image = unwrap(buffer)
    if image.form is not None:
        return read_body(image.form, image.body, offset=image.body_offset), image
    tags = decode(image.body)
    return _document(guess_form(tags), tags), image


def _document(form: int, tags: tuple[Tag, ...]) -> FiscalDocument:
    common = _common(form, tags)
    if form in RECEIPTS:
        return Receipt(**common, **_receipt(tags))
    if form in CORRECTIONS:
        return Correction(**common, **_receipt(tags), **_correction(tags))
    if form == 2:
        return ShiftOpen(**common, kkt_version=text(tags, 1188), warnings=_warnings(tags))
    if form == 5:
        return ShiftClose(**common, **_shift_close(tags))
    if form in REGISTRATIONS:
        return Registration(**common, **_registration(tags))
    return FiscalDocument(**common)


def _common(form: int, tags: tuple[Tag, ...]) -> dict[str, Any]:
    sign = first(tags, 1077)
    ffd = whole(tags, 1209)
    return {
        "form": form,
        "name": form_name(form) if form else "Документ без кода формы",
        "ffd": FFD_10 if ffd is None else ffd,
        "fn_serial": text(tags, 1041),
        "fd_number": whole(tags, 1040) or 0,
        "fpd": printed_fpd(sign.raw) if sign else None,
        "at": moment(tags, 1012),
        "inn": text(tags, 1018),
        "rnm": text(tags, 1037),
        "shift": whole(tags, 1038),
        "cashier": text(tags, 1021),
        "tags": tags,
    }


def _receipt(tags: tuple[Tag, ...]) -> dict[str, Any]:
    contact = text(tags, 1008).strip()
    extra = inside(tags, 1084)
    return {
        "operation": whole(tags, 1054),
        "total_kop": whole(tags, 1020) or 0,
        "number_in_shift": whole(tags, 1042),
        "tax_system": whole(tags, 1055),
        "items": tuple(_item(number, tag.tags) for number, tag in enumerate(every(tags, 1059), 1)),
        "payments": Payments(*(whole(tags, tag) or 0 for tag in (1031, 1081, 1215, 1216, 1217))),
        "vat": _vat_totals(tags),
        "buyer_contact": "" if contact.lower() == NO_CONTACT else contact,
        "requisite_name": text(extra, 1085),
        "requisite_value": text(extra, 1086),
        "receipt_requisite": text(tags, 1192),
    }


def _item(number: int, tags: tuple[Tag, ...]) -> Item:
    quantity = decimal(tags, 1023)
    return Item(
        number=number,
        name=text(tags, 1030),
        price_kop=whole(tags, 1079) or 0,
        quantity_micro=quantity_micro(quantity or Decimal(0)),
        sum_kop=whole(tags, 1043) or 0,
        vat=whole(tags, 1199),
        method=whole(tags, 1214),
        subject=whole(tags, 1212),
        measure=whole(tags, 2108),
        gtin=gtin(tags),
        quantity=quantity,
        tags=tags,
    )


def _vat_totals(tags: tuple[Tag, ...]) -> tuple[VatTotal, ...]:
    """Flat totals and those of 1115 in the document's order, without the zero placeholder 1104 beside a 1115."""
    totals: list[VatTotal] = []
    has_container = first(tags, 1115) is not None
    for tag in tags:
        if tag.tag in _FLAT_VAT and isinstance(tag.value, int):
            if not (tag.tag == 1104 and tag.value == 0 and has_container):
                totals.append(VatTotal(_FLAT_VAT[tag.tag], tag.value))
        elif tag.tag == 1115:
            pairs = [(whole(rate.tags, 1199), whole(rate.tags, 1120)) for rate in every(tag.tags, 1119)]
            totals.extend(VatTotal(rate, kop) for rate, kop in pairs if rate is not None and kop is not None)
    return tuple(totals)


def _correction(tags: tuple[Tag, ...]) -> dict[str, Any]:
    basis = inside(tags, 1174)
    return {
        "correction_type": whole(tags, 1173),
        "basis_at": moment(basis, 1178),
        "basis_number": text(basis, 1179),
    }


def _shift_close(tags: tuple[Tag, ...]) -> dict[str, Any]:
    return {
        "receipts": whole(tags, 1118),
        "documents": whole(tags, 1111),
        "unsent": whole(tags, 1097),
        "first_unsent_at": moment(tags, 1098),
        "key_days": whole(tags, 1213),
        "warnings": _warnings(tags),
    }


def _registration(tags: tuple[Tag, ...]) -> dict[str, Any]:
    return {
        "user": text(tags, 1048),
        "address": text(tags, 1009),
        "place": text(tags, 1187),
        "kkt_serial": text(tags, 1013),
        "tax_systems": whole(tags, 1062),
        "ofd_inn": text(tags, 1017),
        "offline": whole(tags, 1002) == 1,
        "change_reasons": whole(tags, 1205),
    }


def _warnings(tags: tuple[Tag, ...]) -> frozenset[int]:
    return frozenset(tag for tag in _WARNINGS if whole(tags, tag) == 1)
