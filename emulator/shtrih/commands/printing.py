"""Text, feed, cut, drawer and sound (protocol notes, sections 2.2 and 6.2)."""

from __future__ import annotations

from emulator.shtrih.errors import BAD_PARAMETER, WRONG_LENGTH, CommandError
from emulator.shtrih.fields import le
from emulator.shtrih.registry import COMMANDS, Call, Password
from emulator.terms import DeviceMode, Reason, Refusal

RECEIPT_TAPE = 1 << 1
WRAP = 1 << 6
DOUBLE_FONT = 2
ADVERT_ROWS = range(1, 4)
HEADER_ROWS = range(4, 15)
CUT_ALLOWED_IN_RECEIPT = (1, 1, 22)
DRAWER_ATTACHED = (1, 1, 6)


def _print_text(call: Call, font: int, bold: bool = False) -> bytes:
    """Print the request's text by its flags: 0Ah breaks lines, bit 6 wraps, longer lines are cut."""
    variant = call.machine.variant
    if variant.text_bytes and len(call.fields.raw("text")) != variant.text_bytes:
        raise CommandError(WRONG_LENGTH)
    if not 1 <= font <= variant.fonts:
        raise CommandError(BAD_PARAMETER)
    if not call.fields.num("flags") & RECEIPT_TAPE:
        return b""
    device = call.machine.device
    profile = device.profile
    columns = variant.columns_of(font, profile.columns, profile.double_columns)
    double = columns <= profile.double_columns
    width = min(columns, profile.double_columns if double else profile.columns)
    for line in call.fields.text("text").split("\n"):
        if not line and device.mode is DeviceMode.RECEIPT_OPEN:
            continue
        pieces = [line[at : at + width] for at in range(0, len(line), width)] or [""]
        for piece in pieces if call.fields.num("flags") & WRAP else pieces[:1]:
            device.print_line(piece, bold=bold, double=double)
    return b""


@COMMANDS.add(0x17, "print line, font 1", "flags:1 text:*")
def print_line(call: Call) -> bytes:
    """17h."""
    return _print_text(call, font=1)


@COMMANDS.add(0x12, "print bold line, font 2", "flags:1 text:*")
def print_bold_line(call: Call) -> bytes:
    """12h."""
    return _print_text(call, font=DOUBLE_FONT, bold=True)


@COMMANDS.add(0x2F, "print line with a font", "flags:1 font:1 text:*")
def print_line_font(call: Call) -> bytes:
    """2Fh: fonts as wide as font 2 are drawn double, the others as font 1; what does not fit the paper is cut."""
    return _print_text(call, font=call.fields.num("font"))


@COMMANDS.add(0x26, "font parameters", "font:1", Password.SYSTEM)
def font_parameters(call: Call) -> bytes:
    """26h: print width, character width and height in dots, number of fonts.

    Characters in a line are width / character width, so where whole dots do not give the model's own number (section
    6.1) the width told is that of a full line, less than the paper's.
    """
    font = call.fields.num("font")
    if not 1 <= font <= call.machine.variant.fonts:
        raise CommandError(BAD_PARAMETER)
    profile, variant = call.machine.device.profile, call.machine.variant
    columns = variant.columns_of(font, profile.columns, profile.double_columns)
    height = variant.font_heights[int(columns <= profile.double_columns)]
    dots = profile.dots // columns
    width = profile.dots if profile.dots // dots == columns else columns * dots
    return le(width, 2) + bytes((dots, height, variant.fonts))


def _print_table_text(call: Call, rows: range) -> None:
    for text in (call.machine.tables.text(4, row, 1) for row in rows):
        if text:
            call.machine.device.print_line(text[: call.machine.device.profile.columns])


@COMMANDS.add(0x18, "document header", "name:30b number:2")
def document_header(call: Call) -> bytes:
    """18h: prints the name and the number; answers the running document number."""
    device = call.machine.device
    device.print_line(f"{call.fields.text('name')} {call.fields.num('number')}".strip()[: device.profile.columns])
    return le(device.running_document_number, 2)


@COMMANDS.add(0x52, "print header")
def print_header(call: Call) -> bytes:
    """52h: the header lines of table 4."""
    _print_table_text(call, HEADER_ROWS)
    return b""


@COMMANDS.add(0x53, "end of document", "advert:1")
def end_of_document(call: Call) -> bytes:
    """53h: advertising text when asked, then feed and the cut that table 1 field 7 sets."""
    if call.fields.num("advert") == 1:
        _print_table_text(call, ADVERT_ROWS)
    device = call.machine.device
    device.feed(3)
    kind = call.machine.tables.number(1, 1, 7)
    if kind:
        device.cut(partial=kind == 2)
    return b""


@COMMANDS.add(0x54, "print advertising text")
def print_advert(call: Call) -> bytes:
    """54h: the advertising lines of table 4."""
    _print_table_text(call, ADVERT_ROWS)
    return b""


@COMMANDS.add(0x25, "cut", "kind:1")
def cut(call: Call) -> bytes:
    """25h: 0 full, 1 partial; refused inside a receipt unless table 1 field 22 allows it (pitfall 22)."""
    kind = call.fields.num("kind")
    if kind not in (0, 1):
        raise CommandError(BAD_PARAMETER)
    device = call.machine.device
    if device.mode is DeviceMode.RECEIPT_OPEN and not call.machine.tables.number(*CUT_ALLOWED_IN_RECEIPT):
        raise Refusal(Reason.RECEIPT_OPEN)
    device.cut(partial=kind == 1)
    return b""


@COMMANDS.add(0x29, "feed", "flags:1 lines:1")
def feed(call: Call) -> bytes:
    """29h: 1..255 lines of the receipt tape."""
    lines = call.fields.num("lines")
    if lines == 0:
        raise CommandError(BAD_PARAMETER)
    if call.fields.num("flags") & RECEIPT_TAPE:
        call.machine.device.feed(lines)
    return b""


@COMMANDS.add(0x28, "open cash drawer", "drawer:1")
def open_drawer(call: Call) -> bytes:
    """28h: no error when nothing is attached (table 1 field 6 = 0)."""
    if call.fields.num("drawer") not in (0, 1):
        raise CommandError(BAD_PARAMETER)
    if call.machine.tables.number(*DRAWER_ATTACHED):
        call.machine.device.open_drawer()
    return b""


@COMMANDS.add(0x13, "beep")
def beep(call: Call) -> bytes:
    """13h."""
    call.machine.device.beep()
    return b""


@COMMANDS.add(0xB0, "continue printing")
def continue_printing(call: Call) -> bytes:
    """B0h: leaves submode 3."""
    call.machine.device.continue_print()
    return b""
