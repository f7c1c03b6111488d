"""The servers of programs on this machine: a thread for each address that the settings name.

Selling never waits for them: an address that another program holds is an alarm (AGT-06) and tried again.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Sequence
from dataclasses import replace

import uvicorn

from pos_agent.api.gate.access import Access
from pos_agent.api.gate.gate import App, Gate
from pos_agent.api.gate.listener import Listener
from pos_agent.api.gate.protocol import GuardedProtocol
from pos_agent.clock import Clock
from pos_agent.logs import logger

CONNECTIONS = 16
KEEP_ALIVE_S = 5
GRACE_S = 3
RETRY_S = 30.0


class HttpServer:
    """One address: `listen` is HOST:PORT, port 0 = any. `port` is 0 while the address is held by somebody else."""

    def __init__(self, listen: str, listener: Listener, app: App, access: Access, clock: Clock, language: str) -> None:
        self.listen, self.listener = listen, listener
        self._app, self._access, self._clock, self._language = app, access, clock, language
        self._stopping = threading.Event()
        self._server: uvicorn.Server | None = None
        self._thread = threading.Thread(target=self._live, name=f"http-{listener.name}", daemon=True)
        self._socket: socket.socket | None = None
        self.port = 0

    def start(self) -> None:
        """Bind now when possible, serve from a thread of its own."""
        self._bind()
        self._thread.start()

    def stop(self) -> None:
        """Finish requests under way, 3 s at most."""
        self._stopping.set()
        if self._server is not None:
            self._server.should_exit = True
        self._thread.join(GRACE_S + 2)

    def _live(self) -> None:
        while self._socket is None:
            if self._clock.wait(self._stopping, RETRY_S):
                return
            self._bind()
        if self._stopping.is_set():
            self._socket.close()
            return
        gate = Gate(replace(self.listener, port=self.port), self._app, self._access, self._language)
        config = uvicorn.Config(
            gate,
            http=GuardedProtocol,
            loop="uvloop",
            log_config=None,
            access_log=False,
            lifespan="off",
            server_header=False,
            proxy_headers=False,  # nobody stands between a program of this machine and us
            limit_concurrency=CONNECTIONS,
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=GRACE_S,
        )
        self._server = uvicorn.Server(config)
        self._server.should_exit = self._stopping.is_set()
        self._server.run(sockets=[self._socket])

    def _bind(self) -> None:
        host, _, port = self.listen.rpartition(":")
        host = host.strip("[]")
        made = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
        try:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            made.bind((host, int(port)))
            made.listen(CONNECTIONS)
        except OSError as error:
            made.close()
            logger("http").error("address not to be had", port=self.listen, why=error.strerror or str(error))
            return
        self._socket, self.port = made, made.getsockname()[1]


def taken(servers: Sequence[HttpServer]) -> list[str]:
    """Addresses that other programs hold."""
    return [one.listen for one in servers if not one.port]
