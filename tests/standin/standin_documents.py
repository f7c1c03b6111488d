"""Documents of the FN as the driver tells them: fiscalParams, documentTLV, records (notes on JSON, section 4; 9.3)."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from emulator.atol.sale import may_repeat
from emulator.fn_document import RECEIPT_FORMS, Document
from emulator.forms import fiscal_qr
from emulator.terms import Reason, Refusal
from emulator.tlv import UNKNOWN, Quantity, Tlv, decode, kinds, make, number
from standin.standin_habits import Habits
from standin.standin_ports import Port
from standin.standin_words import DOCUMENTS

_NUMBER = re.compile(r'"\\u0001(-?[0-9.]+)"')


def roubles(kop: int) -> str:
    """Kopecks as a number of roubles; `written` turns it into a JSON number without a binary float between."""
    return exact(Decimal(kop).scaleb(-2))


def exact(value: Decimal) -> str:
    """A decimal that `written` makes a JSON number of."""
    return f"\x01{value:f}"


def written(result: dict[str, Any]) -> str:
    """The JSON text of a result."""
    return _NUMBER.sub(r"\1", json.dumps(result, ensure_ascii=False))


def stamp(port: Port, at: datetime) -> str:
    """ISO 8601 with the zone's offset."""
    return at.replace(microsecond=0, tzinfo=port.zone).isoformat()


def fiscal_result(port: Port, fd: int, paperless: bool = False) -> dict[str, Any]:
    """fiscalParams and warnings of a registered document."""
    device = port.device
    document = device.fn.document(fd)
    tags, profile = document.tags, device.profile
    params = {
        "fiscalDocumentNumber": fd,
        "fiscalDocumentSign": str(document.sign),
        "fiscalDocumentDateTime": stamp(port, document.at),
        "shiftNumber": number(tags, 1038, device.fn.shift_number),
        "fnNumber": device.fn.serial,
        "registrationNumber": profile.rnm.strip(),
        "fnsUrl": profile.fns_site,
    }
    if document.form in RECEIPT_FORMS:
        params |= {"fiscalReceiptNumber": number(tags, 1042), "total": roubles(number(tags, 1020))}
    if document.form == 5:
        params["receiptsCount"] = number(tags, 1118)
    unprinted = bool(device.head.pending) and not paperless
    return {"fiscalParams": params, "warnings": {"notPrinted": True} if unprinted else {}}


def fn_document(port: Port, fd: int, raw: bool) -> dict[str, Any]:
    """getFnDocument; `short` when the FN no longer has the text. Refuses NO_DOCUMENT, FN_ERROR."""
    document = port.device.fn.document(fd)
    form = {"fiscalDocumentType": DOCUMENTS[document.form]}
    body = _body(port, fd)
    if body is None:
        tags = _short_tags(document)
        return {"documentTLV": {**form, "short": True, "qr": _qr(document), **_members(port, tags)}}
    told: dict[str, Any] = {
        "documentTLV": {**form, "short": False, "qr": _qr(document), **_members(port, decode(body))}
    }
    if raw:
        whole = make(document.form, decode(body)).whole if port.habits.raw_with_header else body
        told["rawData"] = _bytes_text(whole, port.habits.raw_as)
    return told


def records(port: Port, fd: int) -> tuple[int, list[Tlv]] | None:
    """Form and top records of a document; None when its text is gone. Refuses NO_DOCUMENT."""
    form = port.device.fn.document(fd).form
    body = _body(port, fd)
    return None if body is None else (form, decode(body))


def _body(port: Port, fd: int) -> bytes | None:
    try:
        return port.device.fn.body(fd)[1]
    except Refusal as refusal:
        if refusal.reason is not Reason.NO_DOCUMENT:
            raise
        return None


def _short_tags(document: Document) -> list[Tlv]:
    kept = {1012, 1040, 1077, 1054, 1020, 1038} if document.form in RECEIPT_FORMS else {1012, 1040, 1077, 1038}
    return [tlv for tlv in document.tags if tlv.tag in kept]


def _qr(document: Document) -> str:
    return fiscal_qr(document.tags) if document.form in RECEIPT_FORMS else ""


def _members(port: Port, tags: Iterable[Tlv]) -> dict[str, Any]:
    """Decimal tag number -> value; what may repeat or holds tags of its own is an array."""
    told: dict[str, Any] = {}
    for tlv in tags:
        nested = isinstance(tlv.value, list)
        value = _members(port, tlv.value) if isinstance(tlv.value, list) else _value(port, tlv)
        if nested or may_repeat(tlv.tag):
            told.setdefault(str(tlv.tag), []).append(value)
        else:
            told[str(tlv.tag)] = value
    return told


def _value(port: Port, tlv: Tlv) -> Any:
    told = _plain(port, tlv)
    if port.habits.values_as == "strings" and not isinstance(told, str):
        return ("1" if told else "0") if isinstance(told, bool) else str(told)
    return told.removeprefix("\x01") if port.habits.values_as == "strings" else told


def _plain(port: Port, tlv: Tlv) -> Any:
    kind, value = kinds().get(tlv.tag, UNKNOWN), tlv.value
    if isinstance(value, bytes):
        return _bytes_text(value, port.habits.bytes_as)
    if isinstance(value, datetime):
        return stamp(port, value)
    if isinstance(value, Quantity):
        return exact(Decimal(value.mantissa).scaleb(-value.places))
    if isinstance(value, int) and kind.money:
        return roubles(value)
    return bool(value) if kind.kind == "flag" else value


def _bytes_text(value: bytes, form: str) -> str:
    return value.hex().upper() if form == "hex" else base64.b64encode(value).decode("ascii")


TYPES = {
    "stlv": 0, "string": 1, "bytes": 2, "fvln": 3, "bits": 4, "byte": 5, "vln": 6, "uint16": 7, "uint32": 8,
    "unixtime": 9, "flag": 10,
}  # fmt: skip
"""Kind of a tag -> LIBFPTR_PARAM_TAG_TYPE (9.3)."""


def record_value(tlv: Tlv, habits: Habits) -> tuple[int, str, Any]:
    """Type, name and value of a record."""
    kind = kinds().get(tlv.tag, UNKNOWN)
    kept = tlv.raw if habits.record_bytes or kind.kind in ("stlv", "bytes") else b""
    return TYPES[kind.kind], kind.name, Recorded(tlv.value, kept, kind.money)


class Recorded:
    """A record's value: read as the type it has, and as bytes where the habits allow."""

    def __init__(self, value: Any, raw: bytes, money: bool) -> None:
        self.value, self.raw, self.money = value, raw, money
