"""What the cloud's ledger says: where each register's chain ends, every row, every alarm."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from cloud.schema import alarm, chain_row, ledger_event
from pos_agent.ledger.chain import GENESIS

_C, _E, _A = chain_row, ledger_event, alarm


def head(connection: sa.Connection, tenant_id: str, register: str, epoch: str) -> tuple[int, str]:
    """Highest contiguous row and its hash; (0, 64 zeros) before the first."""
    mine = (_C.c.tenant_id == tenant_id) & (_C.c.register == register) & (_C.c.epoch == epoch)
    query = sa.select(_C.c.seq, _C.c.hash).where(mine).order_by(_C.c.seq.desc()).limit(1)
    row = connection.execute(query).first()
    return (0, GENESIS) if row is None else (row.seq, row.hash)


def heads(connection: sa.Connection, tenant_id: str, register: str) -> list[dict[str, Any]]:
    """Where each epoch of a register is, the one heard of last at the end."""
    query = (
        sa.select(_C.c.epoch, sa.func.max(_C.c.seq).label("seq"), sa.func.max(_C.c.received_at).label("received_at"))
        .where(_C.c.tenant_id == tenant_id, _C.c.register == register)
        .group_by(_C.c.epoch)
        .order_by("received_at")
    )
    found = connection.execute(query).all()
    return [
        {
            "epoch": row.epoch,
            "ack_seq": row.seq,
            "ack_hash": head(connection, tenant_id, register, row.epoch)[1],
            "received_at": row.received_at,
        }
        for row in found
    ]


def events(connection: sa.Connection, tenant_id: str) -> Iterator[dict[str, Any]]:
    """Every row of every chain, by register, epoch and number: its place, then the columns of its event with `body`.

    A parked row has its reason and no body.
    """
    same = (
        (_E.c.tenant_id == _C.c.tenant_id) & (_E.c.event_id == _C.c.event_id) & (_E.c.customer_id == _C.c.customer_id)
    )
    query = (
        sa.select(_C.c.register, _C.c.epoch, _C.c.seq, _C.c.prev_hash, _C.c.hash, _C.c.parked, _E.c.body)
        .select_from(_C.outerjoin(_E, same))
        .where(_C.c.tenant_id == tenant_id)
        .order_by(_C.c.register, _C.c.epoch, _C.c.seq)
    )
    for row in connection.execution_options(yield_per=500).execute(query).mappings():
        yield dict(row)


def alarms(connection: sa.Connection, tenant_id: str) -> list[dict[str, Any]]:
    """Everything that was not taken, oldest first."""
    query = sa.select(_A).where(_A.c.tenant_id == tenant_id).order_by(_A.c.raised_at, _A.c.alarm_id)
    return [dict(row) for row in connection.execute(query).mappings()]
