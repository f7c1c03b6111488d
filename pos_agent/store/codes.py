"""Promo codes and coupons of this register: given out, reserved by a sale, used (loyalty rules, section 3.5).

Which step may follow which is decided by the pure table `rules.code_states`; the database holds the limits of uses and
that nothing is forgotten. A use that was given back stays as a row in state `issued` and does not count.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from pos_agent.model.receipt import DocumentId
from pos_agent.rules.code_states import CodeRecord, CodeState, Use
from pos_agent.store.ready import Ready, given
from pos_agent.store.schema_codes import code_key, code_use, issued_code
from pos_agent.store.session import Session

_C, _U, _K = issued_code, code_use, code_key
LISTED, COUPON, SEEN = "list", "coupon", "seen"
_ISSUED = sa.select(_C).order_by(_C.c.issued_at, _C.c.id)
_OF_CUSTOMER = Ready(_ISSUED.where(_C.c.customer_id == given("who")))


@dataclass(frozen=True)
class IssuedCode:
    """One code as it was given out: by a loaded list, as a coupon of a receipt, or seen for the first time.

    `customer` and `register` it is bound to, "" = anyone. `valid_from` <= date < `valid_to`, ISO, "" = no bound.
    `times`: how many uses, 0 = no limit; `per_customer`: of each customer. `document` of a coupon: the receipt that
    gave it.
    """

    id: str
    batch: str
    code: str
    customer: str = ""
    register: str = ""
    valid_from: str = ""
    valid_to: str = ""
    times: int = 1
    per_customer: bool = False
    source: str = LISTED
    revoked: bool = False
    document: DocumentId | None = None


@dataclass(frozen=True)
class CodeUse:
    """A use: `draft` = `register:sale id`; `document` once used (kept when it was given back)."""

    code_id: str
    draft: str
    customer: str
    state: CodeState
    document: DocumentId | None = None


class CodesView:
    """Reads."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, code_id: str) -> IssuedCode | None:
        """By id."""
        return next(iter(self._issued(_C.c.id == code_id)), None)

    def find(self, batch: str, code: str) -> tuple[IssuedCode, ...]:
        """Everything given out under this text, oldest first."""
        return self._issued((_C.c.batch == batch) & (_C.c.code == code))

    def named(self, code: str) -> tuple[IssuedCode, ...]:
        """Of any batch."""
        return self._issued(_C.c.code == code)

    def of_customer(self, customer: str) -> tuple[IssuedCode, ...]:
        """Everything bound to this customer, oldest first."""
        return tuple(_issued(row) for row in self._session.rows(_OF_CUSTOMER, who=customer))

    def one_listed(self, batch: str) -> str | None:
        """Some code of the batch's loaded list, None when no list was loaded."""
        query = sa.select(_C.c.code).where((_C.c.batch == batch) & (_C.c.source == LISTED)).limit(1)
        return self._session.connection.execute(query).scalar_one_or_none()

    def record(self, issued: IssuedCode) -> CodeRecord:
        """What `rules.code_states` needs to judge it. A reservation here belongs to a written sale: it has no limit."""
        uses = [
            Use(one.draft, one.customer, one.state)
            for one in self.uses(issued.id)
            if one.state in (CodeState.RESERVED, CodeState.USED)
        ]
        return CodeRecord(
            uses=tuple(uses),
            revoked=issued.revoked,
            bound_register=issued.register,
            bound_customer=issued.customer,
            start=date.fromisoformat(issued.valid_from) if issued.valid_from else None,
            end=date.fromisoformat(issued.valid_to) if issued.valid_to else None,
        )

    def uses(self, code_id: str) -> tuple[CodeUse, ...]:
        """All uses of a code, those given back too."""
        return self._used(_U.c.code_id == code_id)

    def by_draft(self, draft: str) -> tuple[CodeUse, ...]:
        """What one sale holds or used."""
        return self._used(_U.c.draft == draft)

    def secrets(self) -> dict[str, bytes]:
        """Batch -> its key, opened. WrongKey when it was sealed by another key."""
        rows = self._session.connection.execute(sa.select(_K))
        return {
            row.batch: self._session.vault.open(row.secret_sealed, _K.name, row.batch, "secret_sealed") for row in rows
        }

    def _issued(self, condition: sa.ColumnElement[bool]) -> tuple[IssuedCode, ...]:
        rows = self._session.connection.execute(_ISSUED.where(condition))
        return tuple(_issued(row) for row in rows)

    def _used(self, condition: sa.ColumnElement[bool]) -> tuple[CodeUse, ...]:
        rows = self._session.connection.execute(sa.select(_U).where(condition).order_by(_U.c.code_id, _U.c.draft))
        return tuple(
            CodeUse(row.code_id, row.draft, row.customer_id, CodeState(row.state), _document(row)) for row in rows
        )


