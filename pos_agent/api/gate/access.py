"""Who asks: a token or an account. A wrong one is answered slower and slower, a right one at once, whatever others do.

All clients come from loopback, so an address tells nobody from nobody: a lock by address would lock out the till.
Only wrong answers wait, and only a few of them at a time.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pos_agent.api.gate.listener import AccessKind, Listener

FREE_TRIES = 3
FORGET_S = 60.0
LONGEST_WAIT_S = 2.0
WAITING = 4  # wrong answers that may be held back at once; more are told to come later


@dataclass(frozen=True)
class Client:
    """Somebody who may ask. `role`: till, cashier, installer or owner."""

    name: str
    role: str


ByHash = Callable[[], Mapping[str, Client]]  # hex SHA-256 of a token -> its client; asked at each request


def token_hash(token: str) -> str:
    """What is stored of a token: 32 random bytes need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


class Access:
    """Recognises clients and counts what was wrong. Lives on the server's loop: no lock."""

    def __init__(self, tokens: ByHash, monotonic: Callable[[], float]) -> None:
        self._tokens, self._monotonic = tokens, monotonic
        self._wrong: list[float] = []
        self.waiting = 0
        self.refused = 0  # for the metrics

    def client(self, listener: Listener, authorization: str) -> Client | None:
        """The client behind an Authorization header; None = nobody that is known."""
        kind, _, given = authorization.partition(" ")
        if listener.access is AccessKind.ACCOUNTS:
            if not listener.accounts:
                return Client(listener.name, "till")
            return _account(listener, given.strip()) if kind.lower() == "basic" else None
        return self._tokens().get(token_hash(given.strip())) if kind.lower() == "bearer" else None

    def wrong(self) -> float | None:
        """One more wrong try: seconds to hold the answer back; None = too many are held already."""
        now = self._monotonic()
        self._wrong = [at for at in self._wrong if now - at < FORGET_S][-100:]
        self._wrong.append(now)
        self.refused += 1
        over = len(self._wrong) - FREE_TRIES
        if over <= 0:
            return 0.0
        return None if self.waiting >= WAITING else min(LONGEST_WAIT_S, 0.1 * 2.0 ** min(over, 10))


def _account(listener: Listener, given: str) -> Client | None:
    """Every account is compared, so that the time tells nothing."""
    try:
        name, _, password = base64.b64decode(given, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    found = None
    for known, secret in listener.accounts:
        same = hmac.compare_digest(known.encode(), name.encode()) & hmac.compare_digest(
            secret.encode(), password.encode()
        )
        found = Client(known, "till") if same else found
    return found
