"""Taking a register's batch: each event once, the chain without a gap, contradictions kept apart and told.

Taking a batch again changes nothing. Rows are taken from the first that is missing; taking stops before the first row
that cannot be: that row raises an alarm, and the answer says how far the chain is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from cloud import holds
from cloud.batch import Batch, Row, content
from cloud.clock import Now, stamp
from cloud.ledger import head
from cloud.schema import alarm, chain_row, event_place, ledger_event
from pos_agent.ledger.canonical import event_to_json
from pos_agent.model.canonical import canonical_json, sha256_hex
from pos_agent.model.events import LedgerEvent

_C, _E, _P, _A = chain_row, ledger_event, event_place, alarm
CONTENT_LIMIT = 1_000_000
Values = dict[str, Any]


@dataclass(frozen=True)
class Alarm:
    """A row that was not taken. Reasons: other_content, unreadable, wrong_hash, other_chain."""

    seq: int
    event_id: str
    reason: str


@dataclass
class Receipt:
    """What became of a batch: the highest contiguous row stored and its hash, how many rows were new."""

    ack_seq: int
    ack_hash: str
    stored: int = 0
    alarms: list[Alarm] = field(default_factory=list)


class Chain:
    """One register's chain in one epoch, inside one write transaction."""

    def __init__(self, connection: sa.Connection, tenant: str, register: str, epoch: str, now: Now) -> None:
        self._connection = connection
        self._tenant = tenant
        self._key = {"tenant_id": tenant, "register": register, "epoch": epoch}
        self._here = sa.and_(*(_C.c[name] == value for name, value in self._key.items()))
        self._received = stamp(now())

    def take(self, batch: Batch) -> Receipt:
        """Store what is new. A gap, or a row that contradicts what is here, stores nothing beyond it."""
        seq, head_hash = head(self._connection, **self._key)
        receipt = Receipt(seq, head_hash)
        if batch.first_seq > seq + 1:
            return receipt
        old = [row for row in batch.rows if row.seq <= seq]
        fresh = batch.rows[len(old) :]
        prev_hash, refused = self._compare(old, batch.prev_hash)
        if refused is None and fresh and prev_hash != head_hash:
            refused = (fresh[0], Alarm(fresh[0].seq, "", "other_chain"))
        if refused is None:
            refused = self._append(fresh, receipt)
        if refused is not None:
            self._raise(*refused)
            receipt.alarms.append(refused[1])
        return receipt

    def _compare(self, rows: list[Row], prev_hash: str) -> tuple[str, tuple[Row, Alarm] | None]:
        """Rows that are here already: the same, or a parked one's content at last. The last hash, what is wrong."""
        if not rows:
            return prev_hash, None
        stored = sa.select(_C).where(self._here, _C.c.seq >= rows[0].seq, _C.c.seq <= rows[-1].seq)
        known = {row.seq: row for row in self._connection.execute(stored)}
        for row in rows:
            if (known[row.seq].hash, known[row.seq].prev_hash) != (row.hash, prev_hash):
                return prev_hash, (row, Alarm(row.seq, "", "other_chain"))
            if known[row.seq].parked and row.event:
                refused = self._fill(row, prev_hash)
                if refused is not None:
                    return prev_hash, (row, refused)
            prev_hash = row.hash
        return prev_hash, None

    def _fill(self, row: Row, prev_hash: str) -> Alarm | None:
        event = content(row, prev_hash)
        if isinstance(event, str):
            return Alarm(row.seq, "", event)
        events = _Events(self._tenant, self._received, self._places([event]))
        if not events.add(event):
            return Alarm(row.seq, event.id, "other_content")
        events.store(self._connection)
        values = {"event_id": event.id, "customer_id": event.customer or "", "parked": ""}
        self._connection.execute(_C.update().where(self._here, _C.c.seq == row.seq).values(values))
        return None

    def _append(self, rows: tuple[Row, ...], receipt: Receipt) -> tuple[Row, Alarm] | None:
        """New rows after the last one here, up to the first that cannot be."""
        read = _read(rows, receipt.ack_hash)
        found = [event for event in read if isinstance(event, LedgerEvent)]
        events = _Events(self._tenant, self._received, self._places(found))
        links: list[Values] = []
        refused: tuple[Row, Alarm] | None = None
        for row, event in zip(rows, read, strict=False):
            if isinstance(event, str):
                refused = (row, Alarm(row.seq, "", event))
                break
            if event is not None and not events.add(event):
                refused = (row, Alarm(row.seq, event.id, "other_content"))
                break
            links.append(self._link(row, receipt.ack_hash, event))
            receipt.ack_seq, receipt.ack_hash = row.seq, row.hash
        receipt.stored = len(links)
        events.store(self._connection)
        if links:
            self._connection.execute(_C.insert(), links)
        return refused

    def _link(self, row: Row, prev_hash: str, event: LedgerEvent | None) -> Values:
        place = {"event_id": event and event.id, "customer_id": (event.customer or "") if event else None}
        link = {"seq": row.seq, "prev_hash": prev_hash, "hash": row.hash, "parked": row.parked}
        return {**self._key, **link, **place, "received_at": self._received}

    def _places(self, events: list[LedgerEvent]) -> dict[str, str]:
        """Hashes of the content that these event ids have already."""
        wanted = [event.id for event in events]
        query = sa.select(_P.c.event_id, _P.c.body_hash).where(
            _P.c.tenant_id == self._tenant, _P.c.event_id.in_(wanted)
        )
        return {row.event_id: row.body_hash for row in self._connection.execute(query)} if wanted else {}

    def _raise(self, row: Row, told: Alarm) -> None:
        """Keep the alarm, once for one content."""
        about = {**self._key, "seq": row.seq, "event_id": told.event_id, "reason": told.reason}
        about["content"] = (row.event or row.parked)[:CONTENT_LIMIT]
        digest = sha256_hex(canonical_json(about | {"hash": row.hash}))
        mine = (_A.c.tenant_id == self._tenant) & (_A.c.alarm_id == digest)
        if self._connection.execute(sa.select(_A.c.seq).where(mine)).first() is None:
            self._connection.execute(_A.insert().values(about | {"alarm_id": digest, "raised_at": self._received}))


