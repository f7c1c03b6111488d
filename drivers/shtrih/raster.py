"""Dots on paper: lines of 320 or 512 dots loaded into the device's buffers and printed. Source: protocol notes, 6.3.

Big pictures go in bands: a buffer is read while it prints, so the next band waits until the paper stands still.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from drivers.api import Done, Outcome, Refused
from drivers.shtrih import commands_graphics as graphics
from drivers.shtrih.command import Command, Operator
from drivers.shtrih.commands_print import RECEIPT
from drivers.shtrih.errors import NOT_SUPPORTED, WRONG_PARAMETERS
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
        self._loads_from_1 = False
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

    def print_scaled(self, lines: Sequence[bytes], down: int, across: int) -> Outcome[None]:
        """One band at scales 1..6: through the wide buffer where there is one, else by 4Fh."""
        settled = self._patience.until_printed()
        if not isinstance(settled, Done):
            return settled
        if self._profile.graphics_512:
            return self._print_wide([line.ljust(WIDE_BYTES, b"\0") for line in lines], down, across)
        first = self._profile.first_graphics_line
        loaded = self._load_small(lines)
        if not isinstance(loaded, Done):
            return loaded
        return self._run(graphics.PRINT_SCALED, graphics.ScaledRange(first, first + len(lines) - 1, down, across))

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
        pieces = [(at, b"".join(lines[at : at + step])) for at in range(0, len(lines), step)]
        loaded = self._load(
            pieces, lambda number, dots: self._run(graphics.LOAD_GRAPHICS, graphics.GraphicsLine(number, dots))
        )
        if not isinstance(loaded, Done):
            return loaded
        picture = graphics.GraphicsRange(first, first + len(lines) - 1, self._flags())
        return self._run(graphics.PRINT_GRAPHICS, picture)

    def _print_small(self, lines: Sequence[bytes]) -> Outcome[None]:
        """C0h and C1h: what the oldest models have."""
        first = self._profile.first_graphics_line
        loaded = self._load_small(lines)
        if not isinstance(loaded, Done):
            return loaded
        return self._run(graphics.PRINT_SMALL, graphics.SmallRange(first, first + len(lines) - 1))

    def _load_small(self, lines: Sequence[bytes]) -> Outcome[None]:
        return self._load(
            list(enumerate(lines)),
            lambda number, dots: self._run(graphics.LOAD_SMALL, graphics.SmallLine(number, dots)),
        )

    def _load(self, pieces: Sequence[tuple[int, bytes]], load: Callable[[int, bytes], Outcome[None]]) -> Outcome[None]:
        """Lines that the print counts from `first_graphics_line` on. Models count loading from 0 or from 1.

        One that counts from 1 has no line 0 and refuses it (33h); there a line is loaded under the number it is
        printed by, elsewhere under the one before [derived].
        """
        for at, dots in pieces:
            first = self._profile.first_graphics_line - (0 if self._loads_from_1 else 1)
            outcome = load(first + at, dots)
            if isinstance(outcome, Refused) and outcome.code == WRONG_PARAMETERS and first + at == 0:
                self._loads_from_1 = True
                outcome = load(1, dots)
            if not isinstance(outcome, Done):
                return outcome
        return DONE

    def _print_wide(self, lines: Sequence[bytes], down: int = 1, across: int = 1) -> Outcome[None]:
        """4Eh into the buffer of 512 dots, then 4Dh."""
        for at in range(0, len(lines), WIDE_LINES):
            piece = lines[at : at + WIDE_LINES]
            load = graphics.Load512(WIDE_BYTES, 1 + at, len(piece), WIDE_BUFFER, b"".join(piece))
            outcome = self._run(graphics.LOAD_512, load)
            if not isinstance(outcome, Done):
                return outcome
        return self._run(graphics.PRINT_512, graphics.Print512(1, len(lines), down, across))

    def _flags(self) -> bytes:
        return bytes((RECEIPT,)) if self._profile.graphics_flags else b""

    def _run(self, command: Command[Q, R], request: Q) -> Outcome[None]:
        outcome = self._patience.run(command, request)
        return DONE if isinstance(outcome, Done) else outcome


def _unsupported(outcome: Outcome[None]) -> bool:
    return isinstance(outcome, Refused) and outcome.code == NOT_SUPPORTED
