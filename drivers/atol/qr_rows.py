"""A QR code drawn on the host, for registers that cannot draw one: rows of 8Eh, bit 7 is the leftmost dot."""

from __future__ import annotations

import segno

QUIET_MODULES = 4  # white margin, ISO/IEC 18004
MIN_SCALE = 2  # smaller modules are not readable from thermal paper


def qr_rows(text: str, level: str, module_dots: int, width_dots: int) -> tuple[list[bytes], int]:
    """One row of dots for each module row, centred, margin included, and how often each row is printed.

    `module_dots` is lowered until the code fits. Raises ValueError when it does not fit even then.
    """
    try:
        matrix = [list(row) for row in segno.make(text, error=level, micro=False, boost_error=False).matrix]
    except segno.DataOverflowError as error:
        raise ValueError(f"{len(text)} characters are too many for a QR code") from error
    scale = min(module_dots, width_dots // (len(matrix) + 2 * QUIET_MODULES))
    if scale < MIN_SCALE:
        raise ValueError(f"a QR code of {len(matrix)} modules does not fit {width_dots} dots")
    left = (width_dots - len(matrix) * scale) // 2
    blank = [bytes(width_dots // 8)] * QUIET_MODULES
    return [*blank, *(_packed(row, scale, left, width_dots) for row in matrix), *blank], scale


def _packed(row: list[int], scale: int, left: int, width_dots: int) -> bytes:
    line = bytearray(width_dots // 8)
    for at, dot in enumerate(dot for module in row for dot in [module] * scale):
        if dot:
            line[(left + at) // 8] |= 0x80 >> (left + at) % 8
    return bytes(line)
