"""A wrapper that records every byte with its time: for bug reports and for new golden frames.

Password bytes are masked by a function of the vendor's package, because only it knows where they are.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TypeVar

from drivers.streams.byte_stream import ByteStream, StreamError

T = TypeVar("T")
HiddenBytes = Callable[[bytes], Collection[int]]


@dataclass(frozen=True)
class TraceRecord:
    """One event on the wire. `at_s` is the clock passed in; `direction` is `>` (we wrote), `<` (we read) or `!`."""

    at_s: float
    direction: str
    text: str

    def line(self) -> str:
        """`   12.345678 > 02 05 10 ** ** ** ** **`."""
        return f"{self.at_s:12.6f} {self.direction} {self.text}"


def hide_nothing(payload: bytes) -> Collection[int]:
    """Record writes as they are."""
    return ()


class TraceStream:
    """A `ByteStream` around another one. `record` gets each event; it must not raise."""

    def __init__(
        self,
        inner: ByteStream,
        record: Callable[[TraceRecord], None],
        monotonic: Callable[[], float],
        hidden: HiddenBytes = hide_nothing,
    ) -> None:
        self._inner = inner
        self._record = record
        self._monotonic = monotonic
        self._hidden = hidden

    def open(self) -> None:
        self._guard(self._inner.open)
        self._note("!", "open")

    def close(self) -> None:
        self._inner.close()
        self._note("!", "close")

    def read(self, max_bytes: int, timeout_s: float) -> bytes:
        piece = self._guard(lambda: self._inner.read(max_bytes, timeout_s))
        if piece:
            self._note("<", piece.hex(" ").upper())
        return piece

    def write(self, payload: bytes) -> None:
        hidden = self._hidden(payload)
        self._note(">", " ".join("**" if at in hidden else f"{byte:02X}" for at, byte in enumerate(payload)))
        self._guard(lambda: self._inner.write(payload))

    def drain_input(self) -> None:
        self._guard(self._inner.drain_input)
        self._note("!", "drain")

    def _guard(self, action: Callable[[], T]) -> T:
        try:
            return action()
        except StreamError as fault:
            self._note("!", f"{fault.fault.value} {fault.detail}")
            raise

    def _note(self, direction: str, text: str) -> None:
        self._record(TraceRecord(self._monotonic(), direction, text))
