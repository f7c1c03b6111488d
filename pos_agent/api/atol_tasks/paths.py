"""Paths as clients write them: doubled and trailing slashes are theirs, not another address."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

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
        path = clean(scope["path"])
        await app({**scope, "path": path, "raw_path": path.encode()}, receive, send)

    return passing
