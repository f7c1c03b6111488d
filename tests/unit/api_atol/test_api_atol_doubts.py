"""A receipt whose outcome is not known: blocked until the storage tells, then as it tells; never sold twice."""

import threading
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from pos_agent.api.atol_tasks.desk_calls import DoubtError, StoppedError
from pos_agent.api.atol_tasks.doubts import Doubts
from pos_agent.api.atol_tasks.faults import TaskError
from pos_agent.api.atol_tasks.receipts import Receipts
from pos_agent.errors import PrinterError, UsageError

NOW = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)


class Clock:
    """Nobody really waits; `stop_after` waits the agent ends."""

    def __init__(self) -> None:
        self.waits, self.stop_after = 0, 10**6

    def now(self) -> datetime:
        return NOW

    def wait(self, event: threading.Event, seconds: float) -> bool:
        self.waits += 1
        return self.waits >= self.stop_after


class Selling:
    """A desk and a storage as told."""

    def __init__(self, *sells: Any, fates: Any = (None,), begun: bool = False) -> None:
        self.sells, self.fates, self.is_begun = list(sells), list(fates), begun
        self.left: list[Any] = [None]  # SAL-06 while some parts are made and the next one is not
        self.sold: list[Any] = []

    def read(self, task: dict, device: str) -> Any:
        return SimpleNamespace(before=(), after=(), device=device)

    def offer(self, uuid: str, asked: Any, kept: Any) -> Any:
        return SimpleNamespace(to_json=lambda: {"offer": 1})

    def without_loyalty(self, asked: Any, error: Any) -> Any:
        return SimpleNamespace(to_json=lambda: {"offer": "plain"}, plain=True)

    def sell(self, uuid: str, asked: Any, offer: Any) -> Any:
        self.sold.append(offer)
        told = self.sells.pop(0)
        if isinstance(told, Exception):
            raise told
        return SimpleNamespace(result={"told": told}, offer=offer)

    def settle(self) -> bool:
        return True

    def begun(self, uuid: str) -> bool:
        return self.is_begun

    def unfinished(self, uuid: str) -> Any:
        return self.left.pop(0) if len(self.left) > 1 else self.left[0]

    def fate(self, uuid: str) -> Any:
        told = self.fates.pop(0) if len(self.fates) > 1 else self.fates[0]
        if isinstance(told, Exception):
            raise told
        return told

    def made(self, answer: Any, offer: Any, *, recovered: bool = False) -> Any:
        return SimpleNamespace(result={"told": answer, "recovered": recovered}, offer=offer)

    def use_up(self, made: Any) -> None:
        pass


def run(selling: Any, clock: Any = None, *, resumed: bool = False, age_min: int = 0) -> tuple[Any, list]:
    clock, statuses = clock or Clock(), []
    created = (NOW - timedelta(minutes=age_min)).isoformat()
    request = SimpleNamespace(uuid="u-1", offer={}, created_at=created, device="")
    made: Any = SimpleNamespace(uuid="u-1", request=request, items=[], resumed=resumed, made=None)
    made.show = lambda status, block: statuses.append((status, block.reason))
    told = lambda error: TaskError(15, error.code)  # noqa: E731
    calls: Any = SimpleNamespace(lang="en", parts=SimpleNamespace(clock=clock), told=told)
    book: Any = SimpleNamespace(progress=lambda known, items, offer=None: known)
    printing: Any = SimpleNamespace(beside=lambda items, cut: None)
    beside: Any = SimpleNamespace(on=lambda device: SimpleNamespace(printing=printing))
    doubts = Doubts(clock, threading.Event())
    receipts = Receipts(calls, book, selling, beside, doubts)
    return receipts.done(made, {"type": "sell"}), statuses


def test_in_doubt_then_found() -> None:
    selling = Selling(DoubtError(), fates=(DoubtError(), DoubtError(), "5"), begun=True)
    assert run(selling) == ({"told": "5", "recovered": True}, [("blocked", "connectionError")] * 2)
    assert len(selling.sold) == 1


def test_in_doubt_then_proven_absent_is_an_error() -> None:
    selling = Selling(DoubtError(), fates=(DoubtError(), None), begun=True)
    with pytest.raises(TaskError) as raised:
        run(selling)
    assert raised.value.code == 241
    assert len(selling.sold) == 1


def test_another_sale_was_in_doubt() -> None:
    selling = Selling(DoubtError(), "made", fates=(DoubtError(), None), begun=False)
    assert run(selling)[0] == {"told": "made"}
    assert len(selling.sold) == 2


def test_loyalty_refused_at_the_last_moment() -> None:
    selling = Selling(UsageError("COD-03"), "made")
    assert run(selling)[0] == {"told": "made"}
    assert getattr(selling.sold[1], "plain", False)


def test_after_a_restart_a_made_receipt_is_found_and_not_sold() -> None:
    selling = Selling(fates=("7",))
    assert run(selling, resumed=True)[0] == {"told": "7", "recovered": True}
    assert not selling.sold


def test_after_a_restart_an_absent_one_is_made_while_it_is_fresh() -> None:
    assert run(Selling("made"), resumed=True, age_min=9)[0] == {"told": "made"}
    stale = Selling("made")
    with pytest.raises(TaskError) as raised:
        run(stale, resumed=True, age_min=11)
    assert (raised.value.code, stale.sold) == (241, [])


def test_the_agent_may_end_while_it_is_in_doubt() -> None:
    clock = Clock()
    clock.stop_after = 3
    with pytest.raises(StoppedError):
        run(Selling(DoubtError(), fates=(DoubtError(),), begun=True), clock)
    assert clock.waits == 3


LEFT = {"n": 2, "of": 2, "made": "9999078902001234/3"}
SAL_06 = PrinterError("SAL-06", **LEFT)


def refusal(code: str) -> TaskError:
    """As `Selling.sell` raises it of a part that could not be made."""
    try:
        try:
            raise PrinterError(code)
        except PrinterError as cause:
            raise PrinterError("SAL-06", **LEFT) from cause
    except PrinterError as error:
        fault = TaskError(15, "SAL-06")
        fault.__cause__ = error
        return fault


def test_a_sale_of_which_some_parts_are_made_is_gone_on_with() -> None:
    selling = Selling(refusal("PRN-03"), refusal("PRN-01"), "whole", begun=True)
    selling.left = [SAL_06]
    assert run(selling) == ({"told": "whole"}, [("blocked", "connectionError"), ("blocked", "paperError")])
    assert len(selling.sold) == 3
    assert len({id(one) for one in selling.sold}) == 1, "always the same offer: the same sale"


def test_a_part_in_doubt_turns_out_not_to_be_made_and_the_sale_goes_on() -> None:
    selling = Selling(DoubtError(), "whole", fates=(DoubtError(), None), begun=True)
    selling.left = [SAL_06]
    assert run(selling)[0] == {"told": "whole"}


def test_after_ten_minutes_the_rest_is_given_up_and_what_is_made_is_named() -> None:
    for selling, resumed in ((Selling(refusal("PRN-03"), begun=True), False), (Selling(begun=True), True)):
        selling.left = [SAL_06]
        with pytest.raises(TaskError) as raised:
            run(selling, resumed=resumed, age_min=11)
        assert "SAL-06" in raised.value.description


def test_what_was_made_came_back_meanwhile() -> None:
    selling = Selling(refusal("PRN-03"), TaskError(505, "SAL-07"), begun=True)
    selling.left = [SAL_06, None]
    with pytest.raises(TaskError) as raised:
        run(selling)
    assert raised.value.description == "SAL-07"
