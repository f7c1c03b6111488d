"""Barcodes: C1h (protocol notes, section 5.3; low trust)."""

from __future__ import annotations

from emulator.atol import codepage
from emulator.atol.errors import FN_PARAMETERS, UNSUPPORTED, WRONG_LENGTH, CommandError
from emulator.atol.fields import Fields
from emulator.atol.registry import COMMANDS, Call
from emulator.shtrih.pictures import ean13_digits, ean13_row

QR, EAN13 = 0, 1
ALIGNMENTS = {1: "left", 2: "center", 3: "right"}
LEVELS = {0: "M", 1: "L", 2: "M", 3: "Q", 4: "H"}
"""Correction 0 is the default; the other numbers are [U]."""
DEFAULT_DOT, MOST_DOTS = 4, 16
EAN_HEIGHT = 80
EAN_DIGITS = (12, 13)

AFTER_ALIGN = "version:2b options:2b correction:1 rows:1 cols:1 bar_ratio:2b pixel_ratio:2b data:*"
WITH_SCALE = "kind:1 align:1 scale:1 " + AFTER_ALIGN
WITHOUT_SCALE = "kind:1 align:1 " + AFTER_ALIGN


@COMMANDS.add(0xC1, "print barcode", "all:*", prints=True)
def print_barcode(call: Call) -> bytes:
    """C1h: QR and EAN-13; 7Ah for other symbols, whose numbers are [U]. 14 parameter bytes, or 13 [conflict]."""
    fields = Fields(WITH_SCALE if call.machine.variant.barcode_scale else WITHOUT_SCALE, call.body)
    kind, data = fields.num("kind"), fields.raw("data")
    if not call.machine.variant.qr or kind not in (QR, EAN13):
        raise CommandError(UNSUPPORTED)
    if not data:
        raise CommandError(WRONG_LENGTH)
    dot, align = fields.num("scale") or DEFAULT_DOT, ALIGNMENTS.get(fields.num("align"))
    if align is None or dot > MOST_DOTS:
        raise CommandError(FN_PARAMETERS)
    if kind == QR:
        level = LEVELS.get(fields.num("correction"))
        if level is None:
            raise CommandError(FN_PARAMETERS)
        call.machine.device.print_qr(_text(data), dot, level, align)
    else:
        _print_ean13(call, data, dot)
    return b""


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return codepage.external(data)


def _print_ean13(call: Call, data: bytes, dot: int) -> None:
    """Twelve digits, or thirteen of which the last must be right."""
    if not data.isdigit() or len(data) not in EAN_DIGITS:
        raise CommandError(FN_PARAMETERS)
    digits = ean13_digits(int(data[:12]))
    if len(data) == EAN_DIGITS[1] and digits.encode("ascii") != data:
        raise CommandError(FN_PARAMETERS)
    device = call.machine.device
    row, width = ean13_row(digits, min(dot, device.profile.dots // 95))
    device.print_raster((row,) * EAN_HEIGHT, width)
    device.print_line(digits.center(device.profile.columns).rstrip())
