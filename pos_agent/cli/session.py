"""Ask the running agent; when nobody answers, do it here: read the file as it is, or take the lock and write.

The agent itself (`app`, database, web framework) is imported only in the second case: a client that merely asks starts
several times faster without it, and a cashier's script calls it once a receipt.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pos_agent import config
from pos_agent.cli.client import ANSWER_DEADLINE_S, NobodyThereError, ask
from pos_agent.clock import SystemClock
from pos_agent.errors import AgentError, PrinterError, UsageError
from pos_agent.model.strict_json import UnwritableError, must_be_writable
from pos_agent.rules.problems import plain

POLL_S = 0.2


def call(config_file: Path, operation: str, /, **args: object) -> dict[str, Any]:
    """One operation, wherever it can be done. Raises AgentError.

    AGT-01: an agent holds the data directory but does not answer on its socket.
    """
    settings = config.load(config_file)
    _must_be_writable(args)
    try:
        return ask(settings.agent.socket, operation, args)
    except NobodyThereError:
        pass
    return here(settings, operation, args)


def _must_be_writable(args: Mapping[str, object]) -> None:
    """API-01: NaN, or bytes of a command line that are no text."""
    try:
        must_be_writable(dict(args))
    except UnwritableError as error:
        raise UsageError("API-01", field=plain(error.path)) from error


def here(settings: config.Config, name: str, args: Mapping[str, Any]) -> dict[str, Any]:
    """The same operation in this process."""
    from pos_agent import app
    from pos_agent.api.table import OPERATIONS
    from pos_agent.logs import configure

    configure(level="error", form="console")
    operation = OPERATIONS[name]
    if not operation.writes:
        with app.opened_to_read(settings) as parts:
            return _result(operation.run(parts, args))
    with _told_apart(), app.opened(settings, with_printer=operation.printer) as parts:
        return _result(operation.run(parts, args))


def _result(answer: dict[str, Any] | Future[dict[str, Any]]) -> dict[str, Any]:
    if not isinstance(answer, Future):
        return answer
    try:
        return answer.result(ANSWER_DEADLINE_S)
    except TimeoutError:
        raise PrinterError("PRN-03") from None


@contextmanager
def _told_apart() -> Iterator[None]:
    """Nobody listens, yet the directory is held: an agent runs but does not answer."""
    from pos_agent.store.errors import DataDirectoryBusy

    try:
        yield
    except DataDirectoryBusy as error:
        raise AgentError("AGT-01") from error


def wait_for(
    config_file: Path,
    start: str,
    args: Mapping[str, Any],
    poll: str,
    done: Callable[[dict[str, Any]], bool],
    seconds: float,
) -> dict[str, Any]:
    """Start something on the printer and look until it is done or the seconds are over; the last answer either way."""
    settings = config.load(config_file)
    with _asker(settings) as asked:
        job = asked(start, args)
        clock, never = SystemClock(), threading.Event()
        deadline = clock.monotonic() + seconds
        while True:
            answer = asked(poll, job)
            if done(answer) or clock.monotonic() >= deadline:
                return answer
            clock.wait(never, POLL_S)


@contextmanager
def _asker(settings: config.Config) -> Iterator[Callable[[str, Mapping[str, Any]], dict[str, Any]]]:
    """A way to ask several operations of one agent: the running one, or one wired here for the while."""
    try:
        ask(settings.agent.socket, "status", {})
    except NobodyThereError:
        from pos_agent import app
        from pos_agent.api.table import OPERATIONS
        from pos_agent.logs import configure

        configure(level="error", form="console")
        with _told_apart(), app.opened(settings, with_printer=True) as parts:
            yield lambda name, args: _result(OPERATIONS[name].run(parts, args))
        return
    yield lambda name, args: ask(settings.agent.socket, name, args)
