"""Mechanics and printing of `drivers.service.ServicePrinter`. Source: protocol notes, sections 3.7 and 5.

Everything is printed in the choice of modes (0), which is entered first: there no receipt is under way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeVar

from drivers.api import Cut, Done, Feed, Outcome, Refused, SlipPart, Text
from drivers.atol import commands_print as printing
from drivers.atol.code_page import encode_text
from drivers.atol.command import Command, Nothing
from drivers.atol.errors import NOT_SUPPORTED
from drivers.atol.slip import BLANK, CENTRE, MAIN_PRINTER, SlipPrinter, raster_line
from drivers.atol.status import Mode
from drivers.atol.till import NOT_CONNECTED, Connected, Till, begun, cannot, plain
from drivers.atol.wires import order_of_two
from drivers.barcode_bars import bars
from drivers.service import Barcode, FontInfo, Picture

Q = TypeVar("Q")
A = TypeVar("A")

NORMAL, DOUBLE = 1, 2
EAN13 = 1  # of C1h
CHECK_DIGIT = b"\x01\x00"  # options of C1h: computed by the register
QUIET_MODULES = 11
MOST_TIMES = 1200
WIDEST_DOTS = 1024
DIVIDED = 921_600  # of 88h, Hz
TONES = range(100, 2501)


@dataclass(frozen=True)
class FieldFormat:
    """How 87h prints a line. `font` and `spacing` 0 = as the register is set; `height`, `width` times, 1..8;
    `brightness` 0..15, 0 = as set."""

    font: int = 0
    height: int = 1
    width: int = 1
    spacing: int = 0
    brightness: int = 0


class AtolPaper(Connected):
    """The printing half of the service face."""

    def beep(self) -> Outcome[None]:
        """47h."""
        return self._printed(printing.BEEP, Nothing())

    def tone(self, hertz: int, duration: int) -> Outcome[None]:
        """88h: 100..2500 Hz; `duration` 1..255 in units no source names."""
        if hertz not in TONES or not 1 <= duration <= 255:
            raise ValueError(f"a tone has {TONES[0]}..{TONES[-1]} Hz and 1..255 units, not {hertz} and {duration}")
        till = self._till()
        if till is None:
            return NOT_CONNECTED
        divider = order_of_two(0x10000 - DIVIDED // hertz, till.switches.tone_high_first)
        return self._printed(printing.TONE, printing.Tone(divider, duration))

    def open_drawer(self, drawer: int = 0) -> Outcome[None]:
        """80h; it knows one drawer."""
        if drawer not in (0, 1):
            raise ValueError(f"drawer 0 or 1, not {drawer}")
        if drawer:
            return cannot("80h", "the register has one drawer, number 0")
        return self._printed(printing.OPEN_DRAWER, Nothing())

    def drawer_impulse(self, on_ms: int, off_ms: int, count: int = 1) -> Outcome[None]:
        """85h: milliseconds 1..9999 on and off, 1..99 times."""
        if not (1 <= on_ms <= 9999 and 1 <= off_ms <= 9999 and 1 <= count <= 99):
            raise ValueError("an impulse has 1..9999 ms on and off and is given 1..99 times")
        return self._printed(printing.DRAWER_IMPULSE, printing.Impulse(on_ms, off_ms, count))

    def feed(self, lines: int) -> Outcome[None]:
        """4Ch with a space for each line: no command feeds alone."""
        return self._slip([Feed(lines)])

    def cut(self, partial: bool = True) -> Outcome[None]:
        """75h after feeding the last line past the knife; done too on a register without a cutter."""
        return self._slip([Cut(partial)])

    def fonts(self) -> Outcome[tuple[FontInfo, ...]]:
        """1 normal, 2 double width (09h). No command tells more; heights are not told (0). For others `print_field`."""
        till = self._till()
        if till is None:
            return NOT_CONNECTED
        columns, dots = till.device.capabilities.columns, till.device.capabilities.graphics_dots
        found = [FontInfo(NORMAL, columns, dots // columns, 0)]
        if till.switches.double_width:
            wide = till.device.capabilities.double_columns
            found.append(FontInfo(DOUBLE, wide, dots // wide, 0))
        return Done(tuple(found))

    def print_line(self, text: str, font: int = NORMAL) -> Outcome[None]:
        """4Ch in font 1 or 2; others are refused in words."""
        if not 1 <= font <= 255:
            raise ValueError(f"fonts are numbered 1..255, not {font}")
        if font > DOUBLE:
            return cannot("4Ch", "fonts 1 (normal) and 2 (double width); others by print_field")
        return self._slip([Text(text, double=font == DOUBLE)])

    def print_field(self, text: str, how: FieldFormat = FieldFormat()) -> Outcome[None]:
        """87h, where the switch `field_layout` believes in its layout; the line is cut at its width."""
        times = how.height, how.width
        if not all(1 <= each <= 8 for each in times) or not 0 <= how.brightness <= 15:
            raise ValueError("height and width are 1..8 times, brightness 0..15")
        if not (0 <= how.font <= 255 and 0 <= how.spacing <= 255):
            raise ValueError("font and spacing are 0..255")
        till = self._till()
        if till is None:
            return NOT_CONNECTED
        if not till.switches.field_layout:
            return cannot("87h", "the layout of 87h has no source, and the switch field_layout is off")
        line = encode_text(text)[: till.device.capabilities.columns // how.width] or BLANK
        return self._printed(printing.PRINT_FIELD, _field(line, how))

    def print_header(self) -> Outcome[None]:
        """6Ch: the first lines of table 6."""
        return self._printed(printing.PRINT_CLICHE, Nothing())

    def print_advertising(self) -> Outcome[None]:
        """73h: what table 6 has below a receipt; one source."""
        return self._printed(printing.PRINT_FOOTER, Nothing())

    def end_document(self, advertising: bool = False) -> Outcome[None]:
        """73h when asked for, then the feed and the cut of a slip: no single command ends a document."""
        if not advertising:
            return self.cut()
        outcome = self.print_advertising()
        return begun(self.cut()) if isinstance(outcome, Done) else outcome

    def repeat_document(self) -> Outcome[None]:
        """95h, where the switch `copy_by_95` believes that it is a copy."""
        till = self._till()
        if till is None:
            return NOT_CONNECTED
        if not till.switches.copy_by_95:
            return cannot("95h", "95h prints a deferred report on this register: take print_document")
        return self._printed(printing.LAST_COPY, Nothing())

    def print_document(self, fd_number: int) -> Outcome[None]:
        """ABh: a document of the FN by its number, 1..4294967295, in mode 6 (switch `archive_mode`). DAh: no such."""
        if not 1 <= fd_number <= 0xFFFFFFFF:
            raise ValueError(f"documents are numbered 1..4294967295, not {fd_number}")
        till = self._till()
        if till is None:
            return NOT_CONNECTED
        mode = till.switches.archive_mode
        wanted = Mode.CHOICE if mode is None else Mode(mode)
        return self._printed(printing.PRINT_DOCUMENT, printing.FdToPrint(fd_number), wanted)

    def print_stored_picture(self, number: int, offset_dots: int = 0) -> Outcome[None]:
        """8Dh: a picture from the register's memory. 6Fh: none under that number."""
        if not 0 <= number <= 255 or not 0 <= offset_dots <= 0xFFFF:
            raise ValueError("pictures are numbered 0..255, the offset is 0..65535 dots")
        till = self._till()
        if till is None:
            return NOT_CONNECTED
        offset = order_of_two(offset_dots, till.switches.raster_high_first)
        return self._printed(printing.PRINT_PICTURE, printing.StoredPicture(MAIN_PRINTER, number, offset))

    def print_picture(self, picture: Picture) -> Outcome[None]:
        """8Eh, equal rows as one. A picture wider than the paper is refused in words."""
        row_bytes = (picture.width_dots + 7) // 8
        if not 1 <= picture.width_dots <= WIDEST_DOTS or any(len(row) != row_bytes for row in picture.rows):
            raise ValueError(f"a picture is 1..{WIDEST_DOTS} dots wide, every row {row_bytes} bytes")
        till = self._till()
        if till is None:
            return NOT_CONNECTED
        dots = till.device.capabilities.graphics_dots
        if row_bytes > dots // 8:
            return cannot("8Eh", f"the paper is {dots} dots wide, the picture {picture.width_dots}")
        rows = [(row, len(list(same))) for row, same in groupby(picture.rows)]
        return self._rows(till, rows)

    def print_barcode(self, barcode: Barcode) -> Outcome[None]:
        """Drawn here and printed as one row repeated (8Eh): only EAN-13 has a sourced number in C1h, and no height.

        Where 8Eh is 7Ah an EAN-13 goes through C1h.
        """
        modules = bars(barcode.kind, barcode.text)
        if not 1 <= barcode.height_dots <= MOST_TIMES or not 1 <= barcode.module_dots <= 8:
            raise ValueError("a bar code is 1..1200 dots high, its modules 1..8 dots wide")
        till = self._till()
        if till is None:
            return NOT_CONNECTED
        row = _row_of(modules, barcode.module_dots, till.device.capabilities.graphics_dots)
        outcome = self._rows(till, [(row, barcode.height_dots)])
        if isinstance(outcome, Refused) and outcome.code == NOT_SUPPORTED and barcode.kind == "ean13":
            return self._ean13(till, barcode)
        if not isinstance(outcome, Done) or not barcode.with_text:
            return outcome
        return begun(self.print_line(barcode.text.center(till.device.capabilities.columns).rstrip()))

    def _ean13(self, till: Till, barcode: Barcode) -> Outcome[None]:
        scale = bytes((barcode.module_dots,)) if till.switches.scale_byte else b""
        content = scale + bytes(2) + CHECK_DIGIT + bytes(7) + barcode.text[:12].encode("ascii")
        return self._printed(printing.PRINT_BARCODE, printing.Barcode(EAN13, CENTRE, content))

    def _rows(self, till: Till, rows: Sequence[tuple[bytes, int]]) -> Outcome[None]:
        outcome: Outcome[None] = till.patience.enter(Mode.CHOICE)
        for number, (row, times) in enumerate(rows):
            if not isinstance(outcome, Done):
                break
            printed = plain(till.patience.run(printing.PRINT_RASTER, raster_line(row, times, till.switches)))
            outcome = begun(printed) if number else printed
        return outcome

    def _slip(self, parts: Sequence[SlipPart]) -> Outcome[None]:
        till = self._till()
        if till is None:
            return NOT_CONNECTED
        return SlipPrinter(till.patience, till.device, till.switches).print(parts)

    def _printed(self, command: Command[Q, A], request: Q, mode: Mode = Mode.CHOICE) -> Outcome[None]:
        till = self._till()
        return NOT_CONNECTED if till is None else plain(till.patience.in_mode(mode, command, request))


def _field(line: bytes, how: FieldFormat) -> printing.FormattedLine:
    return printing.FormattedLine(
        flags=0,
        printer=MAIN_PRINTER,
        font=how.font,
        multipliers=how.height << 4 | how.width,
        spacing=how.spacing,
        brightness=how.brightness,
        journal=0,
        tape=1,
        format=0,
        reserved=bytes(2),
        text=line,
    )


def _row_of(modules: str, module_dots: int, width_dots: int) -> bytes:
    """A row with the code in its middle, bit 7 leftmost. Raises ValueError when it does not fit the paper."""
    dots = "".join(module * module_dots for module in modules)
    if len(dots) + 2 * QUIET_MODULES * module_dots > width_dots:
        raise ValueError(f"a bar code of {len(modules)} modules of {module_dots} dots is wider than the paper")
    whole = ("0" * ((width_dots - len(dots)) // 2) + dots).ljust(width_dots // 8 * 8, "0")
    return int(whole, 2).to_bytes(width_dots // 8, "big")
