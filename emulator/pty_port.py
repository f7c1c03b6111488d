"""A serial port without hardware: a pseudo terminal behind a symbolic link.

The emulator holds the master and keeps the slave open too, so that a client may come and go. The speed a client sets
can be read on the master: at another speed than the device's both sides see garbage, as on a real line.
"""

from __future__ import annotations

import os
import termios
import tty
from collections.abc import Callable
from pathlib import Path

READ_SIZE = 4096
SPEED, OUTPUT_SPEED = 4, 5
"""Indexes in the answer of tcgetattr."""
SPEEDS = {
    getattr(termios, f"B{baud}"): baud
    for baud in (2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600)
    if hasattr(termios, f"B{baud}")
}


class PtyPort:
    """One pseudo terminal; ``path`` is the name clients open, ``baud`` tells the device's own speed."""

    def __init__(self, path: Path, baud: Callable[[], int]) -> None:
        self.address = f"pty:{path}"
        self._path = self._first_path = path
        self._names = 1
        self._baud = baud
        self._master: int | None = None
        self._slave: int | None = None
        self.plug()

    def plug(self) -> None:
        """Make a terminal and point the link at it, in one step for whoever opens the link."""
        if self._master is not None:
            return
        if self._path.exists() and not self._path.is_symlink():
            raise FileExistsError(f"{self._path} is there already and is not a link")
        self._master, self._slave = os.openpty()
        os.set_blocking(self._master, False)
        tty.setraw(self._slave, termios.TCSANOW)
        self._set_speed(self._slave)
        fresh = self._path.with_name(f".{self._path.name}.{os.getpid()}.new")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(os.ttyname(self._slave))
        fresh.replace(self._path)

    def plug_renamed(self) -> None:
        """Come back under another name, PATH-2 then PATH-3: the old name is gone, as a device file of USB is."""
        if self._master is not None:
            return
        if self._path.is_symlink():
            self._path.unlink()
        self._names += 1
        self._path = self._first_path.with_name(f"{self._first_path.name}-{self._names}")
        self.address = f"pty:{self._path}"
        self.plug()

    def unplug(self) -> None:
        """Pull the cable: clients see the terminal hang up; the link stays and leads nowhere."""
        for descriptor in (self._slave, self._master):
            if descriptor is not None:
                os.close(descriptor)
        self._master = self._slave = None

    def close(self) -> None:
        """Pull the cable for good and take the link away when it is still ours."""
        target = None if self._slave is None else os.ttyname(self._slave)
        if target is not None and self._path.is_symlink() and str(self._path.readlink()) == target:
            self._path.unlink()
        self.unplug()

    def descriptors(self) -> list[int]:
        """What to wait on."""
        return [] if self._master is None else [self._master]

    def receive(self, alive: bool) -> bytes:
        """Bytes that came; none at a wrong speed: an ``alive`` device then answers a garbage byte for each."""
        if self._master is None:
            return b""
        try:
            data = os.read(self._master, READ_SIZE)
        except BlockingIOError:
            return b""
        if self._speeds_agree():
            return data
        if alive:
            self._write(garbage(data))
        return b""

    def send(self, data: bytes) -> None:
        """Send bytes, as garbage at a wrong speed; what the client does not read in time is lost, as on a real line."""
        if data:
            self._write(data if self._speeds_agree() else garbage(data))

    def _write(self, data: bytes) -> None:
        if self._master is None:
            return
        try:
            os.write(self._master, data)
        except BlockingIOError:
            return

    def _speeds_agree(self) -> bool:
        if self._master is None:
            return False
        attributes = termios.tcgetattr(self._master)
        return SPEEDS.get(attributes[OUTPUT_SPEED]) == self._baud()

    def _set_speed(self, descriptor: int) -> None:
        code = next((code for code, baud in SPEEDS.items() if baud == self._baud()), termios.B38400)
        attributes = termios.tcgetattr(descriptor)
        attributes[SPEED] = attributes[OUTPUT_SPEED] = code
        termios.tcsetattr(descriptor, termios.TCSANOW, attributes)


def garbage(data: bytes) -> bytes:
    """What bytes look like at a wrong speed: always the same for the same byte, never a control byte of a protocol."""
    return bytes((byte * 37 + 11) & 0x3F | 0x80 for byte in data)
