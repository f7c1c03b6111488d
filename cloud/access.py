"""Who asks: a register with its own token, or the owner of a tenant. The database holds hashes of tokens only."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from cloud.clock import Now, new_token, stamp
from cloud.schema import token as _T  # noqa: N812 - short in queries, as everywhere in the house

REGISTER, OWNER = "register", "owner"


@dataclass(frozen=True)
class Caller:
    """`register` is "" for the owner."""

    tenant: str
    role: str
    register: str


def create(connection: sa.Connection, tenant: str, register: str, now: Now) -> str:
    """A new token for this register, or for the owner when `register` is "". It cannot be shown again."""
    made = new_token()
    row = {"token_hash": _hashed(made), "tenant_id": tenant, "role": REGISTER if register else OWNER}
    connection.execute(_T.insert().values(row | {"register": register, "created_at": stamp(now())}))
    return made


def revoke(connection: sa.Connection, tenant: str, register: str, now: Now) -> int:
    """Every token of this register ("": of the owner) ends now. How many there were."""
    live = (_T.c.tenant_id == tenant) & (_T.c.register == register) & (_T.c.revoked_at.is_(None))
    return connection.execute(_T.update().where(live).values(revoked_at=stamp(now()))).rowcount


def listed(connection: sa.Connection, tenant: str) -> list[dict[str, Any]]:
    """Tokens of a tenant, oldest first, by the first digits of their hashes."""
    rows = connection.execute(sa.select(_T).where(_T.c.tenant_id == tenant).order_by(_T.c.created_at))
    return [
        {
            "id": row.token_hash[:12],
            "role": row.role,
            "register": row.register,
            "created_at": row.created_at,
            "revoked_at": row.revoked_at,
        }
        for row in rows
    ]


def caller(connection: sa.Connection, given: str) -> Caller | None:
    """Whose token this is; None for none, a wrong or a revoked one.

    The look-up goes by the hash of 32 random bytes, so its timing tells nothing about a token.
    """
    query = sa.select(_T).where(_T.c.token_hash == _hashed(given), _T.c.revoked_at.is_(None))
    row = connection.execute(query).one_or_none()
    return None if row is None else Caller(row.tenant_id, row.role, row.register)


def _hashed(given: str) -> str:
    return hashlib.sha256(given.encode("utf-8", errors="replace")).hexdigest()
