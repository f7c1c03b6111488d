"""Commands as jobs: written down before the device is touched, awaited for a while, never done twice for one id.

Queries are kept in memory only. Source: `kkmserver.md`, section 4. Lives on the server's loop: no lock but its own.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from starlette.concurrency import run_in_threadpool

from pos_agent.api.kkmserver.answers import DONE, FAILED, RUNNING, FailedError, Json, Name, answer, sentence
from pos_agent.api.kkmserver.fields import Fields, WrongFieldError
from pos_agent.api.kkmserver.units import choose, on_device
from pos_agent.api.operation import Operation, Parts
from pos_agent.api.printers import Named, of_printer
from pos_agent.errors import AgentError, UsageError
from pos_agent.logs import logger
from pos_agent.model.canonical import canonical_json
from pos_agent.store import till_requests as store
from pos_agent.store.till_requests import KKMSERVER, TillRequest

NOT_CONTENT = ("Timeout", "ClientId", "KeySubLicensing")
KEPT = 256  # answers of queries
OTHER_CONTENT = "Этот IdCommand уже был у другой команды. Возьмите новый."
T = TypeVar("T")


@dataclass(frozen=True)
class Result:
    """The command's own members of the answer, and what the cashier is told besides."""

    fields: Json = field(default_factory=dict)
    message: str = ""
    warning: str = ""
    loyalty: str = "ok"


class PendingError(Exception):
    """Not known yet what became of it; asked again later. `status` is RUNNING, or FAILED when a person is needed."""

    def __init__(self, text: str, status: int = RUNNING) -> None:
        super().__init__(text)
        self.text, self.status = text, status


@dataclass
class Job:
    """One command under way. `content`: what is written down of it, sealed, while it is not over."""

    parts: Parts
    operations: Mapping[str, Operation]
    name: Name
    fields: Fields
    key: str = ""
    content: dict[str, Any] = field(default_factory=dict)

    @property
    def part(self) -> str:
        """Of the further printer that it names, "" = the register's own."""
        return self.name.part

    @property
    def at(self) -> Parts:
        """The agent's parts as of that printer alone."""
        return of_printer(self.parts, Named(self.name.unit, self.part))

    async def note(self, **more: object) -> None:
        """From here the device may have it; `more` is kept for who finds the job half-done."""
        self.content |= more
        await self.in_thread(self._note)

    async def do(self, operation: str, **args: object) -> Json:
        """A private operation, on the printer that is named. AgentError; what it has begun goes on without us."""
        args = {"printer": self.part, **args} if self.part else args
        made = await self.in_thread(lambda: self.operations[operation].run(self.parts, args))
        return await self.finished(made) if isinstance(made, Future) else made

    async def finished(self, work: Future[T]) -> T:
        """AgentError AGT-01: the printer's thread is ending and will not do it."""
        try:
            return await asyncio.shield(asyncio.wrap_future(work))
        except asyncio.CancelledError:
            if work.cancelled():
                raise AgentError("AGT-01") from None
            raise

    async def in_thread(self, work: Callable[[], T]) -> T:
        """Off the loop: files and the database."""
        return await run_in_threadpool(work)

    def _note(self) -> None:
        with self.parts.store.writing("kkm sent") as txn:
            was = (store.ASKED, store.SENT)
            txn.till_requests.move(KKMSERVER, self.key, was, store.SENT, content=self.content)


@dataclass(frozen=True)
class Found:
    """What `GetRezult` asks for. `half_done`: nobody was at it until now."""

    task: asyncio.Task[Json]
    name: Name
    half_done: bool = False


class Work(Protocol):
    """A command that does something."""

    async def run(self, job: Job) -> Result:
        """From the beginning. FailedError, AgentError: it failed for good; PendingError: not known yet."""

    async def revive(self, job: Job, again: bool) -> Result:
        """Begun by somebody who is gone. `again`: the client sent it again, so it may be finished now."""


