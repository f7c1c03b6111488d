"""Answers that do not reach the host: which commands', how many more, and whether the device keeps them.

The two ways an answer goes missing on a line look the same to the host, silence, and differ at its next ENQ (protocol
notes, section 1.4): a kept answer is sent again, a lost one is answered NAK, as if nothing had ever been executed.
"""

from __future__ import annotations

from enum import Enum
from threading import Lock


class Fate(Enum):
    """What becomes of an answer."""

    SENT = "sent"
    MUTED = "mute"
    LOST = "lose"


class Silence:
    """Faults asked for and not used up yet, by command code (FN commands: FF00h + second byte). For several threads."""

    def __init__(self) -> None:
        self._left: dict[int, tuple[Fate, int]] = {}
        self._lock = Lock()

    def ask(self, code: int, fate: Fate, count: int) -> None:
        """The next ``count`` answers to ``code`` get this fate; 0 takes it back. The last word counts."""
        with self._lock:
            self._left.pop(code, None)
            if count and fate is not Fate.SENT:
                self._left[code] = (fate, count)

    def take(self, payload: bytes) -> Fate:
        """What becomes of this answer; uses one up."""
        code = 0xFF00 + payload[1] if payload[0] == 0xFF else payload[0]
        with self._lock:
            fate, count = self._left.pop(code, (Fate.SENT, 0))
            if count > 1:
                self._left[code] = (fate, count - 1)
        return fate

    def waiting(self) -> dict[str, str]:
        """For people: ``{"FF45": "lose 1"}``."""
        with self._lock:
            return {f"{code:02X}": f"{fate.value} {count}" for code, (fate, count) in self._left.items()}
