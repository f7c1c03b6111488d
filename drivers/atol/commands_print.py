"""Paper, drawer, sound. Source: protocol notes, section 3.7 and 5.3."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from drivers.api import Effect
from drivers.atol.command import Command, Nothing
from drivers.atol.wires import U16BE, printed_line
from drivers.fields import RAW_REST, U8, bcd, raw

_P = "protocol notes, section 3.7: "
_B = "protocol notes, section 5.3: "

LINE_BYTES = 134  # the widest line, 67 characters, in double width


@dataclass(frozen=True)
class Line:
    """4Ch: at most one line width."""

    text: Annotated[bytes, printed_line(LINE_BYTES)]


@dataclass(frozen=True)
class FormattedLine:
    """87h; that the text begins at byte 12 is sourced, the meaning of the bytes before it is not (switch
    `field_layout`). `multipliers`: height in the high half byte, width in the low one; 0 = as the register is set."""

    flags: Annotated[int, U8]
    printer: Annotated[int, U8]
    font: Annotated[int, U8]
    multipliers: Annotated[int, U8]
    spacing: Annotated[int, U8]
    brightness: Annotated[int, U8]
    journal: Annotated[int, U8]
    tape: Annotated[int, U8]
    format: Annotated[int, U8]
    reserved: Annotated[bytes, raw(2)]
    text: Annotated[bytes, printed_line(LINE_BYTES)]


@dataclass(frozen=True)
class CutKind:
    """75h: 0 full, 1 partial; one client sends 4 to some models."""

    kind: Annotated[int, U8]


@dataclass(frozen=True)
class Impulse:
    """85h: milliseconds on and off, count up to 99."""

    on_ms: Annotated[int, bcd(2)]
    off_ms: Annotated[int, bcd(2)]
    count: Annotated[int, bcd(1)]


@dataclass(frozen=True)
class Tone:
    """88h: divider 65536 - 921600 / Hz, high byte first (two sources in different orders); duration in units."""

    divider: Annotated[int, U16BE]
    duration: Annotated[int, U8]


@dataclass(frozen=True)
class StoredPicture:
    """8Dh: printer, number of the picture, offset in dots."""

    printer: Annotated[int, U8]
    number: Annotated[int, U8]
    offset: Annotated[int, U16BE]


@dataclass(frozen=True)
class RasterLine:
    """8Eh: one row of dots printed `repeat` times; bit 7 is the leftmost dot, 1 = black."""

    printer: Annotated[int, U8]
    repeat: Annotated[int, U16BE]
    offset: Annotated[int, U16BE]
    dots: Annotated[bytes, RAW_REST]


@dataclass(frozen=True)
class ToPort:
    """8Fh: 1..94 bytes to a port of the register."""

    port: Annotated[int, U8]
    payload: Annotated[bytes, RAW_REST]


@dataclass(frozen=True)
class Barcode:
    """C1h. Type 0 QR, 1 EAN-13; align 1 left, 2 centre, 3 right; `settings`: version (2), options (2), correction,
    rows, columns, ratios (2 + 2), zeros = automatic. The scale byte is left out by one client, see `switches`."""

    kind: Annotated[int, U8]
    align: Annotated[int, U8]
    scale_and_settings: Annotated[bytes, RAW_REST]


@dataclass(frozen=True)
class FdToPrint:
    """ABh: number of the document, packed decimal."""

    fd_number: Annotated[int, bcd(5)]


PRINT_LINE = Command(0x4C, "печать строки", Line, Nothing, 10.0, Effect.PRINT, _P + "4Ch")
PRINT_FIELD = Command(0x87, "печать поля", FormattedLine, Nothing, 10.0, Effect.PRINT, _P + "87h")
PRINT_CLICHE = Command(0x6C, "печать клише", Nothing, Nothing, 10.0, Effect.PRINT, _P + "6Ch")
PRINT_FOOTER = Command(0x73, "печать низа чека", Nothing, Nothing, 10.0, Effect.PRINT, _P + "73h, one source")
CUT = Command(0x75, "отрезка", CutKind, Nothing, 10.0, Effect.PRINT, _P + "75h")
OPEN_DRAWER = Command(0x80, "открыть денежный ящик", Nothing, Nothing, 10.0, Effect.PRINT, _P + "80h, one source")
DRAWER_IMPULSE = Command(0x85, "импульс на ящик", Impulse, Nothing, 10.0, Effect.PRINT, _P + "85h, one source")
BEEP = Command(0x47, "гудок", Nothing, Nothing, 10.0, Effect.PRINT, _P + "47h")
TONE = Command(0x88, "звуковой сигнал", Tone, Nothing, 10.0, Effect.PRINT, _P + "88h")
PRINT_PICTURE = Command(0x8D, "печать картинки", StoredPicture, Nothing, 20.0, Effect.PRINT, _P + "8Dh, one source")
PRINT_RASTER = Command(0x8E, "печать строки растра", RasterLine, Nothing, 20.0, Effect.PRINT, _P + "8Eh, one source")
TO_PORT = Command(0x8F, "данные в порт", ToPort, Nothing, 10.0, Effect.PRINT, _P + "8Fh")
LAST_COPY = Command(0x95, "копия последнего документа", Nothing, Nothing, 60.0, Effect.PRINT, _P + "95h, conflict")
PRINT_BARCODE = Command(0xC1, "печать штрихкода", Barcode, Nothing, 20.0, Effect.PRINT, _B + "C1h")
PRINT_DOCUMENT = Command(0xAB, "печать документа из ФН", FdToPrint, Nothing, 120.0, Effect.PRINT, _P + "ABh")

COMMANDS = (
    PRINT_LINE,
    PRINT_FIELD,
    PRINT_CLICHE,
    PRINT_FOOTER,
    CUT,
    OPEN_DRAWER,
    DRAWER_IMPULSE,
    BEEP,
    TONE,
    PRINT_PICTURE,
    PRINT_RASTER,
    TO_PORT,
    LAST_COPY,
    PRINT_BARCODE,
    PRINT_DOCUMENT,
)
