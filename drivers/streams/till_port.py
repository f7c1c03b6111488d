"""The port offered to the till software in tap mode: a pseudo terminal behind a symbolic link, or a TCP server.

A till opens it as it would open the printer's own port. What is written while no till listens is lost, as on a wire.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import tty
from pathlib import Path
from typing import Protocol

from drivers.api import LinkFault
from drivers.streams.byte_stream import StreamError
from drivers.streams.tcp import open_fault

READ_SIZE = 4096
WRITE_S = 1.0  # a till that does not read its answer for so long does not want it


class TillPort(Protocol):
    """Where the till software is. `read` and `write` come from different threads."""

    def open(self) -> None:
        """Offer the port. StreamError NO_PORT, NO_PERMISSION, BUSY."""

    def close(self) -> None:
        """Take it away; never raises."""

    def read(self, timeout_s: float) -> bytes:
        """What the till wrote, b"" after at most `timeout_s`."""

    def write(self, data: bytes) -> None:
        """Hand it over to the till that listens, if one does."""


def till_port(address: str) -> TillPort:
    """`pty:PATH` or `tcp:HOST:PORT`. ValueError for anything else."""
    kind, _, where = address.partition(":")
    if kind == "pty" and where.startswith("/"):
        return PtyTillPort(Path(where))
    host, _, number = where.rpartition(":")
    if kind == "tcp" and host and number.isdigit() and 0 <= int(number) < 1 << 16:
        return TcpTillPort(host, int(number))
    raise ValueError(f"{address}: pty:/PATH or tcp:HOST:PORT")


class PtyTillPort:
    """A pseudo terminal; `path` is a link to it, re-pointed in one step. Any speed of the till is the right one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._master = self._slave = -1

    def open(self) -> None:
        self.close()
        if self._path.exists() and not self._path.is_symlink():
            raise StreamError(LinkFault.BUSY, f"{self._path} is there already and is not a link")
        try:
            self._master, self._slave = os.openpty()
            os.set_blocking(self._master, False)
            tty.setraw(self._slave)  # and kept open: without it a till that closes the port hangs up the terminal
            fresh = self._path.with_name(f".{self._path.name}.{os.getpid()}.new")
            fresh.unlink(missing_ok=True)
            fresh.symlink_to(os.ttyname(self._slave))
            fresh.replace(self._path)
        except OSError as error:
            self.close()
            raise StreamError(open_fault(error), f"{self._path}: {error}") from error

    def close(self) -> None:
        if self._slave >= 0:
            with contextlib.suppress(OSError):
                if self._path.is_symlink() and str(self._path.readlink()) == os.ttyname(self._slave):
                    self._path.unlink()
        for descriptor in (self._slave, self._master):
            if descriptor >= 0:
                os.close(descriptor)
        self._master = self._slave = -1

    def read(self, timeout_s: float) -> bytes:
        if self._master < 0:
            return b""
        ready, _, _ = select.select([self._master], [], [], timeout_s)
        return os.read(self._master, READ_SIZE) if ready else b""

    def write(self, data: bytes) -> None:
        left = memoryview(data)
        while left and self._master >= 0:
            _, ready, _ = select.select([], [self._master], [], WRITE_S)
            if not ready:
                return
            left = left[os.write(self._master, left) :]


class TcpTillPort:
    """One till at a time, as the register's own server serves one; a new connection takes the place of the old one."""

    def __init__(self, host: str, port: int) -> None:
        self._address = (host, port)
        self._server: socket.socket | None = None
        self._client: socket.socket | None = None

    @property
    def port(self) -> int:
        """The number that was given, or chosen for 0."""
        return int(self._server.getsockname()[1]) if self._server is not None else self._address[1]

    def open(self) -> None:
        self.close()
        try:
            self._server = socket.create_server(self._address, reuse_port=False)
        except OSError as error:
            raise StreamError(open_fault(error), f"{self._address}: {error}") from error

    def close(self) -> None:
        for one in (self._client, self._server):
            if one is not None:
                one.close()
        self._client = self._server = None

    def read(self, timeout_s: float) -> bytes:
        waited_for = [one for one in (self._server, self._client) if one is not None]
        ready, _, _ = select.select(waited_for, [], [], timeout_s)
        if self._server in ready and self._server is not None:
            self._take(self._server)
            return b""
        if self._client is None or self._client not in ready:
            return b""
        with contextlib.suppress(OSError):
            if data := self._client.recv(READ_SIZE):
                return data
        self._client.close()
        self._client = None
        return b""

    def write(self, data: bytes) -> None:
        client = self._client
        if client is not None:
            with contextlib.suppress(OSError):  # the till is gone: its next read finds out
                client.sendall(data)

    def _take(self, server: socket.socket) -> None:
        fresh, _ = server.accept()
        fresh.settimeout(WRITE_S)
        fresh.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._client is not None:
            self._client.close()
        self._client = fresh
