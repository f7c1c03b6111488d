"""Shapes of results. Source: task reference, sections 2.2, 2.3 and 4."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from drivers.fiscal.documents import FiscalDocument, Receipt
from drivers.fiscal.members import first, whole
from drivers.fiscal.redact import PERSONAL
from drivers.fiscal.tlv import Tag
from drivers.fiscal.values import printed_fpd
from pos_agent.api.atol_tasks.faults import OK, TaskError, said
from pos_agent.api.atol_tasks.numbers import roubles
from pos_agent.api.atol_tasks.words import DOCUMENT_TYPES

WAIT, RUNNING, READY, ERROR = "wait", "inProgress", "ready", "error"
INTERRUPTED, BLOCKED, CANCELED = "interrupted", "blocked", "canceled"
TERMINAL = (READY, ERROR, INTERRUPTED, CANCELED)

Json = dict[str, Any]


def item(status: str, lang: str, result: object = None, fault: TaskError | None = None) -> Json:
    """One item of `results`: `error` is always there."""
    error = fault.json if fault is not None else {"code": OK, "description": said("ok", lang)}
    return {"status": status, "error": error, "result": result}


def flat(items: Iterable[Mapping[str, Any]]) -> list[Json]:
    """Items as the older server spells them: `errorCode`, `errorDescription` beside the object that newer ones read."""
    told = []
    for one in items:
        error = one["error"]
        told.append({**one, "errorCode": error["code"], "errorDescription": error["description"]})
    return told


def fiscal_params(document: FiscalDocument, zone: ZoneInfo) -> Json:
    """`fiscalParams` of a registered document: numbers as numbers, the sign as a text."""
    told: Json = {
        "fiscalDocumentNumber": document.fd_number,
        "fiscalDocumentSign": str(document.fpd or 0),
        "fiscalDocumentDateTime": local(document.at, zone),
        "shiftNumber": document.shift or 0,
        "fnNumber": document.fn_serial,
        "registrationNumber": document.rnm,
        "fnsUrl": text(document.tags, 1060),
    }
    if isinstance(document, Receipt):
        told |= {"fiscalReceiptNumber": document.number_in_shift or 0, "total": roubles(document.total_kop)}
    if document.form == 5:
        told["receiptsCount"] = whole(document.tags, 1118) or 0
    return told


def document_tlv(document: FiscalDocument) -> Json:
    """`documentTLV`: members by decimal tag numbers, sums in roubles; personal tags are left empty."""
    told: Json = {"fiscalDocumentType": DOCUMENT_TYPES.get(document.form, "receipt"), "short": False}
    if isinstance(document, Receipt) and document.form in (3, 4):
        told["qr"] = qr(document)
    return {**told, **_tree(document.tags)}


def qr(receipt: Receipt) -> str:
    """The text of the receipt's QR code."""
    at = receipt.at.strftime("%Y%m%dT%H%M") if receipt.at else ""
    total = f"{receipt.total_kop // 100}.{receipt.total_kop % 100:02d}"
    numbers = f"fn={receipt.fn_serial}&i={receipt.fd_number}&fp={receipt.fpd}&n={receipt.operation}"
    return f"t={at}&s={total}&{numbers}"


def local(at: datetime | None, zone: ZoneInfo) -> str:
    """The printer's own time with the offset of the register's zone."""
    return at.replace(tzinfo=zone).isoformat(timespec="seconds") if at else ""


def text(tags: Iterable[Tag], number: int) -> str:
    """A text member, "" when it is not there."""
    found = first(tags, number)
    return str(found.value).strip() if found is not None and isinstance(found.value, str) else ""


def _tree(tags: Iterable[Tag]) -> Json:
    told: Json = {}
    for tag in tags:
        name = str(tag.tag)
        if tag.tags:
            told.setdefault(name, [])
            told[name].append(_tree(tag.tags))
        else:
            told[name] = "" if tag.tag in PERSONAL else _value(tag)
    return told


def _value(tag: Tag) -> object:
    value = tag.value
    if tag.tag == 1077:
        return str(printed_fpd(tag.raw) or "")
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, str):
        return value.strip()
    return roubles(value) if isinstance(value, int) and tag.spec is not None and tag.spec.money else value
