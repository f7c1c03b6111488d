"""TCP: the register is the server, port 7778 as delivered (protocol notes, section 1.1)."""

from __future__ import annotations

import errno
import select
import socket

from drivers.api import LinkFault
from drivers.streams.byte_stream import StreamError

DEFAULT_PORT = 7778
DRAIN_LIMIT = 1 << 16


class TcpStream:
    """A `ByteStream` over one TCP connection, without Nagle's delay: frames are small and half duplex."""

    def __init__(self, host: str, port: int = DEFAULT_PORT, connect_timeout_s: float = 5.0) -> None:
        self._host = host
        self._port = port
        self._connect_timeout_s = connect_timeout_s
        self._socket: socket.socket | None = None

    def open(self) -> None:
        self.close()
        try:
            sock = socket.create_connection((self._host, self._port), timeout=self._connect_timeout_s)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        except OSError as error:
            raise StreamError(open_fault(error), f"{self._host}:{self._port}: {error}") from error
        self._socket = sock

    def close(self) -> None:
        sock, self._socket = self._socket, None
        if sock is not None:
            sock.close()

    def read(self, max_bytes: int, timeout_s: float) -> bytes:
        sock = self._opened()
        try:
            ready, _, _ = select.select([sock], [], [], max(0.0, timeout_s))
            if not ready:
                return b""
            piece = sock.recv(max_bytes)
        except (OSError, ValueError) as error:
            raise StreamError(LinkFault.LOST, str(error)) from error
        if not piece:
            raise StreamError(LinkFault.LOST, "the register closed the connection")
        return piece

    def write(self, payload: bytes) -> None:
        try:
            self._opened().sendall(payload)  # the socket keeps its connect time-out
        except OSError as error:
            raise StreamError(LinkFault.LOST, str(error)) from error

    def drain_input(self) -> None:
        dropped = 0
        while dropped < DRAIN_LIMIT:
            piece = self.read(4096, 0.0)
            if not piece:
                return
            dropped += len(piece)

    def _opened(self) -> socket.socket:
        if self._socket is None:
            raise StreamError(LinkFault.LOST, "the connection is not open")
        return self._socket


def open_fault(error: OSError) -> LinkFault:
    """Refused = nobody listens there: the register is off, or its server is switched off in table 21."""
    if isinstance(error, TimeoutError):
        return LinkFault.SILENT
    if error.errno in (errno.EACCES, errno.EPERM):
        return LinkFault.NO_PERMISSION
    return LinkFault.NO_PORT
