"""How a port is written in the settings and on the command line. Pure: nothing is opened here.

/dev/serial/by-id/…            a serial port by its path
tcp:HOST:PORT                  a register on the network
usb:VID:PID, usb:VID:PID:SERIAL    a USB device by its ids (hex) and serial number, without the kernel's driver
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_USB = re.compile(r"usb:([0-9A-Fa-f]{4}):([0-9A-Fa-f]{4})(?::([!-~]{1,126}))?")


@dataclass(frozen=True)
class SerialAddress:
    """A path, maybe a symlink."""

    path: str

    def __str__(self) -> str:
        return self.path


@dataclass(frozen=True)
class TcpAddress:
    """`port` 1..65535."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"tcp:{self.host}:{self.port}"


@dataclass(frozen=True)
class UsbAddress:
    """Ids of vendor and product; `serial` "" = whichever is plugged in."""

    vendor: int
    product: int
    serial: str = ""

    def __str__(self) -> str:
        ids = f"usb:{self.vendor:04X}:{self.product:04X}"
        return f"{ids}:{self.serial}" if self.serial else ids


Address = SerialAddress | TcpAddress | UsbAddress


def parse_address(text: str) -> Address:
    """Raises ValueError for a text that is none of the three forms."""
    if text.startswith("tcp:"):
        host, _, number = text[4:].rpartition(":")
        if not host or not (number.isascii() and number.isdigit()) or not 0 < int(number) < 65536:
            raise ValueError(f"not tcp:HOST:PORT: {text!r}")
        return TcpAddress(host, int(number))
    if text.startswith("usb:"):
        ids = _USB.fullmatch(text)
        if ids is None:
            raise ValueError(f"not usb:VID:PID or usb:VID:PID:SERIAL: {text!r}")
        return UsbAddress(int(ids[1], 16), int(ids[2], 16), ids[3] or "")
    if not text.startswith("/"):
        raise ValueError(f"not a full path: {text!r}")
    return SerialAddress(text)
