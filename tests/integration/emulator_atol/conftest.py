"""A running ATOL printer with real ports, and a scripted host of the tests' own for both protocols."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import termios
import time
import tty
from collections.abc import Callable, Iterator
from functools import reduce
from operator import xor
from pathlib import Path

import pytest

from emulator.appliance import Appliance, Order

PATIENCE = 10.0


class RawPort:
    """Bytes to and from a pty path or tcp:HOST:PORT; reading waits at most PATIENCE seconds."""

    def __init__(self, address: str) -> None:
        self._socket: socket.socket | None = None
        if address.startswith("tcp:"):
            host, port = address.removeprefix("tcp:").rsplit(":", 1)
            self._socket = socket.create_connection((host, int(port)), timeout=PATIENCE)
            self._file = self._socket.fileno()
        else:
            self._file = os.open(address.removeprefix("pty:"), os.O_RDWR | os.O_NOCTTY)
            tty.setraw(self._file, termios.TCSANOW)
            attributes = termios.tcgetattr(self._file)
            attributes[4] = attributes[5] = termios.B115200
            termios.tcsetattr(self._file, termios.TCSANOW, attributes)

    def write(self, data: bytes) -> None:
        assert os.write(self._file, data) == len(data)

    def byte(self, seconds: float = PATIENCE) -> int:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if select.select([self._file], [], [], left)[0]:
                data = os.read(self._file, 1)
                assert data, "the other side hung up"
                return data[0]
        raise TimeoutError("no byte came")

    def hang_up(self) -> None:
        """End the connection; the descriptor stays until `close`."""
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
        else:
            os.close(self._file)


class V2Host:
    """One command at a time over layer 2, no retries."""

    def __init__(self, port: RawPort) -> None:
        self._port = port

    def _expect(self, byte: int) -> None:
        assert self._port.byte() == byte

    def ask(self, command: bytes) -> bytes:
        body = bytearray()
        for byte in b"\0\0" + command:
            body += bytes((0x10, byte)) if byte in (0x10, 0x03) else bytes((byte,))
        body.append(3)
        self._port.write(b"\x05")
        self._expect(0x06)
        self._port.write(b"\x02" + body + bytes((reduce(xor, body),)))
        self._expect(0x06)
        self._port.write(b"\x04")
        self._expect(0x05)
        self._port.write(b"\x06")
        self._expect(0x02)
        answer = self._frame()
        self._port.write(b"\x06")
        self._expect(0x04)
        return answer

    def _frame(self) -> bytes:
        data, check = bytearray(), 0
        while (byte := self._port.byte()) != 0x03:
            check ^= byte
            if byte == 0x10:
                byte = self._port.byte()
                check ^= byte
            data.append(byte)
        self._expect(check ^ 0x03)
        return bytes(data)


def crc(data: bytes) -> int:
    value = 0xFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = (value << 1 ^ (0x31 if value & 0x80 else 0)) & 0xFF
    return value


class V3Host:
    """Tasks over transport 3: Add, wait for F0h, Ack; after an error Abort."""

    def __init__(self, port: RawPort) -> None:
        self._port = port
        self._id = self._tid = 0
        self.later: list[bytes] = []

    def packet(self, data: bytes) -> bytes:
        self._id = (self._id + 1) % 0xE0
        tail = bytearray()
        for byte in (*data, crc(bytes((self._id,)) + data)):
            tail += {0xFE: b"\xfd\xee", 0xFD: b"\xfd\xed"}.get(byte, bytes((byte,)))
        return bytes((0xFE, len(data) & 0x7F, len(data) >> 7, self._id)) + tail

    def write(self, *packets: bytes) -> None:
        self._port.write(b"".join(packets))

    def read(self) -> tuple[int, bytes]:
        while self._port.byte() != 0xFE:
            pass
        low, high, packet_id = (self._port.byte() for _ in range(3))
        content = bytearray()
        while len(content) < (low | high << 7) + 1:
            byte = self._port.byte()
            content.append(byte if byte != 0xFD else {0xEE: 0xFE, 0xED: 0xFD}[self._port.byte()])
        assert content[-1] == crc(bytes((packet_id,)) + content[:-1])
        return packet_id, bytes(content[:-1])

    def talk(self, data: bytes) -> bytes:
        """A buffer command and its answer; F0h packets that come first are kept in `later`."""
        self.write(self.packet(data))
        while True:
            packet_id, answer = self.read()
            if packet_id != 0xF0:
                assert packet_id == self._id
                return answer
            self.later.append(answer)

    def result(self) -> bytes:
        """The next F0h packet."""
        if self.later:
            return self.later.pop(0)
        packet_id, told = self.read()
        assert packet_id == 0xF0
        return told

    def start(self, command: bytes, flags: int = 1) -> int:
        """Add without waiting for the result; returns the task's id."""
        self._tid = self._tid % 0xD0 + 1
        assert self.talk(bytes((0xC1, flags, self._tid, 0, 0)) + command) == b"\xa2"
        return self._tid

    def ask(self, command: bytes) -> bytes:
        tid = self.start(command)
        told = self.result()
        assert told[1] == tid
        assert self.talk(b"\xc4" if told[0] == 0xA7 else bytes((0xC2, tid))) == b"\xa3"
        return told[2:]


@pytest.fixture
def run_printer(tmp_path: Path) -> Iterator[Callable[..., Appliance]]:
    """Start an ATOL printer; `listen` defaults to one pty. Stopped after the test."""
    running: list[Appliance] = []

    def run(**order: object) -> Appliance:
        listen = order.pop("listen", [f"pty:{tmp_path / 'kkt'}"])
        appliance = Appliance(Order(listen, model="atol", **order))  # type: ignore[arg-type]
        running.append(appliance)
        return appliance

    yield run
    for appliance in running:
        appliance.stop()


@pytest.fixture
def connect() -> Iterator[Callable[[str], RawPort]]:
    ports: list[RawPort] = []

    def open_port(address: str) -> RawPort:
        ports.append(RawPort(address))
        return ports[-1]

    yield open_port
    for port in ports:
        port.close()


@pytest.fixture
def host_of() -> Callable[[RawPort, str], V2Host | V3Host]:
    return lambda port, protocol: V2Host(port) if protocol == "v2" else V3Host(port)
