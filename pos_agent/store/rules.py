"""Versions of the program's rules as they were imported. One is active; switching is one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from pos_agent.model.canonical import sha256_hex
from pos_agent.store.errors import StoreRefused
from pos_agent.store.ready import Ready
from pos_agent.store.schema import rules_version
from pos_agent.store.session import Session

_T = rules_version
_ACTIVE_HASH = Ready(sa.select(_T.c.hash).where(_T.c.active == sa.literal_column("1")))  # as its index has it


@dataclass(frozen=True)
class RulesVersion:
    """`version` counts from 1; `format` is `toml` or `json`; `hash` is SHA-256 (hex) of the content in UTF-8."""

    version: int
    imported_at: str
    source: str
    format: str
    content: str
    hash: str
    active: bool


class RulesView:
    """Reads."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def active(self) -> RulesVersion | None:
        """The rules in force."""
        return self._one(_T.c.active == 1)

    def active_hash(self) -> str:
        """SHA-256 of the rules in force, "" without any: who has them parsed need not read them."""
        row = self._session.row(_ACTIVE_HASH)
        return "" if row is None else str(row.hash)

    def get(self, version: int) -> RulesVersion | None:
        """By number."""
        return self._one(_T.c.version == version)

    def by_hash(self, content_hash: str) -> RulesVersion | None:
        """By what it contains: an event names the rules it was computed with so."""
        return self._one(_T.c.hash == content_hash)

    def all(self) -> tuple[RulesVersion, ...]:
        """Oldest first."""
        rows = self._session.connection.execute(sa.select(_T).order_by(_T.c.version))
        return tuple(_version(row) for row in rows)

    def _one(self, condition: sa.ColumnElement[bool]) -> RulesVersion | None:
        row = self._session.connection.execute(sa.select(_T).where(condition)).one_or_none()
        return None if row is None else _version(row)


class Rules(RulesView):
    """Writes. The content is checked by the rules engine before it comes here."""

    def add(self, content: str, source: str, format_: str) -> RulesVersion:
        """Keep it, not active yet; the version that is here already when the content is the same."""
        digest = sha256_hex(content)
        known = self.by_hash(digest)
        if known is not None:
            return known
        number = len(self.all()) + 1  # versions are never deleted
        row = {"version": number, "imported_at": self._session.stamp(), "source": source, "format": format_}
        self._session.connection.execute(_T.insert().values(row | {"content": content, "hash": digest, "active": 0}))
        return self._need(number)

    def activate(self, version: int) -> RulesVersion:
        """This version is in force from now on. StoreRefused when there is none with that number."""
        self._need(version)
        self._session.connection.execute(_T.update().where(_T.c.active == 1).values(active=0))
        self._session.connection.execute(_T.update().where(_T.c.version == version).values(active=1))
        return self._need(version)

    def _need(self, version: int) -> RulesVersion:
        found = self.get(version)
        if found is None:
            raise StoreRefused(f"no rules version {version}")
        return found


def _version(row: Any) -> RulesVersion:  # noqa: ANN401 - a row of any columns
    return RulesVersion(
        version=row.version,
        imported_at=row.imported_at,
        source=row.source,
        format=row.format,
        content=row.content,
        hash=row.hash,
        active=bool(row.active),
    )
