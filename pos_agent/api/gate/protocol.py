"""The connection itself: what uvicorn leaves open. Headers must come in time and in measure; a body has one length."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEADER_LIMIT = 16_384  # bytes of one request's line and headers
HEADER_DEADLINE_S = 5.0
IDLE_DEADLINE_S = 120.0  # a request under way is the routes' to bound; a dead connection is ours


class GuardedProtocol(HttpToolsProtocol):
    """Closes a connection whose headers are too slow, too long or tell the body's length twice."""

    _deadline: asyncio.TimerHandle | None = None
    _head_bytes = 0
    _in_head = True

    def connection_made(self, transport: Any) -> None:  # noqa: ANN401 - as the class above has it
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget_deadline()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._in_head:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._in_head and self._head_bytes > HEADER_LIMIT:
            self.transport.close()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self._deadline is None:
            self._await_head()
        self._in_head = True

    def on_headers_complete(self) -> None:
        self._forget_deadline()
        self._in_head, self._head_bytes = False, 0
        names = [name for name, _ in self.headers]
        sizes = sum(len(name) + len(value) for name, value in self.headers) + len(self.url)
        lengths = names.count(b"content-length") + names.count(b"transfer-encoding")
        if sizes > HEADER_LIMIT or lengths > 1 or names.count(b"host") > 1 or names.count(b"authorization") > 1:
            self.transport.close()  # the two ends could take it for different requests
            return
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        if self.cycle is not None:  # closed in the head: nobody listens
            super().on_body(body)

    def on_message_complete(self) -> None:
        self._head_bytes = 0
        if self.cycle is not None:
            super().on_message_complete()

    def _await_head(self) -> None:
        self._deadline = self.loop.call_later(HEADER_DEADLINE_S, self.transport.close)

    def _forget_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
