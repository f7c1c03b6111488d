"""`pos-cloud serve`: the application behind uvicorn on one address, until SIGTERM or Ctrl-C."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from pos_agent.errors import UsageError

CONNECTIONS = 200
HEADERS_BYTES = 16 * 1024
GRACE_S = 5


@dataclass(frozen=True)
class Address:
    """HOST:PORT, IPv6 as [::1]:8080; port 0 takes a free one."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Address:
        """UsageError API-01 when it is not written as one."""
        host, _, port = text.rpartition(":")
        if not host or not port.isdecimal() or not 0 <= int(port) < 65536:
            raise UsageError("API-01", field=f"--listen {text}")
        return cls(host.strip("[]"), int(port))


class _Announcing(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, listening: Callable[[], None]) -> None:
        super().__init__(config)
        self._listening = listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._listening()


class Serving:
    """Bound on construction, so that the address is known before it serves. UsageError API-01 when it is taken."""

    def __init__(
        self, app: FastAPI, address: Address, certificate: Path | None = None, key: Path | None = None
    ) -> None:
        family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind((address.host, address.port))
        except OSError as error:
            self._socket.close()
            raise UsageError("API-01", field=f"--listen {address.host}:{address.port} ({error.strerror})") from error
        host = f"[{address.host}]" if family is socket.AF_INET6 else address.host
        self.endpoint = f"{'https' if certificate else 'http'}://{host}:{self._socket.getsockname()[1]}"
        self._config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
            server_header=False,
            limit_concurrency=CONNECTIONS,
            h11_max_incomplete_event_size=HEADERS_BYTES,
            http="h11",
            timeout_keep_alive=30,
            timeout_graceful_shutdown=GRACE_S,
            ssl_certfile=certificate,
            ssl_keyfile=key,
        )
        self._server: _Announcing | None = None

    def run(self, listening: Callable[[], None]) -> None:
        """Serve until stopped; `listening` is called once requests are taken."""
        self._server = _Announcing(self._config, listening)
        self._server.run(sockets=[self._socket])

    def stop(self) -> None:
        """End `run`, from another thread."""
        if self._server is not None:
            self._server.should_exit = True
