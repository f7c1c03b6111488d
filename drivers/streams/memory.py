"""Two ends of a wire inside one process: for tests and for simulation.

With a `pump` one thread runs both sides: an end that waits for bytes calls `pump(seconds)`, which lets the
other side work and may move a virtual clock by at most that many seconds. Without a pump the ends may
live in two threads.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from drivers.api import LinkFault
from drivers.streams.byte_stream import StreamError

BUFFER_LIMIT = 1 << 20

Pump = Callable[[float], None]


class MemoryStream:
    """One end of a memory wire; a `ByteStream`. Made by `memory_pair`."""

    def __init__(self, condition: threading.Condition) -> None:
        self._condition = condition
        self._inbox = bytearray()
        self._is_open = False
        self._cut = False
        self._other: MemoryStream | None = None
        self.pump: Pump | None = None

    def join(self, other: MemoryStream) -> None:
        """Make the two ends one wire."""
        self._other, other._other = other, self

    def open(self) -> None:
        if self._cut:
            raise StreamError(LinkFault.NO_PORT, "the wire is cut")
        self._is_open = True

    def close(self) -> None:
        self._is_open = False

    def cut(self) -> None:
        """Pull the cable: both ends are LOST at once and cannot be opened until `mend`."""
        self._set_cut(True)

    def mend(self) -> None:
        """Plug the cable in again; both ends must be opened anew."""
        self._set_cut(False)

    def _set_cut(self, value: bool) -> None:
        with self._condition:
            for end in (self, self._other):
                if end is not None:
                    end._cut = value
                    end._is_open = False
                    end._inbox.clear()
            self._condition.notify_all()

    def read(self, max_bytes: int, timeout_s: float) -> bytes:
        self._check()
        if not self._inbox and self.pump is not None:
            self.pump(max(0.0, timeout_s))
        with self._condition:
            if self.pump is None:
                self._condition.wait_for(lambda: bool(self._inbox) or not self._is_open, max(0.0, timeout_s))
            self._check()
            piece = bytes(self._inbox[:max_bytes])
            del self._inbox[:max_bytes]
            return piece

    def write(self, payload: bytes) -> None:
        self._check()
        other = self._other
        if other is None:
            raise StreamError(LinkFault.LOST, "no other end")
        with self._condition:
            if len(other._inbox) + len(payload) > BUFFER_LIMIT:
                raise StreamError(LinkFault.LOST, "the other end does not read")
            if other._is_open:  # bytes to a closed port are gone, as on a real wire
                other._inbox += payload
            self._condition.notify_all()

    def drain_input(self) -> None:
        self._check()
        with self._condition:
            self._inbox.clear()

    def _check(self) -> None:
        if not self._is_open:
            raise StreamError(LinkFault.LOST, "the wire is not open")


def memory_pair() -> tuple[MemoryStream, MemoryStream]:
    """Two joined ends, both closed."""
    condition = threading.Condition()
    left, right = MemoryStream(condition), MemoryStream(condition)
    left.join(right)
    return left, right


def answering_stream(
    peer: Callable[[bytes], bytes], advance: Callable[[float], None] = lambda seconds: None
) -> MemoryStream:
    """An open end whose other side is `peer`: it gets the bytes written so far and gives its answer (or b"").

    `advance(seconds)` is called when the peer stayed silent, so that a virtual clock reaches the deadline.
    """
    ours, theirs = memory_pair()
    ours.open()
    theirs.open()

    def pump(seconds: float) -> None:
        asked = bytes(theirs._inbox)
        theirs._inbox.clear()
        answer = peer(asked)
        if answer:
            theirs.write(answer)
        else:
            advance(seconds)

    ours.pump = pump
    return ours
