"""Set rules (loyalty rules, section 3.2): units in play, their value, what is taken, stamps."""

import pytest


def test_three_pieces_twenty_percent_off_then_two_plus_one(till):
    rules = till.rule("a", "item_percent", bp=2000) + till.rule("b", "n_plus_m", buy=2, free=1)
    priced = till.price(rules, [till.line(1, 10000, "3")])
    assert till.given(priced, "b") == [8000]
    assert priced.totals.payable_kop == 16000


def test_fractional_and_free_lines_do_not_play(till):
    lines = [till.line(1, 10000, "1.5"), till.line(2, 0, "5"), till.line(3, 3000), till.line(4, 2000)]
    priced = till.price(till.rule("r", "n_plus_m", buy=1, free=1), lines)
    assert till.given(priced, "r") == [0, 0, 0, 2000]


def test_cheapest_unit_first_ties_to_the_earlier_line(till):
    lines = [till.line(1, 5000), till.line(2, 3000, "2"), till.line(3, 3000)]
    assert till.given(till.price(till.rule("r", "cheapest_percent", bp=5000), lines), "r") == [0, 1500, 0]
    assert till.given(till.price(till.rule("r", "free_units", units=3), lines), "r") == [0, 6000, 3000]


def test_never_more_units_than_there_are(till):
    priced = till.price(till.rule("r", "free_units", units=100), till.lines(1000, 2000))
    assert priced.totals.payable_kop == 0
    assert [item.price_kop for line in priced.lines for item in line.items] == [0, 0]


def test_given_units_are_taken_also_below_100_percent(till):
    rules = till.rule("a", "cheapest_percent", bp=1000) + till.rule("b", "cheapest_percent", bp=10000)
    priced = till.price(rules, till.lines(1000, 2000))
    assert till.given(priced, "a") == [100, 0]
    assert till.given(priced, "b") == [0, 2000]


def test_other_set_rules_do_not_lower_the_value(till):
    rules = till.rule("a", "free_units", units=1) + till.rule("b", "cheapest_percent", bp=5000)
    priced = till.price(rules, [till.line(1, 1000, "2")])
    assert till.given(priced, "a") == [1000]
    assert till.given(priced, "b") == [500]


def test_on_the_gross_base(till):
    rules = till.rule("a", "item_percent", bp=2000) + till.rule("b", "cheapest_percent", bp=5000, base='"gross"')
    assert till.given(till.price(rules, till.lines(1000)), "b") == [500]


@pytest.mark.parametrize(("pieces", "gifts"), [(2, 0), (3, 1), (5, 1), (6, 2)])
def test_a_bought_unit_is_never_its_own_gift(till, pieces, gifts):
    priced = till.price(till.rule("r", "buy_x_get_y", buy=2, get=1), [till.line(1, 1000, str(pieces))])
    assert priced.totals.discount_kop == gifts * 1000


def test_gift_scope_that_overlaps_the_bought_one(till):
    # gifts from 1 and 2, bought goods are 2: the first gift is line 1, the next ones use up what was bought
    rules = till.rule("r", "buy_x_get_y", buy=1, get=1, buy_scope='{ids = ["2"]}', get_scope='{ids = ["1", "2"]}')
    priced = till.price(rules, [till.line(1, 1000), till.line(2, 2000, "3")])
    # g = 2: one gift of line 2, b - o = 2 bought pay for 2; g = 3 would need 3 from b - o = 1
    assert till.given(priced, "r") == [1000, 2000]


def test_minimum_of_a_gift_rule_looks_at_its_scope(till):
    keys = {"buy": 1, "get": 1, "buy_scope": '{ids = ["1"]}', "get_scope": '{ids = ["2"]}', "scope": '{ids = ["1"]}'}
    lines = till.lines(1000, 500)
    assert till.price(till.rule("r", "buy_x_get_y", when="{min_total_kop = 1000}", **keys), lines).applied == ("r",)
    assert till.price(till.rule("r", "buy_x_get_y", when="{min_total_kop = 1001}", **keys), lines).applied == ()


@pytest.mark.parametrize(
    ("before", "cups", "free", "after"),
    [(0, 6, 1, 0), (5, 1, 1, 0), (4, 1, 0, 5), (0, 13, 2, 1), (-3, 6, 0, 3), (-3, 9, 1, 0)],
)
def test_stamps_of_a_sixth_cup(till, before, cups, free, after):
    rules = till.rule("r", "punch_card", every=6, counter='"cup"')
    priced = till.price(rules, [till.line(1, 100, str(cups))], customer={"id": "c", "stamps": {"cup": before}})
    assert priced.totals.discount_kop == free * 100
    assert priced.stamps_after == {"cup": after}
    assert priced.applied == (("r",) if free else ())


def test_stamps_stay_when_a_condition_fails(till):
    rules = till.rule("r", "punch_card", every=6, when='{codes = ["X"]}')
    assert till.price(rules, till.lines(100), customer={"id": "c", "stamps": {"r": 4}}).stamps_after == {"r": 4}


def test_half_price_rounds_once_per_line(till):
    priced = till.price(till.rule("r", "free_units", units=2, bp=3333), [till.line(1, 101, "3")])
    assert till.given(priced, "r") == [67]  # 303 x 2 x 3333 / 30 000 = 67.32; by piece it would be 34 + 34
