"""Each kind of nonsense, at every place of a full basket and a full rules file: refused by the name of that place."""

from __future__ import annotations

import copy
import json

import pytest

from pos_agent.rules import answer, basket
from pos_agent.rules.basket import BasketError
from pos_agent.rules.parse import parse
from pos_agent.rules.price import price
from pos_agent.rules.problems import RulesError

BASKET = {
    "at": "2026-11-21T18:05:00+03:00", "zone": "Europe/Moscow", "register": "t", "store": "s", "channel": "till",
    "draft": "d", "receipts_today": 3, "delivery": "v", "partner": "w",
    "lines": [{"id": "1", "name": "Кофе", "category": "a", "price_kop": 1999, "qty": "2", "flags": ["no_spend"],
               "floor_kop": 1, "part": "x", "volume_ml": 500, "barcode": "46", "sku": "7", "gtin": "4600000000008"}],
    "customer": {"id": "c", "visits": 3, "visits_today": 1, "balance_pt": 900, "stamps": {"r": 2}, "metric_kop": 5,
                 "segments": ["vip"], "programs": {"q": {"balance_pt": 5, "spend": "max"}}},
    "codes": ["A"], "spend_pt": 100,
    "payments": [{"kind": "deposit", "id": "s", "sum_kop": 100}],
}  # fmt: skip
RULES = {
    "program": {"id": "p", "name": "P", "max_discount_bp": 5000, "min_unit_kop": 1, "kop_per_pt": [1, 1]},
    "accrue": {"tiers": [{"name": "a", "from_kop": 0, "bp": 100}], "multipliers": [{"num": 3, "den": 2}], "max_pt": 9},
    "spend": {"cap_bp": 5000, "scope": {"names": ["*"]}, "step_pt": 1},
    "programs": [{"id": "q", "name": "Q", "kop_per_pt": [3, 2], "spend": {"cap_bp": 1}, "accrue": {"bp": 7}}],
    "calendar": [{"id": "k", "dates": ["2026-11-21"], "hours": ["08:00", "20:00"]}],
    "experiment": [{"id": "e", "groups": [{"name": "g", "bp": 10000}]}],
    "codes": [{"id": "b", "kind": "times", "times": 2, "codes": ["A"]}],
    "blacklist": [{"id": "l", "skus": ["9*"], "flags": ["no_accrue"], "max_kop": 5}],
    "rule": [
        {"id": "r", "kind": "punch_card", "every": 2, "when": {"calendars": ["k"], "batches": ["b"]}},
        {"id": "s", "kind": "item_percent", "bp": 500, "name": "N", "when": {"weekdays": [1], "nth_visit": 2}},
        {"id": "t", "kind": "receipt_percent", "bp": 500, "max_kop": 7, "scope": {"min_qty": "2", "skus": ["1"]}},
    ],
}


def places(value, path=()):
    """Every place of a JSON value, with what stands there."""
    yield path, value
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from places(child, (*path, key))


def changed(whole, path, new):
    found = copy.deepcopy(whole)
    place = found
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = new
    return found


def written(path):
    """`("lines", 0, "qty")` -> `lines[0].qty`."""
    text = ""
    for key in path:
        text += f"[{key}]" if isinstance(key, int) else f".{key}" if text else key
    return text


def problems(whole):
    try:
        if "program" in whole:
            parse(json.dumps(whole), "json")
        else:
            basket.read(whole)
    except (RulesError, BasketError) as error:
        return [(one.path, one.code) for one in error.problems]
    return []


def of(kind):
    return [
        pytest.param(whole, path, id=f"{name}-{written(path)}")
        for name, whole in (("basket", BASKET), ("rules", RULES))
        for path, value in places(whole)
        if path and type(value) is kind
    ]


def test_both_are_good_as_they_are():
    assert problems(BASKET) == problems(RULES) == []


@pytest.mark.parametrize(("whole", "path"), of(int))
@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1.5, 1e3, 10**30, -(10**30), True, "1", None, [1]])
def test_what_is_no_sensible_number(whole, path, value):
    found = problems(changed(whole, path, value))
    if value is None and not isinstance(path[-1], int):  # absent: a key without a figure may have a default
        assert all(name == written(path) for name, _ in found) or found[0][1] in ("missing", "one_of")
        return
    assert found, "taken as if it were a number"
    assert found[0][0] in (written(path), written(path[:-1])), found


