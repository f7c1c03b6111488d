"""Whose turn it is to reckon: a person waits for a quote, and the interpreter runs one thread at a time.

The threads that nobody looks at (the printer's, the sync's) pass `give_way` between two pieces of their work and wait
there while a quote is being answered: a moment each time, and never more than a fifth of their time, so that quotes
asked one after another hold up neither a sale nor the sync. One for the process, as the interpreter's lock is.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from pos_agent.clock import Clock, SystemClock

PIECE_S = 0.02  # the longest wait between two pieces; a quote takes a few milliseconds
MOST_S, SPAN_S = 0.1, 0.5  # waits of one thread in one span of time


class Turns:
    """Who is in front, and for how long the others have waited. Seconds: one wait, all waits in a span, the span."""

    def __init__(self, clock: Clock, piece_s: float = PIECE_S, most_s: float = MOST_S, span_s: float = SPAN_S) -> None:
        self._clock = clock
        self._piece_s, self._most_s, self._span_s = piece_s, most_s, span_s
        self._lock = threading.Lock()
        self._in_front = 0
        self._free = threading.Event()
        self._free.set()
        self._mine = threading.local()

    @contextmanager
    def in_front(self) -> Iterator[None]:
        """Something that a person waits for is being reckoned."""
        with self._lock:
            self._in_front += 1
            self._free.clear()
        try:
            yield
        finally:
            with self._lock:
                self._in_front -= 1
                if not self._in_front:
                    self._free.set()

    def stand_back(self) -> None:
        """From now on this thread's `give_way` waits; on any other thread it does nothing."""
        self._mine.since, self._mine.waited_s = self._clock.monotonic(), 0.0

    def give_way(self) -> None:
        """Between two pieces of work: wait while something is in front, but not for long."""
        if self._free.is_set() or not hasattr(self._mine, "since"):
            return
        begun = self._clock.monotonic()
        if begun - self._mine.since >= self._span_s:
            self._mine.since, self._mine.waited_s = begun, 0.0
        left_s = self._most_s - self._mine.waited_s
        if left_s > 0:
            self._clock.wait(self._free, min(self._piece_s, left_s))
            self._mine.waited_s += self._clock.monotonic() - begun


TURNS = Turns(SystemClock())
