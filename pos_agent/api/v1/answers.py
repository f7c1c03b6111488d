"""Errors as HTTP answers: one shape, the status by the code."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from pos_agent import texts
from pos_agent.api.gate.refusal import STATUS as GATE_STATUS
from pos_agent.api.perform import Performer
from pos_agent.errors import AgentError, DamagedError, PrinterError, UsageError

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
        assert isinstance(error, AgentError)
        return refused(error, language)

    async def misshapen(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        fields = [".".join(str(part) for part in one["loc"][1:]) or "body" for one in error.errors()]
        return refused(UsageError("API-01", field=", ".join(fields[:5])), language)

    async def no_such(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        return refused(AgentError("HTTP-11" if error.status_code == 405 else "HTTP-09"), language)

    async def unforeseen(request: Request, error: Exception) -> JSONResponse:
        return refused(performer.unforeseen(request.url.path), language)

    app.add_exception_handler(AgentError, known)
    app.add_exception_handler(RequestValidationError, misshapen)
    app.add_exception_handler(HTTPException, no_such)
    app.add_exception_handler(Exception, unforeseen)


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
