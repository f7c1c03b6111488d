"""Printable items -> the parts of a slip. Source: task reference, section 3.3.

Only text and QR codes: a slip knows nothing else. `wrap` none is cut by the device, as the driver does it.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from drivers.api import Capabilities, Cut, Feed, Qr, SlipPart, Text
from pos_agent.api.atol_tasks import faults
from pos_agent.api.atol_tasks.fields import Fields

ALIGNMENTS = ("left", "center", "right")
WRAPS = ("none", "chars", "words")
QR_LIMIT = 400  # characters; more is refused by the vendor's own scripts
FEED_LINES = 3
DEFAULT_DOTS, MOST_DOTS, LEAST_DOTS = 6, 8, 3


def checked(items: Sequence[Mapping[str, Any]], lang: str, place: str = "items") -> None:
    """TaskError 501 or 11 for an item that cannot be printed; nothing is printed then."""
    for number, item in enumerate(items):
        given = Fields(item, lang, f"{place}[{number}]")
        kind = given.text("type", "text")
        if kind == "barcode" and given.text("barcodeType") == "QR":
            if len(given.text("barcode", control=True)) > QR_LIMIT:
                raise given.wrong("barcode")
        elif kind == "text":
            given.text("text", "", control=True)
            if given.text("alignment", "left") not in ALIGNMENTS:
                raise given.wrong("alignment")
            if given.text("wrap", "none") not in WRAPS:
                raise given.wrong("wrap")
        else:
            raise faults.fault(faults.NOT_SUPPORTED, "not_supported", lang, what=given.path)


def printable(items: Iterable[Mapping[str, Any]], lang: str) -> list[Mapping[str, Any]]:
    """Those of a receipt that can be printed: a picture or a bar code never costs a sale."""
    good = []
    for item in items:
        try:
            checked([item], lang)
        except faults.TaskError:
            continue
        good.append(item)
    return good


def slip(items: Iterable[Mapping[str, Any]], width: Capabilities, *, cut: bool) -> list[SlipPart]:
    """Checked items as lines of this device; fed past the head and cut when it stands alone."""
    parts: list[SlipPart] = []
    for item in items:
        parts += [_code(item)] if item.get("type") == "barcode" else _lines(item, width)
    return [*parts, Feed(FEED_LINES), Cut()] if cut else parts


def _code(item: Mapping[str, Any]) -> Qr:
    scale = item.get("scale")
    dots = scale if isinstance(scale, int) and scale else DEFAULT_DOTS
    return Qr(str(item["barcode"]), min(max(dots, LEAST_DOTS), MOST_DOTS))


def _lines(item: Mapping[str, Any], width: Capabilities) -> list[SlipPart]:
    double = bool(item.get("doubleWidth"))
    columns = width.double_columns if double else width.columns
    align = str(item.get("alignment") or "left")
    found = [
        line for row in str(item.get("text", "")).split("\n") for line in _wrapped(row, str(item.get("wrap")), columns)
    ]
    return [Text(_aligned(line, align, columns), double=double) for line in found]


def _wrapped(row: str, how: str, columns: int) -> list[str]:
    if how == "words":
        return textwrap.wrap(row, columns) or [""]
    if how == "chars":
        return [row[at : at + columns] for at in range(0, len(row), columns)] or [""]
    return [row[:columns]]


def _aligned(line: str, align: str, columns: int) -> str:
    if align == "center":
        return line.center(columns).rstrip()
    return line.rjust(columns) if align == "right" else line
