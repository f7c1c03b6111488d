"""What is known of customers beside their contacts: marks, segments, consents as said, who brought whom.

No personal data here: ids, words of the program, places and times.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from pos_agent.store.ready import Ready, given
from pos_agent.store.schema import card, customer
from pos_agent.store.schema_customers import brought, consent_said, customer_mark, customer_segment, friend_code
from pos_agent.store.session import Session

PROCESSING, MESSAGES = "processing", "messages"
_WHO, _DAY = given("who"), given("day")
_MARKS = Ready(sa.select(customer_mark).where(customer_mark.c.customer_id == _WHO))
_SEGMENTS = Ready(
    sa.select(customer_segment.c.segment).where(
        customer_segment.c.customer_id == _WHO,
        customer_segment.c.first_day <= _DAY,
        sa.or_(customer_segment.c.end_day == "", customer_segment.c.end_day > _DAY),
    )
)


@dataclass(frozen=True)
class Marks:
    """`no_offer`: the cashier offers nothing. `blocked`: no points at all. `provisional`: earns, does not spend yet."""

    no_offer: bool = False
    blocked: bool = False
    provisional: bool = False


@dataclass(frozen=True)
class Said:
    """One consent as it was given or withdrawn: UTC ISO, and the register or page where."""

    kind: str
    given: bool
    at: str
    place: str


@dataclass(frozen=True)
class Brought:
    """`friend` brought `newcomer`; UTC ISO."""

    newcomer: str
    friend: str
    at: str


class ClubView:
    """Reads."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def marks(self, customer_id: str) -> Marks:
        """Nothing said: no mark."""
        row = self._session.row(_MARKS, who=customer_id)
        return Marks() if row is None else Marks(bool(row.no_offer), bool(row.blocked), bool(row.provisional))

    def segments(self, customer_id: str, day: str) -> frozenset[str]:
        """Segments that the customer is put into on a day (ISO)."""
        return frozenset(row.segment for row in self._session.rows(_SEGMENTS, who=customer_id, day=day))

    def consents(self, customer_id: str) -> tuple[Said, ...]:
        """In the order they were said."""
        t = consent_said
        rows = self._session.connection.execute(sa.select(t).where(t.c.customer_id == customer_id).order_by(t.c.id))
        return tuple(Said(row.kind, bool(row.given), row.at, row.place) for row in rows)

    def active_cards(self) -> int:
        """Cards that name somebody: active ones of customers who are not blocked."""
        blocked = sa.select(customer_mark.c.customer_id).where(customer_mark.c.blocked == 1)
        query = sa.select(sa.func.count()).select_from(card).where(card.c.state == "active")
        return int(self._session.connection.execute(query.where(card.c.customer_id.not_in(blocked))).scalar_one())

    def holder_of(self, code: str) -> str | None:
        """Whose referral code it is."""
        query = sa.select(friend_code.c.customer_id).where(friend_code.c.code == code)
        return self._session.connection.execute(query).scalar_one_or_none()

    def code_of(self, customer_id: str) -> str:
        """The customer's referral code, "" while none was given."""
        query = sa.select(friend_code.c.code).where(friend_code.c.customer_id == customer_id)
        return self._session.connection.execute(query).scalar_one_or_none() or ""

    def brought_by(self, newcomer: str) -> Brought | None:
        """Who brought this customer."""
        row = self._one(sa.select(brought).where(brought.c.newcomer_id == newcomer))
        return None if row is None else Brought(row.newcomer_id, row.friend_id, row.at)

    def newcomers_of(self, friend: str) -> tuple[Brought, ...]:
        """Whom the customer brought, oldest first."""
        query = sa.select(brought).where(brought.c.friend_id == friend).order_by(brought.c.at, brought.c.newcomer_id)
        return tuple(Brought(one.newcomer_id, one.friend_id, one.at) for one in self._session.connection.execute(query))

    def _one(self, query: sa.Select[Any]) -> Any:  # noqa: ANN401 - a row of any columns
        return self._session.connection.execute(query).one_or_none()


class Club(ClubView):
    """Writes."""

    def mark(self, customer_id: str, **said: bool) -> Marks:
        """Set the named marks, the others stay. StoreRefused for nobody."""
        found = replace(self.marks(customer_id), **said)
        values = {"no_offer": int(found.no_offer), "blocked": int(found.blocked), "provisional": int(found.provisional)}
        self._put(customer_mark, {"customer_id": customer_id}, {**values, "changed_at": self._session.stamp()})
        return found

    def put_into(self, customer_id: str, segment: str, first_day: str, end_day: str = "") -> None:
        """`first_day` <= d < `end_day` ("" = no end); again: the days are replaced."""
        key = {"customer_id": customer_id, "segment": segment}
        days = {"first_day": first_day, "end_day": end_day, "put_at": self._session.stamp()}
        self._put(customer_segment, key, days)

    def take_out(self, customer_id: str, segment: str) -> bool:
        """False: was not in it."""
        t = customer_segment
        gone = t.delete().where(t.c.customer_id == customer_id, t.c.segment == segment)
        return self._session.connection.execute(gone).rowcount == 1

    def say(self, customer_id: str, kind: str, given: bool, place: str) -> None:
        """Note a consent, with the time and place; the flags themselves are those of `Customers.set_consent`."""
        row = {"customer_id": customer_id, "kind": kind, "given": int(given), "place": place}
        self._session.connection.execute(consent_said.insert().values({**row, "at": self._session.stamp()}))

    def give_code(self, customer_id: str, code: str) -> str:
        """The customer's referral code; the one given before stays."""
        known = self.code_of(customer_id)
        if not known:
            self._session.connection.execute(friend_code.insert().values(code=code, customer_id=customer_id))
        return known or code

    def bring(self, newcomer: str, friend: str) -> None:
        """StoreRefused when somebody brought the newcomer already, or it is the friend himself."""
        row = {"newcomer_id": newcomer, "friend_id": friend, "at": self._session.stamp()}
        self._session.connection.execute(brought.insert().values(row))

    def created_at(self, customer_id: str) -> str:
        """UTC ISO; "" for nobody."""
        query = sa.select(customer.c.created_at).where(customer.c.id == customer_id)
        return self._session.connection.execute(query).scalar_one_or_none() or ""

    def _put(self, table: sa.Table, key: dict[str, str], values: dict[str, Any]) -> None:
        same = [table.c[name] == value for name, value in key.items()]
        if self._session.connection.execute(table.update().where(*same).values(values)).rowcount == 0:
            self._session.connection.execute(table.insert().values({**key, **values}))
