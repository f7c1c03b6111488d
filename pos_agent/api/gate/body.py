"""A JSON body within its limits: bytes, seconds, depth. Read whole before the application sees any of it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]

BODY_DEADLINE_S = 10.0
DEPTH_LIMIT = 16
_TEXT = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_NOT_BRACKETS = bytes(code for code in range(256) if code not in b"[]{}")


class BodyRefusedError(Exception):
    """`code` is one of the gate's: HTTP-04 too large, HTTP-05 too slow, HTTP-08 too deep."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


async def read_body(receive: Receive, limit: int, deadline_s: float = BODY_DEADLINE_S) -> bytes | None:
    """The whole body; None when the client went away. Raises BodyRefusedError."""
    gathered = bytearray()
    try:
        async with asyncio.timeout(deadline_s):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    return None
                gathered += message.get("body", b"")
                if len(gathered) > limit:
                    raise BodyRefusedError("HTTP-04")
                if not message.get("more_body", False):
                    break
    except TimeoutError:
        raise BodyRefusedError("HTTP-05") from None
    if too_deep(bytes(gathered)):
        raise BodyRefusedError("HTTP-08")
    return bytes(gathered)


def too_deep(body: bytes, limit: int = DEPTH_LIMIT) -> bool:
    """More than `limit` brackets open at once, texts not counted: a parser would go as deep as its stack."""
    depth = 0
    for code in _TEXT.sub(b"", body).translate(None, _NOT_BRACKETS):
        depth += 1 if code in b"[{" else -1
        if depth > limit:
            return True
    return False


def replayed(body: bytes, receive: Receive) -> Receive:
    """The body as one message, then what the connection says (that the client went away)."""
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
