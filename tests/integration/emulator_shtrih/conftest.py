"""A running printer with real ports, and a host that speaks raw bytes."""

from __future__ import annotations

import os
import select
import socket
import termios
import time
import tty
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from emulator.appliance import Appliance, Order

PATIENCE = 5.0


class RawHost:
    """Bytes to and from a pty path or tcp:HOST:PORT; reading waits for so many bytes, at most PATIENCE seconds."""

    def __init__(self, address: str, speed: int = termios.B115200) -> None:
        self._socket: socket.socket | None = None
        if address.startswith("tcp:"):
            host, port = address.removeprefix("tcp:").rsplit(":", 1)
            self._socket = socket.create_connection((host, int(port)), timeout=PATIENCE)
            self._file = self._socket.fileno()
        else:
            self._file = os.open(address.removeprefix("pty:"), os.O_RDWR | os.O_NOCTTY)
            tty.setraw(self._file, termios.TCSANOW)
            attributes = termios.tcgetattr(self._file)
            attributes[4] = attributes[5] = speed
            termios.tcsetattr(self._file, termios.TCSANOW, attributes)

    def write(self, data: bytes) -> None:
        assert os.write(self._file, data) == len(data)

    def read(self, size: int) -> bytes:
        got = b""
        until = time.monotonic() + PATIENCE
        while len(got) < size and (left := until - time.monotonic()) > 0:
            if select.select([self._file], [], [], left)[0]:
                chunk = os.read(self._file, size - len(got))
                if not chunk:
                    break
                got += chunk
        return got

    def silent(self, seconds: float = 0.2) -> bool:
        return not select.select([self._file], [], [], seconds)[0]

    def talk(self, data: bytes, size: int) -> bytes:
        self.write(data)
        return self.read(size)

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
        else:
            os.close(self._file)


@pytest.fixture
def run_printer(tmp_path: Path) -> Iterator[Callable[..., Appliance]]:
    """Start a printer; `listen` defaults to one pty and one TCP port. Stopped after the test."""
    running: list[Appliance] = []

    def run(**order: object) -> Appliance:
        listen = order.pop("listen", [f"pty:{tmp_path / 'kkt'}", "tcp:127.0.0.1:0"])
        appliance = Appliance(Order(listen, **order))  # type: ignore[arg-type]
        running.append(appliance)
        return appliance

    yield run
    for appliance in running:
        appliance.stop()


@pytest.fixture
def connect() -> Iterator[Callable[..., RawHost]]:
    hosts: list[RawHost] = []

    def open_host(address: str, speed: int = termios.B115200) -> RawHost:
        hosts.append(RawHost(address, speed))
        return hosts[-1]

    yield open_host
    for host in hosts:
        host.close()
