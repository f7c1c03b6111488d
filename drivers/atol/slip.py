"""A non-fiscal slip on paper: lines, QR code, feed, cut. Source: protocol notes, sections B.4, 3.7 and 5.3.

Each part is commands; the first that fails ends the slip. What is on paper then, nobody knows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from drivers.api import Cut, Done, Feed, NotSent, Outcome, OutcomeUnknown, Qr, Refused, SlipPart, Text
from drivers.atol import commands_print as printing
from drivers.atol.code_page import double_width, encode_text
from drivers.atol.command import Command, Nothing
from drivers.atol.errors import NO_PAPER, NOT_SUPPORTED
from drivers.atol.identify import Device
from drivers.atol.patience import Patience
from drivers.atol.qr_rows import qr_rows
from drivers.atol.status import NO_PAPER as PAPER_BIT
from drivers.atol.status import Mode
from drivers.atol.switches import Switches
from drivers.atol.wires import order_of_two

QR, CENTRE = 0, 2
UTF8 = b"\x01\x00"
PARTIAL = 1
BLANK = b" "
MAIN_PRINTER = 1
LEVELS = frozenset("LMQH")
MAX_QR_BYTES = 2331  # byte mode, level M, version 40
DONE: Done[None] = Done(None)

Printed = Outcome[None]
Q = TypeVar("Q")


class SlipPrinter:
    """Prints slips on one connected register."""

    def __init__(self, patience: Patience, device: Device, switches: Switches) -> None:
        self._patience = patience
        self._capabilities = device.capabilities
        self._switches = switches
        self._native_qr = switches.native_qr
        self._fed = 0

    def print(self, parts: Sequence[SlipPart]) -> Printed:
        """Print all parts. Raises ValueError, before anything is on paper, for a part nobody can print."""
        steps = [self._plan(part) for part in parts]
        ready = self._patience.enter(Mode.CHOICE)
        if not isinstance(ready, Done):
            return ready
        begun = False
        for step in [*steps, self._settle]:
            outcome = step()
            if isinstance(outcome, NotSent) and begun:  # not this command, but paper was printed already
                return OutcomeUnknown(outcome.fault, detail=outcome.detail)
            if not isinstance(outcome, Done):
                return outcome
            begun = True
        return DONE

    def _plan(self, part: SlipPart) -> Callable[[], Printed]:
        if isinstance(part, Text):
            line = self._line(part)
            return lambda: self._print(line)
        if isinstance(part, Qr):
            return self._plan_qr(part)
        if isinstance(part, Feed):
            if not 1 <= part.lines <= 255:
                raise ValueError(f"feed 1..255 lines, not {part.lines}")
            return lambda: self._feed(part.lines)
        return lambda: self._cut(part)

    def _line(self, part: Text) -> bytes:
        """One line in the register's code page. It has no bold; double is double width."""
        line = encode_text(part.text)
        if part.double and self._switches.double_width:
            return double_width(line[: self._capabilities.double_columns]) or BLANK
        return line[: self._capabilities.columns] or BLANK

    def _print(self, line: bytes) -> Printed:
        self._fed = 0
        return self._run(printing.PRINT_LINE, printing.Line(line))

    def _feed(self, lines: int) -> Printed:
        """A line with a space: an empty 4Ch has no source."""
        for _ in range(lines):
            outcome = self._run(printing.PRINT_LINE, printing.Line(BLANK))
            if not isinstance(outcome, Done):
                return outcome
            self._fed += 1
        return DONE

    def _cut(self, part: Cut) -> Printed:
        """The last line must pass the knife first: what was not fed yet is fed now."""
        missing = self._switches.feed_before_cut - self._fed
        fed = self._feed(missing) if missing > 0 else DONE
        if not isinstance(fed, Done):
            return fed
        self._fed = 0
        kind = PARTIAL if part.partial else self._switches.full_cut
        outcome = self._run(printing.CUT, printing.CutKind(kind))
        return DONE if _unsupported(outcome) else outcome  # fed past the tear bar, a person tears

    def _plan_qr(self, part: Qr) -> Callable[[], Printed]:
        content = part.text.encode()
        if part.level not in LEVELS or not content or len(content) > MAX_QR_BYTES:
            raise ValueError("a QR code has level L, M, Q or H and 1 to 2331 bytes")
        dots = max(3, min(8, part.module_dots))
        rows, repeat = qr_rows(part.text, part.level, dots, self._capabilities.graphics_dots)
        return lambda: self._qr(content, dots, rows, repeat)

    def _qr(self, content: bytes, dots: int, rows: Sequence[bytes], repeat: int) -> Printed:
        self._fed = 0
        if self._native_qr:
            outcome = self._run(printing.PRINT_BARCODE, self._barcode(content, dots))
            if not _unsupported(outcome):
                return outcome
            self._native_qr = False
        for row in rows:
            outcome = self._run(printing.PRINT_RASTER, raster_line(row, repeat, self._switches))
            if not isinstance(outcome, Done):
                return outcome
        return DONE

    def _barcode(self, content: bytes, dots: int) -> printing.Barcode:
        """Version, correction, rows, columns and ratios are left to the register; options only for what is no ASCII."""
        scale = bytes((dots,)) if self._switches.scale_byte else b""
        options = bytes(2) if content.isascii() else UTF8
        return printing.Barcode(QR, CENTRE, scale + bytes(2) + options + bytes(7) + content)

    def _run(self, command: Command[Q, Nothing], request: Q) -> Printed:
        outcome = self._patience.run(command, request)
        return DONE if isinstance(outcome, Done) else outcome

    def _settle(self) -> Printed:
        """Done means on paper, as far as the register tells: printing without an error, paper still there."""
        settled = self._patience.until_printed()
        if not isinstance(settled, Done):
            return settled
        if settled.reply.faults & PAPER_BIT:
            return Refused(NO_PAPER, "45h", "out of paper while the slip was printing")
        return DONE


def raster_line(row: bytes, times: int, switches: Switches) -> printing.RasterLine:
    """One row of dots printed that many times, at the left edge."""
    return printing.RasterLine(MAIN_PRINTER, order_of_two(times, switches.raster_high_first), 0, row)


def _unsupported(outcome: Printed) -> bool:
    return isinstance(outcome, Refused) and outcome.code == NOT_SUPPORTED
