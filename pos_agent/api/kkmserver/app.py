"""`POST /Execute` as an ASGI application behind the gate (`kkmserver.md`, sections 1 to 4)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from pos_agent.api.kkmserver import questions
from pos_agent.api.kkmserver.answers import DONE, FAILED, NOT_FOUND, RUNNING, FailedError, Json, Name, answer, sentence
from pos_agent.api.kkmserver.fields import Fields, WrongFieldError, parse
from pos_agent.api.kkmserver.jobs import Job, Jobs, Result, Work
from pos_agent.api.kkmserver.register import RegisterWork
from pos_agent.api.kkmserver.units import choose, on_device
from pos_agent.api.kkmserver.works import CashWork, PaperWork, PrintWork, ShiftWork
from pos_agent.api.operation import Operation, Parts
from pos_agent.errors import AgentError
from pos_agent.logs import logger

WORKS: dict[str, Work] = {
    "RegisterCheck": RegisterWork(),
    "OpenShift": ShiftWork(opens=True),
    "CloseShift": ShiftWork(opens=False),
    "ZReport": ShiftWork(opens=False),
    "XReport": PaperWork("shift.x"),
    "DepositingCash": CashWork("cash.in"),
    "PaymentCash": CashWork("cash.out"),
    "OpenCashDrawer": PaperWork("drawer.open"),
    "PrintDocument": PrintWork(),
}
QUESTIONS: dict[str, Callable[[Job], Awaitable[Result]]] = {
    "List": questions.listing,
    "GetDataKKT": questions.data_kkt,
    "GetDataCheck": questions.data_check,
    "GetLineLength": questions.line_length,
    "GetCounters": questions.counters,
}
GET_RESULT, MARK_CHECK = "GetRezult", "ValidationMarkingCode"
COMMANDS = {name.casefold(): name for name in (*WORKS, *QUESTIONS, GET_RESULT, MARK_CHECK)}
PATHS = ("/execute", "/execute/sync", "/execute/async")
LONGEST_WAIT_S, SPARE_S, SHORTEST_WAIT_S = 60, 3, 1  # the original's own HTTP timeout is 60 s
SETTLE_S = 0.01  # lets an answer that is there be given at once
LOOK_S = 10.0  # for a job found half-done, before it is told as running
LONGEST_ID = 128
BODY_LIMIT = 1_048_576  # bytes: a receipt may carry pictures
COMMON = frozenset(answer(Name(""), DONE))  # members of every answer
NO_STORE = {"Cache-Control": "no-store, no-cache, must-revalidate"}
NOT_READ = "База агента занята: исход команды пока неизвестен. Спросите GetRezult."
NOT_JSON, NO_COMMAND, UNKNOWN_COMMAND = 400, 400, 501


def application(parts: Parts, operations: Mapping[str, Operation]) -> FastAPI:
    """One register's KkmServer."""
    face = Face(Jobs(parts, operations, parts.config.agent.register_name))
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)

    @app.post("/{path:path}")
    async def execute(request: Request, path: str) -> JSONResponse:
        wanted = "/" + re.sub(r"/{2,}", "/", path).strip("/").casefold()
        if wanted not in PATHS:
            return _shaped(answer(Name("", device=False), NOT_FOUND, f"Нет такого адреса: {wanted}"), 404)
        status, told = await face.execute(await request.body(), waits=wanted != "/execute/async")
        return _shaped(told, status)

    return app


