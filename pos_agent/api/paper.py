"""Non-fiscal work of the printer: a document of lines and codes, the cash drawer, the width of the paper.

`{printer?}` names one of the counter's, see `printers`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from typing import Any, cast

from drivers.api import Cut, Done, Feed, Outcome, Qr, SlipPart, Text
from drivers.service import Barcode, ServicePrinter
from pos_agent.api.device import held
from pos_agent.api.operation import Json, Parts
from pos_agent.api.printers import at_printer
from pos_agent.checkout.desk import Desk
from pos_agent.errors import PrinterError, UsageError

MOST_ELEMENTS = 500
LONGEST_LINE = 256
BARCODES = ("ean13", "ean8", "code128")
ALIGN = ("left", "center", "right")
Element = Mapping[str, Any]


def print_document(parts: Parts, args: Mapping[str, Any]) -> Future[Json]:
    """`{elements: [{text, align?, double?, bold?} | {barcode: ean13|ean8|code128|qr, value} | {feed: n}]}` [PRINT].

    Cut at the end. API-01: an element that cannot be printed, nothing was. PRN-..: it did not begin; PRT-01: some of it
    may be on paper. It is never printed a second time by itself.
    """
    given = args.get("elements")
    if not isinstance(given, list) or not 0 < len(given) <= MOST_ELEMENTS:
        raise UsageError("API-01", field="elements")
    for at, element in enumerate(given):
        if not _is_element(element):
            raise UsageError("API-01", field=f"elements[{at}]")
    return held(at_printer(parts, args), lambda desk: _print(desk, given))


def open_drawer(parts: Parts, args: Mapping[str, Any]) -> Future[Json]:
    """Open the cash drawer [PRINT]. Done also when none is attached."""

    def work(desk: Desk) -> Json:
        desk.station.connected()
        desk.station.must(cast(ServicePrinter, desk.printer).open_drawer())
        return {"drawer": "opened"}

    return held(at_printer(parts, args), work)


def line_length(parts: Parts, args: Mapping[str, Any]) -> Future[Json]:
    """`{columns}`: characters in a line of the normal font."""

    def work(desk: Desk) -> Json:
        desk.station.connected()
        return {"columns": desk.printer.capabilities().columns}

    return held(at_printer(parts, args), work)


def _print(desk: Desk, elements: Sequence[Element]) -> Json:
    station, printer = desk.station, cast(ServicePrinter, desk.printer)
    station.ready(may_open=False)
    columns = desk.printer.capabilities().columns
    begun = False
    for piece in _pieces(elements, columns):
        try:
            outcome: Outcome[None] = (
                printer.print_barcode(piece) if isinstance(piece, Barcode) else desk.printer.print_slip(piece)
            )
        except ValueError as error:
            if begun:
                raise PrinterError("PRT-01", lines=(str(error),)) from error
            raise UsageError("API-01", field=str(error)) from error
        if not isinstance(outcome, Done):
            station.watch.line.asked(outcome)
            raise PrinterError("PRT-01", lines=(str(station.watch.line.trouble()),))
        begun = True
    return {"printed": len(elements)}


def _pieces(elements: Sequence[Element], columns: int) -> list[Barcode | list[SlipPart]]:
    """Bar codes are commands of their own; what is between them goes as one slip, the cut with the last."""
    pieces: list[Barcode | list[SlipPart]] = []
    slip: list[SlipPart] = []
    for element in elements:
        if element.get("barcode") in BARCODES:
            if slip:
                pieces.append(slip)
                slip = []
            pieces.append(Barcode(element["barcode"], element["value"]))
        else:
            slip += _parts(element, columns)
    pieces.append([*slip, Feed(3), Cut()])
    return pieces


def _parts(element: Element, columns: int) -> list[SlipPart]:
    if "barcode" in element:
        return [Qr(element["value"])]
    if "feed" in element:
        return [Feed(element["feed"])]
    wide = element.get("double", False)
    width = max(1, columns // 2 if wide else columns)
    text, align = element["text"], element.get("align", "left")
    rows = [text[at : at + width] for at in range(0, len(text), width)] or [" "]
    laid: dict[str, Callable[[str], str]] = {
        "left": str.rstrip,
        "center": lambda row: row.center(width).rstrip(),
        "right": lambda row: row.rjust(width),
    }
    return [Text(laid[align](row) or " ", double=wide, bold=element.get("bold", False)) for row in rows]


def _is_element(one: object) -> bool:
    if not isinstance(one, Mapping) or sum(key in one for key in ("text", "barcode", "feed")) != 1:
        return False
    if "feed" in one:
        return type(one["feed"]) is int and 1 <= one["feed"] <= 255
    if "barcode" in one:
        value = one.get("value")
        return one["barcode"] in (*BARCODES, "qr") and isinstance(value, str) and 0 < len(value) <= LONGEST_LINE
    flags = (one.get("double", False), one.get("bold", False))
    text = one["text"]
    return (
        isinstance(text, str)
        and len(text) <= LONGEST_LINE
        and all(isinstance(flag, bool) for flag in flags)
        and one.get("align", "left") in ALIGN
    )
