"""What shadow rules found: one run for each set of rules, and the sales they would have priced otherwise."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from pos_agent.model.canonical import canonical_json
from pos_agent.store.schema_shadow import shadow_difference, shadow_run
from pos_agent.store.session import Session

_R, _D = shadow_run, shadow_difference


@dataclass(frozen=True)
class ShadowRun:
    """Sales looked at up to the ledger's `through_seq`. `failed`: could not be priced; `problem`: the last reason."""

    rules_hash: str
    through_seq: int
    priced: int = 0
    differing: int = 0
    failed: int = 0
    problem: str = ""
    begun_at: str = ""


@dataclass(frozen=True)
class ShadowDifference:
    """One sale that differs. `body`: see `pos_agent.shadow.difference`; `source` is "basket" or "ledger"."""

    seq: int
    event_id: str
    business_date: str
    source: str
    body: Mapping[str, Any]


@dataclass(frozen=True)
class Looked:
    """What one turn found: sales priced, those that failed and why, those that differ."""

    through_seq: int
    priced: int
    failed: int
    problem: str
    differing: Sequence[ShadowDifference]


class ShadowView:
    """Reads."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def run(self, rules_hash: str) -> ShadowRun | None:
        """How far these rules have looked."""
        row = self._session.connection.execute(sa.select(_R).where(_R.c.rules_hash == rules_hash)).one_or_none()
        if row is None:
            return None
        counts = (row.through_seq, row.priced, row.differing, row.failed)
        return ShadowRun(row.rules_hash, *counts, row.problem, row.begun_at)

    def differences(self, rules_hash: str) -> Iterator[ShadowDifference]:
        """In the order of the ledger, one at a time."""
        query = sa.select(_D).where(_D.c.rules_hash == rules_hash).order_by(_D.c.seq)
        for row in self._session.connection.execute(query):
            yield ShadowDifference(row.seq, row.event_id, row.business_date, row.source, json.loads(row.body))


class ShadowBook(ShadowView):
    """Writes."""

    def begin(self, rules_hash: str, through_seq: int) -> None:
        """New rules look at sales after `through_seq`."""
        now = self._session.stamp()
        row = {"rules_hash": rules_hash, "through_seq": through_seq, "begun_at": now, "changed_at": now}
        empty = {"priced": 0, "differing": 0, "failed": 0, "problem": ""}
        self._session.connection.execute(_R.insert().values({**row, **empty}))

    def go_on(self, rules_hash: str, found: Looked) -> None:
        """One turn, whole: its differences and how far it came."""
        for one in found.differing:
            where = {"rules_hash": rules_hash, "seq": one.seq, "event_id": one.event_id}
            what = {"business_date": one.business_date, "source": one.source, "body": canonical_json(one.body)}
            self._session.connection.execute(_D.insert().values({**where, **what}))
        values: dict[str, Any] = {
            "through_seq": found.through_seq,
            "priced": _R.c.priced + found.priced,
            "differing": _R.c.differing + len(found.differing),
            "failed": _R.c.failed + found.failed,
            "changed_at": self._session.stamp(),
        }
        if found.problem:
            values["problem"] = found.problem
        self._session.connection.execute(_R.update().where(_R.c.rules_hash == rules_hash).values(values))
