"""Printable items of tasks as marks on paper (notes on JSON, section 3.3)."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from emulator.device import Device
from emulator.marks import CutMark, FeedMark, Line, Mark, QrMark, Raster, qr_matrix
from emulator.shtrih.pictures import ean13_row
from emulator.terms import Reason, Refusal
from standin.standin_numbers import INVALID_BARCODE, NOT_SUPPORTED, DriverError
from standin.standin_task import Node, wrong
from standin.standin_words import ALIGNMENTS, WRAPS

QR_DOT = 4
EAN_HEIGHT = 80
EAN_LENGTHS = (12, 13)
BARCODES = [
    "EAN8",
    "EAN13",
    "UPCA",
    "UPCE",
    "CODE39",
    "CODE39_EXTENDED",
    "CODE93",
    "CODE128",
    "CODABAR",
    "ITF",
    "ITF14",
    "GS1_128",
    "PDF417",
    "QR",
]


def marks_of(items: Sequence[Node], device: Device, skip_wrong: bool = False) -> list[Mark]:
    """All printable items; with ``skip_wrong`` a barcode that cannot be printed is left out. 501, 157, 11."""
    found: list[Mark] = []
    for item in items:
        try:
            found += _marks(item, device)
        except DriverError as error:
            if not skip_wrong or error.code not in (INVALID_BARCODE, NOT_SUPPORTED):
                raise
    return found


def _marks(item: Node, device: Device) -> list[Mark]:
    kind = item.need("type")
    if kind.text == "text":
        return _lines(item, device)
    if kind.text == "barcode":
        return _barcode(item, device)
    if kind.text in ("pictureFromMemory", "pixels"):
        raise DriverError(NOT_SUPPORTED, f"{kind.path}: {kind.text}")
    raise wrong("неверное значение", kind.path)


def _one_of(item: Node, name: str, words: Sequence[str]) -> str:
    found = item.get(name)
    if found is None:
        return words[0]
    if found.text not in words:
        raise wrong("неверное значение", found.path)
    return found.text


def _lines(item: Node, device: Device) -> list[Mark]:
    double = item.flag_of("doubleWidth") or item.flag_of("doubleHeight")
    width = device.profile.double_columns if double else device.profile.columns
    wrap, align = _one_of(item, "wrap", WRAPS), _one_of(item, "alignment", ALIGNMENTS)
    rows = [part for row in item.need("text").text.split("\n") for part in _wrapped(row, width, wrap)]
    place = {"left": str.ljust, "center": str.center, "right": str.rjust}[align]
    return [Line(place(row, width).rstrip(), double=double) for row in rows]


def _wrapped(row: str, width: int, wrap: str) -> list[str]:
    if wrap == "none":
        return [row[:width]]
    if wrap == "chars":
        return [row[at : at + width] for at in range(0, len(row), width)] or [""]
    return textwrap.wrap(row, width, drop_whitespace=True) or [""]


def _barcode(item: Node, device: Device) -> list[Mark]:
    code, kind = item.need("barcode"), item.need("barcodeType")
    if kind.text not in BARCODES:
        raise wrong("неверное значение", kind.path)
    align, scale = _one_of(item, "alignment", ALIGNMENTS), item.get("scale")
    dot = scale.integer if scale else 0
    try:
        symbol, size = _symbol(code, kind, dot, align)
    except ValueError as error:
        raise DriverError(INVALID_BARCODE, f"{code.path}: {error}") from error
    if size > device.profile.dots:
        raise DriverError(INVALID_BARCODE, f"{code.path}: {size} точек из {device.profile.dots}")
    beside = marks_of(item.each("overlay"), device)
    words: list[Mark] = [Line(code.text[: device.profile.columns])] if item.flag_of("printText") else []
    return [symbol, *words, *beside]


def _symbol(code: Node, kind: Node, dot: int, align: str) -> tuple[Mark, int]:
    if kind.text == "QR":
        mark = QrMark(code.text, dot or QR_DOT, "M", align)
        return mark, len(qr_matrix(mark.text, mark.level)) * mark.dot
    if kind.text == "EAN13":
        if not code.text.isdecimal() or len(code.text) not in EAN_LENGTHS:
            raise ValueError("EAN-13")
        digits = code.text if len(code.text) == EAN_LENGTHS[-1] else code.text + _check_digit(code.text)
        if digits[-1] != _check_digit(digits[:-1]):
            raise ValueError("контрольная цифра")
        row, width = ean13_row(digits, dot or 2)
        return Raster((row,) * EAN_HEIGHT, width, align), width
    raise DriverError(NOT_SUPPORTED, f"{kind.path}: {kind.text}")


def _check_digit(digits: str) -> str:
    return str(-sum(int(digit) * (3 if index % 2 else 1) for index, digit in enumerate(digits)) % 10)


def put(device: Device, marks: Sequence[Mark]) -> None:
    """Print marks now. Refuses as the device does."""
    for mark in marks:
        match mark:
            case Line():
                device.print_line(mark.text, mark.bold, mark.double)
            case QrMark():
                device.print_qr(mark.text, mark.dot, mark.level, mark.align)
            case Raster():
                device.print_raster(mark.rows, mark.width, mark.scale)
            case FeedMark():
                device.feed(mark.lines)
            case CutMark():
                device.cut(mark.partial)


@contextmanager
def around(device: Device, task: Node, paperless: bool = False, form: int | None = None) -> Iterator[None]:
    """Print preItems, and let postItems come under the next document; with ``paperless`` nothing is printed at all.

    Refused before anything is printed: what the FN would not write now as ``form``, and all while a receipt is open.
    """
    skip = task.flag_of("ignoreNonFiscalPrintErrors")
    before, after = (marks_of(task.each(name), device, skip) for name in ("preItems", "postItems"))
    if device.receipt is not None:
        raise Refusal(Reason.RECEIPT_OPEN)
    if form is not None:
        device.fn.check(form, device.now())
    ending, prints = device.ending, device.prints
    if paperless:
        device.prints = _prints_nothing
    else:
        put(device, before)
        device.ending = lambda: [*after, *ending()]
    try:
        yield
    finally:
        device.ending, device.prints = ending, prints


def _prints_nothing(_report: bool) -> bool:
    return False
