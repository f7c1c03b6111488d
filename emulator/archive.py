"""Every document of an emulated FN, read from the state file of a device (also while the device runs)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from emulator.fn_document import Document, document_from
from emulator.state import read_records
from emulator.tlv import FORMS, UNKNOWN, Quantity, Tlv, first, kinds

FISCAL_SIGN = 1077


def documents_json(state_path: Path) -> list[dict[str, Any]]:
    """Documents in order of their numbers, ready for JSON.

    Each: form, name, fn_serial, fd_number, fpd (u32), datetime (ISO, local), shift, receipt, operation, total_kop (None
    where the form has none), ofd_receipt, damaged (a reader of the device gets other bytes), body_hex (what was
    written) and tags [{tag, name, value, raw, tags}] in the document's order. `value`: kopecks, decimal string for
    quantities, ISO time, printed number for 1077, lower-case hex for other bytes, None for a nested list.
    Raises FileNotFoundError, StateDamagedError.
    """
    if not state_path.exists():
        raise FileNotFoundError(state_path)
    records, _size = read_records(state_path)
    device: dict[str, Any] = next((record["device"] for record in reversed(records) if "device" in record), {})
    documents = [document_from(record["document"]) for record in records if "document" in record]
    return [_document(document, device) for document in documents]


def _document(document: Document, device: dict[str, Any]) -> dict[str, Any]:
    short = document.short(document.fd <= device["delivered_fd"])
    return {
        "form": document.form,
        "name": FORMS.get(document.form, str(document.form)),
        "fn_serial": device["fn"],
        "fd_number": document.fd,
        "fpd": document.sign,
        "datetime": document.at.isoformat(),
        "shift": short.shift,
        "receipt": _value(document.tags, 1042),
        "operation": short.operation,
        "total_kop": short.total_kop,
        "ofd_receipt": short.ofd_receipt,
        "damaged": str(document.fd) in device["damaged"],
        "body_hex": document.body.hex(),
        "tags": [tag_json(tlv) for tlv in document.tags],
    }


def _value(tags: list[Tlv], tag: int) -> int | str | None:
    found = first(tags, tag)
    return found.value if found and isinstance(found.value, int | str) else None


def tag_json(tlv: Tlv) -> dict[str, Any]:
    """One tag with what is nested in it (`tags` empty when nothing is)."""
    nested = tlv.value if isinstance(tlv.value, list) else []
    return {
        "tag": tlv.tag,
        "name": kinds().get(tlv.tag, UNKNOWN).name,
        "value": _plain(tlv),
        "raw": tlv.raw.hex(),
        "tags": [tag_json(inner) for inner in nested],
    }


def _plain(tlv: Tlv) -> int | str | None:
    if tlv.tag == FISCAL_SIGN:
        return int.from_bytes(tlv.raw[2:6], "big")
    match tlv.value:
        case list():
            return None
        case bytes():
            return tlv.value.hex()
        case datetime():
            return tlv.value.isoformat()
        case Quantity():
            return str(tlv.value)
    return tlv.value
