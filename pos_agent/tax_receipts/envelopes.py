"""Where in a JSON value the receipts are: bare, in `document.receipt`, in a `ticket`, in `data.json`, in `content`.

Fiscal reference, section 7.1. Lists of any of these are unfolded; what is none of them is refused, not looked through.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pos_agent.tax_receipts.refusal import MALFORMED, NO_RECEIPT, Refused

OF_A_RECEIPT = ("totalSum", "operationType", "fiscalDriveNumber", "fiscalDocumentNumber", "items")
LEAST = 2  # so many of them make an object a receipt, though an incomplete one
DEEPEST = 12
NO_QR = ("", "")
WRAPPERS = (("document",), ("receipt",), ("ticket",), ("data", "json"), ("content",))


@dataclass(frozen=True)
class Found:
    """An object that is a receipt, where it was, and the text of the QR that was asked for ("" = not told).

    `qr_where`: the object that holds `request`.
    """

    receipt: Mapping[str, object]
    where: str
    qr: str = ""
    qr_where: str = ""


def receipts_in(value: object, where: str = "") -> Iterator[Found | Refused]:
    """Every receipt of a JSON value in its order; a refusal in the place of what is none (`field` "" = here)."""
    yield from _within(value, where, NO_QR, 0)


def _within(value: object, where: str, qr: tuple[str, str], depth: int) -> Iterator[Found | Refused]:
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from _within(item, f"{where}[{number}]", qr, depth + 1)
        return
    if not isinstance(value, Mapping) or depth > DEEPEST:
        yield Refused(NO_RECEIPT, where)
        return
    if sum(key in value for key in OF_A_RECEIPT) >= LEAST:
        yield Found(value, where, *qr)
        return
    asked = value.get("request")
    if isinstance(asked, Mapping) and "qrraw" in asked:
        if not isinstance(asked["qrraw"], str):
            yield Refused(MALFORMED, _join(where, "request.qrraw"), value=type(asked["qrraw"]).__name__)
            return
        qr = asked["qrraw"], where
    for keys in WRAPPERS:
        inner = _inner(value, keys)
        if inner is not None:
            yield from _within(inner, _join(where, ".".join(keys)), qr, depth + 1)
            return
    yield Refused(NO_RECEIPT, where)


def _inner(value: Mapping[str, object], keys: tuple[str, ...]) -> object:
    found: object = value
    for key in keys:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping | list) else None


def _join(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name
