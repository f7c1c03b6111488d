"""Lines of a document: `PrintText` with its markup, `BarCode`. Pure.

`>#N#<text` centres in a line N shorter; `left<#N#>right` sets both edges, the line N shorter; `left<#N#>>right` has
both at the right, N the width of the right part; `<<c>>` is a line filled with `c` (`kkmserver.md`, 5.1; the last is
marked [?] there and taken so).
"""

from __future__ import annotations

import re
from typing import Any

from pos_agent.api.kkmserver.fields import Fields, WrongFieldError

CENTRED = re.compile(r"^>#(\d{1,3})#<(.*)$", re.DOTALL)
EDGES = re.compile(r"^(.*?)<#(\d{1,3})#>(>?)(.*)$", re.DOTALL)
FILLED = re.compile(r"^<<(.)>>$", re.DOTALL)
LARGEST_FONT, DOUBLE_FONTS = 4, (1, 2)  # 1 largest, 4 smallest; 0 = the device's own
BOLD_FROM = 10  # intensity 1..15
CODES = {"EAN13": "ean13", "CODE128": "code128", "QR": "qr"}
LONGEST_TEXT = 2000
MOST_ROWS = 50

Element = dict[str, Any]


def elements(row: Fields, columns: int, refused: list[str]) -> list[Element]:
    """What one element of `CheckStrings` prints, its `Register` aside: text, then bar code. What cannot be printed is
    told in `refused`; its caller decides whether that matters."""
    made: list[Element] = []
    if row.block("PrintImage") is not None:
        refused.append("Картинки (PrintImage) пока не печатаются")
    text, code = row.block("PrintText"), row.block("BarCode")
    try:
        made += lines(text, columns) if text is not None else []
        made += [barcode(code)] if code is not None else []
    except WrongFieldError as error:
        refused.append(str(error))
    return made


def lines(text: Fields, columns: int) -> list[Element]:
    """The lines of a `PrintText`, laid out in the paper's width."""
    font, strength = text.whole("Font", 0) or 0, text.whole("Intensity", 0) or 0
    if not 0 <= font <= LARGEST_FONT:
        raise WrongFieldError(f"Font: от 0 до {LARGEST_FONT}")
    double = font in DOUBLE_FONTS
    width = columns // 2 if double else columns
    written = text.text("Text", limit=LONGEST_TEXT, control=True).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    rows = [piece for line in written for piece in _wrapped(laid_out(_clean(line), width), width)]
    return [{"text": row, "double": double, "bold": strength >= BOLD_FROM} for row in rows[:MOST_ROWS]]


def laid_out(line: str, width: int) -> str:
    """One line with its markup carried out; without markup as it is."""
    if found := FILLED.match(line):
        return found[1] * width
    if found := CENTRED.match(line):
        return found[2].center(max(width - int(found[1]), 1)).rstrip()
    if found := EDGES.match(line):
        left, number, right = found[1], int(found[2]), found[4]
        if found[3]:
            return left.rjust(max(width - number, 0)) + right.rjust(number)
        space = max(width - number, 1) - len(left) - len(right)
        return left + " " * max(space, 1) + right
    return line


def barcode(code: Fields) -> Element:
    """`BarCode`. WrongFieldError: a kind that is not printed."""
    kind = code.text("BarcodeType").strip().upper()
    if kind not in CODES:
        raise WrongFieldError(f"Штрихкод {kind or '?'} пока не печатается: есть EAN13, CODE128, QR")
    value = code.text("Barcode", control=True)
    if not value or (kind == "EAN13" and not (value.isascii() and value.isdigit() and len(value) in (12, 13))):
        raise WrongFieldError("Не принято значение штрихкода")
    return {"barcode": CODES[kind], "value": value}


def _wrapped(line: str, width: int) -> list[str]:
    return [line[at : at + width] for at in range(0, len(line), width)] or [""]


def _clean(line: str) -> str:
    return "".join(one if one.isprintable() else " " for one in line)
