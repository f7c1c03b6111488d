"""Graphics and barcodes. Source: Shtrih-M protocol 2.0, the pages of each command; vendor drivers.

One line of the small buffer is 320 dots in 40 bytes, bit 0 of byte 0 leftmost (sources disagree, see `quirks`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from drivers.api import Effect
from drivers.fields import RAW_REST, U8, U16, optional, raw, uint
from drivers.shtrih.command import Command, Operator, Password
from drivers.shtrih.commands_print import PRINT_S, RECEIPT

_V = "Shtrih-M protocol 2.0, "

QR_KIND = 3
CENTRE = 1
BLOCK = 64  # bytes in a block of DDh
LINE_BYTES = 40  # one line of 320 dots


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
    """C4h: one line of 320 dots, number 0..1199 or 1..1200 by model; with F7h bit 35 several lines, 6 in a frame."""

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


@dataclass(frozen=True)
class SmallLine:
    """C0h: one line of 320 dots, number 0..199 or 1..200 by model."""

    number: Annotated[int, U8]
    dots: Annotated[bytes, raw(LINE_BYTES)]


@dataclass(frozen=True)
class SmallRange:
    """C1h: lines 1..200."""

    first: Annotated[int, U8]
    last: Annotated[int, U8]


@dataclass(frozen=True)
class ScaledRange:
    """4Fh: lines of the 320-dot buffer, scales; F7h bit 41. One driver lowers the last line by one on MINI."""

    first: Annotated[int, U8]
    last: Annotated[int, U8]
    scale_down: Annotated[int, U8]
    scale_across: Annotated[int, U8]


@dataclass(frozen=True)
class RepeatedLine:
    """C5h: one line of dots, 1..1200 times: barcodes. A byte of print flags before the dots only with F7h bit 37."""

    repeats: Annotated[int, U16]
    dots: Annotated[bytes, RAW_REST]


@dataclass(frozen=True)
class Ean13:
    """C2h: 12 digits as an integer, the device adds the check digit."""

    code: Annotated[int, uint(5)]


@dataclass(frozen=True)
class Barcode1d:
    """CBh. `hri` 0 none, 1 above, 2 below, 3 both. Kinds: 0 UPC-A, 1 UPC-E, 2 EAN-13, 3 EAN-8, 4 CODE39, 5 ITF,
    6 CODABAR, 7 CODE93, 8 CODE128, 10 PDF417, 11..17 GS1 DataBar. Few mechanisms can; the others answer 37h."""

    height: Annotated[int, U8]
    bar_width: Annotated[int, U8]
    hri: Annotated[int, U8]
    hri_font: Annotated[int, U8]
    kind: Annotated[int, U8]
    content: Annotated[bytes, RAW_REST]


@dataclass(frozen=True)
class Barcode2dPrinted(Operator):
    """DEh answer. For a QR code newer firmware tells what it used (one source): p1..p5, width and height in dots."""

    used: Annotated[bytes | None, optional(raw(5))] = None
    width: Annotated[int | None, optional(U16)] = None
    height: Annotated[int | None, optional(U16)] = None


_PRINT, _SET, _OP = Effect.PRINT, Effect.SET, Password.OPERATOR

LOAD_BLOCK = Command(0xDD, "загрузка данных", Block, Operator, PRINT_S, _SET, _OP, _V + "DDh")
PRINT_BARCODE_2D = Command(
    0xDE, "печать многомерного штрих-кода", Barcode2d, Barcode2dPrinted, PRINT_S, _PRINT, _OP, _V + "DEh"
)
LOAD_SMALL = Command(0xC0, "загрузка графики", SmallLine, Operator, PRINT_S, _SET, _OP, _V + "C0h")
PRINT_SMALL = Command(0xC1, "печать графики", SmallRange, Operator, PRINT_S, _PRINT, _OP, _V + "C1h")
PRINT_EAN13 = Command(0xC2, "печать штрих-кода EAN-13", Ean13, Operator, PRINT_S, _PRINT, _OP, _V + "C2h")
LOAD_GRAPHICS = Command(0xC4, "загрузка расширенной графики", GraphicsLine, Operator, PRINT_S, _SET, _OP, _V + "C4h")
PRINT_GRAPHICS = Command(0xC3, "печать расширенной графики", GraphicsRange, Operator, PRINT_S, _PRINT, _OP, _V + "C3h")
PRINT_REPEATED = Command(0xC5, "печать графической линии", RepeatedLine, Operator, PRINT_S, _PRINT, _OP, _V + "C5h")
PRINT_BARCODE_1D = Command(
    0xCB,
    "печать штрих-кода средствами принтера",
    Barcode1d,
    Operator,
    PRINT_S,
    _PRINT,
    _OP,
    "Shtrih-M protocol, revision 11, CBh",
)
PRINT_SCALED = Command(
    0x4F, "печать графики с масштабированием", ScaledRange, Operator, PRINT_S, _PRINT, _OP, "vendor drivers, 4Fh"
)
LOAD_512 = Command(0x4E, "загрузка графики-512", Load512, Operator, PRINT_S, _SET, _OP, "vendor drivers, 4Eh")
PRINT_512 = Command(0x4D, "печать графики-512", Print512, Operator, PRINT_S, _PRINT, _OP, "vendor drivers, 4Dh")

COMMANDS = (
    LOAD_BLOCK,
    PRINT_BARCODE_2D,
    LOAD_SMALL,
    PRINT_SMALL,
    PRINT_EAN13,
    LOAD_GRAPHICS,
    PRINT_GRAPHICS,
    PRINT_REPEATED,
    PRINT_BARCODE_1D,
    PRINT_SCALED,
    LOAD_512,
    PRINT_512,
)
