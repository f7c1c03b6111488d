"""A receipt found half-done by the next process: told, gone on with, given up or in doubt, by what the desk knows."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from pos_agent.api.kkmserver import register, sale
from pos_agent.api.kkmserver.answers import FailedError
from pos_agent.api.kkmserver.jobs import PendingError, Result
from pos_agent.api.kkmserver.register import RegisterWork
from pos_agent.api.kkmserver.standing import Standing
from pos_agent.api.till_book import ABSENT, CHECKING, ENDED_BY_RETURN, NEEDS_OPERATOR, REGISTERED, UNFINISHED
from pos_agent.errors import PrinterError, UsageError

LEFT = PrinterError("SAL-06", n=2, of=2, made="9999078902001234/3")


class Found(RegisterWork):
    """`done`: what it did of it."""

    def __init__(self) -> None:
        self.done: list[str] = []

    async def _told(self, job: Any, offer: Any, now: Standing) -> Result:
        self.done.append(f"told at {offer.loyalty}")
        return Result()

    async def _sold(self, job: Any, check: Any, offer: Any, order: Any) -> Result:
        self.done.append(f"sold {order} at {offer.loyalty}")
        return Result()


def revived(monkeypatch: pytest.MonkeyPatch, now: Standing, *, again: bool) -> Any:
    """What it did, or the error."""

    async def standing(job: Any) -> Standing:
        return now

    async def in_thread(work: Any) -> Any:
        return work()

    monkeypatch.setattr(register, "standing", standing)
    monkeypatch.setattr(register, "_read", lambda job: "check")
    monkeypatch.setattr(sale, "order_of", lambda parts, name, check, offer: name)
    agent = SimpleNamespace(language="ru")
    parts = SimpleNamespace(config=SimpleNamespace(agent=agent))
    content = {"offer": {"loyalty": "kept"}, "sale": "kkm-k-1"}
    flags = SimpleNamespace(flag=lambda name: True)
    job: Any = SimpleNamespace(key="k-1", content=content, fields=flags, parts=parts, in_thread=in_thread)
    work = Found()
    try:
        asyncio.run(work.revive(job, again))
    except (FailedError, PendingError, UsageError) as error:
        assert work.done == []
        return type(error)
    return work.done


SOLD, TOLD = ["sold kkm-k-1 at kept"], ["told at kept"]


@pytest.mark.parametrize(
    ("now", "asked", "again"),
    [
        (Standing(REGISTERED), TOLD, TOLD),
        (Standing(ABSENT), FailedError, SOLD),
        (Standing(UNFINISHED, (), LEFT, fresh=True), SOLD, SOLD),
        (Standing(UNFINISHED, (), LEFT, fresh=False), PendingError, SOLD),
        (Standing(CHECKING), PendingError, SOLD),
        (Standing(NEEDS_OPERATOR), PendingError, SOLD),
        (Standing(ENDED_BY_RETURN), UsageError, SOLD),
    ],
    ids=lambda one: one.word if isinstance(one, Standing) else "",
)
def test_found_half_done(monkeypatch: pytest.MonkeyPatch, now: Standing, asked: Any, again: Any) -> None:
    """`asked`: by `GetRezult`, which begins nothing new; `again`: sent again, under the same sale for the desk."""
    assert revived(monkeypatch, now, again=False) == asked
    assert revived(monkeypatch, now, again=True) == again
