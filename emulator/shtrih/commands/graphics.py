"""Pictures and codes: C0h, C1h, C3h, C4h, C5h, 4Dh, 4Eh, C2h, DDh, DEh (protocol notes, sections 2.3, 6.3 and 6.4)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

import segno

from emulator.shtrih.errors import BAD_FOR_MODEL, BAD_PARAMETER, NOT_SUPPORTED, WRONG_LENGTH, CommandError
from emulator.shtrih.fields import le
from emulator.shtrih.pictures import (
    LINE_BYTES,
    NARROW,
    WIDE,
    ean13_digits,
    ean13_row,
    leftmost_high,
    scaled,
)
from emulator.shtrih.registry import COMMANDS, Call, Handler
from emulator.shtrih.variant import BLOCK_LOAD, PRINT_FLAGS, REVERSED_C5

DATA_FOR_2D = 0
QR = 3
LEVELS = "LMQH"
ALIGNMENTS = ("left", "center", "right")
DEFAULT_DOT = 4
EAN_HEIGHT = 80
MAX_REPEATS = 1200


def bad_values_are_33h(handler: Handler) -> Handler:
    """Turn a ``ValueError`` of the graphics memory or of the tape into error 33h."""

    @wraps(handler)
    def guarded(call: Call) -> bytes:
        try:
            return handler(call)
        except ValueError as error:
            raise CommandError(BAD_PARAMETER) from error

    return guarded


def graphics(code: int, name: str, layout: str) -> Callable[[Handler], Handler]:
    """Declare a graphics command: wrong numbers are answered 33h."""
    return lambda handler: COMMANDS.add(code, name, layout)(bad_values_are_33h(handler))


def _load(call: Call, buffer: int, line_bytes: int) -> bytes:
    data = call.fields.raw("data")
    # Printing counts from 1; a model whose loading counts from 0 keeps its line 0 where line 1 is printed, one that
    # counts from 1 has no line 0.
    first = call.fields.num("line") + 1 - call.machine.variant.graphics_base
    if not data or len(data) % line_bytes or first < 1:
        raise CommandError(BAD_PARAMETER)
    for index in range(len(data) // line_bytes):
        call.machine.pictures.load(buffer, first + index, data[index * line_bytes : (index + 1) * line_bytes])
    return b""


def _print(call: Call, buffer: int, vertical: int = 1, horizontal: int = 1) -> bytes:
    if not vertical or not horizontal:
        raise CommandError(BAD_PARAMETER)
    rows = call.machine.pictures.band(buffer, call.fields.num("first"), call.fields.num("last"))
    width = LINE_BYTES[buffer] * 8 * horizontal
    call.machine.device.print_raster(scaled(rows, vertical, horizontal), width)
    return b""


@graphics(0xC0, "load graphics line", "line:1 data:40b")
def load_graphics(call: Call) -> bytes:
    """C0h: one line of 320 dots, bit 0 of byte 0 leftmost."""
    return _load(call, NARROW, LINE_BYTES[NARROW])


@graphics(0xC4, "load extended graphics", "line:2 data:*")
def load_extended_graphics(call: Call) -> bytes:
    """C4h: one line, or several with F7h bit 35."""
    if len(call.fields.raw("data")) > LINE_BYTES[NARROW] and not call.machine.variant.has(BLOCK_LOAD):
        raise CommandError(BAD_PARAMETER)
    return _load(call, NARROW, LINE_BYTES[NARROW])


@graphics(0x4E, "load graphics-512", "line_bytes:1 line:2 lines:2 buffer:1 data:*")
def load_graphics_512(call: Call) -> bytes:
    """4Eh: buffer 0 has 320 dots, buffer 1 has 512."""
    fields = call.fields
    buffer, line_bytes = fields.num("buffer"), fields.num("line_bytes")
    if buffer not in LINE_BYTES or not line_bytes or len(fields.raw("data")) != line_bytes * fields.num("lines"):
        raise CommandError(BAD_PARAMETER)
    return _load(call, buffer, line_bytes)


@graphics(0xC1, "print graphics", "first:1 last:1")
def print_graphics(call: Call) -> bytes:
    """C1h: lines of the 320-dot buffer, counted from 1."""
    return _print(call, NARROW)


@graphics(0xC3, "print extended graphics", "first:2 last:2 flags:*")
def print_extended_graphics(call: Call) -> bytes:
    """C3h; a flags byte only with F7h bit 37."""
    if len(call.fields.raw("flags")) > int(call.machine.variant.has(PRINT_FLAGS)):
        raise CommandError(WRONG_LENGTH)
    return _print(call, NARROW)


@graphics(0x4D, "print graphics-512 with scaling", "first:2 last:2 vertical:1 horizontal:1 flags:1")
def print_graphics_512(call: Call) -> bytes:
    """4Dh: vertical scale 1..255, horizontal 1..6."""
    if call.fields.num("horizontal") > 6:
        raise CommandError(BAD_PARAMETER)
    return _print(call, WIDE, call.fields.num("vertical"), call.fields.num("horizontal"))


@graphics(0x4F, "print 320-dot graphics with scaling", "first:1 last:1 vertical:1 horizontal:1")
def print_scaled_graphics(call: Call) -> bytes:
    """4Fh: C1h with scales; only with F7h bit 41, else 37h."""
    return _print(call, NARROW, call.fields.num("vertical"), call.fields.num("horizontal"))


@graphics(0xC5, "print one graphics line repeatedly", "repeats:2 data:*")
def print_repeated_line(call: Call) -> bytes:
    """C5h: 40 bytes, 1..1200 times; F7h bit 26: the leftmost dot is bit 7, bit 37: a flags byte before the dots."""
    repeats, row = call.fields.num("repeats"), call.fields.raw("data")
    if call.machine.variant.has(PRINT_FLAGS) and len(row) == LINE_BYTES[NARROW] + 1:
        row = row[1:]
    if len(row) != LINE_BYTES[NARROW] or not 1 <= repeats <= MAX_REPEATS:
        raise CommandError(BAD_PARAMETER)
    ordered = row if call.machine.variant.has(REVERSED_C5) else leftmost_high(row)
    call.machine.device.print_raster((ordered,) * repeats, len(row) * 8)
    return b""


@graphics(0xC2, "print EAN-13", "code:5")
def print_ean13(call: Call) -> bytes:
    """C2h: twelve digits as a number; the check digit is added here."""
    digits = ean13_digits(call.fields.num("code"))
    row, width = ean13_row(digits)
    call.machine.device.print_raster((row,) * EAN_HEIGHT, width)
    columns = call.machine.device.profile.columns
    call.machine.device.print_line(digits.center(columns).rstrip())
    return b""


@graphics(0xDD, "load data block", "kind:1 block:1 data:64b")
def load_block(call: Call) -> bytes:
    """DDh: 64 bytes of 2D data; 37h on a device without 2D codes."""
    if not call.machine.variant.qr:
        raise CommandError(NOT_SUPPORTED)
    if call.fields.num("kind") != DATA_FOR_2D:
        raise CommandError(BAD_PARAMETER)
    call.machine.pictures.load_block(call.fields.num("block"), call.fields.raw("data"))
    return b""


@graphics(0xDE, "print 2D barcode", "kind:1 length:2 first:1 version:1 mask:1 dot:1 p4:1 level:1 align:1")
def print_2d(call: Call) -> bytes:
    """DEh: type 3 (QR) alone; 36h for the other symbols, 37h on a device without 2D codes."""
    if not call.machine.variant.qr:
        raise CommandError(NOT_SUPPORTED)
    fields = call.fields
    if fields.num("kind") != QR:
        raise CommandError(BAD_FOR_MODEL)
    level, align = fields.num("level"), fields.num("align")
    if level >= len(LEVELS) or align >= len(ALIGNMENTS):
        raise CommandError(BAD_PARAMETER)
    text = _text(call.machine.pictures.block_data(fields.num("first"), fields.num("length")))
    dot = fields.num("dot") or DEFAULT_DOT
    call.machine.device.print_qr(text, dot, LEVELS[level], ALIGNMENTS[align])
    return _symbol_size(call, text, dot) if call.machine.variant.long_qr_answer else b""


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1251", errors="replace")


def _symbol_size(call: Call, text: str, dot: int) -> bytes:
    """The nine bytes newer firmware appends: parameters as used, width and height in dots."""

    level = call.fields.num("level")
    symbol = segno.make(text, error=LEVELS[level], micro=False, boost_error=False)
    side = int(symbol.symbol_size(scale=dot, border=0)[0])
    return bytes((int(symbol.version), int(symbol.mask), dot, 0, level)) + le(side, 2) * 2
