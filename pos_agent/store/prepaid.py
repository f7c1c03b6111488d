"""Prepaid accounts at this register: the ledger's events that touch one, and what sales hold of it.

What is left on an account is folded from its events (`ledger.prepaid`); here is only the way to them. A hold is written
with the intent, recorded with the event, free again after a proof that nothing was sold: until its event is in the
ledger it takes from what is available, also when the document cannot be read for a while.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from pos_agent.ledger.canonical import event_from_json
from pos_agent.model.events import LedgerEvent
from pos_agent.store.schema import ledger_event
from pos_agent.store.schema_prepaid import prepaid_event, prepaid_hold
from pos_agent.store.session import Session

_E, _H = prepaid_event, prepaid_hold
HELD, RECORDED, FREE = "held", "recorded", "free"


@dataclass(frozen=True)
class Hold:
    """What a sale takes of an account: kopecks or millionths of a unit; `opens`: it sells this account."""

    account: str
    kind: str
    sum_kop: int = 0
    units_micro: int = 0
    opens: bool = False


class PrepaidView:
    """Reads."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def events(self, account: str) -> tuple[LedgerEvent, ...]:
        """Sales and returns that touch the account, in the ledger's order."""
        mine = sa.select(_E.c.event_id).where(_E.c.account == account)
        query = sa.select(ledger_event.c.body).where(ledger_event.c.event_id.in_(mine)).order_by(ledger_event.c.seq)
        return tuple(event_from_json(body) for body in self._session.connection.execute(query).scalars())

    def held(self, account: str, besides: str = "") -> Hold | None:
        """Together, in sales whose event is not in the ledger yet; sale `besides` is left out. None: nothing."""
        mine = (_H.c.account == account) & (_H.c.state == HELD) & (_H.c.sale_id != besides)
        rows = self._session.connection.execute(sa.select(_H).where(mine)).all()
        if not rows:
            return None
        sums = sum(row.sum_kop for row in rows), sum(row.units_micro for row in rows)
        return Hold(account, rows[0].kind, *sums, opens=any(row.opens for row in rows))


class Prepaid(PrepaidView):
    """Writes."""

    def touch(self, accounts: Iterable[str], event_id: str) -> None:
        """This event touches these accounts; repeating changes nothing."""
        for account in accounts:
            row = {"account": account, "event_id": event_id}
            self._session.connection.execute(insert(_E).on_conflict_do_nothing(), row)

    def hold(self, sale_id: str, holds: Iterable[Hold]) -> None:
        """Hold, anew in another attempt. StoreRefused: the account is being sold already."""
        for one in holds:
            values = {
                "kind": one.kind,
                "sum_kop": one.sum_kop,
                "units_micro": one.units_micro,
                "opens": int(one.opens),
                "state": HELD,
                "changed_at": self._session.stamp(),
            }
            mine = (_H.c.sale_id == sale_id) & (_H.c.account == one.account)
            known = self._session.connection.execute(sa.select(_H.c.state).where(mine)).first() is not None
            place = {"sale_id": sale_id, "account": one.account}
            self._session.connection.execute(
                _H.update().where(mine).values(values) if known else _H.insert().values(place | values)
            )

    def end(self, sale_id: str, state: str) -> None:
        """What the sale holds is `recorded` (its event is in the ledger) or `free` (nothing was sold)."""
        mine = (_H.c.sale_id == sale_id) & (_H.c.state == HELD)
        self._session.connection.execute(_H.update().where(mine).values(state=state, changed_at=self._session.stamp()))
