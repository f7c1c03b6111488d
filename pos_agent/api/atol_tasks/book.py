"""Requests as they are kept: written down before they are answered, found again by uuid for ever.

A request is `asked` until its first task begins, `sent` until its last one is over, then `done`; `dropped` when it was
taken back. While it runs, `result` holds what is finished and what a restart has to know.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pos_agent.api.atol_tasks import numbers
from pos_agent.api.atol_tasks.envelope import Envelope, envelope
from pos_agent.api.atol_tasks.results import Json
from pos_agent.errors import UsageError
from pos_agent.store.store import Store
from pos_agent.store.till_requests import ASKED, ATOL, DONE, DROPPED, SENT, TillRequest

RECENT = 10_000


@dataclass(frozen=True)
class Request:
    """One request. `begun`: a task of it may have reached the printer; `items`: finished tasks, as results.

    `offer`, `before`: what the running task has to find again after a restart: see `offer.Offer`, `fiscal`.
    `device`: the part whose printer it was sent to, "" = the register's own.
    """

    uuid: str
    number: int
    state: str
    created_at: str
    tasks: tuple[dict[str, Any], ...] = field(default=(), repr=False)
    items: tuple[Json, ...] = ()
    offer: Mapping[str, Any] = field(default_factory=dict, repr=False)
    before: Mapping[str, Any] = field(default_factory=dict)
    body: str = field(default="", repr=False)
    device: str = ""

    @property
    def begun(self) -> bool:
        return self.state == SENT


@dataclass(frozen=True)
class Counts:
    """Requests by what became of them."""

    unfinished: int = 0
    finished: int = 0
    canceled: int = 0


class Book:
    """The requests of this face; asked from the server's threads and from the worker."""

    def __init__(self, store: Store, lang: str) -> None:
        self._store, self._lang = store, lang
        self._lock = threading.Lock()  # numbers are given one after another

    def put(self, asked: Envelope, device: str = "") -> Request | None:
        """Keep it durably; None: this uuid is known, whatever it holds."""
        with self._lock, self._store.writing("till request") as txn:
            if txn.till_requests.get(ATOL, asked.uuid) is not None:
                return None
            number = sum(count for (front, _), count in txn.till_requests.counts().items() if front == ATOL) + 1
            try:
                content = {"body": asked.body, "number": number, **_on(device)}
                row, new = txn.till_requests.take(ATOL, asked.uuid, content)
            except UsageError:
                return None
            return self._request(row) if new else None

    def get(self, uuid: str) -> Request | None:
        """By uuid."""
        with self._store.reading() as view:
            row = view.till_requests.get(ATOL, uuid)
        return None if row is None else self._request(row)

    def open(self) -> list[Request]:
        """Those not over, oldest first."""
        with self._store.reading() as view:
            rows = view.till_requests.in_state(ATOL, ASKED, SENT, limit=RECENT)
        return sorted(map(self._request, rows), key=lambda one: one.number)

    def counts(self) -> Counts:
        """For the state of the queue."""
        with self._store.reading() as view:
            found = {state: count for (front, state), count in view.till_requests.counts().items() if front == ATOL}
        return Counts(found.get(ASKED, 0) + found.get(SENT, 0), found.get(DONE, 0), found.get(DROPPED, 0))

    def progress(
        self,
        known: Request,
        items: Sequence[Json],
        *,
        offer: Mapping[str, Any] | None = None,
        before: Mapping[str, Any] | None = None,
    ) -> Request | None:
        """It runs: finished items, and what the task at hand must find again. None: it was taken back meanwhile.

        The offer names a customer and goods: it is kept sealed, with the request.
        """
        content = {"body": known.body, "number": known.number, "offer": dict(offer or {}), **_on(known.device)}
        result = {**_over(known, items), "before": dict(before or {})}
        with self._store.writing("till request runs") as txn:
            row = txn.till_requests.move(ATOL, known.uuid, (ASKED, SENT), SENT, content=content, result=result)
        return None if row is None else self._request(row)

    def finish(self, known: Request, items: Sequence[Json], loyalty: str | None = None) -> None:
        """It is over: for good."""
        with self._store.writing("till request done") as txn:
            txn.till_requests.move(ATOL, known.uuid, (ASKED, SENT), DONE, result=_over(known, items), loyalty=loyalty)

    def drop(self, known: Request, items: Sequence[Json]) -> bool:
        """Taken back before it began; False: it has begun."""
        with self._store.writing("till request dropped") as txn:
            return txn.till_requests.move(ATOL, known.uuid, (ASKED,), DROPPED, result=_over(known, items)) is not None

    def _request(self, row: TillRequest) -> Request:
        content, kept = row.content, row.result
        body = str(content.get("body", ""))
        return Request(
            uuid=row.id,
            number=int(content.get("number") or kept.get("number") or 0),
            state=row.state,
            created_at=row.created_at,
            tasks=envelope(body.encode(), self._lang).tasks if body else (),
            items=tuple(numbers.read(str(kept.get("items") or "[]"))),
            offer=content.get("offer") or {},
            before=kept.get("before") or {},
            body=body,
            device=str(content.get("device") or kept.get("device") or ""),
        )


def _on(device: str) -> Json:
    return {"device": device} if device else {}


def _over(known: Request, items: Sequence[Json]) -> Json:
    """What is kept of a request besides its content."""
    return {"number": known.number, "items": _kept(items), **_on(known.device)}


def _kept(items: Sequence[Json]) -> str:
    """Text of the items. A document's own bytes may name a buyer: they are shown while the agent runs, and not kept."""
    return numbers.write([{**one, "result": _without_raw(one["result"])} for one in items])


def _without_raw(result: object) -> object:
    return {name: one for name, one in result.items() if name != "rawData"} if isinstance(result, dict) else result
