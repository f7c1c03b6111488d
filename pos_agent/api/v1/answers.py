"""Errors as HTTP answers: one shape, the status by the code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from pos_agent import texts
from pos_agent.api.gate.refusal import STATUS as GATE_STATUS
from pos_agent.api.perform import Performer
from pos_agent.errors import AgentError, DamagedError, PrinterError, UsageError
from pos_agent.model.strict_json import UnwritableError
from pos_agent.rules.problems import plain

CONFLICT, UNPROCESSABLE, UNAVAILABLE, NOT_FOUND, FAILED = 409, 422, 503, 404, 500
BY_CODE = {
    **GATE_STATUS,
    "SAL-01": CONFLICT,
    "SAL-02": CONFLICT,
    "SAL-03": CONFLICT,
    "SAL-05": CONFLICT,
    "CUS-01": NOT_FOUND,
    "CUS-06": CONFLICT,
    "RET-01": NOT_FOUND,
    "TOK-04": 403,
    "AGT-04": FAILED,
    "DOC-02": NOT_FOUND,
    "SLP-02": NOT_FOUND,
    "HTTP-12": 429,
    "HTTP-13": CONFLICT,
    "HTTP-14": CONFLICT,
    "HTTP-15": CONFLICT,
    "HTTP-17": CONFLICT,
    "AGT-01": UNAVAILABLE,
}


def install(app: FastAPI, performer: Performer, language: str) -> None:
    """Every way a request can go wrong ends in the same shape; nothing of the inside is told."""

    async def known(request: Request, error: Exception) -> JSONResponse:
        return refusal_of(error, language)

    async def unforeseen(request: Request, error: Exception) -> JSONResponse:
        return refused(performer.unforeseen(request.url.path), language)

    for kind in (AgentError, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, known)
    app.add_exception_handler(Exception, unforeseen)


def refusal_of(error: Exception, language: str) -> JSONResponse:
    """The answer to an AgentError, and to what the framework says of a request: its shape, or no such route."""
    if isinstance(error, AgentError):
        return refused(error, language)
    if isinstance(error, RequestValidationError):
        fields = [_field(one) for one in error.errors()]
        return refused(UsageError("API-01", field=", ".join(fields[:5])), language)
    assert isinstance(error, HTTPException)
    return refused(AgentError("HTTP-11" if error.status_code == 405 else "HTTP-09"), language)


def _field(found: Mapping[str, Any]) -> str:
    """Where it is wrong: `basket`, `payments.0.sum_kop`."""
    why = found.get("ctx", {}).get("error")
    if isinstance(why, UnwritableError):
        return plain(why.path)
    return plain(".".join(str(part) for part in found["loc"][1:])) or "body"


def status_of(error: AgentError) -> int:
    """HTTP status of an error."""
    if error.code in BY_CODE:
        return BY_CODE[error.code]
    if isinstance(error, PrinterError):
        return UNAVAILABLE
    if isinstance(error, DamagedError):
        return FAILED
    return UNPROCESSABLE if isinstance(error, UsageError) else CONFLICT


def refused(error: AgentError, language: str) -> JSONResponse:
    """`{"error": {code, what, action, safe, lines, trace}}`."""
    told = texts.message(error.code, language, None, **error.params)
    content: dict[str, object] = {"code": error.code, "what": told.what, "action": told.action, "safe": told.safe}
    if error.lines:
        content["lines"] = list(error.lines)
    if "trace" in error.params:
        content["trace"] = error.params["trace"]
    return JSONResponse({"error": content}, status_code=status_of(error))
