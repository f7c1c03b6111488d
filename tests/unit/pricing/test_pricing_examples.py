"""Worked examples of the loyalty rules, section 14, on the money side: E03 to E19, E23, E24."""

import pytest

from pos_agent.money import MICRO
from pos_agent.rules.items import fiscal_items
from pos_agent.rules.returns import return_items


def test_e03_by_line_and_by_receipt_differ(till):
    lines = till.lines(1005, 1005, 1005)
    by_line = till.price(till.rule("r", "item_percent", bp=500), lines)
    by_receipt = till.price(till.rule("r", "receipt_percent", bp=500), lines)
    assert till.given(by_line, "r") == [50, 50, 50]
    assert till.given(by_receipt, "r") == [51, 50, 50]


@pytest.mark.parametrize(("base", "payable"), [("net", 71999), ("gross", 69999)])
def test_e04_cascade_and_gross_base(till, base, payable):
    rules = till.rule("a", "item_percent", bp=2000) + till.rule("b", "item_percent", bp=1000, base=f'"{base}"')
    priced = till.price(rules, till.lines(99999))
    assert till.given(priced, "a") == [20000]
    assert priced.totals.payable_kop == payable


def test_e05_largest_remainder(till):
    priced = till.price(till.rule("r", "receipt_amount", kop=5000), till.lines(19999, 34950, 7525))
    assert till.given(priced, "r") == [1601, 2797, 602]
    assert till.nets(priced) == [18398, 32153, 6923]


def test_e06_tie(till):
    assert till.given(till.price(till.rule("r", "receipt_amount", kop=100), till.lines(*[5000] * 3)), "r") == [
        34,
        33,
        33,
    ]


def test_e07_floor_price(till):
    lines = [till.line(1, 10000, floor_kop=9800), till.line(2, 20000), till.line(3, 5000)]
    assert till.given(till.price(till.rule("r", "receipt_amount", kop=7000), lines), "r") == [200, 5440, 1360]


def test_e08_split_line(till):
    priced = till.price(till.rule("r", "receipt_amount", kop=7133), [till.line(1, 12990, "6")])
    assert till.nets(priced) == [70807]
    assert till.items(priced.lines[0]) == [(11801, 5 * MICRO, 59005), (11802, MICRO, 11802)]


def test_e09_no_split_needed(till):
    priced = till.price(till.rule("r", "receipt_amount", kop=1000), [till.line(1, 5000, "4")])
    assert till.items(priced.lines[0]) == [(4750, 4 * MICRO, 19000)]


def test_e10_below_one_unit_one_price_always_exists():
    assert [(item.price_kop, item.sum_kop) for item in fiscal_items(12990, 734_000, 7310)] == [(9959, 7310)]


def test_e11_above_one_unit_whole_units_are_peeled_off():
    found = [(item.price_kop, item.quantity_micro, item.sum_kop) for item in fiscal_items(1000, 2_500_000, 1001)]
    assert found == [(400, 1_500_000, 600), (401, MICRO, 401)]


def test_a_wide_split_and_an_untouched_weighed_line():
    found = [(item.price_kop, item.quantity_micro, item.sum_kop) for item in fiscal_items(3000, 4_500_000, 10003)]
    assert found == [(2222, 500_000, 1111), (2223, 4 * MICRO, 8892)]
    assert [item.price_kop for item in fiscal_items(10010, 333_000, 3333)] == [10010]


def test_e12_best_of_a_group(till):
    rules = till.rule("ninety", "receipt_amount", kop=9000, group='"g"', group_policy='"best"')
    rules += till.rule("tenth", "receipt_percent", bp=1000, group='"g"', group_policy='"best"')
    priced = till.price(rules, till.lines(95990))
    assert priced.applied == ("tenth",)
    assert priced.totals.discount_kop == 9599
    lost = till.skipped(priced)["ninety"]
    assert (lost["reason"], lost["to"], lost["offered_kop"]) == ("lost in group", "tenth", 9000)


def test_e13_exclusive_rule(till):
    rules = till.rule("five", "item_percent", bp=500, exclusive="true", scope='{ids = ["1"]}')
    rules += till.rule("ten", "receipt_percent", bp=1000)
    priced = till.price(rules, till.lines(70000, 25990))
    assert priced.applied == ("five",)
    assert priced.totals.payable_kop == 92490
    assert till.skipped(priced)["ten"]["reason"] == "excluded"
    assert till.skipped(priced)["ten"]["by"] == "five"


def test_e14_three_plus_one(till):
    priced = till.price(till.rule("r", "n_plus_m", buy=3, free=1), [till.line(1, 12000, "3"), till.line(2, 8000, "2")])
    assert priced.totals.payable_kop == 44000
    assert till.items(priced.lines[1]) == [(4000, 2 * MICRO, 8000)]


