"""Work on the printer's thread, waited for from the worker's thread."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import CancelledError
from concurrent.futures import TimeoutError as LateError
from typing import Any, TypeVar

from drivers.api import Done, NotSent, Outcome, OutcomeUnknown, Refused
from pos_agent.api.atol_tasks import faults
from pos_agent.api.operation import Parts
from pos_agent.errors import AgentError, PrinterError
from pos_agent.printing.watch import Watch

Reply = TypeVar("Reply")

SALE_S = 200.0  # longer than the desk itself takes for a sale and its look at the storage


class StoppedError(Exception):
    """The agent is ending; what was begun is found out after its next start."""


class UncertainError(Exception):
    """A command left and no answer came: it may have happened."""


class DoubtError(Exception):
    """A document may be in the storage, of this task or of another one."""


OURS = (faults.TaskError, UncertainError, DoubtError)


class DeskCalls:
    """The printer's thread as the tasks use it."""

    def __init__(self, parts: Parts, lang: str) -> None:
        self.parts, self.lang = parts, lang

    def on_printer(self, work: Callable[[Watch], Reply], wait_s: float = SALE_S) -> Reply:
        """The result of `work`, or what it raises. StoppedError; TaskError 2 when it is not even begun in time."""
        if self.parts.actor is None:
            raise PrinterError("PRN-03")
        asked = self.parts.actor.ask(lambda watch: _told(work, watch))
        try:
            given = asked.result(wait_s)
            if isinstance(given, OURS):
                raise given
            answer: Reply = given
            return answer
        except CancelledError:
            raise StoppedError from None
        except LateError:
            if not asked.cancel():  # it runs: nobody may think that it did not happen
                raise UncertainError from None
            raise faults.fault(faults.NO_CONNECTION, "late", self.lang) from None

    def asking(self, question: Callable[[Watch], Outcome[Reply]], wait_s: float = SALE_S) -> Reply:
        """The reply of one question or of a command that only prints, with the line held. TaskError, AgentError."""
        return self.on_printer(lambda watch: self.must(watch, self.held(watch, question)), wait_s)

    def held(self, watch: Watch, work: Callable[[Watch], Reply]) -> Reply:
        """With the line held and the printer connected. PrinterError."""
        with watch.line.hold() as ours:
            if not ours:
                raise PrinterError("PRN-04")
            self.connected(watch)
            return work(watch)

    def connected(self, watch: Watch) -> None:
        """PrinterError: the printer does not talk."""
        if not watch.line.connected:
            watch.line.connect()
        if not watch.line.connected:
            raise watch.line.trouble()

    def must(self, watch: Watch, outcome: Outcome[Reply]) -> Reply:
        """The reply. TaskError: refused; UncertainError: it may have happened; PrinterError: nothing was sent."""
        if isinstance(outcome, Done):
            return outcome.reply
        if isinstance(outcome, Refused):
            told = f"{watch.line.describe(outcome.code)} ({outcome.number})"
            identity = watch.line.state.identity
            raise faults.of_refusal(outcome, identity.vendor if identity is not None else "", told, self.lang)
        watch.line.asked(outcome)
        if isinstance(outcome, OutcomeUnknown):
            raise UncertainError
        assert isinstance(outcome, NotSent)
        raise watch.line.trouble()

    def method(self, watch: Watch, name: str) -> Callable[..., Outcome[Any]]:
        """One of the service face's methods, which a backend may lack. TaskError 11."""
        found: Callable[..., Outcome[Any]] | None = getattr(watch.line.printer, name, None)
        if found is None:
            raise faults.fault(faults.NOT_SUPPORTED, "not_supported", self.lang, what=name)
        return found

    def told(self, error: AgentError) -> faults.TaskError:
        """The agent's error as a fault of the task."""
        return faults.of_agent(error, self.lang)


def _told(work: Callable[[Watch], Reply], watch: Watch) -> Reply | Exception:
    """The thread takes an exception that is no AgentError for a bug of its own: ours are handed over as values."""
    try:
        return work(watch)
    except OURS as ours:
        return ours
