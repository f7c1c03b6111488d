"""Rules that the owner publishes for all registers of a tenant. A publication is never changed; the last one counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from cloud.clock import Now, stamp
from cloud.schema import rules_version as _R  # noqa: N812 - short in queries, as everywhere in the house
from pos_agent.model.canonical import sha256_hex
from pos_agent.rules.parse import parse


@dataclass(frozen=True)
class Published:
    """`version` counts from 1; `hash` is SHA-256 (hex) of the content in UTF-8."""

    version: int
    hash: str
    format: str
    content: str
    source: str
    published_at: str

    @property
    def entity_tag(self) -> str:
        return f'"{self.version}-{self.hash}"'

    def told(self) -> dict[str, Any]:
        """What a register gets."""
        return {"version": self.version, "hash": self.hash, "format": self.format, "content": self.content}


def current(connection: sa.Connection, tenant: str) -> Published | None:
    """The last publication."""
    query = sa.select(_R).where(_R.c.tenant_id == tenant).order_by(_R.c.version.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    return Published(row.version, row.hash, row.format, row.content, row.source, row.published_at)


def publish(connection: sa.Connection, tenant: str, content: str, form: str, source: str, now: Now) -> Published:
    """The next publication; the last one again when its content is the same. RulesError when it does not parse."""
    parse(content, form)
    last, digest = current(connection, tenant), sha256_hex(content)
    if last is not None and (last.hash, last.format) == (digest, form):
        return last
    made = Published(last.version + 1 if last else 1, digest, form, content, source, stamp(now()))
    connection.execute(_R.insert().values(tenant_id=tenant, **vars(made)))
    return made
