"""A fault at many places of a whole sale and at each commit point. Every byte and message: `make faults`."""

import pytest
from kit.sale_troubles import Trouble
from simulation.sale_everywhere import Shape, cuts, shape, struck

ELSEWHERE, INSIDE, MESSAGES = 25, 9, 3  # every so many bytes around and in the receipt, every so many messages
TWICE = ("before", "after")


@pytest.fixture(scope="module")
def whole() -> Shape:
    return shape()


def test_the_sale_that_is_broken_everywhere_is_a_whole_one(whole: Shape) -> None:
    assert whole.points == [f"{when}:{name}" for name in ("intent", "closing", "document") for when in TWICE]
    assert whole.messages["host"] == whole.messages["device"] > 90
    first, last = whole.receipt["host"]
    assert 200 < last - first < whole.bytes["host"]


@pytest.mark.parametrize("way", ["host", "device"])
def test_cable_off_inside_the_receipt(whole: Shape, way: str) -> None:
    first, last = whole.receipt[way]
    elsewhere = [*range(1, first, ELSEWHERE), *range(last + 1, whole.bytes[way] + 1, ELSEWHERE)]
    outcome = struck(cuts(way, [*range(first, last + 1, INSIDE), *elsewhere]))
    assert outcome.wrong == []
    assert outcome.told["SAL-01"] + outcome.told["SAL-03"] + outcome.told["PRN-03"]


@pytest.mark.parametrize("kind", ["kill", "power"])
def test_killed_or_without_power_before_a_message(whole: Shape, kind: str) -> None:
    last = whole.messages["host"] if kind == "kill" else 40
    outcome = struck(Trouble(kind, "host", number, 1, 2.0, 0) for number in range(1, last + 1, MESSAGES))
    assert outcome.wrong == []


@pytest.mark.parametrize("way", ["host", "device"])
def test_a_message_lost(whole: Shape, way: str) -> None:
    places = range(1, whole.messages[way] + 1, MESSAGES)
    outcome = struck(Trouble("lose", way, number, 1, 0, 0) for number in places)
    assert outcome.wrong == []
    assert outcome.told["registered"] > len(places) * 0.9  # ENQ brings a lost answer without executing


def test_killed_at_every_commit_point(whole: Shape) -> None:
    outcome = struck(Trouble("kill_commit", "host", number, 1, 0, 0) for number in range(len(whole.points)))
    assert outcome.wrong == []
    assert outcome.told["SAL-01"] == len(whole.points)
