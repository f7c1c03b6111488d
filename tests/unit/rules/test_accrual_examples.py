"""Worked examples of the loyalty rules, sections 2.1, 6 and 9: E01, E02, E05 to E07, E18, E20 to E24."""

from fractions import Fraction

import pytest

from pos_agent.model.loyalty import CustomerSnapshot
from pos_agent.money import half_even, line_sum_kop, returned_part
from pos_agent.rules.accrue import AccrualLine, accrue
from pos_agent.rules.layout import lay_out
from pos_agent.rules.parse import parse
from pos_agent.rules.returns import reversal, reverse_without_sale

ANNA = CustomerSnapshot("c-1")
HEAD = '[program]\nid = "p"\nname = "P"\n'


def program(accrual: str, more: str = ""):
    return parse(f"{HEAD}[accrue]\n{accrual}\n{more}")


def lines(*nets: int, **more) -> list[AccrualLine]:
    return [AccrualLine(str(index), f"Товар {index}", net, **more) for index, net in enumerate(nets, start=1)]


def test_e01_weighed_line():
    assert line_sum_kop(45990, 347_000) == 15959


def test_e02_exact_half_kopeck():
    assert line_sum_kop(10020, 125_000) == 1253
    assert half_even(Fraction(10020 * 125_000, 1_000_000)) == 1252


def test_e05_largest_remainder():
    weights = [Fraction(19999), Fraction(34950), Fraction(7525)]
    assert lay_out(5000, weights, [19999, 34950, 7525]) == (1601, 2797, 602)


def test_e06_tie_goes_to_the_earlier_line():
    assert lay_out(100, [Fraction(5000)] * 3, [5000] * 3) == (34, 33, 33)


def test_tie_of_remainders_goes_to_the_larger_weight():
    # 2 over weights 1 and 3: shares 0.5 and 1.5, remainders equal
    assert lay_out(2, [Fraction(1), Fraction(3)]) == (0, 2)


def test_e07_floor_price_fixes_a_line_at_its_room():
    assert lay_out(7000, [Fraction(10000), Fraction(20000), Fraction(5000)], [200, 20000, 5000]) == (200, 5440, 1360)


def test_an_amount_above_all_rooms_is_cut_and_weightless_lines_get_nothing():
    assert lay_out(100, [Fraction(1), Fraction(0), Fraction(1)], [10, 50, 20]) == (10, 0, 20)
    assert lay_out(100, [Fraction(0)]) == (0,)


def test_e18_excluded_goods_earn_nothing():
    rules = program("bp = 500", '[[blacklist]]\nid = "t"\nnames = ["*сигареты*"]\nflags = ["no_accrue"]')
    basket = [AccrualLine("1", "Еда", 28000), AccrualLine("2", "СИГАРЕТЫ Ява", 20000)]
    earned = accrue(rules, basket, ANNA, spent_pt=12000)
    assert (earned.total_pt, earned.by_line) == (1400, (1400, 0))
    skipped = [step for step in earned.trace if step["step"] == "skip"]
    assert skipped == [{"step": "skip", "line": "2", "reason": "no_accrue", "by": "blacklist:t"}]


def test_e20_round_once():
    earned = accrue(program("bp = 500\nstep_pt = 100"), lines(1990, 1990, 1990), ANNA)
    assert (earned.total_pt, earned.by_line) == (200, (67, 67, 66))


def test_e21_exact_product_of_rates():
    rules = program("bp = 225\nmultipliers = [{num = 3, den = 2}]")
    earned = accrue(rules, lines(45999), ANNA)
    assert earned.total_pt == 1552
    total = next(step for step in earned.trace if step["step"] == "total")
    assert Fraction(total["exact_pt"]) == Fraction("1552.466250")


def test_e22_points_per_each_full_50():
    earned = accrue(program("bp = 200\nper_full_kop = 5000"), lines(34999), ANNA)
    assert earned.total_pt == 600


def test_full_parts_count_only_lines_that_accrue():
    rules = program('bp = 200\nper_full_kop = 5000\nscope = { categories = ["food"] }')
    basket = [AccrualLine("1", "a", 9000, category="food"), AccrualLine("2", "b", 9000)]
    earned = accrue(rules, basket, ANNA)
    assert earned.by_line == (100, 0)


