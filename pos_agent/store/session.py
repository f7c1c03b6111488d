"""What every repository works with inside one transaction."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from pos_agent.clock import Clock
from pos_agent.store.histories import Histories
from pos_agent.store.ready import Answers, Ready
from pos_agent.store.vault import Vault


@dataclass(frozen=True)
class Session:
    """One connection inside one transaction, with the vault and the clock.

    `histories` outlive the transaction; `answers` are those of a snapshot (None: this transaction may write).
    """

    connection: Connection
    vault: Vault
    clock: Clock
    histories: Histories = field(default_factory=Histories)
    answers: Answers | None = None

    def rows(self, ready: Ready, **values: Any) -> tuple[Any, ...]:  # noqa: ANN401 - values of any column
        """All rows of a ready question."""
        return ready.rows(self.connection, values, self.answers)

    def row(self, ready: Ready, **values: Any) -> Any:  # noqa: ANN401 - a row of any columns
        """Its first row, None when there is none."""
        return next(iter(ready.rows(self.connection, values, self.answers)), None)

    def stamp(self) -> str:
        """The host's time now, as the store writes it."""
        return stamp(self.clock.now())


def stamp(moment: datetime) -> str:
    """UTC, ISO, always milliseconds, so that text order is time order. The moment is aware."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")
