"""Rows of the ledger as the body of one request. Pure: the same rows give the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from pos_agent.ledger.canonical import event_to_json
from pos_agent.model.canonical import canonical_json
from pos_agent.model.events import ChainedEvent
from pos_agent.turns import TURNS

MAX_ROWS = 500
MAX_BYTES = 256 * 1024  # of the rows; a single larger row goes alone, and the cloud says whether it takes it


@dataclass(frozen=True)
class Row:
    """One row on the wire: `wire` is its JSON. A parked row has its hash and the reason instead of its content."""

    seq: int
    event_id: str
    hash: str
    parked: bool
    wire: str


@dataclass(frozen=True)
class Batch:
    """Consecutive rows of one epoch; `prev_hash` is the hash of the row before the first. Never empty."""

    epoch: str
    prev_hash: str
    rows: tuple[Row, ...]

    @property
    def first_seq(self) -> int:
        return self.rows[0].seq

    @property
    def last_seq(self) -> int:
        return self.rows[-1].seq

    @cached_property
    def by_seq(self) -> Mapping[int, Row]:
        """Rows by their numbers."""
        return {row.seq: row for row in self.rows}

    def body(self) -> bytes:
        """The JSON of the request (docs/sync.md)."""
        head = {
            "epoch": self.epoch,
            "first_seq": self.first_seq,
            "last_seq": self.last_seq,
            "prev_hash": self.prev_hash,
            "head_hash": self.rows[-1].hash,
        }
        rows = ",".join(row.wire for row in self.rows)
        return f'{canonical_json(head)[:-1]},"events":[{rows}]}}'.encode()


def build(
    epoch: str,
    chained: Iterable[ChainedEvent],
    parked: Mapping[int, str],
    max_rows: int = MAX_ROWS,
    max_bytes: int = MAX_BYTES,
) -> Batch | None:
    """The longest batch from the start of `chained` within the limits, at least one row; None when there is none.

    `parked` maps seq to the reason why the cloud gets only the hash of that row.
    """
    rows: list[Row] = []
    prev_hash, size = "", 0
    for one in chained:
        TURNS.give_way()
        row = _row(one, parked.get(one.seq))
        size += len(row.wire.encode()) + 1
        if rows and (len(rows) >= max_rows or size > max_bytes):
            break
        prev_hash = prev_hash or one.prev_hash
        rows.append(row)
    return Batch(epoch, prev_hash, tuple(rows)) if rows else None


def _row(chained: ChainedEvent, parked: str | None) -> Row:
    content = {"event": event_to_json(chained.event)} if parked is None else {"parked": parked}
    wire = canonical_json({"seq": chained.seq, "hash": chained.hash, **content})
    return Row(chained.seq, chained.event.id, chained.hash, parked is not None, wire)
