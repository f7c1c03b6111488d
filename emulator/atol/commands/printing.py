"""Printing and peripherals: 4Ch, 87h, 6Ch, 73h, 75h, 80h, 85h, 47h, 88h, 8Dh, 8Eh, 8Fh, 90h (section 3.7)."""

from __future__ import annotations

from emulator.atol import codepage
from emulator.atol.errors import FN_PARAMETERS, WRONG_DEVICE, WRONG_DIVIDER, WRONG_LENGTH, WRONG_PICTURE, CommandError
from emulator.atol.registry import COMMANDS, Call
from emulator.marks import Raster

DOUBLE_WIDTH = 0x09
HEADER_ROWS = (2, 1, 36)
TEXTS = 6
FULL, PARTIAL, FULL_TOO = 0, 1, 4
CLOCK = 921_600
TONES = range(100, 2501)
MOST_TO_PORT = 94
MOST_REPEATS = 1200
MOST_PULSES = 99


def print_text(call: Call, text: str, double: bool = False, bold: bool = False) -> None:
    """One line; what does not fit the paper is lost."""
    call.machine.device.print_line(text, bold=bold, double=double)


def doubled(raw: bytes) -> tuple[str, bool]:
    """Text of a line and whether the whole of it is double width; single such letters are spaced out.

    09h before a character makes that character double.
    """
    letters: list[tuple[str, bool]] = []
    wide = False
    for byte in raw:
        if byte == DOUBLE_WIDTH:
            wide = True
            continue
        text = codepage.external(bytes((byte,)))
        if text:
            letters.append((text, wide))
        wide = False
    if letters and all(each for _, each in letters):
        return "".join(letter for letter, _ in letters), True
    return "".join(letter + " " * each for letter, each in letters), False


@COMMANDS.add(0x4C, "print string", "text:*", prints=True)
def print_string(call: Call) -> bytes:
    """4Ch."""
    print_text(call, *doubled(call.fields.raw("text")))
    return b""


FIELD_LAYOUT = (
    "flags:1 printer:1 font:1 multipliers:1 spacing:1 brightness:1 journal:1 tape:1 format:1 reserved:2b text:*"
)


@COMMANDS.add(0x87, "print field", FIELD_LAYOUT, prints=True)
def print_field(call: Call) -> bytes:
    """87h: text from byte 12; a multiplier above 1 in either half prints double. The eleven fields are [U]."""
    high, low = divmod(call.fields.num("multipliers"), 16)
    text, wide = doubled(call.fields.raw("text"))
    print_text(call, text, double=wide or max(high, low) > 1)
    return b""


def _print_rows(call: Call, rows: range) -> bytes:
    for row in rows:
        text = call.machine.tables.text(TEXTS, row, 1)
        if text:
            print_text(call, text)
    return b""


def _header_rows(call: Call) -> int:
    return min(call.machine.tables.number(*HEADER_ROWS), call.machine.tables.rows(TEXTS))


@COMMANDS.add(0x6C, "print header", prints=True)
def print_header(call: Call) -> bytes:
    """6Ch: the header lines of table 6; does not cut."""
    return _print_rows(call, range(1, _header_rows(call) + 1))


@COMMANDS.add(0x73, "print footer", prints=True)
def print_footer(call: Call) -> bytes:
    """73h: the lines of table 6 below the header."""
    return _print_rows(call, range(_header_rows(call) + 1, call.machine.tables.rows(TEXTS) + 1))


@COMMANDS.add(0x75, "cut", "kind:1", prints=True)
def cut(call: Call) -> bytes:
    """75h: 0 full, 1 partial; 04 is a full cut on some models [conflict]."""
    kind = call.fields.num("kind")
    if kind not in (FULL, PARTIAL) and not (kind == FULL_TOO and call.machine.variant.cut_04):
        raise CommandError(FN_PARAMETERS)
    call.machine.device.cut(partial=kind == PARTIAL)
    return b""


