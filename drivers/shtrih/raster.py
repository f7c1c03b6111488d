"""Dots on paper: lines of 320 or 512 dots loaded into the device's buffers and printed. Source: protocol notes, 6.3.

Big pictures go in bands: a buffer is read while it prints, so the next band waits until the paper stands still.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from drivers.api import Done, Outcome, Refused
from drivers.shtrih import commands_graphics as graphics
from drivers.shtrih.command import Command, Operator
from drivers.shtrih.commands_print import RECEIPT
from drivers.shtrih.errors import NOT_SUPPORTED
from drivers.shtrih.patience import Patience
from drivers.shtrih.quirks import Profile

Q = TypeVar("Q")
R = TypeVar("R", bound=Operator)

BAND, BAND_SMALL, BAND_512 = 1200, 200, 600
WIDE_BYTES = 64  # a line of 512 dots
WIDE_LINES = 3  # lines in one 4Eh: at most 240 bytes
WIDE_BUFFER = 1
DONE: Done[None] = Done(None)


class Raster:
    """Prints lines of dots on one connected device. A line: 40 bytes, or 64 where `Profile.graphics_512`."""

    def __init__(self, patience: Patience, profile: Profile) -> None:
        self._patience = patience
        self._profile = profile
        self._small = False  # C4h was refused: the buffer of 200 lines is all there is

    def print(self, lines: Sequence[bytes]) -> Outcome[None]:
        """All lines from top to bottom."""
        wide = any(len(line) > graphics.LINE_BYTES for line in lines)
        at = 0
        while at < len(lines):
            band = lines[at : at + self._band(wide)]
            settled = self._patience.until_printed()
            if not isinstance(settled, Done):
                return settled
            outcome = self._print_wide(band) if wide else self._print_narrow(band)
            if _unsupported(outcome) and not wide and not self._small:
                self._small = True
                continue
            if not isinstance(outcome, Done):
                return outcome
            at += len(band)
        return DONE

    def repeat(self, line: bytes, times: int) -> Outcome[None]:
        """One line again and again, 1..1200 times: C5h. `line` in our order of dots; F7h bit 26 turns it."""
        if self._profile.reversed_lines:
            line = bytes(int(f"{byte:08b}"[::-1], 2) for byte in line)
        return self._run(graphics.PRINT_REPEATED, graphics.RepeatedLine(times, self._flags() + line))

    def _band(self, wide: bool) -> int:
        if wide:
            return self._profile.lines_512
        return BAND_SMALL if self._small else BAND

    def _print_narrow(self, lines: Sequence[bytes]) -> Outcome[None]:
        return self._print_small(lines) if self._small else self._print_extended(lines)

    def _print_extended(self, lines: Sequence[bytes]) -> Outcome[None]:
        """C4h line by line (several at once where the device can), then C3h."""
        first, step = self._profile.first_graphics_line, self._profile.graphics_lines
        for at in range(0, len(lines), step):
            load = graphics.GraphicsLine(first - 1 + at, b"".join(lines[at : at + step]))
            outcome = self._run(graphics.LOAD_GRAPHICS, load)
            if not isinstance(outcome, Done):
                return outcome
        picture = graphics.GraphicsRange(first, first + len(lines) - 1, self._flags())
        return self._run(graphics.PRINT_GRAPHICS, picture)

    def _print_small(self, lines: Sequence[bytes]) -> Outcome[None]:
        """C0h and C1h: what the oldest models have."""
        first = self._profile.first_graphics_line
        for at, line in enumerate(lines):
            outcome = self._run(graphics.LOAD_SMALL, graphics.SmallLine(first - 1 + at, line))
            if not isinstance(outcome, Done):
                return outcome
        return self._run(graphics.PRINT_SMALL, graphics.SmallRange(first, first + len(lines) - 1))

    def _print_wide(self, lines: Sequence[bytes]) -> Outcome[None]:
        """4Eh into the buffer of 512 dots, then 4Dh at scale 1."""
        for at in range(0, len(lines), WIDE_LINES):
            piece = lines[at : at + WIDE_LINES]
            load = graphics.Load512(WIDE_BYTES, 1 + at, len(piece), WIDE_BUFFER, b"".join(piece))
            outcome = self._run(graphics.LOAD_512, load)
            if not isinstance(outcome, Done):
                return outcome
        return self._run(graphics.PRINT_512, graphics.Print512(1, len(lines), 1, 1))

    def _flags(self) -> bytes:
        return bytes((RECEIPT,)) if self._profile.graphics_flags else b""

    def _run(self, command: Command[Q, R], request: Q) -> Outcome[None]:
        outcome = self._patience.run(command, request)
        return DONE if isinstance(outcome, Done) else outcome


def _unsupported(outcome: Outcome[None]) -> bool:
    return isinstance(outcome, Refused) and outcome.code == NOT_SUPPORTED
