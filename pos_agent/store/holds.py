"""Points that other registers keep: their holds and releases, as the cloud told of them.

They are no rows of this register's chain: they bound what may be spent here and change nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from pos_agent.ledger.canonical import event_from_json, event_to_json
from pos_agent.model.events import LedgerEvent
from pos_agent.store.ready import Ready, given
from pos_agent.store.schema_holds import hold_cursor, hold_elsewhere
from pos_agent.store.session import Session

_H, _C = hold_elsewhere, hold_cursor
_OF_CUSTOMER = Ready(sa.select(_H.c.body).where(_H.c.customer_id == given("who")))


@dataclass(frozen=True)
class HoldCursor:
    """The cloud has told everything up to its `number`, which was `event_id`; (0, "") before the first."""

    number: int = 0
    event_id: str = ""


class HoldsView:
    """Reads."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def elsewhere(self, customers: Iterable[str]) -> tuple[LedgerEvent, ...]:
        """What other registers wrote of these customers, in any order."""
        rows = (row for one in customers for row in self._session.rows(_OF_CUSTOMER, who=one))
        return tuple(event_from_json(row.body) for row in rows)

    def cursor(self) -> HoldCursor:
        """How far the cloud has told."""
        row = self._session.connection.execute(sa.select(_C)).one_or_none()
        return HoldCursor() if row is None else HoldCursor(row.number, row.event_id)


class Holds(HoldsView):
    """Writes."""

    def take(self, events: Iterable[LedgerEvent], cursor: HoldCursor) -> None:
        """Keep what is new, the first content of an id stays; the cloud has told up to `cursor` now."""
        now = self._session.stamp()
        for event in events:
            row = {"event_id": event.id, "customer_id": event.customer, "body": event_to_json(event), "taken_at": now}
            self._session.connection.execute(insert(_H).on_conflict_do_nothing(), row)
        values = {"number": cursor.number, "event_id": cursor.event_id, "taken_at": now}
        if self._session.connection.execute(_C.update().values(values)).rowcount == 0:
            self._session.connection.execute(_C.insert().values(id=1, **values))
