"""The line to one printer as the observer sees it: connected or not, and why not, in words for people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from drivers.api import Done, FiscalPrinter, LinkFault, NotSent, Outcome, OutcomeUnknown, Refused
from pos_agent.clock import Clock
from pos_agent.errors import PrinterError
from pos_agent.logs import logger
from pos_agent.printing.ports import Problem, WatchState

Reply = TypeVar("Reply")

BACKOFF_S = (1.0, 2.0, 5.0, 10.0, 30.0)
SELL_ON = "W"  # watching: what we cannot see now is read from the storage later, the till sells as usual
FAULT_CODES = {
    LinkFault.NO_PORT: "PRN-07",
    LinkFault.NO_PERMISSION: "PRN-08",
    LinkFault.BUSY: "PRN-04",
    LinkFault.SILENT: "PRN-03",
    LinkFault.GARBAGE: "PRN-06",
    LinkFault.LOST: "PRN-03",
}


class Line:
    """Connects, remembers what is wrong, unwraps outcomes. A link fault closes the port; the next tick reopens it."""

    def __init__(self, printer: FiscalPrinter, clock: Clock, port: str, describe: Callable[[int], str]) -> None:
        self.printer = printer
        self.clock = clock
        self.port = port
        self.describe = describe  # the vendor's error number -> its sentence
        self.state = WatchState()
        self.connected = False
        self._failures = 0
        self._log = logger("printer")

    def connect(self) -> float:
        """Try once; seconds to wait before the next piece of work."""
        outcome = self.printer.connect()
        if isinstance(outcome, Done):
            self.connected, self._failures = True, 0
            self.state.identity = outcome.reply
            self.problem(None)
            self._log.info("connected", vendor=outcome.reply.vendor, model=outcome.reply.model, port=self.port)
            return 0.0
        self.asked(outcome)
        self.close()
        wait = BACKOFF_S[min(self._failures, len(BACKOFF_S) - 1)]
        self._failures += 1
        return wait

    def close(self) -> None:
        """Let go of the port; safe at any time."""
        self.printer.disconnect()
        self.connected = False

    def asked(self, outcome: Outcome[Reply]) -> Reply | None:
        """The reply, or None with the problem noted; a link fault also closes the port."""
        if isinstance(outcome, Done):
            self.state.last_answer = self.clock.monotonic()
            return outcome.reply
        if isinstance(outcome, Refused):
            self.problem(
                Problem("PRN-09", {"code": f"{outcome.code:02X}h", "text": self.describe(outcome.code)}, SELL_ON)
            )
        elif isinstance(outcome, NotSent) and outcome.fault is LinkFault.BUSY and self.connected:
            self.problem(
                Problem(FAULT_CODES[outcome.fault], {}, SELL_ON), outcome.detail
            )  # the line is in order, come back later
        elif isinstance(outcome, NotSent | OutcomeUnknown):
            self.problem(Problem(FAULT_CODES[outcome.fault], {"port": self.port}, SELL_ON), outcome.detail)
            self.close()
        return None

    def trouble(self) -> PrinterError:
        """What is wrong with the printer now, as an error for a caller who needs it."""
        problem = self.state.problem or Problem("PRN-03")
        error = PrinterError(problem.code)
        error.params = dict(problem.params)
        return error

    def device_time(self) -> datetime | None:
        """The device's own clock, None when it does not tell."""
        return self.asked(self.printer.clock()) if self.connected else None

    def problem(self, problem: Problem | None, detail: str = "") -> None:
        """Note what is wrong; only a change is logged, so that a cable out all night is one line."""
        if problem != self.state.problem:
            if problem is not None:
                self._log.warning("printer problem", code=problem.code, port=self.port, detail=detail)
            elif self.state.problem is not None:
                self._log.info("printer problem is over", code=self.state.problem.code, port=self.port)
        self.state.problem = problem