def test_e14_a_visible_gift_line_changes_no_net(till):
    lines = [till.line(1, 12000, "3"), till.line(2, 8000, "2")]
    priced = till.price(till.rule("r", "n_plus_m", buy=3, free=1), lines, program="gift_lines = true")
    assert till.items(priced.lines[1]) == [(0, MICRO, 0), (8000, MICRO, 8000)]
    assert priced.totals.payable_kop == 44000
    percent = till.price(till.rule("r", "n_plus_m", buy=3, free=1, bp=5000), lines, program="gift_lines = true")
    assert till.items(percent.lines[1]) == [(6000, 2 * MICRO, 12000)]  # half free is no gift
    whole = till.price(till.rule("r", "free_units", units=9), lines, program="gift_lines = true")
    assert till.items(whole.lines[1]) == [(0, 2 * MICRO, 0)]


def test_e15_punch_card(till):
    rules = till.rules(till.rule("r", "punch_card", every=5, counter='"cup"'))
    stamps, free = 3, []
    after = []
    for cups in (1, 2, 4):
        customer = {"id": "c-1", "stamps": {"cup": stamps}}
        priced = till.price(rules, [till.line(1, 10000, str(cups))], customer=customer)
        free.append(priced.totals.discount_kop // 10000)
        stamps = priced.stamps_after["cup"]
        after.append(stamps)
    assert (free, after) == ([0, 1, 1], [4, 1, 0])


def test_e16_buy_two_the_other_at_half_price(till):
    rules = till.rule("r", "buy_x_get_y", buy=2, get=1, bp=5000, buy_scope='{ids = ["1"]}', get_scope='{ids = ["2"]}')
    priced = till.price(rules, [till.line(1, 35900, "3"), till.line(2, 4990, "2")])
    assert till.given(priced, "r") == [0, 2495]
    assert till.items(priced.lines[1]) == [(3742, MICRO, 3742), (3743, MICRO, 3743)]


def test_e17_cap_and_step(till):
    priced = till.price("[spend]\ncap_bp = 5000\nstep_pt = 100", till.lines(123457), balance=80000, spend="max")
    assert (priced.spent_pt, priced.totals.payable_kop) == (61700, 61757)


def test_e18_excluded_goods(till):
    rules = "[accrue]\nbp = 500\n[spend]\ncap_bp = 3000\n"
    rules += '[[blacklist]]\nid = "t"\ncategories = ["tobacco"]\nflags = ["no_discount", "no_spend", "no_accrue"]'
    lines = [till.line(1, 40000), till.line(2, 20000, category="tobacco")]
    priced = till.price(rules, lines, balance=100_000, spend="max")
    assert (priced.spent_pt, priced.totals.payable_kop, priced.totals.accrued_pt) == (12000, 48000, 1400)
    assert [line.points_pt for line in priced.lines] == [12000, 0]


def test_e19_points_laid_out_over_lines(till):
    rules = "[spend]\ncap_bp = 3000\nstep_pt = 100"
    priced = till.price(rules, till.lines(29900, 15050, 4999), balance=14999, spend="max")
    assert [line.points_pt for line in priced.lines] == [8919, 4490, 1491]
    assert till.nets(priced) == [20981, 10560, 3508]


@pytest.fixture
def sale(till):
    """The sale of E23."""
    rules = till.rule("five", "item_percent", bp=500) + "[accrue]\nbp = 1000\n[spend]"
    return till.price(rules, [till.line(1, 9990, "3")], balance=100_000, spend_pt=5000)


def test_e23_return_of_one_piece_of_three(till, sale):
    line = sale.lines[0]
    assert (line.net_kop, line.accrued_pt) == (23471, 2347)
    assert till.items(line) == [(7823, MICRO, 7823), (7824, 2 * MICRO, 15648)]
    back = return_items(line, 9990, 3 * MICRO, 0, MICRO)
    assert (back.money_kop, back.restored_pt, back.cancelled_pt) == (7823, 1666, 782)
    assert till.items(back) == [(7823, MICRO, 7823)]


@pytest.mark.parametrize(
    ("pieces", "money", "restored"),
    [((1, 1, 1), [7823, 7824, 7824], [1666, 1667, 1667]), ((2, 1), [15647, 7824], None), ((3,), [23471], [5000])],
)
def test_e24_any_order_of_returns(till, sale, pieces, money, restored):
    line = sale.lines[0]
    before, backs = 0, []
    for count in pieces:
        backs.append(return_items(line, 9990, 3 * MICRO, before * MICRO, count * MICRO))
        before += count
    assert [back.money_kop for back in backs] == money
    assert restored is None or [back.restored_pt for back in backs] == restored
    assert (sum(back.restored_pt for back in backs), sum(back.cancelled_pt for back in backs)) == (5000, 2347)
    for back in backs:
        assert sum(item.sum_kop for item in back.items) == back.money_kop
    if pieces == (3,):
        assert backs[0].items == line.items


def test_more_than_was_sold_or_nothing_cannot_come_back(sale):
    for before, now in ((0, 4 * MICRO), (2 * MICRO, 2 * MICRO), (0, 0)):
        with pytest.raises(ValueError, match=r"return"):
            return_items(sale.lines[0], 9990, 3 * MICRO, before, now)
