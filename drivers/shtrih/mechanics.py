"""Mechanics and printing of `drivers.service.ServicePrinter`. Source: protocol notes, sections 2.2, 2.3 and 6."""

from __future__ import annotations

from collections.abc import Sequence

from drivers.api import Done, Outcome, Refused
from drivers.barcode_bars import bars
from drivers.service import Barcode, FontInfo, Picture
from drivers.shtrih import commands_print as printing
from drivers.shtrih.command import Nothing
from drivers.shtrih.commands_graphics import LINE_BYTES, PRINT_EAN13, Ean13
from drivers.shtrih.commands_status import FONT, FontNumber
from drivers.shtrih.errors import NOT_SUPPORTED, WRONG_LENGTH
from drivers.shtrih.paper_text import printable
from drivers.shtrih.quirks import Profile
from drivers.shtrih.raster import WIDE_BYTES, Raster
from drivers.shtrih.slip import FEED_INSTEAD_OF_CUT, OLD_LINE
from drivers.shtrih.till import NOT_CONNECTED, Connected, Till

QUIET_MODULES = 11  # beside a bar code, EAN-13 asks for most
MOST_TIMES = 1200  # of C5h
WIDEST_DOTS = 8 * WIDE_BYTES


class ShtrihMechanics(Connected):
    """The printing half of the service face."""

    def beep(self) -> Outcome[None]:
        """13h. 37h on smart models: they have no buzzer."""
        return self._plain(printing.BEEP, Nothing())

    def open_drawer(self, drawer: int = 0) -> Outcome[None]:
        """28h. Pulse length and count: table 1 fields 10 to 12."""
        if drawer not in (0, 1):
            raise ValueError(f"drawer 0 or 1, not {drawer}")
        return self._plain(printing.DRAWER, printing.Drawer(drawer))

    def feed(self, lines: int) -> Outcome[None]:
        """29h. Cash-core models refuse it inside a receipt."""
        if not 1 <= lines <= 255:
            raise ValueError(f"feed 1..255 lines, not {lines}")
        return self._plain(printing.FEED, printing.FeedLines(printing.RECEIPT, lines))

    def cut(self, partial: bool = True) -> Outcome[None]:
        """25h, once the paper stands still; inside a receipt only where table 1 field 22 allows it."""
        till = self._till()
        if till is None:
            return NOT_CONNECTED
        if not till.profile.cutter:
            return self.feed(FEED_INSTEAD_OF_CUT)
        settled = till.patience.until_printed()
        if not isinstance(settled, Done):
            return settled
        outcome = self._plain(printing.CUT, printing.CutKind(1 if partial else 0))
        return self.feed(FEED_INSTEAD_OF_CUT) if _unsupported(outcome) else outcome

    def fonts(self) -> Outcome[tuple[FontInfo, ...]]:
        """26h for each font. F7h tells widths too, in dots or in characters by model: not used."""
        found: list[FontInfo] = []
        number = count = 1
        while number <= count:
            outcome = self._command(FONT, FontNumber(number))
            if not isinstance(outcome, Done):
                return outcome
            font = outcome.reply
            count = font.fonts
            columns = font.width // font.char_width if font.char_width else 0
            found.append(FontInfo(number, columns, font.char_width, font.char_height))
            number += 1
        return Done(tuple(found))

    def print_line(self, text: str, font: int = 1) -> Outcome[None]:
        """17h for font 1, 2Fh for the others; old firmware without 2Fh has font 2 as 12h.

        A font's own width is asked (26h) when the text is long. 7Eh: old firmware that takes 40 bytes exactly; nothing
        was printed, the line goes again cut to 40.
        """
        if not 1 <= font <= 255:
            raise ValueError(f"fonts are numbered 1..255, not {font}")
        till = self._till()
        if till is None:
            return NOT_CONNECTED
        columns = self._columns(till, font, len(text))
        if not isinstance(columns, Done):
            return columns
        line = printable(text, columns.reply)
        outcome = self._print_text(till, font, line)
        if isinstance(outcome, Refused) and outcome.code == WRONG_LENGTH and len(line) > OLD_LINE:
            return self._print_text(till, font, line[:OLD_LINE])
        return outcome

    def _print_text(self, till: Till, font: int, line: str) -> Outcome[None]:
        flags = printing.RECEIPT
        if font == 1:
            return self._plain(printing.PRINT_LINE, printing.PlainLine(flags, line))
        outcome = self._plain(printing.PRINT_FONT, printing.FontLine(flags, font, line))
        if font == 2 and _unsupported(outcome):
            return self._plain(printing.PRINT_BOLD, printing.BoldLine(flags, line[: till.capabilities.double_columns]))
        return outcome

    def _columns(self, till: Till, font: int, wanted: int) -> Outcome[int]:
        """Characters in a line of a font: as many as `wanted`, or as the font says."""
        known = {1: till.capabilities.columns, 2: till.capabilities.double_columns}
        if font in known:
            return Done(known[font])
        if wanted <= till.capabilities.double_columns:
            return Done(max(wanted, 1))
        asked = self._command(FONT, FontNumber(font))
        if not isinstance(asked, Done):
            return Done(till.capabilities.columns) if isinstance(asked, Refused) else asked
        return Done(
            asked.reply.width // asked.reply.char_width if asked.reply.char_width else till.capabilities.columns
        )

    def print_header(self) -> Outcome[None]:
        """52h. After a document the next header is on paper already."""
        return self._plain(printing.PRINT_HEADER, Nothing())

    def print_advertising(self) -> Outcome[None]:
        """54h."""
        return self._plain(printing.PRINT_ADVERTISING, Nothing())

    def end_document(self, advertising: bool = False) -> Outcome[None]:
        """53h."""
        return self._plain(printing.END_DOCUMENT, printing.DocumentEnd(int(advertising)))

    def repeat_document(self) -> Outcome[None]:
        """8Ch. 56h: nothing to repeat."""
        return self._plain(printing.REPEAT_DOCUMENT, Nothing())

    def print_picture(self, picture: Picture) -> Outcome[None]:
        """320 dots through C4h, wider through 4Eh where F7h bit 42 says so; 37h on a device without it."""
        row_bytes = checked_row_bytes(picture)
        till = self._till()
        if till is None:
            return NOT_CONNECTED
        if row_bytes > LINE_BYTES and not till.profile.graphics_512:
            return Refused(NOT_SUPPORTED, "4Eh", "the device prints pictures of at most 320 dots")
        return Raster(till.patience, till.profile).print(picture_lines(picture, till.profile))

    def print_barcode(self, barcode: Barcode) -> Outcome[None]:
        """Drawn here, printed as one line repeated (C5h); where that is 37h an EAN-13 goes through C2h."""
        modules = bars(barcode.kind, barcode.text)
        if not 1 <= barcode.height_dots <= MOST_TIMES or not 1 <= barcode.module_dots <= 8:
            raise ValueError("a bar code is 1..1200 dots high, its modules 1..8 dots wide")
        till = self._till()
        if till is None:
            return NOT_CONNECTED
        line = _line_of(modules, barcode.module_dots, till.profile.line_bytes)
        outcome = Raster(till.patience, till.profile).repeat(line, barcode.height_dots)
        if _unsupported(outcome) and barcode.kind == "ean13":
            return self._plain(PRINT_EAN13, Ean13(int(barcode.text[:12])))
        if not isinstance(outcome, Done) or not barcode.with_text:
            return outcome
        return self.print_line(_centred(barcode.text, till))


