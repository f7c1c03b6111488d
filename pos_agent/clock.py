"""Time and chance, passed in. The only file of the agent that asks the machine for either."""

from __future__ import annotations

import secrets
import threading
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What the agent may ask about time."""

    def monotonic(self) -> float:
        """Seconds for deadlines and intervals; never goes back, says nothing about the date."""

    def now(self) -> datetime:
        """UTC wall time, aware. Advisory: it may jump."""

    def wait(self, event: threading.Event, seconds: float) -> bool:
        """Sleep until the event is set (True) or the seconds are over (False)."""


class IdSource(Protocol):
    """Where ids that nature does not give come from."""

    def token(self, alphabet: str, length: int) -> str:
        """An unguessable string."""


class SystemClock:
    """The machine's clocks."""

    def monotonic(self) -> float:
        return time.monotonic()

    def now(self) -> datetime:
        return datetime.now(UTC)

    def wait(self, event: threading.Event, seconds: float) -> bool:
        return event.wait(seconds)


class SystemIds:
    """The operating system's random source."""

    def token(self, alphabet: str, length: int) -> str:
        return "".join(secrets.choice(alphabet) for _ in range(length))
