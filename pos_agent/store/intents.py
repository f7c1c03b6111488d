"""Sales that the agent itself registers: written down before the first byte goes to the printer.

One row a sale id for ever: the same id with the same content finds its result, with other content it is refused. An
unsettled row reserves its points and blocks the next sale on its printer. A fiscal document belongs to one sale.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from pos_agent.model.canonical import canonical_json
from pos_agent.model.receipt import DocumentId
from pos_agent.store.errors import StoreRefused
from pos_agent.store.ready import Ready, given
from pos_agent.store.schema_intents import sale_intent
from pos_agent.store.session import Session

_T = sale_intent
UNSETTLED = ("intent", "closing", "needs_operator")
_BY_ID = Ready(sa.select(_T).where(_T.c.sale_id == given("sale")))
_UNSETTLED_ON = Ready(sa.select(_T).where(_T.c.register == given("register"), _T.c.state.in_(UNSETTLED)))
_BY_DOCUMENT = Ready(sa.select(_T).where(_T.c.fn_serial == given("fn"), _T.c.fd_number == given("fd")))
_SUM = sa.func.coalesce(sa.func.sum(_T.c.points_pt), 0).label("points_pt")
_RESERVED = Ready(sa.select(_SUM).where(_T.c.customer_id == given("who"), _T.c.state.in_(UNSETTLED)))


@dataclass(frozen=True)
class Intent:
    """One sale. `state` is a value of `checkout.lifecycle.SaleState`.

    `fd_before` is the storage's last document before the first byte of the attempt. `expected` is what the document
    must hold (see `checkout.resolve.Content`), `plan` all that the receipt and its ledger event need; both
    JSON without personal data. `points_pt` are reserved while unsettled. `document` and `fpd` once registered.
    """

    sale_id: str
    content_hash: str
    register: str
    fn_serial: str
    fd_before: int
    shift: int
    total_kop: int
    expected: Mapping[str, Any]
    plan: Mapping[str, Any]
    customer_id: str | None = None
    points_pt: int = 0
    state: str = "intent"
    attempt: int = 1
    document: DocumentId | None = None
    fpd: int | None = None
    reason: str = ""
    created_at: str = ""
    answer: Mapping[str, Any] = field(default_factory=dict)


class IntentsView:
    """Reads."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, sale_id: str) -> Intent | None:
        """By the caller's sale id."""
        return self._first(_BY_ID, sale=sale_id)

    def unsettled(self, register: str) -> Intent | None:
        """The sale in doubt on this register's printer; there is at most one."""
        return self._first(_UNSETTLED_ON, register=register)

    def by_document(self, document: DocumentId) -> Intent | None:
        """The sale that a fiscal document belongs to."""
        return self._first(_BY_DOCUMENT, fn=document.fn_serial, fd=document.fd_number)

    def reserved_pt(self, customer_id: str) -> int:
        """Points of this customer in unsettled sales: not available elsewhere."""
        return int(self._session.row(_RESERVED, who=customer_id).points_pt)

    def recent(self, limit: int = 20) -> tuple[Intent, ...]:
        """Newest first."""
        rows = self._session.connection.execute(sa.select(_T).order_by(_T.c.created_at.desc()).limit(limit))
        return tuple(_intent(row) for row in rows)

    def _first(self, ready: Ready, **values: str | int) -> Intent | None:
        row = self._session.row(ready, **values)
        return None if row is None else _intent(row)


class Intents(IntentsView):
    """Writes. Which step may follow which is decided in `checkout.lifecycle`; the database holds the rest."""

    def write(self, new: Intent) -> Intent:
        """A new sale. StoreRefused when the id is taken or another sale of this register is unsettled."""
        row = {"sale_id": new.sale_id, "created_at": self._session.stamp(), **_columns(new)}
        self._session.connection.execute(_T.insert().values(row))
        return self._need(new.sale_id)

    def again(self, new: Intent) -> Intent:
        """The next attempt of a sale that is proven not executed: fresh numbers, attempt + 1, same id and content."""
        before = self._need(new.sale_id)
        if before.state != "not_executed" or before.content_hash != new.content_hash:
            raise StoreRefused(f"sale {new.sale_id} is {before.state}")
        values = {**_columns(new), "attempt": before.attempt + 1, "reason": ""}
        return self._update(new.sale_id, values)

    def move(self, sale_id: str, state: str, reason: str = "") -> Intent:
        """Another state that is not `registered`."""
        return self._update(sale_id, {"state": state, "reason": reason})

    def register_as(self, sale_id: str, document: DocumentId, fpd: int | None, answer: Mapping[str, Any]) -> Intent:
        """The sale is this document. StoreRefused when the document belongs to another sale."""
        values = {"state": "registered", "fd_number": document.fd_number, "fpd": fpd, "answer": canonical_json(answer)}
        if self._need(sale_id).fn_serial != document.fn_serial:
            raise StoreRefused(f"sale {sale_id} was begun on another fiscal storage than {document}")
        return self._update(sale_id, values)

    def _update(self, sale_id: str, values: Mapping[str, Any]) -> Intent:
        changed = {**values, "changed_at": self._session.stamp()}
        self._session.connection.execute(_T.update().where(_T.c.sale_id == sale_id).values(changed))
        return self._need(sale_id)

    def _need(self, sale_id: str) -> Intent:
        found = self.get(sale_id)
        if found is None:
            raise StoreRefused(f"no sale {sale_id}")
        return found


def _columns(intent: Intent) -> dict[str, Any]:
    return {
        "content_hash": intent.content_hash,
        "register": intent.register,
        "fn_serial": intent.fn_serial,
        "fd_before": intent.fd_before,
        "shift": intent.shift,
        "total_kop": intent.total_kop,
        "expected": canonical_json(intent.expected),
        "plan": canonical_json(intent.plan),
        "customer_id": intent.customer_id,
        "points_pt": intent.points_pt,
        "state": "intent",
        "attempt": 1,
        "answer": "{}",
        "reason": "",
    }


def _intent(row: Any) -> Intent:  # noqa: ANN401 - a row of any columns
    return Intent(
        sale_id=row.sale_id,
        content_hash=row.content_hash,
        register=row.register,
        fn_serial=row.fn_serial,
        fd_before=row.fd_before,
        shift=row.shift,
        total_kop=row.total_kop,
        expected=json.loads(row.expected),
        plan=json.loads(row.plan),
        customer_id=row.customer_id,
        points_pt=row.points_pt,
        state=row.state,
        attempt=row.attempt,
        document=None if row.fd_number is None else DocumentId(row.fn_serial, row.fd_number),
        fpd=row.fpd,
        reason=row.reason,
        created_at=row.created_at,
        answer=json.loads(row.answer),
    )
