"""The ledger: one chain of events for this register, inserted once and never edited.

The database itself refuses UPDATE, DELETE and REPLACE, a gap in `seq` and a row that does not follow the last hash.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from pos_agent.ledger.canonical import event_from_json, event_to_json
from pos_agent.ledger.chain import link
from pos_agent.ledger.persons import persons
from pos_agent.model.canonical import sha256_hex
from pos_agent.model.events import ChainedEvent, EventKind, LedgerEvent
from pos_agent.model.receipt import DocumentId
from pos_agent.store.errors import EventConflict
from pos_agent.store.histories import Head, History
from pos_agent.store.ready import Ready, given
from pos_agent.store.schema import ledger_entry, ledger_event, ledger_quarantine
from pos_agent.store.session import Session

_E = ledger_event
_HEAD = Ready(sa.select(_E.c.seq, _E.c.hash).order_by(_E.c.seq.desc()).limit(1))
_HASH = Ready(sa.select(_E.c.hash).where(_E.c.seq == given("seq")))
_MERGED = Ready(sa.select(_E.c.seq).where(_E.c.kind == sa.literal_column("'merge'"), _E.c.seq > given("seq")).limit(1))


@dataclass(frozen=True)
class Quarantined:
    """An event that came under an id with other content. `body` is its canonical JSON."""

    event_id: str
    body: str
    reason: str
    refused_at: str


class LedgerView:
    """Reads."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def head(self) -> Head:
        """The last sequence number and its hash."""
        row = self._session.row(_HEAD)
        return Head() if row is None else Head(row.seq, row.hash)

    def get(self, event_id: str) -> ChainedEvent | None:
        """By event id."""
        return next(self._select(_E.c.event_id == event_id), None)

    def range(self, first: int = 1, last: int | None = None) -> Iterator[ChainedEvent]:
        """Events with first <= seq <= last (to the end when None), in order, one at a time."""
        return self._select(_E.c.seq >= first, *([] if last is None else [_E.c.seq <= last]))

    def by_customer(self, customer_id: str) -> tuple[ChainedEvent, ...]:
        """All events of one person in the order they were written: of the customer and of cards merged with it."""
        return self.history(customer_id).rows

    def history(self, customer_id: str) -> History:
        """The same, with what others made of it before; of a person asked for lately only new rows are read."""
        head, known = self.head(), self._session.histories.get(customer_id)
        if known is not None and known.head == head:
            return known
        if known is not None and self._goes_on(known.head, head):
            found = known.until(head, tuple(self._select(_E.c.customer_id.in_(known.cards), _E.c.seq > known.head.seq)))
        else:
            cards = self._joined(customer_id)
            found = History(head, cards, tuple(self._select(_E.c.customer_id.in_(cards))))
        self._keep(customer_id, found)
        return found

    def cards(self, customer_id: str) -> tuple[str, ...]:
        """The customers who are one person with this one, itself first, the others sorted."""
        known = self._session.histories.get(customer_id)
        return known.cards if known is not None and known.head == self.head() else self._joined(customer_id)

    def _joined(self, customer_id: str) -> tuple[str, ...]:
        merges = [chained.event for chained in self._select(_E.c.kind == EventKind.MERGE.value)]
        person = next((group for group in persons(merges) if customer_id in group), ())
        return (customer_id, *(card for card in person if card != customer_id))

    def _keep(self, customer_id: str, found: History) -> None:
        self._session.histories.put(customer_id, found)

    def by_document(self, document: DocumentId) -> tuple[ChainedEvent, ...]:
        """Events of one fiscal document."""
        return tuple(self._select(_E.c.fn_serial == document.fn_serial, _E.c.fd_number == document.fd_number))

    def naming(self, original: DocumentId) -> tuple[ChainedEvent, ...]:
        """Documents whose facts name this one as their sale, in order. Every row's text is looked at, few are read."""
        rows = self._select(
            _E.c.kind == EventKind.RECEIPT.value, sa.func.instr(_E.c.body, f'"original":"{original}"') > 0
        )
        return tuple(one for one in rows if one.event.facts.get("original") == str(original))

    def of_day(self, business_date: str) -> Iterator[ChainedEvent]:
        """Events of one business date (ISO), in order."""
        return self._select(_E.c.business_date == business_date)

    def people(self) -> Iterator[tuple[ChainedEvent, ...]]:
        """Events of every person who has some, person by person, each in the order written; see `by_customer`."""
        merges = [chained.event for chained in self._select(_E.c.kind == EventKind.MERGE.value)]
        joined = {card: group for group in persons(merges) for card in group}
        done: set[tuple[str, ...]] = set()
        for customer in self.customers():
            cards = joined.get(customer, (customer,))
            if cards in done:
                continue
            if len(cards) > 1:
                done.add(cards)
            yield tuple(self._select(_E.c.customer_id.in_(cards)))

    def days(self) -> tuple[str, str] | None:
        """The first and the last business date (ISO) of all events; None of an empty ledger."""
        row = self._session.connection.execute(
            sa.select(
                sa.select(sa.func.min(_E.c.business_date)).scalar_subquery(),
                sa.select(sa.func.max(_E.c.business_date)).scalar_subquery(),
            )
        ).one()
        return None if row[0] is None else (row[0], row[1])

    def of_nobody(self) -> Iterator[ChainedEvent]:
        """Events without a customer, in order."""
        return self._select(_E.c.customer_id.is_(None))

    def customers(self) -> tuple[str, ...]:
        """Ids of all customers who have events, sorted."""
        query = sa.select(_E.c.customer_id).where(_E.c.customer_id.is_not(None)).distinct().order_by(_E.c.customer_id)
        return tuple(self._session.connection.execute(query).scalars())

    def quarantined(self) -> tuple[Quarantined, ...]:
        """Refused events in the order of refusal."""
        query = sa.select(ledger_quarantine).order_by(ledger_quarantine.c.refused_at, ledger_quarantine.c.body_hash)
        rows = self._session.connection.execute(query)
        return tuple(Quarantined(row.event_id, row.body, row.reason, row.refused_at) for row in rows)

    def _goes_on(self, was: Head, now: Head) -> bool:
        """This chain is the one that ended at `was`, with rows after it, and no cards were merged in them."""
        if not 0 < was.seq < now.seq or [row.hash for row in self._session.rows(_HASH, seq=was.seq)] != [was.hash]:
            return False
        return not self._session.rows(_MERGED, seq=was.seq)

    def _select(self, *conditions: sa.ColumnElement[bool]) -> Iterator[ChainedEvent]:
        for row in self._session.connection.execute(sa.select(_E).where(*conditions).order_by(_E.c.seq)):
            yield ChainedEvent(row.seq, event_from_json(row.body), row.prev_hash, row.hash)


