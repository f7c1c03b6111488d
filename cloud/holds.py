"""Points kept for registers, on their way to the other registers: what one keeps no other may spend.

Every hold and its release gets a number of its tenant when it comes. A register asks for what came after the last it
has, naming that event too, so that a cloud which was restored or set up anew is noticed and begins from the start.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from cloud.schema import hold_feed as _F  # noqa: N812 - short in queries, as everywhere in the house
from cloud.schema import ledger_event as _E  # noqa: N812
from pos_agent.model.events import EventKind

KINDS = (EventKind.HOLD.value, EventKind.UNHOLD.value)
BODY_LIMIT = 16_384  # characters; an agent's hold has some hundreds
PAGE = 200


def note(connection: sa.Connection, tenant: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Number the holds among new events (rows of `ledger_event`), in their order."""
    found = [row for row in rows if row["kind"] in KINDS and len(row["body"]) <= BODY_LIMIT]
    if not found:
        return
    last = _last(connection, tenant)
    values = [
        {"tenant_id": tenant, "number": number, "event_id": row["event_id"], "customer_id": row["customer_id"]}
        for number, row in enumerate(found, last + 1)
    ]
    connection.execute(_F.insert(), values)


def after(connection: sa.Connection, tenant: str, register: str, number: int, event_id: str) -> dict[str, Any]:
    """`{"holds": [canonical text of an event...], "number", "event", "more"}`: a page of what came after `number`,
    which was `event_id`; from the start when it was not. The register's own are left out.
    """
    known = sa.select(_F.c.event_id).where(_F.c.tenant_id == tenant, _F.c.number == number)
    if number and connection.execute(known).scalar_one_or_none() != event_id:
        number, event_id = 0, ""
    same = (
        (_E.c.tenant_id == _F.c.tenant_id) & (_E.c.event_id == _F.c.event_id) & (_E.c.customer_id == _F.c.customer_id)
    )
    query = (
        sa.select(_F.c.number, _F.c.event_id, _E.c.register, _E.c.body)
        .select_from(_F.join(_E, same))
        .where(_F.c.tenant_id == tenant, _F.c.number > number)
        .order_by(_F.c.number)
        .limit(PAGE)
    )
    rows = connection.execute(query).all()
    if rows:
        number, event_id = rows[-1].number, rows[-1].event_id
    others = [row.body for row in rows if row.register != register]
    return {"holds": others, "number": number, "event": event_id, "more": _last(connection, tenant) > number}


def fill(connection: sa.Connection) -> None:
    """Number the holds that are here already: of a database made before there was a feed."""
    query = sa.select(_E).where(_E.c.kind.in_(KINDS)).order_by(_E.c.tenant_id, _E.c.received_at, _E.c.event_id)
    by_tenant: dict[str, list[dict[str, Any]]] = {}
    for row in connection.execute(query).mappings():
        by_tenant.setdefault(row["tenant_id"], []).append(dict(row))
    for tenant, rows in by_tenant.items():
        note(connection, tenant, rows)


def _last(connection: sa.Connection, tenant: str) -> int:
    return connection.execute(sa.select(sa.func.max(_F.c.number)).where(_F.c.tenant_id == tenant)).scalar() or 0
