"""Balances as a cache of the ledger's fold: may be cleared and rebuilt at any time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from pos_agent.model.customer import Balance
from pos_agent.store.schema import balance
from pos_agent.store.session import Session

_T = balance


@dataclass(frozen=True)
class CachedBalance:
    """A balance on date `as_of` (ISO) that counts the ledger up to `through_seq`."""

    customer_id: str
    program: str
    balance: Balance
    as_of: str
    through_seq: int


class BalancesView:
    """Reads."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, customer_id: str, program: str) -> CachedBalance | None:
        """None when nothing is cached."""
        query = sa.select(_T).where(_T.c.customer_id == customer_id, _T.c.program == program)
        row = self._session.connection.execute(query).one_or_none()
        return None if row is None else _cached(row)

    def all(self) -> tuple[CachedBalance, ...]:
        """By customer and program."""
        query = sa.select(_T).order_by(_T.c.customer_id, _T.c.program)
        return tuple(_cached(row) for row in self._session.connection.execute(query))


class Balances(BalancesView):
    """Writes."""

    def put(self, cached: CachedBalance) -> None:
        """Insert or replace."""
        expiry, expiry_pt = cached.balance.next_expiry or (None, None)
        self.drop(cached.customer_id, cached.program)
        row = {
            "customer_id": cached.customer_id,
            "program": cached.program,
            "active_pt": cached.balance.active_pt,
            "pending_pt": cached.balance.pending_pt,
            "debt_pt": cached.balance.debt_pt,
            "next_expiry": expiry,
            "next_expiry_pt": expiry_pt,
            "pending_from": cached.balance.pending_from,
            "metric_kop": cached.balance.metric_kop,
            "visits": cached.balance.visits,
            "as_of": cached.as_of,
            "through_seq": cached.through_seq,
        }
        self._session.connection.execute(_T.insert().values(row))

    def drop(self, customer_id: str, program: str) -> None:
        """Forget one."""
        mine = (_T.c.customer_id == customer_id) & (_T.c.program == program)
        self._session.connection.execute(_T.delete().where(mine))

    def clear(self) -> None:
        """Forget all, before a rebuild."""
        self._session.connection.execute(_T.delete())


def _cached(row: Any) -> CachedBalance:  # noqa: ANN401 - a row of any columns
    expiry = None if row.next_expiry is None else (row.next_expiry, row.next_expiry_pt)
    points = Balance(
        active_pt=row.active_pt,
        pending_pt=row.pending_pt,
        debt_pt=row.debt_pt,
        next_expiry=expiry,
        pending_from=row.pending_from,
        metric_kop=row.metric_kop,
        visits=row.visits,
    )
    return CachedBalance(row.customer_id, row.program, points, row.as_of, row.through_seq)
