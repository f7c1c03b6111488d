"""Confirmation codes of customers, wrong tries, seniors who may say yes. Codes and PINs are kept as keyed hashes."""

from __future__ import annotations

import hmac
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from pos_agent.store.schema_customers import confirmation, senior, wrong_code
from pos_agent.store.session import Session, stamp

TRIES = 3
LIFE = timedelta(minutes=5)
CONFIRMATION, SENIOR = "confirmation", "senior"
_T = confirmation


@dataclass(frozen=True)
class Confirmation:
    """One code: for this customer, this register, at most so many hundredths. `sale_id` once it confirmed one."""

    id: str
    customer: str
    register: str
    amount_pt: int
    tries: int
    sale_id: str
    expires_at: str


class ConfirmationsView:
    """Reads."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def last(self, customer_id: str, register: str) -> Confirmation | None:
        """The code that counts: a newer one makes the older ones void."""
        mine = sa.select(_T).where(_T.c.customer_id == customer_id, _T.c.register == register)
        row = self._session.connection.execute(mine.order_by(_T.c.made_at.desc(), _T.c.id.desc()).limit(1)).first()
        return None if row is None else _confirmation(row)

    def fits(self, known: Confirmation, code: str) -> bool:
        """Is this the code? Compared in constant time."""
        query = sa.select(_T.c.code_hash).where(_T.c.id == known.id)
        return _same(self._session.connection.execute(query).scalar_one(), self._hash(known.id, code))

    def wrong_since(self, since: str, register: str, who: Collection[str]) -> int:
        """Wrong tries on this register, or of one of these customers anywhere, from a moment (UTC ISO) on."""
        here = sa.or_(wrong_code.c.register == register, wrong_code.c.who.in_(list(who)))
        query = sa.select(sa.func.count()).select_from(wrong_code).where(wrong_code.c.at >= since, here)
        return int(self._session.connection.execute(query).scalar_one())

    def seniors(self) -> tuple[str, ...]:
        """Names, sorted."""
        return tuple(self._session.connection.execute(sa.select(senior.c.name).order_by(senior.c.name)).scalars())

    def senior_fits(self, name: str, pin: str) -> bool:
        """False also for an unknown name."""
        query = sa.select(senior.c.pin_hash).where(senior.c.name == name)
        known = self._session.connection.execute(query).scalar_one_or_none()
        return known is not None and _same(known, self._pin(name, pin))

    def _hash(self, confirmation_id: str, code: str) -> bytes:
        return self._session.vault.token(CONFIRMATION, f"{confirmation_id}\0{code}") or b""

    def _pin(self, name: str, pin: str) -> bytes:
        return self._session.vault.token(SENIOR, f"{name}\0{pin}") or b""


class Confirmations(ConfirmationsView):
    """Writes."""

    def make(self, code_id: str, customer_id: str, register: str, amount_pt: int, code: str) -> Confirmation:
        """Keep a new code for 5 minutes and 3 tries."""
        now = self._session.clock.now()
        expires_at = stamp(now + LIFE)
        row = {
            "id": code_id,
            "customer_id": customer_id,
            "register": register,
            "amount_pt": amount_pt,
            "code_hash": self._hash(code_id, code),
            "tries": TRIES,
            "sale_id": "",
            "made_at": stamp(now),
            "expires_at": expires_at,
        }
        self._session.connection.execute(_T.insert().values(row))
        return Confirmation(code_id, customer_id, register, amount_pt, TRIES, "", expires_at)

    def use(self, code_id: str, sale_id: str) -> None:
        """It confirms this sale."""
        self._session.connection.execute(_T.update().where(_T.c.id == code_id).values(sale_id=sale_id))

    def wrong(self, known: Confirmation) -> int:
        """One try less; how many are left."""
        left = max(0, known.tries - 1)
        self._session.connection.execute(_T.update().where(_T.c.id == known.id).values(tries=left))
        self.note_wrong(CONFIRMATION, known.register, known.customer)
        return left

    def note_wrong(self, kind: str, register: str, who: str) -> None:
        """`who`: the customer's id, or the senior's name."""
        row = {"kind": kind, "register": register, "who": who, "at": self._session.stamp()}
        self._session.connection.execute(wrong_code.insert().values(row))

    def wrong_pins_since(self, since: str, register: str) -> int:
        """Wrong PINs on this register from a moment on."""
        t = wrong_code
        mine = sa.select(sa.func.count()).select_from(t).where(t.c.kind == SENIOR, t.c.register == register)
        return int(self._session.connection.execute(mine.where(t.c.at >= since)).scalar_one())

    def set_senior(self, name: str, pin: str) -> None:
        """Give a senior a PIN, or another one."""
        values = {"pin_hash": self._pin(name, pin), "set_at": self._session.stamp()}
        if self._session.connection.execute(senior.update().where(senior.c.name == name).values(values)).rowcount == 0:
            self._session.connection.execute(senior.insert().values({"name": name, **values}))

    def drop_senior(self, name: str) -> bool:
        """False: no such senior."""
        return self._session.connection.execute(senior.delete().where(senior.c.name == name)).rowcount == 1


def _same(left: bytes, right: bytes) -> bool:
    return hmac.compare_digest(left, right)


def _confirmation(row: Any) -> Confirmation:  # noqa: ANN401 - a row of any columns
    return Confirmation(row.id, row.customer_id, row.register, row.amount_pt, row.tries, row.sale_id, row.expires_at)
