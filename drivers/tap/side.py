"""One direction of a tapped line, taken apart. A frame of either vendor begins with a byte that is outside of it."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Protocol


class Reader(Protocol):
    """Collects what follows the first byte of a frame. `feed` answers "more", "whole" or a word for a broken one."""

    @property
    def payload(self) -> bytes: ...

    def feed(self, byte: int) -> Enum: ...


class Side:
    """Splits one direction into control bytes and frames. `start`: the byte that begins a frame."""

    def __init__(self, start: int, reader: Callable[[], Reader]) -> None:
        self._start, self._new = start, reader
        self._reader: Reader | None = None

    def split(self, data: bytes) -> list[int | bytes]:
        """Control bytes as numbers, payloads of whole frames as bytes; broken frames are left out."""
        found: list[int | bytes] = []
        for byte in data:
            if self._reader is None:
                if byte == self._start:
                    self._reader = self._new()
                else:
                    found.append(byte)
                continue
            reading = self._reader.feed(byte).value
            if reading != "more":
                if reading == "whole":
                    found.append(self._reader.payload)
                self._reader = None
        return found

    def forget(self) -> None:
        """Lets go of a frame that has begun."""
        self._reader = None

    @property
    def inside(self) -> bool:
        """A frame has begun and not ended."""
        return self._reader is not None
