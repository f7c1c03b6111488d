"""What a check of the ledger found to be wrong."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Breach:
    """`kind` is a stable word for programs, `where` names the row, event or account, `detail` says what in English."""

    kind: str
    where: str
    detail: str
