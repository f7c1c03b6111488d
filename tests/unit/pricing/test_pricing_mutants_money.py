"""Rounding beside its definition, on every figure around the ties; texts of sums; layouts at their edges."""

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest

from pos_agent.money import RATIO_ROUNDINGS, ROUNDINGS, half_up, points, returned_part, roubles
from pos_agent.rules.layout import lay_out, told

MODES = {"floor": ROUND_FLOOR, "half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN, "ceil": ROUND_CEILING}


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_is_what_its_name_says(mode):
    for den in (1, 2, 3, 4, 5, 7, 8, 10):
        for num in range(-6 * den, 6 * den + 1):
            if den in (1, 2, 4, 5, 8, 10):  # what a decimal number holds exactly
                wanted = int((Decimal(num) / Decimal(den)).quantize(Decimal(1), MODES[mode]))
                assert ROUNDINGS[mode](Fraction(num, den)) == wanted, (num, den)
            assert RATIO_ROUNDINGS[mode](num, den) == ROUNDINGS[mode](Fraction(num, den)), (num, den)


def test_ties_go_away_from_zero_on_both_sides():
    assert [half_up(Fraction(n, 2)) for n in (-3, -1, 0, 1, 3)] == [-2, -1, 0, 1, 2]


@pytest.mark.parametrize(
    ("kop", "text"), [(0, "0.00"), (-1, "-0.01"), (5, "0.05"), (123456, "1234.56"), (-100, "-1.00"), (99, "0.99")]
)
def test_a_sum_as_text(kop, text):
    assert roubles(kop) == text


@pytest.mark.parametrize(("pt", "text"), [(0, "0"), (100, "1"), (101, "1.01"), (-100, "-1"), (-150, "-1.50")])
def test_points_as_text(pt, text):
    assert points(pt) == text


def test_what_belongs_to_the_first_units_returned():
    assert [returned_part(1000, k, 3) for k in range(4)] == [0, 333, 666, 1000]
    assert returned_part(7, 1, 1) == 7
    for returned, sold in ((1, 0), (0, 0), (2, 1), (-1, 1), (0, -1)):
        with pytest.raises(ValueError, match="cannot return"):
            returned_part(1, returned, sold)


@pytest.mark.parametrize(("amount", "weights", "rooms"), [(-1, [1], None), (1, [1, -1], None), (1, [1, 2], [5, -1])])
def test_nothing_negative_is_laid_out(amount, weights, rooms):
    with pytest.raises(ValueError, match="negative"):
        lay_out(amount, weights, rooms)


def test_nothing_to_lay_out_and_nothing_to_lay_it_on():
    assert lay_out(0, [1, 2]) == (0, 0)
    assert lay_out(5, [0, 0]) == (0, 0)
    assert lay_out(5, []) == ()
    assert lay_out(0, [1], [1]) == (0,)


def test_how_an_amount_was_laid_out():
    assert told(5, [0, 1], [9, 9]) == [(0, 1, 0, "share"), (5, 1, 5, "share")]
    assert told(4, [1, 1], [2, 2]) == [(4, 2, 2, "share"), (4, 2, 2, "share")]  # a room just filled is no room missing
    assert told(5, [1, 1], [1, 9]) == [(5, 2, 1, "room"), (4, 1, 4, "share")]
