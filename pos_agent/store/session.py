"""What every repository works with inside one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection

from pos_agent.clock import Clock
from pos_agent.store.vault import Vault


@dataclass(frozen=True)
class Session:
    """One connection inside one transaction, with the vault and the clock."""

    connection: Connection
    vault: Vault
    clock: Clock

    def stamp(self) -> str:
        """The host's time now, as the store writes it."""
        return stamp(self.clock.now())


def stamp(moment: datetime) -> str:
    """UTC, ISO, always milliseconds, so that text order is time order. The moment is aware."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")
