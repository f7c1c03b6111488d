"""One step on either side of a bound: hints, hours without a time, masks, dates of batches, places of a receipt."""

import datetime as dt

import pytest

from pos_agent.rules import basket
from pos_agent.rules.basket import BasketError
from pos_agent.rules.code_form import Batch
from pos_agent.rules.items import FiscalItem, with_gifts
from pos_agent.rules.matcher import Matcher
from pos_agent.rules.scope import BlacklistEntry, Scope, mask_matches

DAY = dt.date(2026, 11, 21)


@pytest.mark.parametrize(("price_kop", "text"), [(998, "0.02"), (999, "0.01"), (1000, None), (1001, None)])
def test_a_hint_until_the_sum_is_reached(till, price_kop, text):
    priced = till.price(till.rule("h", "hint", text='"{left}"', up_to_kop=1000), till.lines(price_kop))
    assert [note["text"] for note in priced.notes] == ([text] if text else [])
    assert ("h" in till.skipped(priced)) is (text is None)


@pytest.mark.parametrize("hours", ['["22:00", "02:00"]', '["00:00", "24:00"]', '["00:00", "00:01"]'])
def test_no_hour_holds_without_a_time(till, hours):
    rule = till.rule("r", "item_percent", bp=100, when=f"{{hours = {hours}}}")
    assert till.price(rule, till.lines(1000)).applied == ()
    assert till.price(rule, till.lines(1000), at="2026-11-21T00:00:00+03:00").applied == ("r",)


MASKS = ["46*", "*46", "*46*", "46", "*", "4?", "?6*", "4*6", "**", "46?", "КО*", "*фе"]
TEXTS = ["46", "460", "146", "1460", "4", "406", "кофе", "КОФЕ", "офе", "x", ""]


@pytest.mark.parametrize("mask", MASKS)
def test_every_form_of_a_mask_as_bits(mask):
    entry = BlacklistEntry("e", frozenset(), skus=(mask,))
    matcher = Matcher([Scope(skus=(mask,)), Scope(names=(mask,))], [entry])
    for text in TEXTS:
        line = basket.BasketLine(id="1", price_kop=1, quantity_micro=1, sku=text)
        wanted = bool(text) and mask_matches(mask, text)
        assert (matcher.scopes_of(line), matcher.entries_of(line)) == (wanted, wanted), text


@pytest.mark.parametrize(
    ("start", "end", "day", "holds"),
    [
        (None, None, None, True), (DAY, None, None, False), (None, DAY, None, False), (DAY, None, DAY, True),
        (None, DAY, DAY, False), (DAY, DAY + dt.timedelta(1), DAY, True), (DAY + dt.timedelta(1), None, DAY, False),
    ],
)  # fmt: skip
def test_the_dates_of_a_batch(start, end, day, holds):
    assert Batch("b", start=start, end=end).in_force(day) is holds


def test_a_use_of_a_code_has_known_keys_only():
    states = {"X": {"uses": [{"draft": "d", "state": "used", "colour": 1}]}}
    with pytest.raises(BasketError) as caught:
        basket.read({"lines": [], "code_states": states})
    assert [(one.path, one.code) for one in caught.value.problems] == [("code_states.X.uses[0].colour", "unknown_key")]


def test_gifts_stand_apart_only_beside_something_paid():
    assert with_gifts(100, 2_000_000, 100, 1) == (FiscalItem(0, 1_000_000, 0), FiscalItem(100, 1_000_000, 100))
    assert with_gifts(100, 1_000_000, 0, 1) == (FiscalItem(0, 1_000_000, 0),)
    assert with_gifts(100, 2_000_000, 101, 1) == (FiscalItem(50, 1_000_000, 50), FiscalItem(51, 1_000_000, 51))
    assert with_gifts(100, 1_500_000, 50, 1) == (FiscalItem(0, 1_000_000, 0), FiscalItem(100, 500_000, 50))


def test_a_customer_in_no_group_has_no_variant(till):
    rules = '[[experiment]]\nid = "e"\ngroups = [{name = "a", bp = 1}]\n'
    rules += till.rule("r", "item_percent", bp=100, when='{variants = ["e:a"]}')
    found = till.skipped(till.price(rules, till.lines(1000), customer={"id": "c-1"}))
    assert found["r"] == {**found["r"], "reason": "condition", "condition": "variants"}


def test_counters_of_visits_begin_with_this_receipt(till):
    counted = [
        ("nth_visit = 3", "visits", 2),
        ("visit_numbers = [3]", "visits", 2),
        ("first_purchase = true", "visits", 0),
    ]
    for key, name, number in (*counted, ("visits_today = [3]", "visits_today", 2)):
        rule = till.rule("r", "item_percent", bp=100, when=f"{{{key}}}")
        assert till.price(rule, till.lines(1000), customer={"id": "c", name: number}).applied == ("r",), key
        assert till.price(rule, till.lines(1000), customer={"id": "c", name: number + 1}).applied == (), key
    rule = till.rule("r", "item_percent", bp=100, when="{nth_receipt = 3}")
    applied = [till.price(rule, till.lines(1000), receipts_today=number).applied for number in range(6)]
    assert applied == [(), (), ("r",), (), (), ("r",)]
