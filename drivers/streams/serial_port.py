"""Serial port: RS-232 or a virtual COM port over USB. 8 data bits, no parity, 1 stop bit, no flow control.

Source: Shtrih-M protocol 2.0 (RS-232 parameters); protocol notes, section 1.1.
"""

from __future__ import annotations

import errno
import select
from pathlib import Path

import serial

from drivers.api import LinkFault
from drivers.streams.byte_stream import StreamError

WRITE_TIMEOUT_S = 5.0  # 255 bytes at 2400 baud take 1.1 s; more means the other side stopped the line
DRAIN_LIMIT = 1 << 16  # a port that babbles for ever must not hold `drain_input`

_FAULTS = {
    errno.ENOENT: LinkFault.NO_PORT,
    errno.ENODEV: LinkFault.NO_PORT,
    errno.ENXIO: LinkFault.NO_PORT,
    errno.ENOTTY: LinkFault.NO_PORT,
    errno.ENOTDIR: LinkFault.NO_PORT,
    errno.EISDIR: LinkFault.NO_PORT,
    errno.EIO: LinkFault.NO_PORT,
    errno.EACCES: LinkFault.NO_PERMISSION,
    errno.EPERM: LinkFault.NO_PERMISSION,
    errno.EBUSY: LinkFault.BUSY,
    errno.EAGAIN: LinkFault.BUSY,  # flock of an exclusive open
}


class SerialPort:
    """A `ByteStream` over pyserial, held exclusively.

    `path` may be a symlink (udev, /dev/serial/by-id): it is resolved at each open, because a re-plugged
    device gets a new number and the exclusive lock belongs to the real tty.
    """

    def __init__(self, path: str, baud: int = 115200) -> None:
        self._path = path
        self._baud = baud
        self._port: serial.Serial | None = None

    def open(self) -> None:
        self.close()
        resolved = str(Path(self._path).resolve())
        try:
            self._port = serial.Serial(
                port=resolved,
                baudrate=self._baud,
                bytesize=serial.EIGHTBITS,
                parity=serial.PARITY_NONE,
                stopbits=serial.STOPBITS_ONE,
                xonxoff=False,
                rtscts=False,
                dsrdtr=False,
                timeout=0,
                write_timeout=WRITE_TIMEOUT_S,
                exclusive=True,
            )
        except (OSError, ValueError) as error:  # SerialException is an OSError; ValueError: a speed nobody has
            raise StreamError(open_fault(error), f"{resolved}: {error}") from error
        self._ask_low_latency(self._port)

    @staticmethod
    def _ask_low_latency(port: serial.Serial) -> None:
        """Drop the 16 ms timer of FTDI-like adapters. A pty and CDC ACM refuse it, which costs nothing."""
        try:
            port.set_low_latency_mode(True)
        except (OSError, ValueError, NotImplementedError):
            return

    def close(self) -> None:
        port, self._port = self._port, None
        if port is None:
            return
        try:
            port.close()
        except OSError:
            return  # the device is gone already, and so is our lock on it

    def read(self, max_bytes: int, timeout_s: float) -> bytes:
        port = self._opened()
        try:
            ready, _, _ = select.select([port.fileno()], [], [], max(0.0, timeout_s))
            if not ready:
                return b""
            waiting = min(max_bytes, max(1, port.in_waiting))
            return bytes(port.read(waiting))
        except (OSError, ValueError) as error:
            raise StreamError(LinkFault.LOST, f"{self._path}: {error}") from error

    def write(self, payload: bytes) -> None:
        port = self._opened()
        try:
            port.write(payload)
        except OSError as error:
            raise StreamError(LinkFault.LOST, f"{self._path}: {error}") from error

    def drain_input(self) -> None:
        dropped = 0
        while dropped < DRAIN_LIMIT:
            piece = self.read(4096, 0.0)
            if not piece:
                return
            dropped += len(piece)

    def _opened(self) -> serial.Serial:
        if self._port is None:
            raise StreamError(LinkFault.LOST, f"{self._path} is not open")
        return self._port


def open_fault(error: Exception) -> LinkFault:
    """What an error of opening means for people; pyserial keeps the system's errno."""
    code = getattr(error, "errno", None)
    return _FAULTS.get(code, LinkFault.NO_PORT) if isinstance(code, int) else LinkFault.NO_PORT
