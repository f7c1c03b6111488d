"""How a page gets its token: a one-time code of six digits, made by who may already ask, typed in once.

The code lives in the agent's memory for ten minutes and dies with its third wrong try; the token that it buys lives in
the page's own storage (`ux.md`, section 2).
"""

from __future__ import annotations

import hmac
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pos_agent.api.operation import Json, Parts, text
from pos_agent.api.tokens import ROLES, TokenBook
from pos_agent.clock import Clock, IdSource
from pos_agent.errors import AgentError, UsageError

LIFE_S = 600.0
TRIES = 3
DIGITS = 6


@dataclass
class _Code:
    digits: str
    name: str
    role: str
    until: float
    tries: int = 0


class EntryCodes:
    """At most one code at a time: the newest. Asked from the server's thread and the socket's."""

    def __init__(self, book: TokenBook, clock: Clock, ids: IdSource) -> None:
        self._book, self._clock, self._ids = book, clock, ids
        self._lock = threading.Lock()
        self._code: _Code | None = None

    def issue(self, name: str, role: str) -> str:
        """Six digits; an earlier code is void from now on."""
        digits = self._ids.token("0123456789", DIGITS)
        with self._lock:
            self._code = _Code(digits, name, role, self._clock.monotonic() + LIFE_S)
        return digits

    def enter(self, digits: str) -> tuple[str, str]:
        """(role, token) for the right code, once. AgentError TOK-04: wrong, too old, used, or tried too often."""
        with self._lock:
            code = self._code
            if code is None or self._clock.monotonic() >= code.until:
                self._code = None
                raise AgentError("TOK-04")
            if not hmac.compare_digest(code.digits, digits):
                code.tries += 1
                if code.tries >= TRIES:
                    self._code = None
                raise AgentError("TOK-04")
            self._code = None
            name = _free_name(self._book, code.name)
            return code.role, self._book.create(name, code.role)


def _free_name(book: TokenBook, wanted: str) -> str:
    """A page that enters again gets a new token; its old one stays until somebody revokes it."""
    taken = {one.name for one in book.all() if not one.revoked_at}
    numbered = (f"{wanted}-{number}" for number in range(2, len(taken) + 3))
    return wanted if wanted not in taken else next(name for name in numbered if name not in taken)


def code(parts: Parts, args: Mapping[str, Any]) -> Json:
    """`{name, role}` -> `{code, minutes}`; only the running agent can: the code is in its memory. AGT-01."""
    if parts.entry is None:
        raise AgentError("AGT-01")
    role = text(args, "role", "cashier")
    if role not in ROLES:
        raise UsageError("API-01", field="role")
    return {"code": parts.entry.issue(text(args, "name", "page", limit=30), role), "minutes": int(LIFE_S // 60)}
