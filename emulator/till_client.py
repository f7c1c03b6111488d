"""A till's side of the Shtrih protocol 1.0: the host of a scripted till (protocol notes, sections 1.4 and 11).

Small on purpose: one command at a time, a frame that was not answered is asked for by ENQ and never sent again.
"""

from __future__ import annotations

import os
import select
import socket
import termios
import time
import tty
from functools import reduce
from operator import xor
from typing import Protocol

ENQ, STX, ACK, NAK = 0x05, 0x02, 0x06, 0x15
CONTROL_SECONDS = 1.0
BYTE_SECONDS = 1.0
COMMAND_SECONDS = 30.0
REPORT_SECONDS = 65.0
SLOW_COMMANDS = (b"\x41", b"\xe0")
ENQ_TRIES = 5
FRAME_TRIES = 10
BUSY = 0x50
BUSY_PAUSE = 0.2
BUSY_TRIES = 150


class PrinterError(Exception):
    """The printer refused a command (``code`` is its error byte) or does not answer (``code`` is None)."""

    def __init__(self, message: str, code: int | None = None) -> None:
        super().__init__(message)
        self.code = code


class Line(Protocol):
    """A byte stream to the printer."""

    def write(self, data: bytes) -> None: ...
    def read_byte(self, seconds: float) -> int | None: ...
    def close(self) -> None: ...


class SerialLine:
    """A serial device or pty: 115200 8N1, raw."""

    def __init__(self, path: str, baud: int = termios.B115200) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(self._file, termios.TCSANOW)
        attributes = termios.tcgetattr(self._file)
        attributes[4] = attributes[5] = baud
        termios.tcsetattr(self._file, termios.TCSANOW, attributes)
        termios.tcflush(self._file, termios.TCIOFLUSH)

    def write(self, data: bytes) -> None:
        """Send all bytes."""
        os.write(self._file, data)

    def read_byte(self, seconds: float) -> int | None:
        """The next byte, or None when none comes in time."""
        ready, _, _ = select.select([self._file], [], [], seconds)
        data = os.read(self._file, 1) if ready else b""
        return data[0] if data else None

    def close(self) -> None:
        """Leave the port."""
        os.close(self._file)


class NetworkLine:
    """A TCP connection."""

    def __init__(self, host: str, port: int) -> None:
        self._socket = socket.create_connection((host, port), timeout=CONTROL_SECONDS)

    def write(self, data: bytes) -> None:
        """Send all bytes."""
        self._socket.sendall(data)

    def read_byte(self, seconds: float) -> int | None:
        """The next byte, or None when none comes in time or the printer hangs up."""
        self._socket.settimeout(max(seconds, 0.001))
        try:
            data = self._socket.recv(1)
        except TimeoutError:
            return None
        return data[0] if data else None

    def close(self) -> None:
        """Hang up."""
        self._socket.close()


def open_line(address: str) -> Line:
    """``tcp:HOST:PORT``, ``pty:PATH`` or a path. Raises PrinterError when it cannot be opened."""
    try:
        if address.startswith("tcp:"):
            host, _, port = address.removeprefix("tcp:").rpartition(":")
            return NetworkLine(host, int(port))
        return SerialLine(address.removeprefix("pty:"))
    except (OSError, ValueError, termios.error) as error:
        raise PrinterError(f"{address}: {error}") from error


class Client:
    """Exchanges payloads with one printer; ``password`` is an operator's, 30 may do everything.

    ``patience`` scales how long an answer is waited for: 1 is what a till does, less gives up sooner.
    """

    def __init__(self, line: Line, password: int = 30, patience: float = 1.0) -> None:
        self._line = line
        self._patience = patience
        self._password = password.to_bytes(4, "little")

    def command(self, code: bytes, parameters: bytes = b"") -> bytes:
        """Run a command with the password; returns the bytes after the result. 50h (printing) is waited out."""
        for _ in range(BUSY_TRIES):
            answer = self.exchange(code + self._password + parameters)
            result = answer[len(code)] if answer.startswith(code) else answer[1]
            if result == 0:
                return answer[len(code) + 1 :]
            if result != BUSY:
                raise PrinterError(f"command {code.hex().upper()}h: error {result:02X}h", result)
            time.sleep(BUSY_PAUSE)
        raise PrinterError(f"command {code.hex().upper()}h: the printer stays busy", BUSY)

    def exchange(self, payload: bytes) -> bytes:
        """Send a request payload, return the answer payload. Raises PrinterError when the link fails."""
        try:
            return self._exchange(payload)
        except OSError as error:
            raise PrinterError(f"the link broke: {error}") from error

    def _exchange(self, payload: bytes) -> bytes:
        self._reach_idle()
        self._send(payload)
        seconds = REPORT_SECONDS if payload[:1] in SLOW_COMMANDS else COMMAND_SECONDS
        answer = self._read_frame(seconds * self._patience)
        if answer is None:
            answer = self._ask_again()
        if answer[:1] != payload[:1]:
            raise PrinterError(f"answer {answer.hex(' ')} to another command")
        self._line.write(bytes((ACK,)))
        return answer

    def _reach_idle(self) -> None:
        for _ in range(ENQ_TRIES):
            while self._line.read_byte(0) is not None:
                pass
            self._line.write(bytes((ENQ,)))
            reply = self._control()
            if reply == NAK:
                return
            if reply == ACK and self._read_frame(COMMAND_SECONDS * self._patience) is not None:
                self._line.write(bytes((ACK,)))
        raise PrinterError("the printer does not answer ENQ")

    def _send(self, payload: bytes) -> None:
        frame = bytes((STX, len(payload))) + payload + bytes((reduce(xor, payload, len(payload)),))
        for _ in range(FRAME_TRIES):
            self._line.write(frame)
            reply = self._control()
            if reply == ACK:
                return
            if reply is None:
                break
        raise PrinterError("the printer did not take the command")

    def _ask_again(self) -> bytes:
        for _ in range(ENQ_TRIES):
            self._line.write(bytes((NAK,)))
            self._line.write(bytes((ENQ,)))
            if self._control() == ACK:
                answer = self._read_frame(COMMAND_SECONDS * self._patience)
                if answer is not None:
                    return answer
        raise PrinterError("the answer is lost; nothing is known about the command")

    def _control(self) -> int | None:
        """ACK or NAK; other bytes are skipped."""
        until = time.monotonic() + CONTROL_SECONDS
        while (left := until - time.monotonic()) > 0:
            byte = self._line.read_byte(left)
            if byte in (ACK, NAK):
                return byte
        return None

    def _read_frame(self, seconds: float) -> bytes | None:
        """Payload of the next frame; None when it does not come or its check byte is wrong."""
        until = time.monotonic() + seconds
        byte = None
        while byte != STX:
            byte = self._line.read_byte(max(0.0, until - time.monotonic()))
            if byte is None:
                return None
        length = self._line.read_byte(BYTE_SECONDS) or 0
        rest = [self._line.read_byte(BYTE_SECONDS) for _ in range(length + 1)]
        frame = bytes(byte for byte in rest if byte is not None)
        whole = length > 0 and len(frame) == length + 1
        return frame[:-1] if whole and reduce(xor, frame[:-1], length) == frame[-1] else None
