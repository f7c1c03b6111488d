"""The printer made ready for work: its line held, paper in, nobody's receipt open, a shift that may take receipts.

Runs on the printer's thread. Shift commands are COMMITs: never sent twice, after silence the shift's own state tells.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from drivers.api import Done, LinkFault, NotSent, Outcome, OutcomeUnknown, Paper, PrinterStatus, Refused, Shift
from pos_agent.checkout.settle import Printer, Settler
from pos_agent.errors import PrinterError
from pos_agent.printing.watch import Watch

Reply = TypeVar("Reply")

PRINTING_S = 30  # a long receipt prints in less than 10 s


class Station:
    """One printer as a place to sell at; what is in doubt on it is the desk's question."""

    def __init__(self, watch: Watch, printer: Printer, settler: Settler) -> None:
        self.watch = watch
        self.printer = printer
        self.settler = settler

    @contextmanager
    def line(self) -> Iterator[None]:
        """The printer's line for all of it. PrinterError PRN-04: the till software is talking to the printer."""
        with self.watch.line.hold() as ours:
            if not ours:
                raise PrinterError("PRN-04")
            yield

    def open_shift(self) -> dict[str, Any]:
        """Open a shift when none is open; the line is held."""
        self.ready(may_open=True)
        return {"shift": "open"}

    def close_shift(self) -> dict[str, Any]:
        """Z report; the line is held."""
        self.connected()
        if self._status().shift is Shift.CLOSED:
            return {"shift": "closed"}
        outcome = self.printer.shift_close()
        if not isinstance(outcome, Done):
            self._shift_is(outcome, open_=False)
        return {"shift": "closed"}

    def x_report(self) -> dict[str, Any]:
        """Report without clearing; the line is held."""
        self.connected()
        self.must(self.printer.x_report())
        return {"report": "x"}

    def connected(self) -> None:
        """PrinterError: the printer does not talk."""
        line = self.watch.line
        if not line.connected:
            line.connect()
        if not line.connected:
            raise line.trouble()

    def ready(self, *, may_open: bool) -> None:
        """Paper in, nobody's receipt open, a shift younger than 24 h."""
        self.connected()
        status = self._at_rest()
        if status.receipt_open:
            raise PrinterError("PRN-05")
        if status.cover_open or status.paper is not Paper.PRESENT:
            raise PrinterError("PRN-02" if status.cover_open else "PRN-01")
        if status.printing:
            raise PrinterError("PRN-04")
        if status.shift is Shift.OVER_24H:
            raise PrinterError("SHF-01")
        if status.shift is Shift.CLOSED and may_open:
            outcome = self.printer.shift_open()
            if not isinstance(outcome, Done):
                self._shift_is(outcome, open_=True)

    def must(self, outcome: Outcome[Reply]) -> Reply:
        """The reply of a question, or the printer's problem as an error."""
        if isinstance(outcome, Done):
            return outcome.reply
        self.watch.line.asked(outcome)
        raise self.watch.line.trouble()

    def _status(self) -> PrinterStatus:
        """The first question of a piece of work. A line that broke while nobody used it is opened anew, once."""
        outcome = self.printer.status()
        if isinstance(outcome, NotSent) and outcome.fault is LinkFault.LOST:
            self.watch.line.asked(outcome)
            self.connected()
            outcome = self.printer.status()
        return self.must(outcome)

    def _at_rest(self) -> PrinterStatus:
        """The status once the document before is printed; paper that is back is let go on."""
        clock = self.settler.clock
        until = clock.monotonic() + PRINTING_S
        while True:
            status = self._status()
            if not (status.printing or status.paper is Paper.BACK) or clock.monotonic() >= until:
                return status
            if status.paper is Paper.BACK:
                self.watch.line.asked(self.printer.continue_print())
            self.settler.pause()

    def _shift_is(self, outcome: Outcome[Any], *, open_: bool) -> None:
        """After anything but Done the shift's own state decides; never a second command."""
        if isinstance(outcome, Refused):
            self.watch.line.asked(outcome)
            raise self.watch.line.trouble()
        if isinstance(outcome, NotSent | OutcomeUnknown):
            self.watch.line.asked(outcome)
        self.connected()
        if (self.must(self.printer.status()).shift is not Shift.CLOSED) is not open_:
            raise PrinterError("PRN-03")
