"""Numbers of 14h and 15h in units people use. Source: Shtrih-M protocol 2.0, 14h; protocol notes, 1.1 and 1.3."""

from __future__ import annotations

BAUDS = (2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600)  # by code; 7..9 on some models
TCP_PORT = 128  # "port number" of the network
SERIAL_PORTS = range(TCP_PORT)
_TCP_BASE = 0x0030


def baud_of(code: int) -> int | None:
    """Bits per second; None for a code nobody knows."""
    return BAUDS[code] if code < len(BAUDS) else None


def baud_code(baud: int) -> int:
    """The code of a speed. Raises ValueError for a speed no device has."""
    if baud not in BAUDS:
        raise ValueError(f"{baud} baud: a register knows {', '.join(map(str, BAUDS))}")
    return BAUDS.index(baud)


def byte_timeout_ms(code: int) -> int:
    """0..150 is milliseconds, 151..249 steps of 150 ms from 300, 250..255 steps of 15 s from 30 s."""
    if code <= 150:
        return code
    return (code - 149) * 150 if code <= 249 else (code - 248) * 15_000


def byte_timeout_code(ms: int) -> int:
    """The code of the nearest time that is not shorter. Raises ValueError outside 0..105 s."""
    for code in range(256):
        if 0 <= ms <= byte_timeout_ms(code):
            return code
    raise ValueError(f"{ms} ms between bytes: 0..{byte_timeout_ms(255)} can be set")


def tcp_port_of(code: int) -> int:
    """Code xy (hex) is port (x << 12) + 30h + y: 39h is 12345."""
    return (code >> 4 << 12) + _TCP_BASE + (code & 0x0F)


def tcp_port_code(port: int) -> int:
    """The code of a TCP port. Raises ValueError for one that has none."""
    high, low = port >> 12, (port & 0x0FFF) - _TCP_BASE
    if not (0 <= high <= 0x0F and 0 <= low <= 0x0F):
        raise ValueError(f"TCP port {port} has no code: x*4096 + 48 + y, x and y 0..15, for example 12345")
    return high << 4 | low
