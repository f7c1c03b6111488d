"""Paths as clients write them: doubled and trailing slashes are theirs, not another address.

A slash that is written `%2F` is of a uuid, which may be any text.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote, unquote_to_bytes

BASE = "/api/v2"
_SLASHES = re.compile(r"/{2,}")

Asgi = Callable[[Any, Any, Any], Awaitable[None]]


def clean(path: str) -> str:
    """`/requests/` and `/operations//queryShiftStatus` without what is too much."""
    single = _SLASHES.sub("/", path)
    return single.rstrip("/") or "/"


def cleaned(app: Asgi) -> Asgi:
    """The same application behind clean paths."""

    async def passing(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI's own shapes
        raw = clean((scope.get("raw_path") or quote(scope["path"]).encode()).decode("latin-1"))
        path = unquote_to_bytes(raw.encode("latin-1")).decode(errors="replace")
        await app({**scope, "path": path, "raw_path": raw.encode("latin-1")}, receive, send)

    return passing