class Codes(CodesView):
    """Writes."""

    def issue(self, codes: Iterable[IssuedCode]) -> int:
        """Give out what is not here yet (by id); how many were new."""
        rows = [{**_columns(one), "issued_at": self._session.stamp()} for one in codes]
        if not rows:
            return 0
        before = self._count()
        self._session.connection.execute(insert(_C).on_conflict_do_nothing(index_elements=["id"]), rows)
        return self._count() - before

    def limit(self, code_id: str, times: int) -> None:
        """The rules allow another number of uses now."""
        self._session.connection.execute(_C.update().where(_C.c.id == code_id).values(times=times))

    def revoke(self, code_id: str) -> None:
        """Never usable again; uses that there are stay."""
        self._session.connection.execute(_C.update().where(_C.c.id == code_id).values(revoked=1))

    def put_use(self, use: CodeUse) -> None:
        """Write where a use stands. StoreRefused: no such step, or the code is held or used by another sale."""
        mine = (_U.c.code_id == use.code_id) & (_U.c.draft == use.draft)
        values = {
            "customer_id": use.customer,
            "state": use.state.value,
            "fn_serial": use.document.fn_serial if use.document else None,
            "fd_number": use.document.fd_number if use.document else None,
            "changed_at": self._session.stamp(),
        }
        known = self._session.connection.execute(sa.select(_U.c.state).where(mine)).first() is not None
        place = {"code_id": use.code_id, "draft": use.draft}
        statement = _U.update().where(mine).values(values) if known else _U.insert().values(place | values)
        self._session.connection.execute(statement)

    def put_key(self, batch: str, secret: bytes) -> None:
        """Keep a batch's key, sealed; it replaces the one there was."""
        sealed = self._session.vault.seal(secret, _K.name, batch, "secret_sealed")
        self._session.connection.execute(_K.delete().where(_K.c.batch == batch))
        row = {"batch": batch, "secret_sealed": sealed, "added_at": self._session.stamp()}
        self._session.connection.execute(_K.insert().values(row))

    def _count(self) -> int:
        return int(self._session.connection.execute(sa.select(sa.func.count()).select_from(_C)).scalar_one())


def _columns(one: IssuedCode) -> dict[str, Any]:
    return {
        "id": one.id,
        "batch": one.batch,
        "code": one.code,
        "customer_id": one.customer,
        "register": one.register,
        "valid_from": one.valid_from,
        "valid_to": one.valid_to,
        "times": one.times,
        "per_customer": int(one.per_customer),
        "source": one.source,
        "revoked": int(one.revoked),
        "fn_serial": one.document.fn_serial if one.document else None,
        "fd_number": one.document.fd_number if one.document else None,
    }


def _issued(row: Any) -> IssuedCode:  # noqa: ANN401 - a row of any columns
    return IssuedCode(
        id=row.id,
        batch=row.batch,
        code=row.code,
        customer=row.customer_id,
        register=row.register,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        times=row.times,
        per_customer=bool(row.per_customer),
        source=row.source,
        revoked=bool(row.revoked),
        document=_document(row),
    )


def _document(row: Any) -> DocumentId | None:  # noqa: ANN401 - a row of any columns
    return None if row.fn_serial is None else DocumentId(row.fn_serial, row.fd_number)
