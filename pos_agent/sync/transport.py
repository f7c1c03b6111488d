"""An httpx transport that keeps one deadline for the whole request: connecting, TLS, headers and body together.

httpx itself counts each read anew, so a server that drips a byte now and then would never time out. Name resolution
is the one step without a deadline of ours: the resolver has its own.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import httpcore
import httpx

from pos_agent.turns import TURNS

WRITE_BYTES = 16 * 1024  # written at once: the deadline is looked at between pieces


class Deadline:
    """Seconds that are left for the request under way."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._until = 0.0

    def start(self, seconds: float) -> None:
        """A new request begins."""
        self._until = self._monotonic() + seconds

    def left(self) -> float:
        """More than zero, or httpcore.TimeoutException."""
        seconds = self._until - self._monotonic()
        if seconds <= 0:
            raise httpcore.ReadTimeout("the deadline of the request has passed")
        return seconds


class _Stream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        got = self._inner.read(max_bytes, self._deadline.left())
        TURNS.give_way()
        return got

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        TURNS.give_way()
        for start in range(0, len(buffer), WRITE_BYTES):
            self._inner.write(buffer[start : start + WRITE_BYTES], self._deadline.left())

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, self._deadline.left()), self._deadline)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - httpcore's own signature
        return self._inner.get_extra_info(info)


class _Network(httpcore.NetworkBackend):
    def __init__(self, deadline: Deadline) -> None:
        self._inner = httpcore.SyncBackend()
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        left = self._deadline.left()
        return _Stream(self._inner.connect_tcp(host, port, left, local_address, socket_options), self._deadline)


class _Body(httpx.SyncByteStream):
    def __init__(self, parts: Iterable[bytes], close: Callable[[], None]) -> None:
        self._parts = parts
        self._close = close

    def __iter__(self) -> Iterator[bytes]:
        yield from self._parts

    def close(self) -> None:
        self._close()


class DeadlineTransport(httpx.BaseTransport):
    """One connection, HTTP/1.1, certificates always verified. Failures leave as httpcore's exceptions."""

    def __init__(self, deadline: Deadline, certificates: ssl.SSLContext | None = None) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=certificates or ssl.create_default_context(),
            max_connections=1,
            keepalive_expiry=30.0,
            network_backend=_Network(deadline),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = httpcore.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        made = httpcore.Request(request.method, url, headers=request.headers.raw, content=request.read())
        response = self._pool.handle_request(made)
        stream = response.stream
        assert isinstance(stream, Iterable)
        return httpx.Response(response.status, headers=response.headers, stream=_Body(stream, response.close))

    def close(self) -> None:
        self._pool.close()