def checked_row_bytes(picture: Picture) -> int:
    """Bytes of a row. Raises ValueError when the picture is none."""
    row_bytes = (picture.width_dots + 7) // 8
    if not 1 <= picture.width_dots <= WIDEST_DOTS or any(len(row) != row_bytes for row in picture.rows):
        raise ValueError(f"a picture is 1..{WIDEST_DOTS} dots wide, every row {row_bytes} bytes")
    return row_bytes


def picture_lines(picture: Picture, profile: Profile) -> list[bytes]:
    """Rows as the device's buffer wants them: of 40 bytes, of 64 when they do not fit."""
    size = WIDE_BYTES if checked_row_bytes(picture) > LINE_BYTES else LINE_BYTES
    return [(row if profile.mirrored_graphics else _turned(row)).ljust(size, b"\0") for row in picture.rows]


def _unsupported(outcome: Outcome[None]) -> bool:
    return isinstance(outcome, Refused) and outcome.code == NOT_SUPPORTED


def _turned(row: bytes) -> bytes:
    """Bit 7 leftmost to bit 0 leftmost, byte by byte."""
    return bytes(int(f"{byte:08b}"[::-1], 2) for byte in row)


def _line_of(modules: str, module_dots: int, line_bytes: int) -> bytes:
    """A line with the code in its middle, bit 0 leftmost. Raises ValueError when it does not fit the paper."""
    dots = [int(module) for module in modules for _ in range(module_dots)]
    if len(dots) + 2 * QUIET_MODULES * module_dots > 8 * line_bytes:
        raise ValueError(f"a bar code of {len(modules)} modules of {module_dots} dots is wider than the paper")
    return _packed([0] * ((8 * line_bytes - len(dots)) // 2) + dots, line_bytes)


def _packed(dots: Sequence[int], size: int) -> bytes:
    line = bytearray(size)
    for at, dot in enumerate(dots):
        line[at // 8] |= dot << at % 8
    return bytes(line)


def _centred(text: str, till: Till) -> str:
    return text.center(till.capabilities.columns).rstrip()
