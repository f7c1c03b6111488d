"""What one face was asked, kept durably: the same id finds the same result, before and after a restart.

The desk's own intent decides what became of a request that was sent: nothing is sent to the printer from here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from pos_agent.checkout.lifecycle import SaleState
from pos_agent.errors import AgentError
from pos_agent.store.intents import UNSETTLED
from pos_agent.store.repositories import View
from pos_agent.store.splits import DROPPED as SPLIT_DROPPED
from pos_agent.store.splits import ENDED, MADE
from pos_agent.store.store import Store
from pos_agent.store.till_requests import DONE, DROPPED, REFUSED, SENT, TillRequest

REGISTERED, ABSENT, CHECKING, NEEDS_OPERATOR, UNFINISHED, ENDED_BY_RETURN = (
    "registered", "absent", "checking", "needs_operator", "unfinished", "ended"
)  # fmt: skip


@dataclass(frozen=True)
class Fate:
    """What the desk knows of a sale id. `answer` of a registered one."""

    word: str
    answer: Mapping[str, Any] = field(default_factory=dict)


def fate(view: View, sale_id: str) -> Fate:
    """By its intent, or by the sale in parts; nothing written: nothing was begun."""
    split = view.splits.get(sale_id)
    if split is not None:
        words = {MADE: REGISTERED, ENDED: ENDED_BY_RETURN, SPLIT_DROPPED: ABSENT}
        parts = [one.state for one in view.splits.intents(split) if one is not None]
        if split.state not in words and SaleState.NEEDS_OPERATOR in parts:
            return Fate(NEEDS_OPERATOR)
        if split.state not in words and set(parts) & set(UNSETTLED):
            return Fate(CHECKING)
        return Fate(words.get(split.state, UNFINISHED), split.answer)
    intent = view.intents.get(sale_id)
    if intent is None or intent.state == SaleState.NOT_EXECUTED:
        return Fate(ABSENT)
    if intent.state == SaleState.REGISTERED:
        return Fate(REGISTERED, intent.answer)
    return Fate(NEEDS_OPERATOR if intent.state == SaleState.NEEDS_OPERATOR else CHECKING)


def error_json(error: AgentError) -> dict[str, Any]:
    """What is kept of an error; `AgentError(code, lines=..., **params)` is made of it again."""
    params = {name: one if isinstance(one, int) else str(one) for name, one in error.params.items()}
    return {"code": error.code, "params": params, "lines": list(error.lines)}


class TillBook:
    """The requests of one face (`store.till_requests`: API, ATOL, KKMSERVER)."""

    def __init__(self, store: Store, front: str) -> None:
        self.store, self.front = store, front

    def take(
        self, request_id: str, content: Mapping[str, Any], more: Mapping[str, Any] | None = None
    ) -> tuple[TillRequest, bool]:
        """The request as it stands, and whether it is new; `more` is added to the content of a new one.

        UsageError HTTP-10: this id came with other content.
        """
        with self.store.writing("till request") as txn:
            made, fresh = txn.till_requests.take(self.front, request_id, content)
            if fresh and more:
                whole = {**content, **more}
                made = txn.till_requests.move(self.front, request_id, (made.state,), made.state, content=whole) or made
            return made, fresh

    def get(self, request_id: str) -> TillRequest | None:
        """As it stands."""
        with self.store.reading() as view:
            return view.till_requests.get(self.front, request_id)

    def move(
        self,
        request_id: str,
        was: Collection[str],
        state: str,
        *,
        content: Mapping[str, Any] | None = None,
        loyalty: str | None = None,
        result: Mapping[str, Any] | None = None,
        seen: Mapping[str, Any] | None = None,
    ) -> TillRequest | None:
        """See `store.till_requests`: None when it is not in one of `was`, or not with the content `seen`."""
        with self.store.writing(f"till request {state}") as txn:
            return txn.till_requests.move(
                self.front, request_id, was, state, content=content, loyalty=loyalty, result=result, seen=seen
            )

    def done(self, request_id: str, answer: Mapping[str, Any]) -> TillRequest | None:
        """It is registered, or otherwise over with a result."""
        return self._end(request_id, DONE, {"answer": dict(answer)})

    def refused(self, request_id: str, error: AgentError) -> TillRequest | None:
        """Nothing was registered, and why. It may be sent again."""
        return self._end(request_id, REFUSED, {"error": error_json(error)})

    def settled(self, request_id: str, error: AgentError | None = None) -> tuple[TillRequest | None, Fate]:
        """The request after the desk was asked what became of it; `error`: what its call ended with.

        Only for one that nobody is carrying out now.
        """
        with self.store.reading() as view:
            known, found = view.till_requests.get(self.front, request_id), fate(view, request_id)
        if known is None or known.state != SENT:
            return known, found
        if found.word == REGISTERED:
            return self.done(request_id, found.answer) or known, found
        if found.word == ABSENT:
            return self.refused(request_id, error or AgentError("HTTP-17")) or known, found
        if found.word == ENDED_BY_RETURN:
            return self.refused(request_id, AgentError("SAL-07")) or known, found
        return known, found

    def settle_all(self) -> list[TillRequest]:
        """At start: what was sent and not finished. Gives those that are still in doubt."""
        with self.store.reading() as view:
            left = view.till_requests.in_state(self.front, SENT)
        now = [self.settled(one.id)[0] for one in left]
        return [one for one in now if one is not None and one.state == SENT]

    def drop(self, request_id: str, was: Collection[str]) -> TillRequest | None:
        """Taken back by the caller."""
        return self.move(request_id, was, DROPPED)

    def _end(self, request_id: str, state: str, told: Mapping[str, Any]) -> TillRequest | None:
        with self.store.writing("till request over") as txn:
            known = txn.till_requests.get(self.front, request_id)
            if known is None:
                return None
            result = {**{name: one for name, one in known.result.items() if name != "error"}, **told}
            return txn.till_requests.move(self.front, request_id, (SENT,), state, result=result)
