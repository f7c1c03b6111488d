"""The time bytes spend on a line of a given speed."""

from __future__ import annotations

from collections import deque

BITS_PER_BYTE = 10
"""Start bit, eight data bits, stop bit."""
GRAIN = 0.004
"""Longest time, seconds, for which due bytes are let to pile up: fewer wake-ups, the same total time."""


class ByteClock:
    """One direction of a line. Each byte arrives 10 bits after the one before it; ``baud`` None: at once.

    An accumulating clock, not a sleep per byte: a late wake-up is made good by the bytes that follow.
    """

    def __init__(self, baud: int | None = None) -> None:
        self._byte_time = BITS_PER_BYTE / baud if baud else 0.0
        self._busy_until = 0.0
        self._queue: deque[tuple[float, int]] = deque()

    def push(self, data: bytes, now: float) -> None:
        """Put bytes on the line at monotonic reading ``now``."""
        for byte in data:
            self._busy_until = max(self._busy_until, now) + self._byte_time
            self._queue.append((self._busy_until, byte))

    def pop(self, now: float) -> list[tuple[float, int]]:
        """Bytes that have arrived by ``now``, each with its moment."""
        arrived = []
        while self._queue and self._queue[0][0] <= now:
            arrived.append(self._queue.popleft())
        return arrived

    def due(self) -> float | None:
        """When to look again, None while the line is empty."""
        return min(self._queue[0][0] + GRAIN, self._queue[-1][0]) if self._queue else None

    def clear(self) -> None:
        """Lose what is on the line."""
        self._queue.clear()
