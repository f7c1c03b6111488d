"""E30 exactly, no data instead of a false zero, how figures are printed, the calendar of periods."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from itertools import pairwise

import pytest

from pos_agent.reports.figure import Unit, over, shown
from pos_agent.reports.metrics import METRICS, Given, Offer, Sums
from pos_agent.reports.periods import Calendar, Period
from pos_agent.reports.points import Points
from pos_agent.reports.rfm import scores_of
from pos_agent.reports.tally import Buyer, Cell
from pos_agent.simulate.holdout import Design


def told(metric: str, cell: Cell | None = None, points: Points | None = None, **given) -> dict[str, tuple]:
    sums = Sums(cell or Cell(), points or Points(), Given(**given))
    found = {}
    for figure in METRICS[metric](sums):
        said = figure.to_json()
        found[said["part"]] = said["value"], said["numerator"], said["denominator"]
    return found


def test_e30_retention() -> None:
    assert told("retention", Cell(end=940, fresh=180, start=900)) == {"": ("84.44", "760", "900")}


def test_e30_redemption() -> None:
    assert told("redemption", points=Points(spent=326_000, issued=815_000)) == {"": ("40.00", "3260.00", "8150.00")}


def test_e30_arpu_and_uplift() -> None:
    cell = Cell(member_kop=720 * 460_000, member_buyers=720, other_kop=500 * 378_000, other_buyers=500)
    arpu, uplift = told("arpu", cell), told("uplift", cell)
    assert (arpu["members"][0], arpu["members"][2], arpu["others"][0]) == ("4600.00", "720", "3780.00")
    assert uplift["relative"][0] == "21.69"
    assert uplift["absolute"][0] == "590400.00"


def test_e30_receipt_uplift() -> None:
    offer = Offer(base_kop=186_000, extra_kop=64_000, gift_kop=9_000, delivery_kop=11_000)
    assert told("receipt_uplift", offer=offer) == {"": ("23.66", "440.00", "1860.00")}


@pytest.mark.parametrize("metric", sorted(set(METRICS) - {"liability", "ltv_cohorts", "rfm", "holdout"}))
def test_nothing_is_no_data_and_never_zero(metric: str) -> None:
    assert {value for value, _, _ in told(metric).values()} == {None}


def test_a_holdout_that_nobody_named_is_no_data() -> None:
    assert {value for value, _, _ in told("holdout").values()} == {None}
    empty = told("holdout", design=Design("s", 5000))
    assert (empty["relative"][0], empty["low"][0], empty["treated"][0]) == (None, None, "0")


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (Fraction(1, 3), Unit.PERCENT, "33.33"),
        (Fraction(5, 100_000), Unit.PERCENT, "0.01"),
        (Fraction(-5, 100_000), Unit.PERCENT, "-0.01"),
        (Fraction(-4, 100_000), Unit.PERCENT, "0.00"),
        (Fraction(-1, 3), Unit.KOP, "0.00"),
        (Fraction(12345, 2), Unit.KOP, "61.73"),
        (0, Unit.PT, "0.00"),
        (Fraction(-1, 300), Unit.NUMBER, "0.00"),
        (940, Unit.COUNT, "940"),
        (None, Unit.PERCENT, None),
    ],
)
def test_two_digits_half_up_and_zero_has_no_sign(value, unit, text) -> None:
    assert shown(value, unit) == text


def test_division_by_zero_is_no_data() -> None:
    assert over(0, 0) is None
    assert over(5, 0) is None
    assert over(0, 5) == 0


def test_roi_and_ltv() -> None:
    cell = Cell(discount_kop=10_000, member_kop=90_000, member_buyers=3, start=10, kept=8)
    roi = told("roi", cell, Points(spent=20_000), cost_bp=5000, fees_kop=5_000, profit_kop=50_000)
    assert roi == {"": ("200.00", "500.00", "250.00")}
    assert told("roi", cell, Points(spent=20_000), cost_bp=5000)[""] == (None, None, "200.00")
    assert told("ltv", cell, margin_bp=3000)[""] == ("450.00", "300.00", "20.00")
    assert told("ltv", cell)[""][0] is None
    assert told("ltv", Cell(member_kop=1, member_buyers=1, start=5, kept=5), margin_bp=3000)[""][0] is None


def test_roi_from_the_holdout_is_what_the_control_would_not_have_brought() -> None:
    design = Design("spring", 5000, draws=100)
    buyers = {f"c-{number}": Buyer(date(2026, 1, 1), 1, 100) for number in range(50)}
    roi = told("roi", Cell(buyers=buyers), Points(spent=100), design=design, margin_bp=3000, cost_bp=10_000)
    assert roi[""] == ("0.00", "0.00", "1.00")


def test_nps() -> None:
    assert told("nps", scores=[10, 9, 8, 7, 6, 0])[""] == ("0.00", "0", "6")
    assert told("nps", scores=[10, 9, 9, 5])[""][0] == "50.00"
    assert told("nps", scores=[0])[""][0] == "-100.00"


def test_rfm_ties_and_ends() -> None:
    buyers = {
        "a": Buyer(date(2026, 1, 1), 1, 100),
        "b": Buyer(date(2026, 1, 1), 2, 200),
        "c": Buyer(date(2026, 1, 9), 2, 300),
        "d": Buyer(date(2026, 1, 5), 5, 400),
        "e": Buyer(date(2026, 1, 20), 9, 500),
    }
    assert scores_of(buyers) == {"a": (1, 1, 1), "b": (1, 2, 2), "c": (4, 2, 3), "d": (3, 4, 4), "e": (5, 5, 5)}
    assert scores_of({"a": buyers["a"]}) == {"a": (1, 1, 1)}


def test_the_period_before_is_as_long_or_as_many_months() -> None:
    assert Period(date(2026, 3, 10), date(2026, 3, 16)).before() == Period(date(2026, 3, 3), date(2026, 3, 9))
    assert Period(date(2026, 3, 1), date(2026, 3, 31)).before() == Period(date(2026, 2, 1), date(2026, 2, 28))
    assert Period(date(2026, 1, 1), date(2026, 3, 31)).before() == Period(date(2025, 10, 1), date(2025, 12, 31))
    with pytest.raises(ValueError, match="after"):
        Period(date(2026, 3, 2), date(2026, 3, 1))


def test_weeks_and_months_cover_every_day_once() -> None:
    whole = Period(date(2026, 1, 29), date(2026, 3, 4))
    for unit in ("day", "week", "month"):
        parts = list(whole.parts(unit))
        assert (parts[0].first, parts[-1].last) == (whole.first, whole.last)
        assert all(one.last.toordinal() + 1 == after.first.toordinal() for one, after in pairwise(parts))
    assert [one.name for one in whole.parts("month")] == ["2026-01", "2026-02", "2026-03"]
    assert {one.first.weekday() for one in list(whole.parts("week"))[1:]} == {0}
    calendar = Calendar(list(whole.parts("week")))
    assert calendar.holding(date(2026, 1, 28)) is None
    assert calendar.holding(date(2026, 2, 2)) == 1
