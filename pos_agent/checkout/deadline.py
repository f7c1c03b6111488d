"""When a call has to answer, whatever the printer does."""

from __future__ import annotations

from pos_agent.clock import Clock


class Deadline:
    """So many whole seconds from now, on the monotonic clock."""

    def __init__(self, clock: Clock, seconds: int) -> None:
        self._clock = clock
        self._at = clock.monotonic() + seconds

    def nearer_than(self, seconds: int) -> bool:
        """Less than so many seconds are left, or none; below 0: it passed so long ago."""
        return self._clock.monotonic() > self._at - seconds
