"""The line to one printer as the observer sees it: connected or not, and why not, in words for people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import Protocol, TypeVar

from drivers.api import Done, FiscalPrinter, LinkFault, NotSent, Outcome, OutcomeUnknown, Refused
from pos_agent.clock import Clock
from pos_agent.errors import PrinterError
from pos_agent.logs import logger
from pos_agent.printing.ports import Clocks, Problem, WatchState

Reply = TypeVar("Reply")

BACKOFF_S = (1.0, 2.0, 5.0, 10.0, 30.0)
NO_PORT_S = 2.0  # while the device is not there: looking for its name is cheap, and it shall be found soon
HANDS = ("PRN-01", "PRN-02")  # paper, the lid
SELL_ON = "W"  # watching: what we cannot see now is read from the storage later, the till sells as usual
FAULT_CODES = {
    LinkFault.NO_PORT: "PRN-07",
    LinkFault.NO_PERMISSION: "PRN-08",
    LinkFault.BUSY: "PRN-04",
    LinkFault.SILENT: "PRN-03",
    LinkFault.GARBAGE: "PRN-06",
    LinkFault.LOST: "PRN-03",
    LinkFault.NO_DRIVER: "FPT-01",
    LinkFault.BROKEN_DRIVER: "FPT-02",
    LinkFault.OLD_DRIVER: "FPT-03",
}


class Sharing(Protocol):
    """A line that the till software talks on as well (tap mode)."""

    @property
    def refused(self) -> int:
        """How often the till was told to wait."""

    def free(self) -> bool:
        """May we begin something of our own now?"""

    def block(self, gives_way: bool = False) -> AbstractContextManager[bool]:
        """Several exchanges in a row; gives False when the till has the line. `gives_way`: to a till that waits."""


class Line:
    """Connects, remembers what is wrong, unwraps outcomes. A link fault closes the port; the next tick reopens it."""

    def __init__(self, printer: FiscalPrinter, clock: Clock, port: str, describe: Callable[[int], str]) -> None:
        self.printer = printer
        self.clock = clock
        self.port = port
        self.describe = describe  # the vendor's error number -> its sentence
        self.state = WatchState()
        self.connected = False
        self.sharing: Sharing | None = None  # None: the port is ours alone
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
        if self._unplugged(outcome):
            return NO_PORT_S
        wait = BACKOFF_S[min(self._failures, len(BACKOFF_S) - 1)]
        self._failures += 1
        return wait

    def _unplugged(self, outcome: Outcome[Reply]) -> bool:
        """There is no such device here. A network address is another thing: asking there may take long."""
        fault = outcome.fault if isinstance(outcome, NotSent | OutcomeUnknown) else None
        return fault is LinkFault.NO_PORT and not self.port.startswith("tcp:")

    def free(self) -> bool:
        """May we speak? Always, on a port of our own."""
        return self.sharing is None or self.sharing.free()

    @contextmanager
    def hold(self, gives_way: bool = False) -> Iterator[bool]:
        """The line for several exchanges that nobody may come between. Gives False: the till has it, do nothing.
        `gives_way`: what may be cut short for a till that waits."""
        if self.sharing is None:
            yield True
            return
        with self.sharing.block(gives_way) as ours:
            yield ours

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
            if not self._hands_wanted():  # without paper it refuses whatever prints: that says nothing new
                self.problem(Problem("PRN-09", {"code": outcome.number, "text": self.describe(outcome.code)}, SELL_ON))
        elif isinstance(outcome, NotSent) and outcome.fault is LinkFault.BUSY and self.connected:
            self.problem(
                Problem(FAULT_CODES[outcome.fault], {}, SELL_ON), outcome.detail
            )  # the line is in order, come back later
        elif isinstance(outcome, NotSent | OutcomeUnknown):
            self.problem(Problem(FAULT_CODES[outcome.fault], {"port": self.port}, SELL_ON), outcome.detail)
            self.close()
        return None

    def _hands_wanted(self) -> bool:
        """Paper or the lid, as the printer's last status said: the next one tells when it is over."""
        return self.state.problem is not None and self.state.problem.code in HANDS

    def trouble(self) -> PrinterError:
        """What is wrong with the printer now, as an error for a caller who needs it."""
        problem = self.state.problem or Problem("PRN-03")
        error = PrinterError(problem.code)
        error.params = dict(problem.params)
        return error

    def device_time(self) -> datetime | None:
        """The device's own clock, None when it does not tell. What it told last is kept with the time of ours."""
        told = self.asked(self.printer.clock()) if self.connected else None
        if told is not None:
            self.state.clocks = Clocks(told, self.clock.now())
        return told

    def problem(self, problem: Problem | None, detail: str = "") -> None:
        """Note what is wrong; only a change is logged, so that a cable out all night is one line."""
        if problem != self.state.problem:
            if problem is not None:
                self._log.warning("printer problem", code=problem.code, port=self.port, detail=detail)
            elif self.state.problem is not None:
                self._log.info("printer problem is over", code=self.state.problem.code, port=self.port)
        self.state.problem = problem
