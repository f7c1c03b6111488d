"""What a basket may leave empty and what it may not say; the least period of a rule."""

from __future__ import annotations

import pytest

from pos_agent.rules.basket import read
from pos_agent.rules.basket_values import BasketError
from pos_agent.rules.parse import parse
from pos_agent.rules.problems import RulesError

BASKET = {"at": "2026-11-21T12:00:00+03:00", "lines": [{"id": "1", "name": "Кофе", "price_kop": 100, "qty": "1"}]}
HEAD = '[program]\nid = "p"\nname = "P"\n'
RULE = '[[rule]]\nid = "r"\nkind = "item_percent"\nbp = 100\nwhen = { from = "2026-11-21", to = "%s" }\n'


def test_a_key_that_no_basket_has_is_told() -> None:
    with pytest.raises(BasketError) as told:
        read({**BASKET, "colour": "red"})
    assert "colour" in str(told.value)


@pytest.mark.parametrize("key", ["delivery", "partner", "draft"])
def test_an_empty_text_is_as_good_as_none(key: str) -> None:
    assert read({**BASKET, key: ""}) == read(BASKET)


def test_a_period_of_no_day_is_told_and_of_one_day_is_not() -> None:
    with pytest.raises(RulesError):
        parse(HEAD + RULE % "2026-11-21", "toml")
    assert parse(HEAD + RULE % "2026-11-22", "toml")
