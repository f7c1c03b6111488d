"""A QR code drawn on the host, for devices that cannot draw one.

Dots go into lines of 320 dots = 40 bytes; bit 0 of byte 0 is the leftmost dot. One public driver has the
opposite order, so it is a switch (protocol notes, section 6.3).
"""

from __future__ import annotations

from collections.abc import Sequence

import segno

WIDTH_DOTS = 320
QUIET_MODULES = 4  # white margin on all sides, ISO/IEC 18004
MIN_SCALE = 2  # smaller modules are not readable from thermal paper


def qr_lines(text: str, level: str, module_dots: int, mirrored: bool = False) -> list[bytes]:
    """Graphics lines from top to bottom, white margin included, centred in 320 dots.

    `module_dots` is lowered until the code fits. Raises ValueError when it does not fit even then.
    """
    matrix = _matrix(text, level)
    modules = len(matrix) + 2 * QUIET_MODULES
    scale = min(module_dots, WIDTH_DOTS // modules)
    if scale < MIN_SCALE:
        raise ValueError(f"a QR code of {len(matrix)} modules does not fit {WIDTH_DOTS} dots")
    left = (WIDTH_DOTS - len(matrix) * scale) // 2
    blank = [bytes(WIDTH_DOTS // 8)] * (QUIET_MODULES * scale)
    lines = list(blank)
    for row in matrix:
        lines += [_pack([*[0] * left, *_stretched(row, scale)], mirrored)] * scale
    return lines + blank


def _matrix(text: str, level: str) -> Sequence[Sequence[int]]:
    try:
        return [list(row) for row in segno.make(text, error=level, micro=False, boost_error=False).matrix]
    except segno.DataOverflowError as error:
        raise ValueError(f"{len(text)} characters are too many for a QR code") from error


def _stretched(row: Sequence[int], scale: int) -> list[int]:
    return [dot for dot in row for _ in range(scale)]


def _pack(dots: Sequence[int], mirrored: bool) -> bytes:
    line = bytearray(WIDTH_DOTS // 8)
    for at, dot in enumerate(dots):
        if dot:
            line[at // 8] |= 0x80 >> at % 8 if mirrored else 1 << at % 8
    return bytes(line)
