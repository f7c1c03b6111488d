"""A level that changes is told on the slip: which, from which day, and the way to the next from there (section 8)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from kit.gateway_register import GatewayRegister
from kit.ledger_facts import day_of, event_of
from oracle.plain_ledger import Fact
from unit.slip.slip_story import ANNA, SALE, STYLE, paper, seen

from pos_agent.checkout.figures import level_figures
from pos_agent.printing.slip import lay_out
from pos_agent.rules.parse import parse

LADDER = """
[program]
id = "p"
name = "P"
[accrue]
tiers = [{{ name = "low", from_{0} = {1}, bp = 100 }}, {{ name = "plus", from_{0} = {2}, bp = 200 }},
         {{ name = "top", from_{0} = {3}, bp = 300 }}]
"""
MONEY, VISITS = LADDER.format("kop", 0, 1000, 3000), LADDER.format("visits", 0, 2, 4)
ABOVE_ZERO = LADDER.format("kop", 500, 1000, 3000)
FIRST = Fact("f001", "sale", 0, "c-a", net=900)
RAISING = Fact("f002", "sale", 3, "c-a", net=200, pieces=2)
BACK = Fact("f003", "back", 9, "c-a", of="f002", net=200, pieces=2)


def told(rules: str, *facts: Fact) -> dict:
    """Figures of the slip of the last fact."""
    events = [event_of(fact) for fact in facts]
    return level_figures(events, "c-a", day_of(facts[-1].day), parse(rules), events[:-1])


def test_a_purchase_raises_the_level_from_tomorrow_and_the_way_goes_on_from_there():
    assert told(MONEY, FIRST) == {
        "level": "low", "level_bp": 100, "next_level": "plus", "next_level_bp": 200, "next_left_kop": 100,
    }  # fmt: skip
    assert told(MONEY, FIRST, RAISING) == {
        "level": "low", "level_bp": 100, "level_from": "2026-01-05", "level_then": "plus", "level_then_bp": 200,
        "next_level": "top", "next_level_bp": 300, "next_left_kop": 1900,
    }  # fmt: skip


def test_a_return_undoes_the_level_on_its_own_day():
    figures = told(MONEY, FIRST, RAISING, BACK)
    assert (figures["level"], figures["level_from"], figures["level_then"]) == ("plus", "2026-01-10", "low")
    assert (figures["next_level"], figures["next_left_kop"]) == ("plus", 100)


def test_the_first_level_and_the_last_one_lost():
    first = told(ABOVE_ZERO, FIRST)
    assert "level" not in first
    assert (first["level_from"], first["level_then"]) == ("2026-01-02", "low")
    gone = told(ABOVE_ZERO, replace(FIRST, pieces=2), Fact("f002", "back", 5, "c-a", of="f001", net=900, pieces=2))
    assert (gone["level"], gone["level_from"], "level_then" in gone) == ("low", "2026-01-06", False)


def test_a_ladder_of_visits_counts_purchases():
    assert told(VISITS, FIRST)["next_left_visits"] == 1
    figures = told(VISITS, FIRST, RAISING)
    assert (figures["level_then"], figures["next_level"], figures["next_left_visits"]) == ("plus", "top", 2)


def test_at_the_top_and_without_levels_nothing_more_is_told():
    top = told(MONEY, replace(FIRST, net=5000), replace(RAISING, day=7))
    assert top == {"level": "top", "level_bp": 300}
    assert told('[program]\nid = "p"\nname = "P"\n[accrue]\nbp = 1', FIRST) == {}


DISCOUNTS = """
[program]
id = "p"
name = "P"
[[rule]]
id = "card"
kind = "tier_percent"
tiers = [{ name = "low", from_kop = 0, bp = 300 }, { name = "plus", from_kop = 1000, bp = 500 }]
"""


def test_levels_of_a_discount_are_told_as_discounts():
    assert told(DISCOUNTS, FIRST, RAISING) == {
        "level": "low", "level_bp": 300, "level_from": "2026-01-05", "level_then": "plus", "level_then_bp": 500,
        "level_is_discount": True,
    }  # fmt: skip
    lines = seen(lay_out(replace(SALE, level_is_discount=True), ANNA, STYLE, paper(48)), 48)
    assert "Уровень Серебро, скидка".ljust(45) + "5 %" in lines


CHANGED = replace(SALE, level_from="2026-11-22", level_then="Золото", level_then_bp=700, next_level="Платина")


@pytest.mark.parametrize(("columns", "line"), [(32, "С 22.11.2026 Золото"), (48, "С 22.11.2026 уровень Золото")])
def test_the_line_stands_between_the_level_and_the_way_to_the_next(columns: int, line: str):
    lines = seen(lay_out(CHANGED, ANNA, STYLE, paper(columns)), columns)
    (at,) = [number for number, text in enumerate(lines) if text.startswith(line)]
    assert lines[at] == line.ljust(columns - 3) + "7 %"
    assert lines[at - 1].startswith("Уровень Серебро")
    assert lines[at + 1].startswith("До ")


def test_a_level_that_is_gone_and_a_ladder_of_visits_are_printed():
    gone = replace(CHANGED, level_then="", level_then_bp=0, next_left_kop=0, next_left_visits=3)
    lines = [text.rstrip() for text in seen(lay_out(gone, ANNA, STYLE, paper(42)), 42)]
    assert "С 22.11.2026 уровня нет" in lines
    assert "До уровня Платина, покупок".ljust(41) + "3" in lines


def test_it_comes_out_of_the_printer(tmp_path: Path):
    register = GatewayRegister(tmp_path, slips=True)
    try:
        with register.store.writing("rules") as txn:
            text = MONEY.replace('"p"', '"test"').replace("1000", "5000").replace("3000", "20000")
            txn.rules.activate(txn.rules.add(text, "levels", "toml").version)
        register.sale("s-1", customer=register.customer)
        register.step(30)
        tape = register.tape.text()
    finally:
        register.store.close()
    assert "С 22.11.2026 уровень plus" in tape
    assert "До уровня top" in tape
