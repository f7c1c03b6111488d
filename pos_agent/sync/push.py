"""The ledger on its way up: the rows after the cursor, one batch a step, acknowledged before the cursor moves.

A row that the cloud will not take, or breaks down over again and again, is found by halving, or named by the cloud. It
is parked: from then on the cloud gets its hash in place of its content, so that the chain goes on without a gap, and
the event stays here for a person. When even that placeholder is refused, the row was not to blame and is released.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from pos_agent.logs import logger
from pos_agent.store.store import Store
from pos_agent.store.sync import Parked, SyncCursor
from pos_agent.sync.acknowledgement import Acknowledged, check
from pos_agent.sync.batch import MAX_ROWS, Batch, build
from pos_agent.sync.client import CloudClient
from pos_agent.sync.faults import BrokenError, ProtocolError, RefusedError

BREAKDOWNS = 6  # so many 500s in a row, and an entry is suspected


class Step(Enum):
    """What a step came to: nothing to do, the cursor moved or can move now, or the search for a refused row goes on."""

    IDLE = "idle"
    MOVED = "moved"
    SEARCHING = "searching"


@dataclass(frozen=True)
class Standing:
    """Where the ledger and the cloud are: `waiting` rows are still to go, `parked` ones the cloud would not take."""

    epoch: str = ""
    head_seq: int = 0
    acked_seq: int = 0
    acked_at: str = ""
    parked: tuple[Parked, ...] = ()

    @property
    def waiting(self) -> int:
        return self.head_seq - self.acked_seq


class Push:
    """Owned by one thread. Reads snapshots; writes two tiny transactions a step, none of them during a request."""

    def __init__(self, store: Store, client: CloudClient, max_rows: int = MAX_ROWS) -> None:
        self._store = store
        self._client = client
        self._most = max_rows
        self._max_rows = max_rows  # less while a refused entry is being isolated
        self._breakdowns = 0  # in a row, before or during a search
        self._offered = 0  # the parked row that was offered last in this round
        self._log = logger("sync")

    def standing(self) -> Standing:
        """What the store says now."""
        with self._store.reading() as view:
            epoch = view.meta.epoch()
            cursor = view.sync.cursor(epoch)
            return Standing(epoch, view.ledger.head().seq, cursor.acked_seq, cursor.acked_at, view.sync.parked(epoch))

    def step(self) -> Step:
        """Send one batch and digest the answer. SyncError: not now."""
        batch, cursor = self._next_batch()
        if batch is None:
            return Step.IDLE
        if batch.last_seq > cursor.sent_seq:
            with self._store.writing("sync sending") as txn:
                txn.sync.sending(batch.epoch, batch.last_seq)
        sent = max(cursor.sent_seq, batch.last_seq)
        try:
            answer = self._client.send(batch.body())
        except (RefusedError, BrokenError) as error:
            if isinstance(error, BrokenError) and not self._suspicious():
                raise
            self._isolate(batch, error.cause)
            return Step.SEARCHING
        told = self._checked(answer, batch, cursor.acked_seq, sent)
        if told.seq == cursor.acked_seq and told.refused is None:
            raise ProtocolError(f"nothing of rows {batch.first_seq}..{batch.last_seq} was taken, without a reason")
        self._digest(batch, told)
        return Step.MOVED

    def offer_parked(self) -> Step:
        """Offer the next parked row once more, oldest first. IDLE: this was the last one of the round."""
        standing = self.standing()
        behind = [row.seq for row in standing.parked if self._offered < row.seq <= standing.acked_seq]
        self._offered = behind[0] if len(behind) > 1 else 0
        if not behind:
            return Step.IDLE
        with self._store.reading() as view:
            cursor = view.sync.cursor(standing.epoch)
            batch = build(standing.epoch, view.ledger.range(behind[0], behind[0]), {})
        assert batch is not None, "a parked row is a row of the ledger"
        if self._taken_after_all(batch, cursor):
            with self._store.writing("sync released") as txn:
                txn.sync.release(batch.epoch, batch.first_seq)
            self._log.info("a parked entry was taken by the cloud", seq=batch.first_seq)
        return Step.MOVED if len(behind) > 1 else Step.IDLE

    def _taken_after_all(self, batch: Batch, cursor: SyncCursor) -> bool:
        try:
            answer = self._client.send(batch.body())
        except (RefusedError, BrokenError):
            return False
        told = self._checked(answer, batch, cursor.acked_seq, cursor.sent_seq)
        return told.seq >= batch.last_seq and not told.alarmed

    def _next_batch(self) -> tuple[Batch | None, SyncCursor]:
        with self._store.reading() as view:
            epoch = view.meta.epoch()
            cursor = view.sync.cursor(epoch)
            first, last = cursor.acked_seq + 1, cursor.acked_seq + self._max_rows
            parked = {row.seq: row.reason for row in view.sync.parked(epoch, first, last)}
            return build(epoch, view.ledger.range(first, last), parked, self._max_rows), cursor

    def _checked(self, answer: Mapping[str, Any], batch: Batch, acked: int, sent: int) -> Acknowledged:
        with self._store.reading() as view:
            return check(answer, batch, acked, sent, view.sync.hash_at)

    def _digest(self, batch: Batch, told: Acknowledged) -> None:
        refused = None if told.refused is None else batch.by_seq[told.seq + 1]
        with self._store.writing("sync acknowledged") as txn:
            txn.sync.acknowledge(batch.epoch, told.seq, told.hash)
            if refused is not None:
                txn.sync.park(batch.epoch, refused.seq, refused.event_id, told.refused or "")
        self._breakdowns = self._breakdowns if self._max_rows < self._most else 0
        self._max_rows = min(self._most, self._max_rows * 2)
        if refused is not None:
            self._tell_parked(refused.seq, refused.event_id, told.refused or "")

    def _suspicious(self) -> bool:
        self._breakdowns += 1
        return self._breakdowns >= BREAKDOWNS

    def _isolate(self, batch: Batch, cause: str) -> None:
        """Halve; park what is left alone. A refused placeholder proves that the entry was not to blame."""
        if len(batch.rows) > 1:
            self._max_rows = max(1, len(batch.rows) // 2)
            return
        row = batch.rows[0]
        self._max_rows = self._most
        if row.parked:
            with self._store.writing("sync released") as txn:
                txn.sync.release(batch.epoch, row.seq)
            raise ProtocolError(f"{cause} even to a row without content")
        with self._store.writing("sync parked") as txn:
            txn.sync.park(batch.epoch, row.seq, row.event_id, cause)
        self._max_rows = 1  # the placeholder goes alone: an answer to it is about nothing else
        self._tell_parked(row.seq, row.event_id, cause)

    def _tell_parked(self, seq: int, event_id: str, why: str) -> None:
        self._log.error(
            "the cloud does not take an entry, it is parked", code="NET-02", seq=seq, event_id=event_id, why=why
        )
