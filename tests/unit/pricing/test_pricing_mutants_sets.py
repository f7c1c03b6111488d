"""Units that earlier rules took, gifts not wholly given, refusals told once, goods that the second list bars."""

import pytest

from pos_agent.money import hundredths
from pos_agent.rules.items import FiscalItem, with_gifts
from pos_agent.rules.layout import lay_out
from pos_agent.rules.price import Priced, Totals


def units(till, second, *prices, first=""):
    lines = [till.line(1, prices[0], "2", category="a"), *(till.line(n, kop) for n, kop in enumerate(prices[1:], 2))]
    rules = till.rule("first", "free_units", units=1, bp=100, scope='{categories = ["a"]}') + second
    return till.price(rules, lines, program=first)


@pytest.mark.parametrize(("other_kop", "given"), [(150, [100, 0]), (90, [0, 90])])
def test_the_cheapest_unit_of_a_line_that_gave_one_already(till, other_kop, given):
    priced = units(till, till.rule("second", "cheapest_percent", bp=10_000, priority=101), 100, other_kop)
    assert till.given(priced, "first") == [1, 0]
    assert till.given(priced, "second") == given


def gifts(till, *rules):
    priced = till.price("".join(rules), [till.line(1, 100, "4")], program="gift_lines = true")
    return till.items(priced.lines[0])


def test_only_what_is_given_whole_is_a_gift(till):
    free = till.rule("free", "free_units", units=1)
    half = till.rule("half", "free_units", units=1, bp=5_000, priority=101)
    card = till.rule("card", "receipt_percent", bp=5_000)
    assert gifts(till, free, card) == [(0, 1_000_000, 0), (50, 3_000_000, 150)]
    assert gifts(till, free, half, card)[0] == (0, 1_000_000, 0)
    assert (0, 1_000_000, 0) not in gifts(till, half, card)


def test_a_millionth_beside_a_gift_is_something_paid():
    assert with_gifts(1_000_000, 1_000_001, 1, 1) == (FiscalItem(0, 1_000_000, 0), FiscalItem(1_000_000, 1, 1))


def test_a_refused_member_of_a_group_is_told_once(till):
    best = {"group": '"g"', "group_policy": '"best"'}
    rules = till.rule("a", "item_percent", bp=100, when='{stores = ["x"]}', **best)
    rules += till.rule("b", "item_percent", bp=200, **best)
    told = [entry["rule"] for entry in till.price(rules, till.lines(1000)).trace if "rule" in entry]
    assert told == ["a", "b"]


def test_a_first_purchase_asks_who_buys(till):
    rule = till.rule("r", "item_percent", bp=100, when="{first_purchase = true}")
    priced = till.price(rule, till.lines(1000))
    assert priced.applied == ()
    assert till.skipped(priced)["r"]["reason"] == "no customer"


def test_goods_of_the_second_list_are_barred_by_their_category(till):
    entry = '[[blacklist]]\nid = "{}"\nflags = ["no_discount"]\ncategories = ["{}"]\n'
    rules = entry.format("a", "milk") + entry.format("b", "beer") + till.rule("r", "item_percent", bp=1_000)
    lines = [till.line(n, 1000, category=one) for n, one in enumerate(("milk", "beer", "tea"), 1)]
    assert till.given(till.price(rules, lines), "r") == [0, 0, 100]


def test_what_a_person_writes():
    texts = ["0", "7", "-7", "7.5", "7,50", "1 234,56", "7.555", "", "x", "7.", "1e3"]
    assert [hundredths(text) for text in texts] == [
        0, 700, -700, 750, 750, 123_456, None, None, None, None, None,
    ]  # fmt: skip
    assert hundredths("-0.05") == -5


def test_nothing_is_laid_out_of_nothing():
    assert lay_out(0, []) == () == lay_out(5, [], [])
    assert lay_out(1, [1], [0]) == (0,)
    with pytest.raises(ValueError, match="negative"):
        lay_out(1, [1], [-1])


def test_nothing_is_to_be_confirmed_unless_it_is_said():
    assert Priced((), Totals(*[0] * 6), (), {}, ()).confirm is False
