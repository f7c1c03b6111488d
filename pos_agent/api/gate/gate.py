"""The gate: an ASGI application around another one. Order of the checks: host, origin, content type, client, body.

Nothing of a request that is refused here reaches a route, let alone the printer.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.responses import Response

from pos_agent.api.gate.access import Access
from pos_agent.api.gate.body import BODY_DEADLINE_S, BodyRefusedError, Message, Receive, read_body, replayed
from pos_agent.api.gate.listener import AccessKind, Listener
from pos_agent.api.gate.refusal import refusal

Send = Callable[[Message], Awaitable[None]]
App = Callable[[Any, Receive, Send], Awaitable[None]]

ASKING = ("GET", "HEAD", "OPTIONS")
CHANGING = ("POST", "PUT", "DELETE")
ALWAYS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Gate:
    """One application behind one listener."""

    def __init__(self, listener: Listener, app: App, access: Access, language: str) -> None:
        self._listener, self._app, self._access, self._language = listener, app, access, language

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:  # noqa: ANN401 - ASGI's own mapping
        if scope["type"] != "http":
            return  # no websocket is offered; uvicorn runs without lifespan
        listener = self._listener
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        extra = self._cross_origin(listener, headers)
        answer = self._early(listener, scope, headers)
        if answer is None:
            client = self._access.client(listener, headers.get("authorization", ""))
            if client is None and not listener.is_open(scope["path"]):
                answer = await self._unknown(listener, headers)
            else:
                try:
                    body = await read_body(receive, listener.body_limit, BODY_DEADLINE_S)
                except BodyRefusedError as error:
                    answer = refusal(error.code, self._language, {"Connection": "close"})
                else:
                    if body is None:
                        return
                    scope.setdefault("state", {})["client"] = client
                    await self._app(scope, replayed(body, receive), _with_headers(send, extra))
                    return
        await answer(scope, receive, _with_headers(send, extra))

    def _early(self, listener: Listener, scope: Any, headers: dict[str, str]) -> Response | None:  # noqa: ANN401
        """What is decided from the head of the request alone."""
        if not listener.knows_host(headers.get("host", "")):
            return refusal("HTTP-01", self._language)
        origin = headers.get("origin")
        if origin is not None and not listener.knows_origin(origin):
            return refusal("HTTP-02", self._language)
        method = scope["method"]
        if method == "OPTIONS":
            return Response(status_code=204, headers={"Allow": "GET, POST, PUT, DELETE, OPTIONS"})
        if method not in ASKING and method not in CHANGING:
            return refusal("HTTP-11", self._language)
        if method in CHANGING and not listener.any_content_type:
            kind = headers.get("content-type", "").partition(";")[0].strip().lower()
            if kind != "application/json":
                return refusal("HTTP-03", self._language)
        return None

    async def _unknown(self, listener: Listener, headers: dict[str, str]) -> Response:
        wait_s = self._access.wrong() if headers.get("authorization") else 0.0
        if wait_s is None:
            return refusal("HTTP-07", self._language, {"Retry-After": "2"})
        if wait_s:
            self._access.waiting += 1
            try:
                await _held(wait_s)
            finally:
                self._access.waiting -= 1
        scheme = "Basic" if listener.access is AccessKind.ACCOUNTS else "Bearer"
        # a page would show the browser's own dialog for Basic
        told = {} if "origin" in headers else {"WWW-Authenticate": f'{scheme} realm="pos-agent"'}
        return refusal("HTTP-06", self._language, told)

    def _cross_origin(self, listener: Listener, headers: dict[str, str]) -> dict[str, str]:
        """CORS answers for pages that the settings name, and for nobody else."""
        origin = headers.get("origin")
        if origin is None or origin not in listener.origins:
            return ALWAYS
        told = {
            **ALWAYS,
            "Access-Control-Allow-Origin": origin,
            "Vary": "Origin",
            "Access-Control-Allow-Methods": "GET, POST, PUT, DELETE, OPTIONS",
            "Cross-Origin-Resource-Policy": "cross-origin",
        }
        asked = headers.get("access-control-request-headers")
        if asked and asked.isascii() and asked.isprintable():
            told["Access-Control-Allow-Headers"] = asked
        if headers.get("access-control-request-private-network") == "true":
            told["Access-Control-Allow-Private-Network"] = "true"
        return told


async def _held(seconds: float) -> None:
    """Nothing ends it but its deadline."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await asyncio.get_running_loop().create_future()


def _with_headers(send: Send, extra: dict[str, str]) -> Send:
    pairs = [(name.lower().encode(), value.encode()) for name, value in extra.items()]

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            given = message.get("headers", [])
            named = {name.lower() for name, _ in given}
            message = {**message, "headers": [*given, *(pair for pair in pairs if pair[0] not in named)]}
        await send(message)

    return sending
