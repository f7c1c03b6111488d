"""What programs asked, whichever face they spoke to: written down before it is answered, once for each id.

asked ──> confirmed ──> sent ──> done                  done and dropped never change again
  │  <───────┘  │        └─────> refused (proven: nothing was registered) ──> asked, confirmed, sent, dropped
  └──> sent     └──> dropped <── asked

The content may name a buyer's phone or a marking code: it is sealed, and gone once the request is over. Its hash is
keyed, so that a phone cannot be guessed from it. `sent` means that the printer may have it: what became of it, the
sale's own intent says.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from pos_agent.errors import UsageError
from pos_agent.model.canonical import canonical_json
from pos_agent.store.errors import StoreRefused
from pos_agent.store.schema_till_requests import till_request
from pos_agent.store.session import Session

_T = till_request
API, ATOL, KKMSERVER = "api", "atol", "kkmserver"
ASKED, CONFIRMED, SENT, DONE, REFUSED, DROPPED = "asked", "confirmed", "sent", "done", "refused", "dropped"
OPEN = (ASKED, CONFIRMED, SENT, REFUSED)


@dataclass(frozen=True)
class TillRequest:
    """One request. `content` is {} once it is over; `result` are JSON values without personal data.

    `loyalty`: "ok", or that the sale went without because its price came "late" or loyalty was "off".
    """

    front: str
    id: str
    content_hash: str
    content: Mapping[str, Any]
    state: str = ASKED
    loyalty: str = "ok"
    result: Mapping[str, Any] = field(default_factory=dict)
    created_at: str = ""
    changed_at: str = ""


class TillRequestsView:
    """Reads."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, front: str, request_id: str) -> TillRequest | None:
        """By the caller's id."""
        mine = (_T.c.front == front) & (_T.c.id == request_id)
        row = self._session.connection.execute(sa.select(_T).where(mine)).one_or_none()
        return None if row is None else self._opened(row)

    def in_state(self, front: str, *states: str, since: str = "", limit: int = 100) -> tuple[TillRequest, ...]:
        """The last changed first; `since`: changed at that UTC time (see `session.stamp`) or later."""
        found = (_T.c.front == front) & _T.c.state.in_(states) & (_T.c.changed_at >= since)
        query = sa.select(_T).where(found).order_by(_T.c.changed_at.desc(), _T.c.id).limit(limit)
        return tuple(self._opened(row) for row in self._session.connection.execute(query))

    def counts(self) -> dict[tuple[str, str], int]:
        """(front, state) -> how many."""
        query = sa.select(_T.c.front, _T.c.state, sa.func.count()).group_by(_T.c.front, _T.c.state)
        return {(front, state): count for front, state, count in self._session.connection.execute(query)}

    def without_loyalty(self) -> int:
        """Registered sales that went without loyalty though they should have had it."""
        query = sa.select(sa.func.count()).where((_T.c.state == DONE) & (_T.c.loyalty != "ok"))
        return int(self._session.connection.execute(query).scalar_one())

    def hash_of(self, content: Mapping[str, Any]) -> str:
        """The keyed hash of a content."""
        return (self._session.vault.token(_T.name, canonical_json(content)) or b"").hex()

    def _opened(self, row: Any) -> TillRequest:  # noqa: ANN401 - a row of any columns
        content = self._session.vault.open_text(row.content, _T.name, f"{row.front}:{row.id}", "content")
        return TillRequest(
            front=row.front,
            id=row.id,
            content_hash=row.content_hash,
            content=json.loads(content) if content else {},
            state=row.state,
            loyalty=row.loyalty,
            result=json.loads(row.result),
            created_at=row.created_at,
            changed_at=row.changed_at,
        )


class TillRequests(TillRequestsView):
    """Writes."""

    def take(self, front: str, request_id: str, content: Mapping[str, Any]) -> tuple[TillRequest, bool]:
        """The request as it stands, and whether it is new. UsageError HTTP-10: this id came with other content."""
        asked = self.hash_of(content)
        known = self.get(front, request_id)
        if known is not None:
            if known.content_hash != asked:
                raise UsageError("HTTP-10")
            return known, False
        now = self._session.stamp()
        row: dict[str, Any] = {"front": front, "id": request_id, "content_hash": asked}
        row["content"] = self._seal(front, request_id, content)
        row |= {"state": ASKED, "loyalty": "ok", "result": "{}", "created_at": now, "changed_at": now}
        self._session.connection.execute(_T.insert().values(row))
        return self._need(front, request_id), True

    def move(
        self,
        front: str,
        request_id: str,
        was: Collection[str],
        state: str,
        *,
        content: Mapping[str, Any] | None = None,
        loyalty: str | None = None,
        result: Mapping[str, Any] | None = None,
        seen: Mapping[str, Any] | None = None,
    ) -> TillRequest | None:
        """To `state` if it is in one of `was`, with what is given changed; None when it is not, and nothing changes.

        `seen`: the content that the caller decided by; None also when it is another one by now.
        """
        known = self.get(front, request_id)
        if known is None or known.state not in was or (seen is not None and known.content != seen):
            return None
        values: dict[str, Any] = {"state": state, "changed_at": self._session.stamp()}
        if state in (DONE, DROPPED):
            values["content"] = None
        elif content is not None:
            values["content"] = self._seal(front, request_id, content)
        if loyalty is not None:
            values["loyalty"] = loyalty
        if result is not None:
            values["result"] = canonical_json(result)
        mine = (_T.c.front == front) & (_T.c.id == request_id)
        self._session.connection.execute(_T.update().where(mine).values(values))
        return self._need(front, request_id)

    def _seal(self, front: str, request_id: str, content: Mapping[str, Any]) -> bytes | None:
        place = (_T.name, f"{front}:{request_id}", "content")
        return self._session.vault.seal_text(canonical_json(content), *place)

    def _need(self, front: str, request_id: str) -> TillRequest:
        found = self.get(front, request_id)
        if found is None:
            raise StoreRefused(f"no request {request_id}")
        return found
