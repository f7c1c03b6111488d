"""Slips to print: a queue that survives a restart.

pending ──claim──> printing ──finish──> printed | failed
   │                   └────requeue (after a restart, or the printer was busy)───> pending
   └────expire──> expired                        printed, failed, expired never change again
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from pos_agent.model.canonical import canonical_json
from pos_agent.model.receipt import DocumentId
from pos_agent.model.slip import SlipKind
from pos_agent.store.errors import StoreRefused
from pos_agent.store.ready import Ready, given
from pos_agent.store.schema import slip_job
from pos_agent.store.session import Session

_T = slip_job
_IN_STATE = Ready(
    sa.select(_T).where(_T.c.state == given("state")).order_by(_T.c.created_at, _T.c.id).limit(given("most"))
)


class SlipState(StrEnum):
    """Where a slip is."""

    PENDING = "pending"
    PRINTING = "printing"
    PRINTED = "printed"
    EXPIRED = "expired"
    FAILED = "failed"


@dataclass(frozen=True)
class SlipJob:
    """`facts` are JSON values without personal data (names and cards are looked up when it is printed).

    An id derived from the document (`slip:receipt:FN/FD`) makes a second slip for it impossible.
    """

    id: str
    kind: SlipKind
    document: DocumentId | None = None
    customer_id: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    state: SlipState = SlipState.PENDING
    created_at: str = ""  # UTC ISO, set by the store
    attempts: int = 0
    reason: str = ""


class SlipsView:
    """Reads."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, job_id: str) -> SlipJob | None:
        """By id."""
        row = self._session.connection.execute(sa.select(_T).where(_T.c.id == job_id)).one_or_none()
        return None if row is None else _job(row)

    def waiting(self) -> tuple[SlipJob, ...]:
        """Pending slips, oldest first."""
        return self.in_state(SlipState.PENDING)

    def in_state(self, state: SlipState, limit: int = 1000) -> tuple[SlipJob, ...]:
        """Slips in one state, oldest first."""
        return tuple(_job(row) for row in self._session.rows(_IN_STATE, state=state.value, most=limit))

    def since(self, created_from: str, limit: int = 200) -> tuple[SlipJob, ...]:
        """Slips made at that UTC ISO time or later, newest first."""
        query = sa.select(_T).where(_T.c.created_at >= created_from)
        newest = query.order_by(_T.c.created_at.desc(), _T.c.id).limit(limit)
        return tuple(_job(row) for row in self._session.connection.execute(newest))

    def by_document(self, document: DocumentId) -> tuple[SlipJob, ...]:
        """Slips of one receipt, oldest first."""
        mine = (_T.c.fn_serial == document.fn_serial) & (_T.c.fd_number == document.fd_number)
        query = sa.select(_T).where(mine).order_by(_T.c.created_at, _T.c.id)
        return tuple(_job(row) for row in self._session.connection.execute(query))


class Slips(SlipsView):
    """Writes."""

    def add(self, job: SlipJob) -> bool:
        """Queue it; False when its id is queued or printed already."""
        if self.get(job.id) is not None:
            return False
        now = self._session.stamp()
        row = {
            "id": job.id,
            "kind": job.kind.value,
            "fn_serial": job.document.fn_serial if job.document else None,
            "fd_number": job.document.fd_number if job.document else None,
            "customer_id": job.customer_id,
            "facts": canonical_json(job.facts),
            "state": SlipState.PENDING.value,
            "created_at": now,
            "changed_at": now,
            "attempts": 0,
            "reason": "",
        }
        self._session.connection.execute(_T.insert().values(row))
        return True

    def claim(self) -> SlipJob | None:
        """Take the oldest pending slip for printing (one attempt more); None when nothing waits."""
        waiting = self.in_state(SlipState.PENDING, limit=1)
        if not waiting:
            return None
        job = waiting[0]
        return self._change(job.id, SlipState.PRINTING, attempts=job.attempts + 1)

    def finish(self, job_id: str, state: SlipState, reason: str = "") -> SlipJob:
        """End a slip: printed, failed or expired. StoreRefused when it ended otherwise before."""
        if state not in (SlipState.PRINTED, SlipState.FAILED, SlipState.EXPIRED):
            raise ValueError(f"{state} does not end a slip")
        job = self.get(job_id)
        if job is not None and job.state is state:
            return job
        return self._change(job_id, state, reason=reason)

    def put_back(self, job_id: str, reason: str = "") -> SlipJob:
        """The claimed slip was not printed: to the queue again, in its old place."""
        return self._change(job_id, SlipState.PENDING, reason=reason)

    def requeue_after_restart(self, max_attempts: int = 3) -> int:
        """Slips being printed when the process ended wait again; after `max_attempts` they fail. Returns how many."""
        interrupted = self.in_state(SlipState.PRINTING)
        for job in interrupted:
            if job.attempts >= max_attempts:
                self.finish(job.id, SlipState.FAILED, "interrupted too often")
            else:
                self.put_back(job.id, "restart")
        return len(interrupted)

    def expire_before(self, created_before: str) -> int:
        """Pending slips made before that UTC ISO time (see `session.stamp`) will not be printed. Returns how many."""
        old = (_T.c.state == SlipState.PENDING.value) & (_T.c.created_at < created_before)
        values = {"state": SlipState.EXPIRED.value, "changed_at": self._session.stamp(), "reason": "too old"}
        return self._session.connection.execute(_T.update().where(old).values(values)).rowcount

    def _change(self, job_id: str, state: SlipState, **values: object) -> SlipJob:
        found = _T.update().where(_T.c.id == job_id)
        self._session.connection.execute(found.values(state=state.value, changed_at=self._session.stamp(), **values))
        job = self.get(job_id)
        if job is None:
            raise StoreRefused(f"no slip {job_id}")
        return job


def _job(row: Any) -> SlipJob:  # noqa: ANN401 - a row of any columns
    return SlipJob(
        id=row.id,
        kind=SlipKind(row.kind),
        document=None if row.fn_serial is None else DocumentId(row.fn_serial, row.fd_number),
        customer_id=row.customer_id,
        facts=json.loads(row.facts),
        state=SlipState(row.state),
        created_at=row.created_at,
        attempts=row.attempts,
        reason=row.reason,
    )
