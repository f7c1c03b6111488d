"""The tape for a terminal: a sheet of paper drawn with box characters, one text row per printed line.

Double-size text is spaced out letter by letter. A QR symbol takes one character per two modules, light modules drawn:
on the usual dark terminal the telephone's camera sees black on white. Graphics are shrunk to Braille dots.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from emulator.marks import CutMark, FeedMark, Line, Mark, QrMark, Raster, qr_matrix

QUIET_MODULES = 2
# Bits of a Braille cell by (row, column), Unicode block 2800h.
BRAILLE_BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
INK_SHARE = 4  # a Braille dot is black when at least one in so many printer dots under it is


def tape_text(marks: Sequence[Mark], columns: int, dots: int) -> str:
    """Return the paper as rows with line ends. The box is as wide as `columns`, or wider where a QR needs it."""
    blocks = [(mark, list(_rows(mark, columns, dots))) for mark in marks]
    room = max([columns, *(len(row) for _, rows in blocks for row in rows)])
    out: list[str] = []
    open_sheet = False
    for mark, rows in blocks:
        if not open_sheet and not (isinstance(mark, CutMark) and out):
            out.append("┌" + "─" * room + "┐")
            open_sheet = True
        if isinstance(mark, CutMark):
            out.extend(_cut(mark, room, open_sheet))
            open_sheet = mark.partial and open_sheet
            continue
        inset = " " * ((room - max([columns, *map(len, rows)])) // 2)
        out.extend("│" + (inset + row).ljust(room) + "│" for row in rows)
    if open_sheet:
        out.append("└" + "─" * room + "┘")
    return "".join(row + "\n" for row in out)


def printable(text: str, room: int) -> str:
    """Return what of a line reaches the paper: control characters become spaces, the rest past the edge is lost."""
    return "".join(letter if letter.isprintable() else " " for letter in text)[:room]


def _cut(mark: CutMark, room: int, open_sheet: bool) -> Iterator[str]:
    dashes = "╌" * (room - 1)
    if mark.partial and open_sheet:
        yield f"├✂{dashes}┤"
        return
    if open_sheet:
        yield "└" + "─" * room + "┘"
    yield f" ✂{dashes}"


def _rows(mark: Mark, columns: int, dots: int) -> Iterable[str]:
    match mark:
        case Line(text, _, True):
            return ["".join(letter + " " for letter in printable(text, columns // 2)).rstrip()]
        case Line(text):
            return [printable(text, columns).rstrip()]
        case FeedMark(lines):
            return [""] * lines
        case QrMark():
            return _qr_rows(mark, columns)
        case Raster():
            return _raster_rows(mark, columns, dots)
        case CutMark():
            return []


def _qr_rows(mark: QrMark, columns: int) -> Iterator[str]:
    """Half blocks: one character shows two modules, the upper and the lower."""
    matrix = qr_matrix(mark.text, mark.level)
    width = len(matrix) + 2 * QUIET_MODULES
    light = [[True] * width for _ in range(QUIET_MODULES)]
    sides = [True] * QUIET_MODULES
    light = [*light, *([*sides, *(not black for black in row), *sides] for row in matrix), *light]
    if len(light) % 2:
        light.append([True] * width)
    left = _indent(width, columns, mark.align)
    for upper, lower in zip(light[::2], light[1::2], strict=True):
        yield " " * left + "".join(" ▄▀█"[2 * up + low] for up, low in zip(upper, lower, strict=True))


def _raster_rows(mark: Raster, columns: int, dots: int) -> Iterator[str]:
    pitch = max(1, dots // (2 * columns))  # printer dots under one Braille dot
    step = max(1, pitch // mark.scale)  # the same in the picture's own dots
    width = min((mark.width + 2 * step - 1) // (2 * step), columns)
    left = _indent(width, columns, mark.align)
    for top in range(0, len(mark.rows), 4 * step):
        cells = (_braille(mark, top, 2 * step * cell, step) for cell in range(width))
        yield " " * left + "".join(cells).replace("\u2800", " ").rstrip()


def _braille(mark: Raster, top: int, left: int, step: int) -> str:
    code = 0x2800
    for down, bits in enumerate(BRAILLE_BITS):
        for right, bit in enumerate(bits):
            if _inked(mark, top + down * step, left + right * step, step):
                code += bit
    return chr(code)


def _inked(mark: Raster, top: int, left: int, step: int) -> bool:
    rows = mark.rows[top : top + step]
    columns = range(left, min(left + step, mark.width))
    black = sum(row[x >> 3] >> (7 - (x & 7)) & 1 for row in rows for x in columns)
    return black > 0 and black * INK_SHARE >= len(rows) * len(columns)


def _indent(width: int, columns: int, align: str) -> int:
    spare = max(0, columns - width)
    return {"left": 0, "center": spare // 2, "right": spare}[align]