def _read(rows: tuple[Row, ...], prev_hash: str) -> list[LedgerEvent | str | None]:
    """Per row its event, None for a parked one, or why it cannot be taken; nothing after such a row."""
    read: list[LedgerEvent | str | None] = []
    for row in rows:
        read.append(content(row, prev_hash) if row.event else None)
        if isinstance(read[-1], str):
            break
        prev_hash = row.hash
    return read


class _Events:
    """Events of one batch that are new to the tenant. `taken`: event id -> hash of the content it has already."""

    def __init__(self, tenant: str, received: str, taken: dict[str, str]) -> None:
        self._tenant, self._received, self._taken = tenant, received, taken
        self._places: list[Values] = []
        self._events: list[Values] = []

    def add(self, event: LedgerEvent) -> bool:
        """False: its id is taken by other content."""
        body = event_to_json(event)
        digest = sha256_hex(body)
        if event.id in self._taken:
            return self._taken[event.id] == digest
        self._taken[event.id] = digest
        document = event.document
        place = {"tenant_id": self._tenant, "customer_id": event.customer or "", "event_id": event.id}
        self._places.append({**place, "body_hash": digest})
        self._events.append(
            {
                **place,
                "kind": event.kind.value,
                "register": event.register,
                "business_date": event.business_date,
                "at": event.at,
                "fn_serial": document.fn_serial if document else None,
                "fd_number": document.fd_number if document else None,
                "body": body,
                "body_hash": digest,
                "received_at": self._received,
            }
        )
        return True

    def store(self, connection: sa.Connection) -> None:
        """Write what was added."""
        if self._events:
            connection.execute(_P.insert(), self._places)
            connection.execute(_E.insert(), self._events)
            holds.note(connection, self._tenant, self._events)
