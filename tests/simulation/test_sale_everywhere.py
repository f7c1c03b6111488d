"""A fault at many places of a whole sale and at each commit point. Every byte and message: `make faults`."""

import pytest
from kit.sale_troubles import Trouble
from simulation.sale_everywhere import OUT_S, Shape, cuts, shape, struck

from pos_agent.checkout.desk import CALL_S

NOT_BEGUN = {"PRN-03", "PRN-07"}  # the printer does not talk, its port is gone: nothing was sent
ELSEWHERE, INSIDE, MESSAGES = 50, 17, 5  # every so many bytes around and in the receipt, every so many messages
TWICE = ("before", "after")


@pytest.fixture(scope="module")
def whole() -> Shape:
    return shape()


def cut_short(lines: list[str]) -> list[int]:
    """Messages of each sale that did not arrive whole, by its trace."""
    found: list[int] = []
    for line in lines:
        words = line.split()
        if words[1] == "sale":
            found.append(0)
        elif words[1] in ("host", "device") and words[2:3] != words[3:4]:
            found[-1] += 1
    return found


def test_the_sale_that_is_broken_everywhere_is_a_whole_one(whole: Shape) -> None:
    assert whole.points == [f"{when}:{name}" for name in ("intent", "closing", "document") for when in TWICE]
    assert whole.messages["host"] == whole.messages["device"] > 90
    first, last = whole.receipt["host"]
    assert 200 < last - first < whole.bytes["host"]


@pytest.mark.parametrize("way", ["host", "device"])
def test_cable_off_inside_the_receipt(whole: Shape, way: str) -> None:
    """The cable is back in two seconds: the very first call finds out what became of the receipt and ends with it
    registered, once, wherever the cut was. Nobody is told to check, to wait or to ring up again."""
    first, last = whole.receipt[way]
    places, lines = range(first, last + 1, INSIDE), []
    outcome = struck(cuts(way, places), lines=lines)
    assert cut_short(lines) == [0, 0] + [1] * len(places), "each of these sales has met its cut"
    assert outcome.wrong == [], "none doubled, lost or judged otherwise than the storage says"
    assert outcome.told == {"registered": len(places) + 2}
    assert OUT_S < outcome.answer_s < CALL_S, "it has waited for the cable, and no longer than a call may"


@pytest.mark.parametrize("way", ["host", "device"])
def test_cable_off_around_the_receipt(whole: Shape, way: str) -> None:
    """Before the first byte of a receipt a sale is refused as not begun, or made; afterwards it is made."""
    first, last = whole.receipt[way]
    before, after = range(1, first, ELSEWHERE), range(last + 1, whole.bytes[way] + 1, ELSEWHERE)
    refused = {}
    for places in (before, after):
        lines: list[str] = []
        outcome = struck(cuts(way, places), lines=lines)
        assert all(cut_short(lines)[2:]), "each of these sales has met its cut"
        assert outcome.wrong == []
        refused[places] = {code: count for code, count in outcome.told.items() if code != "registered"}
        assert sum(outcome.told.values()) == len(places) + 2
    assert set(refused[before]) <= NOT_BEGUN
    assert refused[after] == {}


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
