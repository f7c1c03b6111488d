"""A wire between the agent and an emulated register that loses, spoils or cuts what a test points at.

Messages are counted in both directions from `reset`: what the agent hands over in one write, what the register gives
as one ACK, NAK, ENQ or frame. Whoever waits moves the virtual clock.
"""

from collections.abc import Callable

from drivers.api import LinkFault
from drivers.streams.byte_stream import StreamError
from emulator.shtrih.front import ShtrihFront

ACK = b"\x06"
LEAST_WAIT_S = 0.001
Fault = Callable[[str, int, bytes], bytes]  # ("host" | "device", number from 1, message) -> what arrives of it


def clean(direction: str, number: int, message: bytes) -> bytes:
    return message


class FaultyWire:
    """The agent's end, a `ByteStream`. `front` is the register's end; `mains` says whether it has power now."""

    def __init__(self, front: ShtrihFront, clock, mains: Callable[[], bool]) -> None:
        self.front, self.clock, self.mains = front, clock, mains
        self.before: Callable[[int, bytes], None] = lambda number, message: None  # e.g. somebody else's command
        self._inbox = bytearray()
        self._open = False
        self._cut_until = 0.0
        self.reset()

    def reset(self, fault: Fault = clean) -> None:
        """Count from 1 again, with this fault from now on."""
        self.fault = fault
        self.count = {"host": 0, "device": 0}
        self.frames: list[bytes] = []  # command frames as the agent sent them

    def cut(self, seconds: float) -> None:
        """The cable is out for so long."""
        self._cut_until = self.clock.seconds + seconds
        self._open = False
        self._inbox.clear()

    # ------------------------------------------------------------------ ByteStream

    def open(self) -> None:
        if self.clock.seconds < self._cut_until:
            raise StreamError(LinkFault.NO_PORT, "the cable is out")
        self._open = True

    def close(self) -> None:
        self._open = False

    def write(self, payload: bytes) -> None:
        self._check()
        if payload[:1] == b"\x02":
            self.frames.append(payload)
        self.before(self.count["host"] + 1, payload)
        arrived = self._passes("host", payload)
        self._check()
        if arrived and self.mains():
            self._hear(self.front.receive(arrived, self.clock.seconds))

    def read(self, max_bytes: int, timeout_s: float) -> bytes:
        self._check()
        until = self.clock.seconds + timeout_s
        while not self._inbox and self.clock.seconds < until:
            due = self.front.due()
            step = until if due is None or not self.mains() else min(until, due)
            self.clock.advance(max(step - self.clock.seconds, LEAST_WAIT_S))
            if self.mains():
                self._hear(self.front.receive(b"", self.clock.seconds))
            self._check()
        piece = bytes(self._inbox[:max_bytes])
        del self._inbox[:max_bytes]
        return piece

    def drain_input(self) -> None:
        self._check()
        self._inbox.clear()

    # ------------------------------------------------------------------ parts

    def _hear(self, answer: bytes) -> None:
        """An ACK and the frame after it are two messages: either may be lost."""
        for piece in (answer[:1], answer[1:]) if answer[:1] == ACK else (answer,):
            if piece:
                self._inbox += self._passes("device", piece)

    def _passes(self, direction: str, message: bytes) -> bytes:
        self.count[direction] += 1
        return self.fault(direction, self.count[direction], message)

    def _check(self) -> None:
        if not self._open:
            raise StreamError(LinkFault.LOST, "the cable was pulled")


def on(direction: str, number: int, act: Callable[[bytes], bytes]) -> Fault:
    """`act` on that one message."""
    return lambda way, index, message: act(message) if (way, index) == (direction, number) else message


def command(frame: bytes) -> str:
    """`FF45`, `8D`: what a command frame asks for."""
    return frame[2:4].hex().upper() if frame[2] == 0xFF else f"{frame[2]:02X}"
