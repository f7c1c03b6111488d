"""The course of reckoning, out of the trace that an event keeps."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from unit.agent.checkout_story import ANNA, PLACE, UNIT, document, goods, program

from pos_agent.checkout.recording import sale
from pos_agent.cli.course import course
from pos_agent.cli.receipts import _card
from pos_agent.rules import basket
from pos_agent.rules.parse import parse
from pos_agent.rules.price import price

ROOT = Path(__file__).parents[3]


def test_of_a_till_s_receipt() -> None:
    made = sale(document(7, goods(("Сыр", 45999, UNIT), ("Чай", 1001, UNIT))), ANNA, [], program("bp = 225"), PLACE)
    trace = json.loads(json.dumps(made.event.facts["trace"]))
    told = course(trace, "ru")
    assert told[0].startswith("Баллы: начислено ")
    assert "  1: 459.99 x 2.25 % = 10.349775 б." in told
    assert any(line.startswith("  2: 10.01 x 2.25 %") for line in told)
    assert all(not any("а" <= letter <= "я" for letter in line.lower()) for line in course(trace, "en"))


def test_of_a_receipt_of_ours() -> None:
    rules = parse((ROOT / "config/rules/coffee.toml").read_text(encoding="utf-8"), "toml")
    given = json.loads((ROOT / "config/examples/basket.json").read_text(encoding="utf-8"))
    trace = json.loads(json.dumps(price(rules, basket.read(given), {}).trace))
    assert len(course(trace, "ru")) >= 2
    assert len(course(trace, "en")) == len(course(trace, "ru"))


def test_of_nothing() -> None:
    assert course([], "ru") == []
    assert course([{"step": "nothing", "reason": "points were spent"}], "ru") == []


@pytest.mark.parametrize(("lang", "head"), [("ru", "Как посчитано:"), ("en", "How it was reckoned:")])
def test_a_shown_receipt_tells_it(lang: str, head: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POS_AGENT_AGENT__LANGUAGE", lang)
    made = sale(document(7, goods(("Сыр", 45999, UNIT))), ANNA, [], program("bp = 225"), PLACE)
    row = {"document": "1/7", "operation": 1, "form": 3, "total_kop": 45999, "at": "2026-11-21T18:05"}
    row |= {"points": [], "flags": [], "state": "whole", "customer": None, "damage": None, "slips": []}
    shown = [*_card({**row, "events": [{"seq": 1, "id": "e", "facts": made.event.facts}]})]
    assert f"    {head}" in shown
    assert any("459.99 x 2.25 %" in line for line in shown)


def test_a_damaged_document_is_told_in_russian() -> None:
    row = {"document": "1/7", "operation": 1, "form": 3, "total_kop": None, "at": "", "customer": None}
    row |= {"points": [], "flags": [], "state": "damaged", "slips": []}
    row["events"] = [{"seq": 1, "id": "e", "facts": {"why": "byte 243: tag 0 declares 65535"}}]
    shown = [*_card({**row, "damage": {"ru": "байт 243: тег 0 объявляет 65535", "en": "byte 243"}})]
    assert "    не читается: байт 243: тег 0 объявляет 65535" in shown
