"""How long each request took, by route; streams and held requests are left out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from prometheus_client import Histogram

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Any, Receive, Send], Awaitable[None]]
STREAM = "/v1/events"


class Timed:
    """An ASGI application around another one."""

    def __init__(self, app: App, seconds: Histogram, monotonic: Callable[[], float]) -> None:
        self._app, self._seconds, self._monotonic = app, seconds, monotonic

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:  # noqa: ANN401 - ASGI's own mapping
        if scope["type"] != "http" or scope["path"] == STREAM:
            await self._app(scope, receive, send)
            return
        begun, status = self._monotonic(), [500]

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                status[0] = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            route = getattr(scope.get("route"), "path", "other")
            self._seconds.labels(route, str(status[0])).observe(self._monotonic() - begun)
