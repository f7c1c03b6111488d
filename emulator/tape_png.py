"""The tape as a picture: one pixel per printer dot (203 dpi), white paper on a grey table, torn edges at cuts.

Four colours in a palette, no smoothing: thermal heads print black or nothing.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources

from PIL import Image, ImageDraw, ImageFont

from emulator.marks import CutMark, FeedMark, Line, Mark, QrMark, Raster, qr_matrix
from emulator.tape_text import printable

TABLE, PAPER, INK, SHADE = range(4)
PALETTE = (0xD5, 0xD6, 0xD9, 0xFD, 0xFD, 0xFB, 0x1C, 0x1C, 0x1F, 0xB0, 0xB1, 0xB6)
LINE_DOTS = 28  # 25 dots of letter and 3 of gap: just under 0.5 mm
DOUBLE_DOTS = 52
SIDE_DOTS = 36  # unprinted paper at each side: 80 mm paper under a 72 mm head
EDGE_DOTS = 56  # blank paper before the first and after the last line of a piece
TABLE_DOTS = 48  # table around the paper, and the gap at a full cut
TOOTH = 6  # height of a tooth of the torn edge
BRIDGE_DOTS = 60  # paper left by a partial cut
QUIET_MODULES = 4
MAX_DOTS = 48_000  # rows of paper in one picture, give or take one mark; viewers fail above 65,535


@dataclass
class _Piece:
    """Paper between two cuts: strips of ink, and how its lower edge was made (None: torn off by hand)."""

    strips: list[Image.Image] = field(default_factory=list)
    cut: CutMark | None = None

    @property
    def height(self) -> int:
        return 2 * EDGE_DOTS + sum(strip.height for strip in self.strips)


def tape_picture(marks: Sequence[Mark], columns: int, dots: int) -> Image.Image:
    """Draw the marks from top to bottom. Of a tape longer than 48,000 dots (6 m) the newest end."""
    pieces = _pieces(marks, columns, dots)
    gaps = sum(_gap(piece.cut) for piece in pieces)
    size = (dots + 2 * (SIDE_DOTS + TABLE_DOTS), 2 * TABLE_DOTS + gaps + sum(piece.height for piece in pieces))
    picture = Image.new("P", size, TABLE)
    picture.putpalette(PALETTE)
    top = TABLE_DOTS
    for number, piece in enumerate(pieces):
        _lay_paper(picture, top, piece.height)
        _lay_ink(picture, top, piece)
        top += piece.height
        if piece.cut is not None:
            _lay_cut(picture, top, piece.cut, last=number == len(pieces) - 1)
            top += _gap(piece.cut)
    return picture


def _pieces(marks: Sequence[Mark], columns: int, dots: int) -> list[_Piece]:
    """Built from the newest mark back, until the picture is as tall as it may be."""
    pieces: list[_Piece] = []
    room = MAX_DOTS
    for mark in reversed(marks):
        cut = mark if isinstance(mark, CutMark) else None
        if cut is not None or not pieces:
            pieces.append(_Piece(cut=cut))
            room -= 2 * EDGE_DOTS + _gap(cut)
        if not isinstance(mark, CutMark):
            strip = _strip(mark, columns, dots)
            room -= strip.height
            pieces[-1].strips.append(strip)
        if room < 0:
            break
    for piece in pieces:
        piece.strips.reverse()
    return pieces[::-1]


def _gap(cut: CutMark | None) -> int:
    if cut is None:
        return 0
    return TABLE_DOTS // 2 if cut.partial else TABLE_DOTS


def _strip(mark: Line | QrMark | Raster | FeedMark, columns: int, dots: int) -> Image.Image:
    match mark:
        case Line():
            return _text_strip(mark, columns, dots)
        case QrMark():
            return _placed(_qr_image(mark, dots), dots, mark.align)
        case Raster():
            image = Image.frombytes("1", (mark.width, len(mark.rows)), b"".join(mark.rows))
            image = image.resize((image.width * mark.scale, image.height * mark.scale), Image.Resampling.NEAREST)
            return _placed(image, dots, mark.align)
        case FeedMark(lines):
            return Image.new("1", (dots, lines * LINE_DOTS))


def _text_strip(line: Line, columns: int, dots: int) -> Image.Image:
    """Each letter in its own cell: columns stay columns whatever the font's advance is."""
    pitch = 2 if line.double else 1
    strip = Image.new("1", (dots, DOUBLE_DOTS if line.double else LINE_DOTS))
    draw = ImageDraw.Draw(strip)
    draw.fontmode = "1"
    font = _font(line.bold, dots * pitch / columns)
    for number, letter in enumerate(printable(line.text, columns // pitch)):
        draw.text((number * pitch * dots // columns, 0), letter, font=font, fill=1)
    return strip


@lru_cache(maxsize=16)
def _font(bold: bool, cell_dots: float) -> ImageFont.FreeTypeFont:
    """The face whose letters are `cell_dots` wide: DejaVu Sans Mono advances 0.602 of its size."""
    name = "DejaVuSansMono-Bold.ttf" if bold else "DejaVuSansMono.ttf"
    face = resources.files("emulator").joinpath("fonts", name).read_bytes()
    return ImageFont.truetype(io.BytesIO(face), round(cell_dots / 0.602), layout_engine=ImageFont.Layout.BASIC)


def _qr_image(mark: QrMark, dots: int) -> Image.Image:
    """The symbol with its quiet zone; modules shrink until it fits the head."""
    matrix = qr_matrix(mark.text, mark.level)
    width = len(matrix) + 2 * QUIET_MODULES
    image = Image.new("1", (width, width))
    for y, row in enumerate(matrix):
        for x, black in enumerate(row):
            image.putpixel((x + QUIET_MODULES, y + QUIET_MODULES), int(black))
    side = width * max(1, min(mark.dot, dots // width))
    return image.resize((side, side), Image.Resampling.NEAREST)


def _placed(image: Image.Image, dots: int, align: str) -> Image.Image:
    strip = Image.new("1", (dots, image.height))
    left = {"left": 0, "center": (dots - image.width) // 2, "right": dots - image.width}[align]
    strip.paste(image, (max(0, left), 0))
    return strip


def _lay_paper(picture: Image.Image, top: int, height: int) -> None:
    """A sheet with toothed upper and lower edges and a thin shade at its right and below."""
    left, right = TABLE_DOTS, picture.width - TABLE_DOTS
    teeth = range(left, right + TOOTH, TOOTH)
    upper = [(min(x, right), top + TOOTH * (number % 2)) for number, x in enumerate(teeth)]
    lower = [(min(x, right), top + height - TOOTH * (number % 2)) for number, x in enumerate(teeth)]
    outline = [*upper, *reversed(lower)]
    draw = ImageDraw.Draw(picture)
    draw.polygon([(x + 4, y + 4) for x, y in outline], fill=SHADE)
    draw.polygon(outline, fill=PAPER)


def _lay_ink(picture: Image.Image, top: int, piece: _Piece) -> None:
    y = top + EDGE_DOTS
    for strip in piece.strips:
        picture.paste(INK, (TABLE_DOTS + SIDE_DOTS, y), strip)
        y += strip.height


def _lay_cut(picture: Image.Image, top: int, cut: CutMark, last: bool) -> None:
    """Scissors and dashes across the gap; a partial cut also leaves the bridge that holds the two pieces."""
    draw = ImageDraw.Draw(picture)
    draw.fontmode = "1"
    middle = top + _gap(cut) // 2
    for x in range(TABLE_DOTS, picture.width - TABLE_DOTS, 16):
        draw.line([(x, middle), (x + 8, middle)], fill=SHADE, width=2)
    draw.text((TABLE_DOTS // 4, middle), "✂", font=_font(False, 30), fill=INK, anchor="lm")
    if cut.partial and not last:
        half = BRIDGE_DOTS // 2
        centre = picture.width // 2
        draw.rectangle((centre - half, top - TOOTH, centre + half, top + _gap(cut) + TOOTH), fill=PAPER)
