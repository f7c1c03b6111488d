"""Printing that is not fiscal, the drawer and the buzzer."""

from __future__ import annotations

from emulator.device_hands import HandledDevice
from emulator.marks import CutMark, FeedMark, Line, Mark, QrMark, Raster
from emulator.print_head import printable
from emulator.terms import Reason, Refusal


class PrintingDevice(HandledDevice):
    """Each print refuses COVER_OPEN, NO_PAPER, WAIT_CONTINUE or PRINTING as a real one does.

    While a receipt is open its text is kept and printed on closing, below the fiscal part.
    """

    beeps = 0

    def print_line(self, text: str, bold: bool = False, double: bool = False) -> None:
        """One line; what does not fit the paper's columns is lost."""
        width = self.profile.double_columns if double else self.profile.columns
        self._print(Line(text[:width], bold, double))

    def print_qr(self, text: str, dot: int = 4, level: str = "M", align: str = "center") -> None:
        """A QR symbol. Refuses BAD_PARAMETER when the text does not fit a symbol."""
        self._print(printable(lambda: QrMark(text, dot, level, align)))

    def print_raster(self, rows: tuple[bytes, ...], width: int, scale: int = 1) -> None:
        """Graphics; see `emulator.marks.Raster`. Refuses BAD_PARAMETER."""
        self._print(printable(lambda: Raster(rows, width, "center", scale)))

    def feed(self, lines: int = 1) -> None:
        """Blank lines, 0..255."""
        self._print(printable(lambda: FeedMark(lines)))

    def cut(self, partial: bool = True) -> None:
        """Cut the paper. Refuses RECEIPT_OPEN inside a receipt."""
        if self.receipt is not None:
            raise Refusal(Reason.RECEIPT_OPEN, "no cut inside a receipt")
        self._print(CutMark(partial))

    def beep(self) -> None:
        """Sound the buzzer."""
        self.beeps += 1

    def open_drawer(self) -> None:
        """Push the drawer out. Refuses PRINTING."""
        if self.busy:
            raise Refusal(Reason.PRINTING)
        self.drawer_open = True

    def continue_print(self) -> None:
        """Print what a paper-out left. Refuses NOTHING_TO_CONTINUE, NO_PAPER, COVER_OPEN, PRINTING."""
        self.head.proceed(self.profile.print_seconds)
        self._keep(sync=False)

    def drop_print(self) -> None:
        """What a paper-out left will not be printed."""
        self.head.drop()
        self._keep()

    def _print(self, mark: Mark) -> None:
        self.head.check()
        if self.receipt is not None:
            self.receipt.text.append(mark)
            self._keep()
            return
        self._run([mark], self.profile.line_seconds)

    def _run(self, marks: list[Mark], seconds: float) -> None:
        """Print now; the state file hears of it only when a paper-out is near or has come."""
        self.head.pending += marks
        self.head.run(seconds)
        if self.head.pending or self.head.lines_left is not None:
            self._keep(sync=bool(self.head.pending))
