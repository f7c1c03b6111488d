"""Refusals over HTTP: one shape for all, a stable code and a number that joins them to the log; nothing else.

{"error": {"code": "not_admitted", "trace": "9f…", "detail": "…"}}; `detail` only where it speaks of the caller's input.
"""

from __future__ import annotations

import logging

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from cloud.clock import new_trace

log = logging.getLogger("pos_cloud")
CODES = {
    400: "bad_request",
    401: "not_admitted",
    403: "forbidden",
    404: "not_found",
    405: "not_allowed",
    408: "too_slow",
    411: "length_required",
    413: "too_large",
    415: "not_json",
    422: "not_valid",
    503: "busy",
}


class RefusalError(Exception):
    """`detail` is shown: no secrets, no content of others."""

    def __init__(self, status: int, detail: str = "", retry_after_s: int | None = None) -> None:
        super().__init__(f"{status} {detail}")
        self.status = status
        self.detail = detail
        self.retry_after_s = retry_after_s


def answer(status: int, detail: str = "", trace: str = "", retry_after_s: int | None = None) -> JSONResponse:
    """The response of a refusal."""
    error = {"code": CODES.get(status, "failed"), "trace": trace or new_trace()}
    headers = {"Retry-After": str(retry_after_s)} if retry_after_s is not None else {}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse({"error": error | ({"detail": detail} if detail else {})}, status, headers)


def install(app: FastAPI) -> None:
    """Every way to fail gives the same shape."""

    @app.exception_handler(RefusalError)
    async def refused(request: Request, error: RefusalError) -> JSONResponse:
        trace = new_trace()
        told = f"{request.method} {_shown(request)} status={error.status} trace={trace} {error.detail}"
        log.warning("refused %s", told)
        return answer(error.status, error.detail, trace, error.retry_after_s)

    @app.exception_handler(HTTPException)
    async def not_routed(request: Request, error: HTTPException) -> JSONResponse:
        return answer(error.status_code)

    @app.exception_handler(RequestValidationError)
    async def not_valid(request: Request, error: RequestValidationError) -> JSONResponse:
        return answer(422)

    @app.exception_handler(Exception)
    async def failed(request: Request, error: Exception) -> JSONResponse:
        trace = new_trace()
        log.error("failed %s %s trace=%s", request.method, _shown(request), trace, exc_info=error)
        return answer(500, trace=trace)


def _shown(request: Request) -> str:
    return request.url.path[:200].encode("unicode_escape").decode("ascii")