class Ledger(LedgerView):
    """Appends; there is no other write."""

    _appended = False

    def _keep(self, customer_id: str, found: History) -> None:
        """Not what is not committed yet: others would have to read anew what they do not see."""
        if not self._appended:
            super()._keep(customer_id, found)

    def append(self, event: LedgerEvent) -> ChainedEvent:
        """Put the event at the end of the chain; the one already there when the same came before.

        EventConflict when its id, or the id of one of its entries, is taken by other content: nothing is appended, the
        event goes to the quarantine (kept also when the transaction is rolled back by this error).
        """
        body = event_to_json(event)
        stored = self._session.connection.execute(sa.select(_E).where(_E.c.event_id == event.id)).one_or_none()
        if stored is not None:
            if stored.body != body:
                self._refuse(event.id, body, "event id")
            return ChainedEvent(stored.seq, event_from_json(stored.body), stored.prev_hash, stored.hash)
        if self._entries_taken(event):
            self._refuse(event.id, body, "entry id")
        head = self.head()
        chained = link(head.hash, head.seq + 1, event)
        self._session.connection.execute(_E.insert().values(**event_columns(chained), body=body))
        self._appended = True
        if event.entries:
            self._session.connection.execute(ledger_entry.insert(), entry_rows(chained))
        return chained

    def quarantine(self, conflict: EventConflict) -> None:
        """Keep a refused event; once for one content."""
        digest = sha256_hex(conflict.body)
        known = sa.select(ledger_quarantine.c.body_hash).where(ledger_quarantine.c.body_hash == digest)
        if self._session.connection.execute(known).first() is None:
            row = {"body_hash": digest, "event_id": conflict.event_id, "body": conflict.body, "reason": conflict.reason}
            self._session.connection.execute(
                ledger_quarantine.insert().values(row | {"refused_at": self._session.stamp()})
            )

    def _entries_taken(self, event: LedgerEvent) -> bool:
        wanted = [entry.id for entry in event.entries]
        if len(set(wanted)) != len(wanted):
            return True
        query = sa.select(ledger_entry.c.entry_id).where(ledger_entry.c.entry_id.in_(wanted)).limit(1)
        return bool(wanted) and self._session.connection.execute(query).first() is not None

    def _refuse(self, event_id: str, body: str, reason: str) -> None:
        conflict = EventConflict(event_id, body, reason)
        self.quarantine(conflict)
        raise conflict


def event_columns(chained: ChainedEvent) -> dict[str, Any]:
    """Columns of `ledger_event` for one event, without its body."""
    event = chained.event
    return {
        "seq": chained.seq,
        "event_id": event.id,
        "kind": event.kind.value,
        "customer_id": event.customer,
        "business_date": event.business_date,
        "at": event.at,
        "fn_serial": event.document.fn_serial if event.document else None,
        "fd_number": event.document.fd_number if event.document else None,
        "prev_hash": chained.prev_hash,
        "hash": chained.hash,
    }


def entry_rows(chained: ChainedEvent) -> list[dict[str, Any]]:
    """Rows of `ledger_entry` for one event: columns by name."""
    return [
        {
            "entry_id": entry.id,
            "seq": chained.seq,
            "kind": entry.kind.value,
            "program": entry.program,
            "customer_id": chained.event.customer,
            "amount_pt": entry.amount_pt,
            "lot": entry.lot,
            "earned": entry.earned,
            "active_from": entry.active_from,
            "expires": entry.expires,
        }
        for entry in chained.event.entries
    ]
