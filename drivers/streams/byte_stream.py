"""What a link talks through: anything that moves bytes both ways.

Streams raise `StreamError` and nothing else; the exchange loop turns it into an outcome.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol, runtime_checkable

from drivers.api import LinkFault


class StreamError(Exception):
    """The port could not be opened, or died while open. `fault` says how, `detail` is for the log."""

    def __init__(self, fault: LinkFault, detail: str = "") -> None:
        super().__init__(f"{fault.value}: {detail}")
        self.fault = fault
        self.detail = detail


class ByteStream(Protocol):
    """One port. Not thread-safe; `close` may be called twice, and before `open`."""

    def open(self) -> None:
        """Take the port for ourselves. Raises StreamError NO_PORT, NO_PERMISSION, BUSY or SILENT."""

    def close(self) -> None:
        """Give the port back; never raises."""

    def read(self, max_bytes: int, timeout_s: float) -> bytes:
        """What has come, 1..`max_bytes` bytes, after at most `timeout_s`; b"" = nothing came.

        Raises StreamError LOST when the port vanished.
        """

    def write(self, payload: bytes) -> None:
        """Hand over all bytes. Raises StreamError LOST; then any part of them may have left."""

    def drain_input(self) -> None:
        """Throw away what came and was not read: it belongs to an earlier exchange."""


@runtime_checkable
class SharedStream(Protocol):
    """A stream that somebody else talks on as well: each exchange takes a turn."""

    def turn(self) -> AbstractContextManager[None]:
        """The line for one exchange. StreamError BUSY when it does not come free in time."""
