"""Treated customers beside control ones: the split, the figures, "no data" instead of a false zero."""

from __future__ import annotations

import hashlib
import random
from fractions import Fraction

import pytest

from pos_agent.rules.calendars import bucket_of
from pos_agent.simulate.holdout import Design, holdout, percentile, split

DESIGN = Design("spring", 5000, seed=7, draws=400)


def group(customer: str) -> str:
    """Section 12 in the plainest words."""
    number = int(hashlib.sha256(f"spring:{customer}".encode()).hexdigest()[:16], 16) % 10_000
    return "treated" if number < 5000 else "control"


def test_the_split_is_by_hash_of_the_customer() -> None:
    money = {f"c-{number}": number for number in range(500)}
    treated, control = split(money, DESIGN)
    assert treated == [money[one] for one in sorted(money) if group(one) == "treated"]
    assert control == [money[one] for one in sorted(money) if group(one) == "control"]
    assert 200 < len(treated) < 300


def test_the_share_is_a_border_between_two_customers() -> None:
    number = bucket_of("c-1", "spring")
    assert split({"c-1": 5}, Design("spring", number)) == ([], [5])
    assert split({"c-1": 5}, Design("spring", number + 1)) == ([5], [])


def test_uplift_by_hand() -> None:
    treated = [one for one in (f"c-{n}" for n in range(100)) if group(one) == "treated"][:2]
    control = [one for one in (f"c-{n}" for n in range(100)) if group(one) == "control"][:2]
    money = {treated[0]: 40000, treated[1]: 20000, control[0]: 10000, control[1]: 15000}
    found = holdout(money, DESIGN)
    assert found["treated"] == {"customers": 2, "net_kop": 60000, "arpu_kop": 30000}
    assert found["control"] == {"customers": 2, "net_kop": 25000, "arpu_kop": 12500}
    assert (found["uplift_kop"], found["uplift_bp"]) == (17500, 14000)
    assert found["interval"]["low_kop"] <= 17500 <= found["interval"]["high_kop"]
    assert found["interval"]["low_kop"] >= 20000 - 15000
    assert found["interval"]["high_kop"] <= 40000 - 10000


@pytest.mark.parametrize("design", [Design("s", 10_000), Design("s", 0)])
def test_an_empty_group_is_no_data(design: Design) -> None:
    found = holdout({"c-1": 100, "c-2": 300}, design)
    assert (found["uplift_kop"], found["uplift_bp"], found["interval"]) == (None, None, None)
    assert {found["treated"]["arpu_kop"], found["control"]["arpu_kop"]} == {200, None}
    assert holdout({}, design)["treated"] == {"customers": 0, "net_kop": 0, "arpu_kop": None}


def test_a_control_that_brought_nothing_gives_no_percentage() -> None:
    one = next(f"c-{n}" for n in range(100) if group(f"c-{n}") == "treated")
    other = next(f"c-{n}" for n in range(100) if group(f"c-{n}") == "control")
    found = holdout({one: 500, other: 0}, DESIGN)
    assert (found["uplift_kop"], found["uplift_bp"], found["interval"]) == (500, None, None)


def test_the_interval_depends_on_the_seed_alone() -> None:
    chance = random.Random(1)
    money = {f"c-{number}": chance.randint(0, 100_000) for number in range(300)}
    again = dict(reversed(list(money.items())))
    assert holdout(money, DESIGN) == holdout(again, DESIGN)
    other = holdout(money, Design("spring", 5000, seed=8, draws=400))
    assert other["uplift_kop"] == holdout(money, DESIGN)["uplift_kop"]
    assert other["interval"]["low_kop"] != holdout(money, DESIGN)["interval"]["low_kop"]


def test_the_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    """Two groups with one true mean: 90 % intervals hold zero in some 90 of 100 draws of customers."""
    above = below = 0
    for seed in range(100):
        chance = random.Random(seed)
        money = {f"c-{number}": chance.randint(0, 100_000) for number in range(120)}
        interval = holdout(money, Design("spring", 5000, seed=seed, draws=200, level_bp=9000))["interval"]
        above += interval["low_kop"] > 0
        below += interval["high_kop"] < 0
    assert 1 <= above <= 14, "about five of a hundred on either side"
    assert 1 <= below <= 14


def test_percentiles_lie_between_their_neighbours() -> None:
    ordered = [Fraction(one) for one in (0, 10, 20, 30)]
    assert [percentile(ordered, Fraction(n, 6)) for n in (0, 1, 3, 6)] == [0, 5, 15, 30]