class Face:
    """Requests in, answers out."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs
        self._log = logger("kkmserver")

    async def execute(self, body: bytes, *, waits: bool = True) -> tuple[int, Json]:
        """HTTP status and answer; 200 also when the command failed."""
        try:
            given = parse(body)
            if given is None:
                return NOT_JSON, answer(Name("", device=False), FAILED, "Тело запроса — не объект JSON в UTF-8")
            said = given.text("Command").strip()
        except WrongFieldError as error:
            return NO_COMMAND, answer(Name("", device=False), FAILED, f"{error}.")
        command = COMMANDS.get(said.casefold(), "")
        if not command:
            status = UNKNOWN_COMMAND if said else NO_COMMAND
            text = f"Команда {said[:60]} не поддерживается" if said else "Нет команды (Command)"
            return status, answer(Name(said[:60], device=False), NOT_FOUND if said else FAILED, text)
        name = Name(command, device=command not in ("List", GET_RESULT), unit=self._jobs.unit)
        try:
            name = Name(command, _id(given), name.device, name.unit)
            given.must_be_readable()
            return 200, await self._command(name, given, waits=waits)
        except FailedError as failed:
            return 200, answer(name, failed.status, failed.text)
        except WrongFieldError as wrong:
            return 200, answer(name, FAILED, f"{wrong}.")
        except AgentError as error:
            return 200, self._not_read(name, error)

    def _not_read(self, name: Name, error: AgentError) -> Json:
        """While the database fails. A command with an id may have been done before: nobody may ring it up again."""
        self._log.error("command not looked up", command=name.command, code=error.code)
        if name.id and name.command in WORKS:
            return answer(name, RUNNING, message=NOT_READ)
        return answer(name, FAILED, sentence(error, self._jobs.parts.config.agent.language))

    async def _command(self, name: Name, given: Fields, *, waits: bool) -> Json:
        if name.command == GET_RESULT:
            return await self._result(name.id)
        if name.command == MARK_CHECK:
            raise FailedError("Отдельная проверка кодов пока не поддерживается: код проверяется в самом чеке")
        wait_s = _wait_s(given) if waits else None
        if name.device:
            name = on_device(name, choose(given, self._jobs.parts))
        if name.command in WORKS:
            task = await self._jobs.effect(name, given, WORKS[name.command])
        else:
            task = await self._jobs.query(name, given, QUESTIONS[name.command])
        return await _awaited(task, wait_s, name)

    async def _result(self, wanted: str) -> Json:
        """`Rezult` is always there; the outer Status says whether the query worked."""
        name = Name(GET_RESULT, device=False)
        if not wanted:
            empty = "Нет IdCommand"
            return {**answer(name, FAILED, empty), "Rezult": answer(Name("", device=False), FAILED, empty)}
        try:
            found = await self._jobs.result(wanted, WORKS.__getitem__)
        except AgentError as error:
            self._log.error("result not looked up", code=error.code)
            return answer(name, DONE, Rezult=answer(Name("", wanted, device=False), RUNNING, message=NOT_READ))
        if found is None:
            text = f"Команда с IdCommand {wanted} не найдена"
            inner = answer(Name("", wanted, device=False), NOT_FOUND, text)
            return {**answer(name, NOT_FOUND, text), "Rezult": inner}
        inner = await _awaited(found.task, LOOK_S if found.half_done else SETTLE_S, found.name)
        told = answer(name, DONE, Rezult=inner)
        if inner["Status"] == DONE:  # clients that hand the poll's answer to the command's own handler
            told = {**{name: value for name, value in inner.items() if name not in COMMON}, **told}
        return told


async def _awaited(task: asyncio.Task[Json], wait_s: float | None, name: Name) -> Json:
    """The answer, or that it is running. Whoever waits may go away: the job goes on."""
    if wait_s is not None:
        await asyncio.wait({task}, timeout=wait_s)
    return task.result() if task.done() else answer(name, RUNNING)


def _wait_s(given: Fields) -> float | None:
    """None: do not wait."""
    asked = given.whole("Timeout", 0) or LONGEST_WAIT_S
    if asked == 1:
        return None
    return max(min(asked, LONGEST_WAIT_S) - SPARE_S, SHORTEST_WAIT_S)


def _id(given: Fields) -> str:
    """Any scalar up to 128 characters, as text."""
    command_id = given.text("IdCommand", limit=LONGEST_ID).strip()
    if any(not one.isprintable() for one in command_id):
        raise WrongFieldError("Не принято поле IdCommand")
    return command_id


def _shaped(told: Json, status: int) -> JSONResponse:
    return JSONResponse(told, status, NO_STORE, media_type="application/json; charset=utf-8")