@COMMANDS.add(0x80, "open drawer")
def open_drawer(call: Call) -> bytes:
    """80h."""
    call.machine.device.open_drawer()
    return b""


@COMMANDS.add(0x85, "drawer impulse", "on:2d off:2d count:1")
def drawer_impulse(call: Call) -> bytes:
    """85h: milliseconds on and off, at most 99 times."""
    if not 1 <= call.fields.num("count") <= MOST_PULSES:
        raise CommandError(FN_PARAMETERS)
    call.machine.device.open_drawer()
    return b""


@COMMANDS.add(0x47, "beep")
def beep(call: Call) -> bytes:
    """47h."""
    call.machine.device.beep()
    return b""


@COMMANDS.add(0x88, "tone", "divider:2h duration:1")
def tone(call: Call) -> bytes:
    """88h: divider = 65536 - 921600 / Hz, 100 to 2500 Hz; CDh outside."""
    hertz = CLOCK // (0x10000 - call.fields.num("divider"))
    if hertz not in TONES:
        raise CommandError(WRONG_DIVIDER)
    call.machine.device.beep()
    return b""


def two_bytes(call: Call, name: str) -> int:
    """A binary number of two bytes in the order of the variant [U]."""
    return int.from_bytes(call.fields.raw(name), "big" if call.machine.variant.high_first else "little")


def _require_printer(call: Call) -> None:
    if call.fields.num("printer") not in (0, 1):
        raise CommandError(WRONG_DEVICE)


def shifted(row: bytes, offset: int, width: int) -> bytes:
    """A row of ``width`` dots that begins with ``offset`` white ones; what goes past the edge is lost."""
    bits = int.from_bytes(row, "big") << max(0, width - 8 * len(row))
    bits >>= max(0, 8 * len(row) - width)
    size = -(-width // 8)
    return ((bits >> offset) << (8 * size - width)).to_bytes(size, "big")


@COMMANDS.add(0x8E, "print raster line", "printer:1 repeat:2b offset:2b raster:*", prints=True)
def print_raster(call: Call) -> bytes:
    """8Eh: one row of dots, leftmost in bit 7; at most as many bytes as the head has (14h)."""
    _require_printer(call)
    device, row = call.machine.device, call.fields.raw("raster")
    repeats, width = two_bytes(call, "repeat"), device.profile.dots
    if not row or len(row) * 8 > width:
        raise CommandError(WRONG_LENGTH)
    if not 1 <= repeats <= MOST_REPEATS:
        raise CommandError(FN_PARAMETERS)
    device.print_raster((shifted(row, two_bytes(call, "offset"), width),) * repeats, width)
    return b""


@COMMANDS.add(0x8D, "print picture from memory", "printer:1 number:1 offset:2b", prints=True)
def print_picture(call: Call) -> bytes:
    """8Dh: 6Fh for a number with no picture. How pictures get into the memory is in no source."""
    _require_printer(call)
    device, picture = call.machine.device, call.machine.pictures.get(call.fields.num("number"))
    if picture is None:
        raise CommandError(WRONG_PICTURE)
    width, offset = device.profile.dots, two_bytes(call, "offset")
    device.print_raster(tuple(shifted(row, offset, width) for row in picture.rows), width, picture.scale)
    return b""


def load_picture(pictures: dict[int, Raster], number: int, rows: tuple[bytes, ...], width: int) -> None:
    """Put a picture into the memory of a device, which no known command does."""
    pictures[number] = Raster(rows, width)


@COMMANDS.add(0x8F, "data to a port", "port:1 data:*")
def data_to_port(call: Call) -> bytes:
    """8Fh: 1..94 bytes; nothing is attached, so they vanish."""
    if not 1 <= len(call.fields.raw("data")) <= MOST_TO_PORT:
        raise CommandError(WRONG_LENGTH)
    return b""


@COMMANDS.add(0x90, "byte counter", "kind:1 rest:*")
def byte_counter(_call: Call) -> bytes:
    """90h: accepted; what it answers is in no source."""
    return b""
