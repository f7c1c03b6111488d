"""How far the cloud has this register's ledger. The database itself keeps the cursor from moving back.

A cursor belongs to an epoch: after a restore sequence numbers are used again, so counting starts anew
(reliability targets, section 4).
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from pos_agent.ledger.chain import GENESIS
from pos_agent.store.ready import Ready, given
from pos_agent.store.schema import ledger_event
from pos_agent.store.schema_sync import sync_cursor, sync_parked, sync_rules
from pos_agent.store.session import Session

_C, _P, _R = sync_cursor, sync_parked, sync_rules
REASON_LIMIT = 100
_CURSOR = Ready(sa.select(_C).where(_C.c.epoch == given("epoch")))
_PARKED = Ready(
    sa.select(_P)
    .where(_P.c.epoch == given("epoch"), _P.c.seq >= given("first"), _P.c.seq <= given("last"))
    .order_by(_P.c.seq)
)
_NO_END = 2**63 - 1  # the largest number that SQLite has


@dataclass(frozen=True)
class SyncCursor:
    """The cloud has every row up to `acked_seq`; rows up to `sent_seq` have left the register at least once.

    `acked_at` is the host's time of the last move, "" before the first.
    """

    sent_seq: int = 0
    acked_seq: int = 0
    acked_hash: str = GENESIS
    acked_at: str = ""


@dataclass(frozen=True)
class Parked:
    """A row that the cloud would not take: it got the row's hash instead, and the event stays here."""

    seq: int
    event_id: str
    reason: str
    parked_at: str


@dataclass(frozen=True)
class TakenRules:
    """The cloud's publication that was taken last: its number there and the SHA-256 of its content."""

    version: int
    hash: str


class SyncView:
    """Reads."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def cursor(self, epoch: str) -> SyncCursor:
        """Where the cloud is in this epoch; the start when nothing was sent yet."""
        row = self._session.row(_CURSOR, epoch=epoch)
        return SyncCursor() if row is None else SyncCursor(row.sent_seq, row.acked_seq, row.acked_hash, row.acked_at)

    def hash_at(self, seq: int) -> str | None:
        """Hash of row `seq` of the ledger without reading its body; 64 zeros for 0, None when there is no such row."""
        query = sa.select(ledger_event.c.hash).where(ledger_event.c.seq == seq)
        return GENESIS if seq == 0 else self._session.connection.execute(query).scalar_one_or_none()

    def parked(self, epoch: str, first: int = 1, last: int | None = None) -> tuple[Parked, ...]:
        """Rows set aside with first <= seq <= last, in order."""
        rows = self._session.rows(_PARKED, epoch=epoch, first=first, last=_NO_END if last is None else last)
        return tuple(Parked(row.seq, row.event_id, row.reason, row.parked_at) for row in rows)

    def rules(self) -> TakenRules | None:
        """What was taken from the cloud last."""
        row = self._session.connection.execute(sa.select(_R)).one_or_none()
        return None if row is None else TakenRules(row.version, row.hash)


class SyncBook(SyncView):
    """Writes."""

    def sending(self, epoch: str, through_seq: int) -> None:
        """Call before rows up to `through_seq` leave the register: only what was sent can be acknowledged."""
        if self._session.connection.execute(sa.select(_C.c.epoch).where(_C.c.epoch == epoch)).first() is None:
            row = {"epoch": epoch, "sent_seq": 0, "acked_seq": 0, "acked_hash": GENESIS, "acked_at": ""}
            self._session.connection.execute(_C.insert().values(row))
        further = (_C.c.epoch == epoch) & (_C.c.sent_seq < through_seq)
        self._session.connection.execute(_C.update().where(further).values(sent_seq=through_seq))

    def acknowledge(self, epoch: str, seq: int, row_hash: str) -> None:
        """The cloud has every row up to `seq`. StoreRefused: backwards, beyond what was sent, or another hash."""
        values = {"acked_seq": seq, "acked_hash": row_hash, "acked_at": self._session.stamp()}
        self._session.connection.execute(_C.update().where(_C.c.epoch == epoch).values(values))

    def park(self, epoch: str, seq: int, event_id: str, reason: str) -> None:
        """Set a row aside; again with another reason: the first one stays."""
        known = sa.select(_P.c.seq).where(_P.c.epoch == epoch, _P.c.seq == seq)
        if self._session.connection.execute(known).first() is None:
            row = {"epoch": epoch, "seq": seq, "event_id": event_id, "reason": reason[:REASON_LIMIT] or "refused"}
            self._session.connection.execute(_P.insert().values(row | {"parked_at": self._session.stamp()}))

    def release(self, epoch: str, seq: int) -> None:
        """The row is not set aside any more: the cloud has it, or it shall be sent as it is."""
        self._session.connection.execute(_P.delete().where(_P.c.epoch == epoch, _P.c.seq == seq))

    def take_rules(self, version: int, content_hash: str) -> None:
        """The cloud's publication `version` is in force here. StoreRefused when it is not newer than the one taken."""
        values = {"version": version, "hash": content_hash, "taken_at": self._session.stamp()}
        statement = _R.insert().values(id=1, **values) if self.rules() is None else _R.update().values(values)
        self._session.connection.execute(statement)
