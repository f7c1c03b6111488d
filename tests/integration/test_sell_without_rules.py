"""`pos-agent sell` on a register without rules: list price, a word about it, and the same answer ever after."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kit.gateway_register import RULES
from kit.http_agent import BASKET, CARD, HttpAgent
from typer.testing import CliRunner

from pos_agent.api.table import OPERATIONS
from pos_agent.cli import sale
from pos_agent.cli.main import mounted
from pos_agent.errors import UsageError
from pos_agent.rules.problems import RulesError


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[HttpAgent]:
    made = HttpAgent(tmp_path)
    with made.register.store.writing("no rules") as txn:
        txn.session.connection.exec_driver_sql("UPDATE rules_version SET active = 0")
    yield made
    made.close()


def sell(agent: HttpAgent, **more: Any) -> dict[str, Any]:
    args = {"basket": BASKET, "sale": "s-1", **more}
    return OPERATIONS["sell"].run(agent.parts, args).result(10)


def load_rules(agent: HttpAgent) -> None:
    with agent.register.store.writing("rules") as txn:
        txn.rules.activate(txn.rules.add(RULES, "test", "toml").version)


def test_it_sells_at_list_price_to_nobody_and_says_so(agent: HttpAgent) -> None:
    told = sell(agent, customer=CARD, basket={**BASKET, "spend": "max", "codes": ["SPRING"]})
    assert (told["total_kop"], told["customer"], told["spent_pt"], told["accrued_pt"]) == (20_000, None, 0, 0)
    assert (told["list_price"], told["why"]) == (True, "RUL-03")
    assert agent.printed() == 1


def test_rules_that_cannot_be_read_do_not_stop_it_either(agent: HttpAgent, monkeypatch: pytest.MonkeyPatch) -> None:
    load_rules(agent)

    def unreadable(text: str, form: str) -> None:
        raise RulesError([])

    monkeypatch.setattr("pos_agent.checkout.journal.parse", unreadable)
    agent.register.reopen()
    agent.restart()
    told = sell(agent)
    assert (told["total_kop"], told["why"]) == (20_000, "RUL-01")


def test_the_same_sale_asked_again_when_rules_came_is_the_same_sale(agent: HttpAgent) -> None:
    first = sell(agent, customer=CARD)
    load_rules(agent)
    again = sell(agent, customer=CARD)
    assert again["document"] == first["document"]
    assert agent.printed() == 1
    with pytest.raises(UsageError, match="SAL-05"):
        sell(agent, customer=CARD, basket={"lines": [{**BASKET["lines"][0], "qty": "3"}]})


def test_and_a_sale_with_rules_asked_again_when_they_are_gone(agent: HttpAgent) -> None:
    load_rules(agent)
    first = sell(agent, customer=CARD)
    assert first["customer"] == agent.register.customer
    assert "list_price" not in first
    with agent.register.store.writing("no rules") as txn:
        txn.session.connection.exec_driver_sql("UPDATE rules_version SET active = 0")
    assert sell(agent, customer=CARD) == first
    assert agent.printed() == 1


@pytest.mark.parametrize(("lang", "words"), [("ru", "по ценам с полки"), ("en", "at shelf prices")])
def test_the_command_says_it_in_words(
    agent: HttpAgent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lang: str, words: str
) -> None:
    monkeypatch.setattr(sale, "call", lambda config, name, **args: OPERATIONS[name].run(agent.parts, args).result(10))
    monkeypatch.setenv("POS_AGENT_AGENT__LANGUAGE", lang)
    file = tmp_path / "basket.json"
    file.write_text(json.dumps(BASKET), encoding="utf-8")
    done = CliRunner().invoke(mounted("sell"), ["sell", "--basket", str(file), "--id", "s-9"])
    assert done.exit_code == 0, done.output
    assert "200.00" in done.output
    assert words in done.output
    assert "rules import" in done.output
