"""A non-fiscal slip on paper: lines, QR code, feed, cut. Source: protocol notes, sections 2.2, 2.3 and 6.

Each part is commands; the first that fails ends the slip. What is on paper then, nobody knows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from drivers.api import Capabilities, Cut, Done, Feed, NotSent, Outcome, OutcomeUnknown, Qr, Refused, SlipPart, Text
from drivers.shtrih import commands_graphics as graphics
from drivers.shtrih import commands_print as printing
from drivers.shtrih.command import Command, Operator
from drivers.shtrih.errors import NO_PAPER, NOT_SUPPORTED, PRINTING, WRONG_LENGTH
from drivers.shtrih.paper_text import printable
from drivers.shtrih.patience import Patience
from drivers.shtrih.qr_raster import qr_lines
from drivers.shtrih.quirks import Profile
from drivers.shtrih.raster import Raster
from drivers.shtrih.status import is_printing, paper_of

DOUBLE_FONT = 2
LEVELS = {"L": 0, "M": 1, "Q": 2, "H": 3}
OLD_LINE = 40  # bytes of text that old firmware wants (7Eh), no more and no less
FEED_INSTEAD_OF_CUT = 5  # lines: brings the last line past the tear bar
MAX_QR_BYTES = 2331  # byte mode, level M, version 40
DONE: Done[None] = Done(None)

Printed = Outcome[None]
Q = TypeVar("Q")
R = TypeVar("R", bound=Operator)


class SlipPrinter:
    """Prints slips on one connected device. `native_qr`: True, False, or None when the probe did not tell."""

    def __init__(
        self, patience: Patience, profile: Profile, capabilities: Capabilities, native_qr: bool | None
    ) -> None:
        self._patience = patience
        self._profile = profile
        self._capabilities = capabilities
        self._native_qr = native_qr

    def print(self, parts: Sequence[SlipPart]) -> Printed:
        """Print all parts and wait until the paper stands still. Raises ValueError for a part nobody can print."""
        steps = [self._plan(part) for part in parts]
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
        """Everything that can be wrong with a part shows here, before anything is on paper."""
        if isinstance(part, Text):
            return lambda: self._line(part)
        if isinstance(part, Qr):
            if part.level not in LEVELS or len(part.text.encode()) > MAX_QR_BYTES:
                raise ValueError("a QR code has level L, M, Q or H and at most 2331 bytes")
            lines = qr_lines(part.text, part.level, max(3, min(8, part.module_dots)), self._profile.mirrored_graphics)
            return lambda: self._qr(part, lines)
        if isinstance(part, Feed):
            if not 1 <= part.lines <= 255:
                raise ValueError(f"feed 1..255 lines, not {part.lines}")
            return lambda: self._feed(part.lines)
        return lambda: self._cut(part)

    def _line(self, part: Text) -> Printed:
        """Font 1; double is font 2, bold and double is 12h. Font 1 has no bold: there layout comes before emphasis."""
        flags = printing.RECEIPT
        if not part.double:
            line = printable(part.text, self._capabilities.columns)
            outcome = self._run(printing.PRINT_LINE, printing.PlainLine(flags, line))
            if isinstance(outcome, Refused) and outcome.code == WRONG_LENGTH and len(line) > OLD_LINE:
                return self._run(printing.PRINT_LINE, printing.PlainLine(flags, line[:OLD_LINE]))
            return outcome
        line = printable(part.text, self._capabilities.double_columns)
        if not part.bold:
            outcome = self._run(printing.PRINT_FONT, printing.FontLine(flags, DOUBLE_FONT, line))
            if not _unsupported(outcome):
                return outcome
        return self._run(printing.PRINT_BOLD, printing.BoldLine(flags, line))

    def _feed(self, lines: int) -> Printed:
        return self._run(printing.FEED, printing.FeedLines(printing.RECEIPT, lines))

    def _cut(self, part: Cut) -> Printed:
        if not self._profile.cutter:
            return self._feed(FEED_INSTEAD_OF_CUT)
        settled = self._patience.until_printed()
        if not isinstance(settled, Done):
            return settled
        outcome = self._run(printing.CUT, printing.CutKind(1 if part.partial else 0))
        return self._feed(FEED_INSTEAD_OF_CUT) if _unsupported(outcome) else outcome

    def _qr(self, part: Qr, lines: Sequence[bytes]) -> Printed:
        if self._native_qr is not False:
            outcome = self._native(part)
            if not _unsupported(outcome):
                return outcome
            self._native_qr = False
        return Raster(self._patience, self._profile).print(lines)

    def _native(self, part: Qr) -> Printed:
        """DDh in blocks of 64 bytes, then DEh."""
        content = part.text.encode()
        for number, at in enumerate(range(0, len(content), graphics.BLOCK)):
            piece = content[at : at + graphics.BLOCK].ljust(graphics.BLOCK, b"\0")
            outcome = self._run(graphics.LOAD_BLOCK, graphics.Block(0, number, piece))
            if not isinstance(outcome, Done):
                return outcome
        request = graphics.Barcode2d(
            kind=graphics.QR_KIND,
            length=len(content),
            first_block=0,
            version=0,
            mask=0,
            dot=max(3, min(8, part.module_dots)),
            reserved=0,
            level=LEVELS[part.level],
            align=graphics.CENTRE,
        )
        return self._run(graphics.PRINT_BARCODE_2D, request)

    def _run(self, command: Command[Q, R], request: Q) -> Printed:
        outcome = self._patience.run(command, request)
        return DONE if isinstance(outcome, Done) else outcome

    def _settle(self) -> Printed:
        """Done means on paper: the answers come before the printing ends."""
        settled = self._patience.until_printed()
        if not isinstance(settled, Done):
            return settled
        if is_printing(settled.reply):
            return Refused(PRINTING, "10h", "still printing")
        if settled.reply.submode:
            return Refused(NO_PAPER, "10h", f"{paper_of(settled.reply).value} while the slip was printing")
        return DONE


def _unsupported(outcome: Printed) -> bool:
    return isinstance(outcome, Refused) and outcome.code == NOT_SUPPORTED
