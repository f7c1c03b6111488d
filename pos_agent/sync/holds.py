"""Holds of other registers on their way down: what they keep may not be spent here (loyalty rules, section 10).

Whatever the cloud says, it can only lower what may be spent: nothing here gives points.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from pos_agent.ledger.calendar import instant
from pos_agent.ledger.canonical import event_from_json
from pos_agent.logs import logger
from pos_agent.model.events import EntryKind, EventKind, LedgerEvent
from pos_agent.store.holds import HoldCursor
from pos_agent.store.store import Store
from pos_agent.sync.client import CloudClient
from pos_agent.sync.faults import ProtocolError

KINDS = {EventKind.HOLD: EntryKind.HOLD, EventKind.UNHOLD: EntryKind.UNHOLD}
MOST = 2**62


class PullHolds:
    """Owned by one thread."""

    def __init__(self, store: Store, client: CloudClient) -> None:
        self._store = store
        self._client = client
        self._log = logger("sync")

    def step(self) -> bool:
        """Ask for a page and keep it. True: there is more. SyncError: not now."""
        with self._store.reading() as view:
            cursor = view.holds.cursor()
        answer = self._client.holds(cursor.number, cursor.event_id)
        if answer is None:
            return False
        told, more = _cursor(answer), answer.get("more") is True
        if more and told == cursor:
            raise ProtocolError("there are more holds, and none of them came")
        texts = answer.get("holds")
        if not isinstance(texts, list):
            raise ProtocolError("holds are no list")
        events = [event for text in texts if (event := self._read(text)) is not None]
        if events or told != cursor:
            with self._store.writing("holds pulled") as txn:
                txn.holds.take(events, told)
        if events:
            self._log.info("other registers keep points", count=len(events), number=told.number)
        return more

    def _read(self, text: object) -> LedgerEvent | None:
        """One that cannot be a hold is passed over: it must not keep the others from coming."""
        event = held(text)
        if event is None:
            self._log.error("a hold of another register cannot be read", why=str(text)[:80])
        return event


def held(text: object) -> LedgerEvent | None:
    """The event of a hold or of its release; None for anything else."""
    try:
        event = event_from_json(text) if isinstance(text, str) else None
        if event is None or event.kind not in KINDS or not event.customer or not event.id:
            return None
        instant(event.at)
        date.fromisoformat(event.business_date)
    except (ValueError, RecursionError):
        return None
    fits = all(one.kind is KINDS[event.kind] and 0 <= (one.amount_pt or 0) <= MOST for one in event.entries)
    return event if event.entries and fits else None


def _cursor(answer: Mapping[str, Any]) -> HoldCursor:
    number, event = answer.get("number"), answer.get("event")
    if type(number) is not int or not 0 <= number <= MOST or not isinstance(event, str) or len(event) > 500:
        raise ProtocolError("holds without a number and an event")
    return HoldCursor(number, event)