@pytest.mark.parametrize(("whole", "path"), [one for one in of(int) if one.values[1][-1] not in ("r", "metric_kop")])
def test_nothing_is_below_nought(whole, path):
    assert (written(path), "range") in problems(changed(whole, path, -1))


@pytest.mark.parametrize(("whole", "path"), of(str))
@pytest.mark.parametrize("text", ["a\x00b", "\x1b[31m", "a\nb", "\x7f", "\x85", "\u2028"])
def test_no_control_byte_comes_through(whole, path, text):
    list_of = path[:-1] if isinstance(path[-1], int) else path
    assert written(list_of) in [name for name, _ in problems(changed(whole, path, text))]


@pytest.mark.parametrize(("whole", "path"), of(dict))
def test_a_key_that_nobody_knows(whole, path):
    table = dict(places(whole))[path]
    if path[-1] in ("stamps", "programs") and path[0] == "customer":
        return  # its keys are names of counters and programs
    assert problems(changed(whole, path, {**table, "colour": 1})) == [(f"{written(path)}.colour", "unknown_key")]


@pytest.mark.parametrize("whole", [BASKET, RULES], ids=["basket", "rules"])
def test_a_key_that_nobody_knows_at_the_top(whole):
    assert problems({**whole, "colour": 1}) == [("colour", "unknown_key")]


@pytest.mark.parametrize(("whole", "path"), of(list))
@pytest.mark.parametrize("value", [{}, "x", 1, [[]], [1.5]])
def test_what_is_no_list(whole, path, value):
    if value == {} and path[-1] in ("groups",):
        return
    assert any(name.startswith(written(path)) for name, _ in problems(changed(whole, path, value)))


def test_ten_thousand_lines_are_priced_to_the_kopeck():
    rules = parse(json.dumps({"program": {"id": "p", "name": "P"}, "accrue": {"bp": 100}, "rule": [
        {"id": "a", "kind": "item_percent", "bp": 333}, {"id": "b", "kind": "receipt_amount", "kop": 12345}
    ]}), "json")  # fmt: skip
    lines = [{"id": str(number), "price_kop": 100 + number, "qty": "1"} for number in range(10_000)]
    found = price(rules, basket.read({"lines": lines, "customer": {"id": "c"}}))
    after = [line["price_kop"] - (line["price_kop"] * 333 + 5000) // 10_000 for line in lines]
    assert found.totals.payable_kop == sum(after) - 12345
    assert sum(item.sum_kop for line in found.lines for item in line.items) == found.totals.payable_kop
    assert found.totals.accrued_pt == found.totals.payable_kop // 100
    assert len(answer.to_json(found)["hash"]) == 64


@pytest.mark.parametrize("at", ["1969-12-31T23:59:59+03:00", "2200-01-01T00:00:00+03:00", "2026-02-30T10:00:00"])
def test_a_clock_that_was_never_set(at):
    assert problems({**BASKET, "at": at}) == [("at", "moment")]


def test_an_hour_that_does_not_exist_is_named_and_its_neighbours_are_priced():
    rules = parse(json.dumps({"program": {"id": "p", "name": "P"}, "rule": [
        {"id": "night", "kind": "item_percent", "bp": 1000, "when": {"hours": ["01:00", "03:00"]}}
    ]}), "json")  # fmt: skip
    spring = {"lines": [{"id": "1", "price_kop": 1000, "qty": "1"}], "zone": "Europe/Berlin"}
    assert problems({**spring, "at": "2026-03-29T02:00:00"}) == [("at", "gap")]
    nets = [
        price(rules, basket.read({**spring, "at": f"2026-03-29T{time}"})).totals.payable_kop
        for time in ("00:59:59", "01:59:59", "03:00:00")
    ]
    assert nets == [1000, 900, 1000]


def test_rules_of_the_past_are_read_and_give_nothing():
    past = {"id": "old", "kind": "item_percent", "bp": 5000, "when": {"from": "2020-01-01", "to": "2020-02-01"}}
    rules = parse(json.dumps({"program": {"id": "p", "name": "P"}, "rule": [past]}), "json")
    found = price(rules, basket.read({"lines": BASKET["lines"], "at": BASKET["at"]}))
    assert found.applied == ()
    assert found.totals.payable_kop == 3998
    upside_down = {**past, "when": {"from": "2020-02-01", "to": "2020-02-01"}}
    assert problems({**RULES, "rule": [upside_down]}) == [("rule[0].when.to", "period")]
