"""Orders about points that no document proves: gift, adjustment, allowance, merge of cards.

The whole event is written down under its id first and appended to the ledger after, so an order that a kill cut in two
is finished by the next start, and the same order asked for again finds its event. An order is done with its event.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from pos_agent.ledger.canonical import event_from_json, event_to_json
from pos_agent.model.events import LedgerEvent
from pos_agent.store.schema_points import points_order
from pos_agent.store.session import Session

_T = points_order
ASKED, DONE = "asked", "done"


@dataclass(frozen=True)
class PointsOrder:
    """`content_hash`: of what was asked for, without the time. The event's id is the order's."""

    event: LedgerEvent
    content_hash: str
    state: str = ASKED


class PointsOrdersView:
    """Reads."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, order_id: str) -> PointsOrder | None:
        """By id."""
        row = self._session.connection.execute(sa.select(_T).where(_T.c.id == order_id)).one_or_none()
        return None if row is None else _order(row)

    def asked(self) -> tuple[PointsOrder, ...]:
        """Not done yet, oldest first."""
        query = sa.select(_T).where(_T.c.state == ASKED).order_by(_T.c.asked_at, _T.c.id)
        return tuple(_order(row) for row in self._session.connection.execute(query))


class PointsOrders(PointsOrdersView):
    """Writes."""

    def ask(self, event: LedgerEvent, content_hash: str) -> None:
        """Write an order down. StoreRefused when the id is taken."""
        now = self._session.stamp()
        row = {"id": event.id, "content_hash": content_hash, "body": event_to_json(event), "state": ASKED}
        self._session.connection.execute(_T.insert().values({**row, "asked_at": now, "changed_at": now}))

    def done(self, order_id: str) -> None:
        """Its event is in the ledger. StoreRefused when it is not."""
        values = {"state": DONE, "changed_at": self._session.stamp()}
        self._session.connection.execute(_T.update().where(_T.c.id == order_id).values(values))


def _order(row: Any) -> PointsOrder:  # noqa: ANN401 - a row of any columns
    return PointsOrder(event_from_json(row.body), row.content_hash, row.state)
