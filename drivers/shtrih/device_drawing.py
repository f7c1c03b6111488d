"""What some devices draw by themselves: titles with a number, 1D bar codes of the mechanism, scaled pictures.

Apart from `mechanics`, which works on every device: these are 37h on most. Source: protocol notes, sections 2.2, 2.3.
"""

from __future__ import annotations

from dataclasses import dataclass

from drivers.api import Done, Outcome, Refused
from drivers.service import Picture
from drivers.shtrih import commands_graphics as graphics
from drivers.shtrih import commands_print as printing
from drivers.shtrih.errors import NOT_SUPPORTED
from drivers.shtrih.mechanics import picture_lines
from drivers.shtrih.raster import Raster
from drivers.shtrih.till import NOT_CONNECTED, Connected

TITLE = 30  # characters of 18h
NUMBERS = 0x10000
KINDS = {
    "upc-a": 0, "upc-e": 1, "ean13": 2, "ean8": 3, "code39": 4, "itf": 5, "codabar": 6, "code93": 7, "code128": 8,
    "pdf417": 10, "gs1-databar": 11,
}  # fmt: skip
LONGEST_CODE = 48
HRI = range(4)
SCALED_LINES = 200  # 4Fh numbers its lines in one byte, as C1h does
SCALES = range(1, 7)


@dataclass(frozen=True)
class DeviceBarcode:
    """CBh. `kind` a key of `KINDS`; `height` and `bar_width` in the mechanism's units, 1..255.

    `hri`: the text 0 nowhere, 1 above, 2 below, 3 both.
    """

    kind: str
    content: bytes
    height: int = 80
    bar_width: int = 2
    hri: int = 2
    hri_font: int = 0


class ShtrihDeviceDrawing(Connected):
    """Each is one PRINT command, or a picture loaded before it."""

    def print_title(self, name: str, number: int) -> Outcome[int | None]:
        """18h: a document header with a name and number of the caller's; Done: the running document number."""
        if not 0 <= number < NUMBERS or len(name) > TITLE:
            raise ValueError(f"a title has at most {TITLE} characters and a number of two bytes")
        outcome = self._command(printing.PRINT_TITLE, printing.DocumentTitle(name, number))
        return Done(outcome.reply.number) if isinstance(outcome, Done) else outcome

    def print_device_barcode(self, barcode: DeviceBarcode) -> Outcome[None]:
        """CBh. 37h on nearly all devices: then `print_barcode` draws it here."""
        numbers = (barcode.height, barcode.bar_width)
        if barcode.kind not in KINDS or not 1 <= len(barcode.content) <= LONGEST_CODE:
            raise ValueError(f"a bar code is one of {', '.join(KINDS)} and has 1..{LONGEST_CODE} bytes")
        if not all(1 <= one <= 0xFF for one in numbers) or barcode.hri not in HRI:
            raise ValueError("height and width of a bar code are 1..255, the place of its text is 0..3")
        request = graphics.Barcode1d(*numbers, barcode.hri, barcode.hri_font, KINDS[barcode.kind], barcode.content)
        return self._plain(graphics.PRINT_BARCODE_1D, request)

    def print_scaled(self, picture: Picture, down: int = 1, across: int = 1) -> Outcome[None]:
        """C0h, C4h or 4Eh, then 4Fh (bit 41 of F7h) or 4Dh (bit 42): every dot `across` wide and `down` high, 1..6.

        One band: 200 lines of at most 320 dots by 4Fh, as many as the wide buffer has by 4Dh; 37h: it does neither.
        """
        if down not in SCALES or across not in SCALES:
            raise ValueError("scales are 1..6")
        till = self._till()
        if till is None:
            return NOT_CONNECTED
        wide = till.profile.graphics_512
        if not wide and not till.profile.graphics_scaled:
            return Refused(NOT_SUPPORTED, "4Fh", "the device prints no scaled pictures")
        lines = picture_lines(picture, till.profile)
        if not wide and any(len(line) > graphics.LINE_BYTES for line in lines):
            return Refused(NOT_SUPPORTED, "4Eh", "the device prints pictures of at most 320 dots")
        most = till.profile.lines_512 if wide else SCALED_LINES
        if len(lines) > most:
            raise ValueError(f"a scaled picture has at most {most} lines on this device")
        return Raster(till.patience, till.profile).print_scaled(lines, down, across)
