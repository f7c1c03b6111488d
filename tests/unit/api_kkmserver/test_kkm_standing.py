"""A receipt that is neither made nor surely absent: what the till is told, and whether it asks again."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from pos_agent.api.kkmserver.answers import FAILED, RUNNING
from pos_agent.api.kkmserver.jobs import PendingError
from pos_agent.api.kkmserver.standing import Standing, pending
from pos_agent.api.till_book import CHECKING, ENDED_BY_RETURN, NEEDS_OPERATOR, UNFINISHED
from pos_agent.errors import AgentError, PrinterError, UsageError

JOB: Any = SimpleNamespace(parts=SimpleNamespace(config=SimpleNamespace(agent=SimpleNamespace(language="ru"))))
LEFT = {"n": 2, "of": 2, "made": "9999078902001234/3"}


def told(now: Standing, error: AgentError | None = None) -> PendingError:
    found = pending(JOB, now, error)
    assert isinstance(found, PendingError)
    return found


@pytest.mark.parametrize(
    ("word", "status", "code"), [(CHECKING, RUNNING, "SAL-01"), (NEEDS_OPERATOR, FAILED, "SAL-02")]
)
def test_in_doubt(word: str, status: int, code: str) -> None:
    found = told(Standing(word))
    assert (found.status, code in found.text) == (status, True)


@pytest.mark.parametrize(("fresh", "status"), [(True, RUNNING), (False, FAILED)])
def test_some_parts_are_made(fresh: bool, status: int) -> None:
    now = Standing(UNFINISHED, (), PrinterError("SAL-06", **LEFT), fresh)
    found = told(now)
    assert (found.status, "SAL-06" in found.text, LEFT["made"] in found.text) == (status, True, True)
    why = PrinterError("SAL-06", lines=("Принтер части ip", "Смене больше 24 часов", "Нет бумаги"), **LEFT)
    found = told(now, why)
    assert "Принтер части ip Нет бумаги" in found.text
    assert "смен" not in found.text.casefold(), "a till would close the shift and ring it up again"
    assert "SAL-06" in told(now, PrinterError("PRN-03")).text, "the sale's own standing, whatever the last call met"


def test_what_was_made_came_back() -> None:
    found = pending(JOB, Standing(ENDED_BY_RETURN))
    assert isinstance(found, UsageError)
    assert found.code == "SAL-07"
