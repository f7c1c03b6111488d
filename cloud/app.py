"""The HTTP face: registers bring their ledger and fetch rules, the owner publishes rules (docs/sync.md)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy.exc import IntegrityError, OperationalError
from starlette.concurrency import run_in_threadpool

from cloud import access, holds, ledger, rules
from cloud.batch import MAX_SEQ, BadBatchError, parse
from cloud.clock import Now, system_now
from cloud.database import Database
from cloud.intake import Chain, Receipt
from cloud.refusal import RefusalError, install
from pos_agent.rules.problems import RulesError

T = TypeVar("T")
BODY_LIMIT = 1_048_576  # bytes; a register sends batches of 256 KiB, a single larger event alone
RULES_LIMIT = 4 * 1_048_576
BODY_DEADLINE_S = 20.0
BUSY_RETRY_S = 5


def application(database: Database, now: Now = system_now) -> FastAPI:
    """The ASGI application over this database."""
    app = FastAPI(title="pos-cloud", docs_url=None, redoc_url=None)
    install(app)

    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        """Alive."""
        return {"status": "ok"}

    @app.post("/v1/ledger/{register}")
    async def take(register: str, request: Request) -> dict[str, Any]:
        """Take a batch of a register's ledger."""
        who = await _admitted(database, request, register)
        body = await _json_body(request, BODY_LIMIT)

        def work() -> Receipt:
            batch = parse(body)
            with database.writing() as connection:
                return Chain(connection, who.tenant, register, batch.epoch, now).take(batch)

        return _receipt(await _worked(work))

    @app.get("/v1/ledger/{register}/head")
    async def where(register: str, request: Request) -> dict[str, Any]:
        """How far each epoch of a register's chain is."""
        who = await _admitted(database, request, register)

        def work() -> list[dict[str, Any]]:
            with database.reading() as connection:
                return ledger.heads(connection, who.tenant, register)

        return {"register": register, "epochs": await _worked(work)}

    @app.get("/v1/holds")
    async def kept(request: Request, after: int = 0, event: str = "") -> dict[str, Any]:
        """Points that other registers keep: a page of what came after number `after`, which was `event`."""
        who = await _admitted(database, request)
        if not 0 <= after <= MAX_SEQ:
            raise RefusalError(400, "after is no number of a hold")

        def work() -> dict[str, Any]:
            with database.reading() as connection:
                return holds.after(connection, who.tenant, who.register, after, event)

        return await _worked(work)

    _rules(app, database, now)
    return app


def _rules(app: FastAPI, database: Database, now: Now) -> None:
    @app.get("/v1/rules")
    async def current(request: Request) -> Response:
        """The rules published last; 304 when the caller has them, 204 when there are none."""
        who = await _admitted(database, request)

        def work() -> rules.Published | None:
            with database.reading() as connection:
                return rules.current(connection, who.tenant)

        found = await _worked(work)
        if found is None:
            return Response(status_code=204)
        headers = {"ETag": found.entity_tag, "Cache-Control": "no-cache"}
        known = [tag.strip().removeprefix("W/") for tag in request.headers.get("If-None-Match", "").split(",")]
        if found.entity_tag in known:
            return Response(status_code=304, headers=headers)
        return JSONResponse(found.told(), headers=headers)

    @app.post("/v1/rules")
    async def publish(request: Request) -> dict[str, Any]:
        """Publish rules: {"content", "format": "toml" | "json", "source"}. The owner's token."""
        who = await _admitted(database, request, owner=True)
        asked = _publication(await _json_body(request, RULES_LIMIT))

        def work() -> rules.Published:
            with database.writing() as connection:
                return rules.publish(connection, who.tenant, *asked, now)

        made = await _worked(work)
        return {"version": made.version, "hash": made.hash}


async def _admitted(database: Database, request: Request, register: str = "", owner: bool = False) -> access.Caller:
    """Whose token it is: of this register, or of anybody of the tenant when none is named; or the owner's."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")

    def work() -> access.Caller | None:
        with database.reading() as connection:
            return access.caller(connection, given.strip())

    who = await _worked(work) if scheme.lower() == "bearer" and given.strip() else None
    if who is None:
        raise RefusalError(401)
    if (owner and who.role != access.OWNER) or (register and who.register not in (register, "")):
        raise RefusalError(403)
    return who


async def _json_body(request: Request, limit: int) -> bytes:
    if request.headers.get("Content-Type", "").partition(";")[0].strip().lower() != "application/json":
        raise RefusalError(415)
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise RefusalError(415)
    content = bytearray()
    try:
        async with asyncio.timeout(BODY_DEADLINE_S):
            async for part in request.stream():
                content += part
                if len(content) > limit:
                    raise RefusalError(413)
    except TimeoutError:
        raise RefusalError(408) from None
    return bytes(content)


async def _worked(work: Callable[[], T]) -> T:
    """On a pool thread; errors of the input and of a busy database become refusals."""
    try:
        return await run_in_threadpool(work)
    except BadBatchError as error:
        raise RefusalError(400, str(error)) from error
    except RulesError as error:
        raise RefusalError(422, str(error)[:2000]) from error
    except (OperationalError, IntegrityError) as error:  # busy, or another request took the same number or id first
        raise RefusalError(503, retry_after_s=BUSY_RETRY_S) from error


def _publication(body: bytes) -> tuple[str, str, str]:
    try:
        asked = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise RefusalError(400, "the body is no JSON") from error
    table = asked if isinstance(asked, dict) else {}
    content, form, source = table.get("content"), table.get("format", "toml"), table.get("source", "")
    if not isinstance(content, str) or form not in ("toml", "json") or not isinstance(source, str):
        raise RefusalError(400, "content, format (toml or json) and source must be text")
    try:
        (content + source).encode()
    except UnicodeEncodeError as error:
        raise RefusalError(400, "content is no text") from error
    return content, str(form), source[:200]


def _receipt(receipt: Receipt) -> dict[str, Any]:
    alarms = [{"seq": one.seq, "event_id": one.event_id, "reason": one.reason} for one in receipt.alarms]
    return {"ack_seq": receipt.ack_seq, "ack_hash": receipt.ack_hash, "stored": receipt.stored, "alarms": alarms}
