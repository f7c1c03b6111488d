"""Points for what happened outside a sale, under the reporter's own key: the same key, the same answer for ever."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from pos_agent.api.operation import Json, Parts
from pos_agent.api.points_further import action, reported
from pos_agent.api.till_book import TillBook
from pos_agent.store.till_requests import API, ASKED, DONE, SENT

PREFIX = "action/"  # no sale's id can begin so
TOLD = ("event", "again", "customer", "balance")


class Reports:
    """Actions reported over the own API, one after another. From any thread."""

    def __init__(self, parts: Parts) -> None:
        self._parts, self._book = parts, TillBook(parts.store, API)
        self._turn = threading.Lock()

    def give(self, key: str, given: Mapping[str, Any], operator: str) -> tuple[Json, bool]:
        """`{action, customer, report}` -> `{event, again, customer, balance}` of `points.action`, and is the key new?

        UsageError HTTP-10: the key came with other content. What `points.action` refuses is not kept: the key is free.
        """
        row, content = PREFIX + key, {"kind": "action", **given}
        with self._turn:
            if self._book.get(row) is None:
                reported(self._parts, given)
            kept, fresh = self._book.take(row, content)
            if kept.state == DONE:
                return dict(kept.result["answer"]), False
            made = action(self._parts, {**given, "operator": operator})
            told = {name: made[name] for name in TOLD}
            with self._parts.store.writing("action reported") as txn:
                txn.till_requests.move(API, row, (ASKED,), SENT)
                txn.till_requests.move(API, row, (SENT,), DONE, result={"answer": told})
            return told, fresh