def test_e23_return_of_one_piece_of_three():
    assert (reversal(23471, 3, 0, 1), reversal(5000, 3, 0, 1), reversal(2347, 3, 0, 1)) == (7823, 1666, 782)


@pytest.mark.parametrize("total", [23471, 5000, 2347])
@pytest.mark.parametrize("parts", [(1, 1, 1), (2, 1), (1, 2), (3,)])
def test_e24_any_order_of_returns(total, parts):
    before, given = 0, 0
    for part in parts:
        given += reversal(total, 3_000_000, before * 1_000_000, part * 1_000_000)
        before += part
    assert given == total


def test_e24_points_piece_by_piece():
    assert [reversal(5000, 3, k, 1) for k in range(3)] == [1666, 1667, 1667]


def test_more_than_sold_cannot_come_back():
    with pytest.raises(ValueError, match="cannot return 4 of 3"):
        returned_part(100, 4, 3)


def test_nothing_without_customer_or_rule_or_when_points_were_spent():
    rules = program('bp = 500\nwhen_spent = "none"')
    assert accrue(rules, lines(1000), None).total_pt == 0
    assert accrue(rules, lines(1000), ANNA, spent_pt=1).trace == [{"step": "nothing", "reason": "points were spent"}]
    assert accrue(rules, lines(1000), ANNA, spent_pt=0).total_pt == 50
    assert accrue(parse(HEAD), lines(1000), ANNA).total_pt == 0


def test_max_pt_and_ceil():
    assert accrue(program('bp = 1\nround = "ceil"\nstep_pt = 100'), lines(100), ANNA).total_pt == 100
    assert accrue(program("bp = 1000\nmax_pt = 70"), lines(1000, 1000), ANNA).by_line == (35, 35)


def test_flags_of_a_line_and_undiscounted_scope():
    rules = program("bp = 1000\nscope = { only_undiscounted = true }")
    basket = [
        AccrualLine("1", "a", 1000, flags=frozenset({"no_accrue"})),
        AccrualLine("2", "b", 1000, discounted=True),
        AccrualLine("3", "c", 1000),
    ]
    assert accrue(rules, basket, ANNA).by_line == (0, 0, 100)


def test_wrong_input_is_refused():
    with pytest.raises(ValueError, match="one id"):
        accrue(program("bp = 1"), [AccrualLine("1", "a", 1), AccrualLine("1", "b", 1)], ANNA)
    with pytest.raises(ValueError, match="below 0"):
        accrue(program("bp = 1"), lines(-1), ANNA)


TIERS = """tiers = [
  {name="b", from_kop=100, bp=500, op="gt"}, {name="a", from_kop=0, bp=300}, {name="c", from_kop=200, bp=700},
]"""


@pytest.mark.parametrize(
    ("metric", "level", "following"),
    [(0, "a", ("b", 101)), (100, "a", ("b", 1)), (101, "b", ("c", 99)), (200, "c", None), (10**9, "c", None)],
)
def test_levels_and_the_distance_to_the_next(metric, level, following):
    earned = accrue(program(TIERS), lines(10000), CustomerSnapshot("c", metric_kop=metric))
    assert earned.level is not None
    assert earned.level.name == level
    assert (earned.next_level and (earned.next_level[0].name, earned.next_level[1])) == following
    assert earned.total_pt == {"a": 300, "b": 500, "c": 700}[level]


def test_below_the_first_tier_nothing_is_earned():
    rules = program('tiers = [{name="x", from_visits=3, bp=1000}]')
    earned = accrue(rules, lines(1000), CustomerSnapshot("c", metric_kop=10**9, visits=2))
    assert (earned.total_pt, earned.level) == (0, None)
    assert earned.next_level is not None
    assert earned.next_level[1] == 1
    assert accrue(rules, lines(1000), CustomerSnapshot("c", visits=3)).total_pt == 100


def test_return_without_its_sale_reverses_at_the_lowest_rate_of_the_level():
    rules = program(f"{TIERS}\nmultipliers = [{{num = 3}}, {{num = 1, den = 2}}]")
    customer = CustomerSnapshot("c", metric_kop=150)
    assert accrue(rules, lines(10000), customer).total_pt == 750
    assert reverse_without_sale(rules, lines(10000), customer).total_pt == 250
