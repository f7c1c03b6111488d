"""Printing, mechanics and graphics. Source: Shtrih-M protocol 2.0, the pages of each command.

Print flags: bit 0 journal, bit 1 receipt (normally 02h), bit 6 wrap long lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from drivers.api import Effect
from drivers.fields import RAW_REST, U8, U16, raw, text_from
from drivers.shtrih.command import Command, Nothing, Operator, Password

_V = "Shtrih-M protocol 2.0, "

RECEIPT = 0x02  # print flag: receipt tape
QR_KIND = 3
CENTRE = 1
BLOCK = 64  # bytes in a block of DDh
LINE_BYTES = 40  # one line of 320 dots
PRINT_S = 10.0


@dataclass(frozen=True)
class _Flagged:
    flags: Annotated[int, U8]


@dataclass(frozen=True)
class PlainLine(_Flagged):
    """17h: line in font 1. Old firmware wants exactly 40 bytes, newer takes as many as the line has."""

    text: Annotated[str, text_from(40, 249)]


@dataclass(frozen=True)
class BoldLine(_Flagged):
    """12h: line in font 2, 20 bytes on old firmware."""

    text: Annotated[str, text_from(20, 249)]


@dataclass(frozen=True)
class FontLine(_Flagged):
    """2Fh: line in any font, 1.."""

    font: Annotated[int, U8]
    text: Annotated[str, text_from(40, 248)]


@dataclass(frozen=True)
class FeedLines(_Flagged):
    """29h: lines 1..255."""

    lines: Annotated[int, U8]


@dataclass(frozen=True)
class CutKind:
    """25h: 0 full, 1 partial."""

    kind: Annotated[int, U8]


@dataclass(frozen=True)
class Drawer:
    """28h: drawer 0 or 1."""

    drawer: Annotated[int, U8] = 0


@dataclass(frozen=True)
class Block:
    """DDh: kind 0 = for a 2D barcode; number 0..127; 64 bytes, the last block padded."""

    kind: Annotated[int, U8]
    number: Annotated[int, U8]
    content: Annotated[bytes, raw(BLOCK)]


@dataclass(frozen=True)
class Barcode2d:
    """DEh. For a QR code: kind 3, version 0 = auto, dot 3..8, level 0..3 = L M Q H, align 1 = centre."""

    kind: Annotated[int, U8]
    length: Annotated[int, U16]
    first_block: Annotated[int, U8]
    version: Annotated[int, U8]
    mask: Annotated[int, U8]
    dot: Annotated[int, U8]
    reserved: Annotated[int, U8]
    level: Annotated[int, U8]
    align: Annotated[int, U8]


@dataclass(frozen=True)
class GraphicsLine:
    """C4h: one line of 320 dots, number 0..1199 or 1..1200 by model."""

    number: Annotated[int, U16]
    dots: Annotated[bytes, RAW_REST]


@dataclass(frozen=True)
class GraphicsRange:
    """C3h: lines 1..1200. A byte of print flags follows only with F7h bit 37."""

    first: Annotated[int, U16]
    last: Annotated[int, U16]
    flags: Annotated[bytes, RAW_REST] = b""


@dataclass(frozen=True)
class Load512:
    """4Eh: `content` = lines x line_bytes; buffer 0 = 320 dots, 1 = 512 dots; at most 240 bytes of content."""

    line_bytes: Annotated[int, U8]
    first: Annotated[int, U16]
    lines: Annotated[int, U16]
    buffer: Annotated[int, U8]
    content: Annotated[bytes, RAW_REST]


@dataclass(frozen=True)
class Print512:
    """4Dh: scales 1..255 down, 1..6 across."""

    first: Annotated[int, U16]
    last: Annotated[int, U16]
    scale_down: Annotated[int, U8]
    scale_across: Annotated[int, U8]
    flags: Annotated[int, U8] = RECEIPT


_PRINT, _SET, _OP = Effect.PRINT, Effect.SET, Password.OPERATOR

PRINT_LINE = Command(0x17, "печать стандартной строки", PlainLine, Operator, PRINT_S, _PRINT, _OP, _V + "17h")
PRINT_BOLD = Command(0x12, "печать жирной строки", BoldLine, Operator, PRINT_S, _PRINT, _OP, _V + "12h")
PRINT_FONT = Command(0x2F, "печать строки данным шрифтом", FontLine, Operator, PRINT_S, _PRINT, _OP, _V + "2Fh")
FEED = Command(0x29, "протяжка", FeedLines, Operator, PRINT_S, _PRINT, _OP, _V + "29h")
CUT = Command(0x25, "отрезка чека", CutKind, Operator, PRINT_S, _PRINT, _OP, _V + "25h")
DRAWER = Command(0x28, "открыть денежный ящик", Drawer, Operator, PRINT_S, _PRINT, _OP, _V + "28h")
BEEP = Command(0x13, "гудок", Nothing, Operator, 3.0, _PRINT, _OP, _V + "13h")
CONTINUE_PRINT = Command(0xB0, "продолжение печати", Nothing, Operator, PRINT_S, _SET, _OP, _V + "B0h")
LOAD_BLOCK = Command(0xDD, "загрузка данных", Block, Operator, PRINT_S, _SET, _OP, _V + "DDh")
PRINT_BARCODE_2D = Command(
    0xDE, "печать многомерного штрих-кода", Barcode2d, Operator, PRINT_S, _PRINT, _OP, _V + "DEh"
)
LOAD_GRAPHICS = Command(0xC4, "загрузка расширенной графики", GraphicsLine, Operator, PRINT_S, _SET, _OP, _V + "C4h")
PRINT_GRAPHICS = Command(0xC3, "печать расширенной графики", GraphicsRange, Operator, PRINT_S, _PRINT, _OP, _V + "C3h")
LOAD_512 = Command(0x4E, "загрузка графики-512", Load512, Operator, PRINT_S, _SET, _OP, "vendor drivers, 4Eh")
PRINT_512 = Command(0x4D, "печать графики-512", Print512, Operator, PRINT_S, _PRINT, _OP, "vendor drivers, 4Dh")

COMMANDS = (
    PRINT_LINE,
    PRINT_BOLD,
    PRINT_FONT,
    FEED,
    CUT,
    DRAWER,
    BEEP,
    CONTINUE_PRINT,
    LOAD_BLOCK,
    PRINT_BARCODE_2D,
    LOAD_GRAPHICS,
    PRINT_GRAPHICS,
    LOAD_512,
    PRINT_512,
)
