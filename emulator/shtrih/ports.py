"""Exchange parameters of the device's ports: commands 14h and 15h (protocol notes, sections 1.1, 1.3 and 2.4)."""

from __future__ import annotations

BAUDS = (2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600)
"""Speed in bits per second by baud code 0..9."""

FIRST_SERIAL = 0
TCP = 128


def timeout_seconds(code: int) -> float:
    """Byte timeout of a code 0..255: milliseconds up to 150, then steps of 150 ms, then of 15 s."""
    if code <= 150:
        return code / 1000
    if code <= 249:
        return (code - 149) * 0.15
    return (code - 248) * 15.0


class Ports:
    """Speed and byte timeout of every port; each starts with the delivered values.

    A change waits until the exchange that ordered it is over: its answer still goes at the old speed.
    """

    def __init__(self, baud: int, byte_timeout_code: int) -> None:
        self._initial = (BAUDS.index(baud), byte_timeout_code)
        self._set: dict[int, tuple[int, int]] = {}
        self._waiting: dict[int, tuple[int, tuple[int, int]]] = {}

    def codes(self, port: int) -> tuple[int, int]:
        """Baud code (for TCP the port code) and byte timeout code."""
        return self._set.get(port, self._initial)

    def change(self, port: int, baud_code: int, timeout_code: int, asked_by: int) -> None:
        """Set both codes when port ``asked_by`` has its answer; ``ValueError`` for a speed no model has."""
        if port < TCP and baud_code >= len(BAUDS):
            raise ValueError(f"baud code {baud_code} is not 0..{len(BAUDS) - 1}")
        self._waiting[asked_by] = (port, (baud_code, timeout_code))

    def settle(self, asked_by: int) -> bool:
        """The exchange of a port is over: what it ordered counts from now on. True when something was ordered."""
        change = self._waiting.pop(asked_by, None)
        if change is None:
            return False
        self._set[change[0]] = change[1]
        return True

    def baud(self, port: int) -> int:
        """Speed of a serial port in bits per second."""
        return BAUDS[self.codes(port)[0]]

    def byte_timeout(self, port: int) -> float:
        """Longest pause between the bytes of a frame, seconds."""
        return timeout_seconds(self.codes(port)[1])
