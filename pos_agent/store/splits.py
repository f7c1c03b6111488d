"""Sales in parts: one basket priced whole, registered as several fiscal documents (loyalty rules, section 3.4).

The row has the whole plan; each part is an intent of its own, `SALE/1`, `SALE/2` ... While a sale is open its points
are reserved. made: every part is a document; ended: what was made is taken back; dropped: proven that none was made.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from pos_agent.model.canonical import canonical_json
from pos_agent.store.errors import StoreRefused
from pos_agent.store.intents import Intent, IntentsView
from pos_agent.store.ready import Ready, given
from pos_agent.store.schema_prepaid import split_sale
from pos_agent.store.session import Session

_S = split_sale
OPEN, MADE, ENDED, DROPPED = "open", "made", "ended", "dropped"
_SUM = sa.func.coalesce(sa.func.sum(_S.c.points_pt), 0).label("points_pt")
_RESERVED = Ready(sa.select(_SUM).where(_S.c.customer_id == given("who"), _S.c.state == OPEN))


@dataclass(frozen=True)
class Split:
    """One sale in `parts` parts. `plan` is the whole plan as JSON; `answer` once every part is made."""

    sale_id: str
    content_hash: str
    register: str
    customer_id: str | None
    points_pt: int
    parts: int
    plan: Mapping[str, Any]
    state: str = OPEN
    answer: Mapping[str, Any] = field(default_factory=dict)
    created_at: str = ""


def part_id(sale_id: str, number: int) -> str:
    """The sale id of a part's intent; numbers count from 1."""
    return f"{sale_id}/{number}"


class SplitsView:
    """Reads."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, sale_id: str) -> Split | None:
        """By the caller's sale id."""
        return next(iter(self._some(_S.c.sale_id == sale_id)), None)

    def unfinished(self, register: str) -> tuple[Split, ...]:
        """Some parts are made, some are not; oldest first."""
        return self._some((_S.c.register == register) & (_S.c.state == OPEN))

    def intents(self, split: Split) -> tuple[Intent | None, ...]:
        """The parts in order; None: not begun."""
        view = IntentsView(self._session)
        return tuple(view.get(part_id(split.sale_id, number)) for number in range(1, split.parts + 1))

    def reserved_pt(self, customer_id: str) -> int:
        """Points of this customer in open sales."""
        return int(self._session.row(_RESERVED, who=customer_id).points_pt)

    def _some(self, condition: sa.ColumnElement[bool]) -> tuple[Split, ...]:
        rows = self._session.connection.execute(sa.select(_S).where(condition).order_by(_S.c.created_at, _S.c.sale_id))
        return tuple(_split(row) for row in rows)


class Splits(SplitsView):
    """Writes."""

    def begin(self, new: Split) -> None:
        """A new sale, or another attempt of a dropped one with a fresh plan. StoreRefused: it is open or over."""
        values = {
            "content_hash": new.content_hash,
            "register": new.register,
            "customer_id": new.customer_id,
            "points_pt": new.points_pt,
            "parts": new.parts,
            "plan": canonical_json(new.plan),
            "state": OPEN,
            "answer": "{}",
            "changed_at": self._session.stamp(),
        }
        if self.get(new.sale_id) is None:
            row = {"sale_id": new.sale_id, "created_at": self._session.stamp(), **values}
            self._session.connection.execute(_S.insert().values(row))
            return
        self._session.connection.execute(_S.update().where(_S.c.sale_id == new.sale_id).values(values))

    def move(self, sale_id: str, state: str, answer: Mapping[str, Any] | None = None) -> Split:
        """Another state; the database knows which steps there are."""
        values = {"state": state, "answer": canonical_json(answer or {}), "changed_at": self._session.stamp()}
        self._session.connection.execute(_S.update().where(_S.c.sale_id == sale_id).values(values))
        found = self.get(sale_id)
        if found is None:
            raise StoreRefused(f"no sale {sale_id}")
        return found


def _split(row: Any) -> Split:  # noqa: ANN401 - a row of any columns
    return Split(
        sale_id=row.sale_id,
        content_hash=row.content_hash,
        register=row.register,
        customer_id=row.customer_id,
        points_pt=row.points_pt,
        parts=row.parts,
        plan=json.loads(row.plan),
        state=row.state,
        answer=json.loads(row.answer),
        created_at=row.created_at,
    )
