"""Whatever is thrown at the reader: a basket that prices and adds up, or an error that names the field."""

from __future__ import annotations

import copy
import json

from hypothesis import given
from hypothesis import strategies as st

from pos_agent.rules import answer, basket
from pos_agent.rules.basket import BasketError
from pos_agent.rules.parse import parse
from pos_agent.rules.price import price
from pos_agent.rules.problems import RulesError

BASKET = {
    "at": "2026-11-21T18:05:00+03:00", "zone": "Europe/Moscow", "register": "t", "draft": "d", "receipts_today": 3,
    "lines": [{"id": "1", "name": "Кофе", "category": "a", "price_kop": 1999, "qty": "2", "flags": ["no_spend"],
               "floor_kop": 1, "part": "x", "sells": "deposit", "volume_ml": 500, "barcode": "46"},
              {"id": "2", "price_kop": 500, "qty": "0.333"}],
    "customer": {"id": "c", "visits": 3, "balance_pt": 900, "stamps": {"r": 2}, "birthday": "1990-02-28",
                 "programs": {"q": {"balance_pt": 5, "spend": "max"}}},
    "codes": ["A"], "code_states": {"A": {"uses": [{"draft": "x", "state": "used"}], "online": True}},
    "spend": "max", "payments": [{"kind": "deposit", "id": "s", "sum_kop": 100}, {"kind": "abonement", "units": "1"}],
}  # fmt: skip
RULES = {
    "program": {"id": "p", "name": "P", "max_discount_bp": 5000, "level": {"window": "days", "days": 3}},
    "accrue": {"tiers": [{"name": "a", "from_kop": 0, "bp": 100}], "multipliers": [{"num": 3, "den": 2}]},
    "spend": {"cap_bp": 5000, "scope": {"names": ["*"]}},
    "programs": [{"id": "q", "name": "Q", "kop_per_pt": [3, 2], "spend": {}, "accrue": {"bp": 7}}],
    "calendar": [{"id": "k", "dates": ["2026-11-21"], "hours": ["08:00", "20:00"]}],
    "experiment": [{"id": "e", "groups": [{"name": "g", "bp": 10000}]}],
    "codes": [{"id": "b", "kind": "times", "times": 2, "codes": ["A"]}],
    "blacklist": [{"id": "l", "skus": ["9*"], "flags": ["no_accrue"], "max_kop": 5}, {"preset": "tobacco"}],
    "migration": [{"on": "2027-01-01", "old": ["r"], "new": ["q"]}],
    "rule": [
        {"id": "r", "kind": "punch_card", "every": 2, "when": {"calendars": ["k"], "batches": ["b"]}},
        {"id": "s", "kind": "item_percent", "bp": 500, "when": {"variants": ["e:g"], "hours": ["08:00", "23:00"]}},
        {"id": "t", "kind": "cashback", "bp": 500, "program": "q", "scope": {"min_qty": "2"}},
        {"id": "u", "kind": "tier_percent", "tiers": [{"name": "x", "from_visits": 1, "bp": 300}]},
    ],
}
STRANGE = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**30), 10**30), st.floats(), st.text(max_size=5), st.just("\x00"),
    st.lists(st.one_of(st.none(), st.text(max_size=3), st.integers()), max_size=2),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
    st.sampled_from(["0001-01-01", "9999-12-31T00:00:00", "2026-03-29T02:30:00", "24:00", "1e5", "-1", "٣", "\ud800"]),
)  # fmt: skip


def places(value, path=()):
    """Every place of a JSON value."""
    yield path
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from places(child, (*path, key))


def changed(value, path, new):
    if not path:
        return new
    found = copy.deepcopy(value)
    place = found
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = new
    return found


def named(problems):
    """Every problem says what is wrong, in both languages."""
    assert problems
    assert all(one.message_ru and one.message_en for one in problems)


@given(path=st.sampled_from(list(places(BASKET))), new=STRANGE)
def test_any_value_anywhere_in_a_basket(path, new):
    try:
        offered = basket.read(changed(BASKET, path, new))
        found = price(parse(json.dumps(RULES), "json"), offered)
    except BasketError as error:
        return named(error.problems)
    assert sum(item.sum_kop for line in found.lines for item in line.items) == found.totals.payable_kop
    assert answer.to_json(found)["hash"]
    return None


@given(path=st.sampled_from(list(places(RULES))), new=STRANGE)
def test_any_value_anywhere_in_a_rules_file(path, new):
    text = json.dumps(changed(RULES, path, new))
    try:
        rules = parse(text, "json")
    except RulesError as error:
        return named(error.problems)
    try:
        found = price(rules, basket.read(BASKET))
    except BasketError as error:  # a maximum price may have met a line
        return named(error.problems)
    assert sum(item.sum_kop for line in found.lines for item in line.items) == found.totals.payable_kop
    return None