class Jobs:
    """Every job of this face."""

    def __init__(self, parts: Parts, operations: Mapping[str, Operation], unit: str) -> None:
        self.parts, self.operations, self.unit = parts, operations, unit
        self._turn = asyncio.Lock()
        self._live: dict[str, Found] = {}
        self._asked: OrderedDict[str, tuple[str, Found]] = OrderedDict()
        self._nameless: set[asyncio.Task[Json]] = set()
        self._log = logger("kkmserver")

    async def query(self, name: Name, fields: Fields, ask: Callable[[Job], Awaitable[Result]]) -> asyncio.Task[Json]:
        """A question: asked anew under a new id or none, answered from memory under a known one."""
        job = Job(self.parts, self.operations, name, fields)
        content = hashlib.sha256(canonical_json(fields.canonical(NOT_CONTENT)).encode()).hexdigest()
        async with self._turn:
            known = self._asked.get(name.id) if name.id else None
            if known is not None and known[0] == content:
                return known[1].task
            if known is not None or (name.id and await run_in_threadpool(self._stored, name.id) is not None):
                return _ready(answer(name, FAILED, OTHER_CONTENT))
            task = asyncio.create_task(self._ended(job, lambda: ask(job)))
            if not name.id:
                self._nameless.add(task)
                task.add_done_callback(self._nameless.discard)
            else:
                self._asked[name.id] = (content, Found(task, name))
                while len(self._asked) > KEPT:
                    self._asked.popitem(last=False)
        return task

    async def effect(self, name: Name, fields: Fields, work: Work) -> asyncio.Task[Json]:
        """Something to do: written down first; under a known id what is there already."""
        content: dict[str, Any] = {"command": name.command, "request": fields.canonical(NOT_CONTENT)}
        key = name.id or "none-" + self.parts.ids.token("0123456789abcdef", 32)
        if not name.id:
            self._log.warning("command without IdCommand: a repeat would be a new one", command=name.command)
        async with self._turn:
            if name.id in self._asked:
                return _ready(answer(name, FAILED, OTHER_CONTENT))
            live = self._live.get(key)  # before the row is read: it may end meanwhile, and the row be an old one
            try:
                known = await run_in_threadpool(self._take, key, content)
            except UsageError:
                return _ready(answer(name, FAILED, OTHER_CONTENT))
            if live is not None:
                return live.task
            if known.state == store.DONE:
                return _ready(json.loads(known.result["answer"]))
            job = Job(self.parts, self.operations, name, fields, key, {**known.content})
            fresh = known.state == store.ASKED
            return self._start(job, (lambda: work.run(job)) if fresh else (lambda: work.revive(job, again=True)))

    async def result(self, command_id: str, work_of: Callable[[str], Work]) -> Found | None:
        """The job with this id, for `GetRezult`; None: there never was one."""
        async with self._turn:
            if command_id in self._asked:
                return self._asked[command_id][1]
            if command_id in self._live:
                return self._live[command_id]
            known = await run_in_threadpool(self._stored, command_id)
            if known is None:
                return None
            if known.state == store.DONE:
                told = json.loads(known.result["answer"])
                return Found(_ready(told), Name(told["Command"], command_id, unit=self.unit))
            fields = Fields(known.content["request"])
            name = self._named(Name(known.content["command"], command_id, unit=self.unit), fields)
            job = Job(self.parts, self.operations, name, fields, command_id, {**known.content})
            if known.state == store.ASKED:
                return Found(self._start(job, _not_begun), name, half_done=True)
            work = work_of(name.command)
            return Found(self._start(job, lambda: work.revive(job, again=False)), name, half_done=True)

    def _named(self, name: Name, fields: Fields) -> Name:
        try:
            return on_device(name, choose(fields, self.parts))
        except (FailedError, WrongFieldError):  # the settings are others now
            return name

    def _start(self, job: Job, work: Callable[[], Awaitable[Result]]) -> asyncio.Task[Json]:
        task = asyncio.create_task(self._ended(job, work))
        self._live[job.key] = Found(task, job.name)
        task.add_done_callback(lambda _: self._live.pop(job.key, None))
        return task

    async def _ended(self, job: Job, work: Callable[[], Awaitable[Result]]) -> Json:
        """The answer; kept for good unless it is not known yet."""
        loyalty, language = "ok", self.parts.config.agent.language
        try:
            result = await work()
            loyalty = result.loyalty
            told = answer(job.name, DONE, message=result.message, warning=result.warning, **result.fields)
        except PendingError as pending:
            error, message = (pending.text, "") if pending.status == FAILED else ("", pending.text)
            return answer(job.name, pending.status, error, message)
        except FailedError as failed:
            told = answer(job.name, failed.status, failed.text)
        except WrongFieldError as wrong:
            told = answer(job.name, FAILED, f"{wrong}.")
        except AgentError as error:
            told = answer(job.name, FAILED, sentence(error, language))
        except Exception:  # noqa: BLE001 - a job's edge: nobody else would see it
            trace = self.parts.ids.token("0123456789abcdef", 8)
            self._log.exception("command failed", command=job.name.command, trace_id=trace)
            return answer(job.name, FAILED, sentence(AgentError("AGT-04", trace=trace), language, unknown=True))
        try:
            if job.key:
                await run_in_threadpool(self._finish, job.key, told, loyalty)
        except AgentError as error:  # what became of it is found anew when anybody asks
            self._log.error("answer not kept", command=job.name.command, code=error.code)
        return told

    # ------------------------------------------------------------------ database

    def _take(self, key: str, content: Mapping[str, Any]) -> TillRequest:
        with self.parts.store.writing("kkm asked") as txn:
            return txn.till_requests.take(KKMSERVER, key, content)[0]

    def _stored(self, key: str) -> TillRequest | None:
        with self.parts.views.reading() as view:
            return view.till_requests.get(KKMSERVER, key)

    def _finish(self, key: str, told: Json, loyalty: str) -> None:
        result = {"answer": json.dumps(told, ensure_ascii=False)}
        with self.parts.store.writing("kkm done") as txn:
            was = (store.ASKED, store.SENT)
            txn.till_requests.move(KKMSERVER, key, was, store.DONE, loyalty=loyalty, result=result)


async def _not_begun() -> Result:
    raise FailedError("Команда не начата: агент перезапускался. Чек не пробит, повторите команду с новым IdCommand.")


def _ready(told: Json) -> asyncio.Task[Json]:
    async def given() -> Json:
        return told

    return asyncio.create_task(given())
