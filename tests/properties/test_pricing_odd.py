"""A good basket with one odd value in it: refused by name, or priced as the plain second hand prices it."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from oracle.compare import compared
from oracle.further_receipts import further_case
from oracle.plain_price import plain_price

from pos_agent.rules.basket import BasketError, read
from pos_agent.rules.parse import parse
from pos_agent.rules.problems import RulesError

Path = tuple[str | int, ...]
FIGURES = (0, 1, 2, 3, 99, 100, 9_999, 10_000, 10_001, 10**6, 10**9, 10**12, -1, -(10**12), True, 1.0, None, "1")
QUANTITIES = ("0.000001", "999999999.999999", "1000000", "0.333333", "1", "000001.5", "0.0000001", "1.", "-1", None, 1)
WORDS = ("", "a", "*", "?", "[", "İ", "ß", "\u202e", "\u200b", "\n", "x" * 500, "x" * 501, None, 1)
MOMENTS = (
    *("1970-01-01T00:00:00", "2199-12-31T23:59:59", "2024-02-29T23:59:59", "2026-02-29T10:00:00"),
    *("2026-11-21T00:00:00-23:59", "2026-11-21T18:05:00+03:00", "2026-03-29T02:30:00", "2026-11-21", None),
)


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if children is None:
        yield path, value
    for key, child in children or ():
        yield from leaves(child, (*path, key))


def changed(whole: Any, path: Path, new: Any) -> Any:
    found = copy.deepcopy(whole)
    place = found
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = new
    return found


def said(value: Any) -> Any:
    """Without what is null: it says nothing, and the plain hand reads only what is said."""
    if isinstance(value, dict):
        return {key: said(one) for key, one in value.items() if one is not None}
    return [said(one) for one in value] if isinstance(value, list) else value


def pool(path: Path, value: object) -> tuple[Any, ...]:
    if path[-1] in ("qty", "units"):
        return QUANTITIES
    return MOMENTS if path[-1] == "at" else FIGURES if isinstance(value, int) else WORDS


def named(error: BasketError | RulesError) -> None:
    assert error.problems
    assert all(one.message_ru and one.message_en for one in error.problems)


@given(seed=st.integers(0, 10**6), in_rules=st.booleans(), where=st.randoms(use_true_random=False))
def test_one_odd_value_is_refused_or_priced_as_the_plain_hand_does(seed: int, in_rules: bool, where: Any):
    rules, basket = further_case(seed)
    path, value = where.choice(list(leaves(rules if in_rules else basket)))
    new = where.choice(pool(path, value))
    rules, basket = (changed(rules, path, new), basket) if in_rules else (rules, changed(basket, path, new))
    try:
        parse(json.dumps(rules), "json")
        read(basket)
    except (BasketError, RulesError) as error:
        return named(error)
    assert compared(rules, basket, plain_price(said(rules), said(basket))) == [], (path, value, new)
    return None
