"""One address that the agent listens on, and what may reach it (`reliability-targets.md`, section 7)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

BODY_LIMIT = 262_144  # bytes
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
DEFAULT_PORT = 80  # the one that a Host header leaves out


class AccessKind(StrEnum):
    """How a client shows who it is."""

    TOKEN = "token"  # `Authorization: Bearer`
    ACCOUNTS = "accounts"  # `Authorization: Basic`; open while there are no accounts, as the original is


@dataclass(frozen=True)
class Listener:
    """`open_paths` need no client; a path that ends with `/` opens all below it.

    `hosts` are allowed values of Host beside loopback names with `port`; `origins` are pages of other addresses that
    may call (exact, `https://till.example`), which also get CORS answers. `accounts`: name -> password.
    """

    name: str
    port: int
    access: AccessKind = AccessKind.TOKEN
    hosts: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    open_paths: tuple[str, ...] = ()
    accounts: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body_limit: int = BODY_LIMIT
    any_content_type: bool = False  # old clients send JSON as text/plain; only where a plain form could do no harm

    def knows_host(self, host: str) -> bool:
        """An exact name with this port; anything else may be a name that was rebound to loopback."""
        return host.lower() in self._own_hosts

    def knows_origin(self, origin: str) -> bool:
        """A page of this listener itself, or one that the settings name."""
        return origin in self.origins or origin in {f"http://{host}" for host in self._own_hosts}

    def is_open(self, path: str) -> bool:
        """May anybody on this machine read it without a token? A path that climbs (`/..`) is never open."""
        below = (one for one in self.open_paths if one.endswith("/") and one != "/")
        if path in self.open_paths:
            return True
        return "/." not in path and "\\" not in path and any(path.startswith(one) for one in below)

    @property
    def _own_hosts(self) -> frozenset[str]:
        named = {f"{host}:{self.port}" for host in LOOPBACK}
        if self.port == DEFAULT_PORT:
            named |= set(LOOPBACK)
        return frozenset(named | {host.lower() for host in self.hosts})
