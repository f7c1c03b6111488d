"""What persons' events were when they were read last: a quote at each scan must not read a whole past each time.

Never stale, whatever wrote since: the hash of the chain's head holds the hash of every row before it, so under the same
head a history is the same in any transaction, and a chain that goes on from that head has only its new rows to add.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from pos_agent.ledger.chain import GENESIS
from pos_agent.model.events import ChainedEvent, LedgerEvent

T = TypeVar("T")
MOST_ROWS = 2_000  # in all: some 10 MB of receipts with a dozen lines
MOST_MADE = 16  # of one history


@dataclass(frozen=True)
class Head:
    """Where the chain ends: (0, 64 zeros) while it is empty."""

    seq: int = 0
    hash: str = GENESIS


@dataclass(frozen=True)
class History:
    """All events of the person behind `cards`, in the order written, of a chain that ends at `head`."""

    head: Head
    cards: tuple[str, ...]
    rows: tuple[ChainedEvent, ...]
    made: dict[Hashable, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def events(self) -> tuple[LedgerEvent, ...]:
        """The rows without their chain."""
        return self.once("events", lambda: tuple(row.event for row in self.rows))

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What follows from these rows and from `key` alone, made at the first time; nobody may change it."""
        if key not in self.made:
            if len(self.made) >= MOST_MADE:  # days have passed, or the rules were changed again and again
                self.made.clear()
            self.made[key] = make()
        found: T = self.made[key]
        return found

    def until(self, head: Head, new: tuple[ChainedEvent, ...]) -> History:
        """The same person under a later head, with the rows written since."""
        return History(head, self.cards, (*self.rows, *new)) if new else replace(self, head=head)


class Histories:
    """The persons asked for lately, for all threads of one store; the one not asked for longest goes first.

    Kept are `most_rows` events in all; a person who alone has more is read anew each time.
    """

    def __init__(self, most_rows: int = MOST_ROWS) -> None:
        self._most_rows, self._rows = most_rows, 0
        self._kept: OrderedDict[str, History] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, customer_id: str) -> History | None:
        """As it was kept; whether the chain has gone on since is the reader's to see."""
        with self._lock:
            found = self._kept.get(customer_id)
            if found is not None:
                self._kept.move_to_end(customer_id)
            return found

    def put(self, customer_id: str, read: History) -> None:
        """Instead of what was kept of this customer."""
        with self._lock:
            self._drop(customer_id)
            if len(read.rows) > self._most_rows:
                return
            self._kept[customer_id] = read
            self._rows += _size(read)
            while self._rows > self._most_rows:
                self._drop(next(iter(self._kept)))

    def _drop(self, customer_id: str) -> None:
        gone = self._kept.pop(customer_id, None)
        if gone is not None:
            self._rows -= _size(gone)


def _size(read: History) -> int:
    """Persons without events take their place too."""
    return max(1, len(read.rows))
