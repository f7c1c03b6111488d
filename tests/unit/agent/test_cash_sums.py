"""What a person writes after `cash in`: a sum in roubles, or a refusal before the agent is asked."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from pos_agent.cli import cash
from pos_agent.errors import UsageError


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    seen: list[dict[str, Any]] = []

    def call(config_file: object, operation: str, **args: Any) -> dict[str, Any]:
        seen.append({"operation": operation, **args})
        return {"moved_kop": args["kop"]}

    monkeypatch.setattr(cash, "call", call)
    return seen


@pytest.mark.parametrize(
    ("text", "kop"), [("1000", 100_000), ("1000.50", 100_050), ("1 000,5", 100_050), ("0.01", 1), ("+7", 700)]
)
def test_sums_are_written_as_people_do(asked: list[dict[str, Any]], text: str, kop: int) -> None:
    told = CliRunner().invoke(cash.app, ["in", text, "--json"])
    assert json.loads(told.stdout) == {"moved_kop": kop}
    assert asked == [{"operation": "cash.in", "kop": kop, "printer": ""}]


@pytest.mark.parametrize("text", ["", "0", "0.00", "1.234", "1e3", "NaN", "Infinity", "1000000000000", "тысяча"])
def test_what_is_no_sum_is_refused_before_anything_is_asked(asked: list[dict[str, Any]], text: str) -> None:
    told = CliRunner().invoke(cash.app, ["out", text])
    assert isinstance(told.exception, UsageError)
    assert told.exception.code == "API-01"
    assert asked == []
