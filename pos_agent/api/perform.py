"""An operation from an HTTP route: never on the loop, never waiting for the printer in a pool thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Any, ParamSpec, TypeVar

from starlette.concurrency import run_in_threadpool

from pos_agent.api.operation import Json, Operation, Parts, Run
from pos_agent.errors import AgentError
from pos_agent.logs import logger

P = ParamSpec("P")
T = TypeVar("T")
PRINTER_DEADLINE_S = 150.0  # a whole sale, its resolve included


class StillWorkingError(Exception):
    """The time that the caller gives is over and the printer is still at it. Nothing is cancelled; ask again."""


class Performer:
    """Carries operations out for routes of one agent."""

    def __init__(self, parts: Parts, operations: Mapping[str, Operation]) -> None:
        self.parts, self._operations = parts, operations

    async def do(self, name: str, args: Mapping[str, Any], wait_s: float = PRINTER_DEADLINE_S) -> Json:
        """Its answer. AgentError; StillWorkingError after `wait_s`. What a printer has begun goes on without us."""
        return await self.run(self._operations[name].run, args, wait_s)

    async def run(self, run: Run, args: Mapping[str, Any], wait_s: float = PRINTER_DEADLINE_S) -> Json:
        """As `do`, of an operation that has no name on the private socket."""
        try:
            answer = await run_in_threadpool(run, self.parts, args)
            return await finished(answer, wait_s) if isinstance(answer, Future) else answer
        except asyncio.CancelledError:  # the printer's thread is ending and will not do it
            raise AgentError("AGT-01") from None

    async def call(self, work: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
        """A function that reads or writes the store, in a pool thread."""
        return await run_in_threadpool(work, *args, **named)

    def unforeseen(self, name: str) -> AgentError:
        """AGT-04 with a number that is in the log beside the trace; call it while the exception is handled."""
        trace = self.parts.ids.token("0123456789abcdef", 8)
        logger("api").exception("operation failed", operation_name=name, trace_id=trace)
        return AgentError("AGT-04", trace=trace)


async def finished(work: Future[Json], wait_s: float) -> Json:
    """The future's answer. Shielded: who waits may go away, the sale goes on."""
    try:
        return await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(work)), wait_s)
    except TimeoutError:
        raise StillWorkingError from None
