"""Money in the drawer is moved once or told as unknown, whatever the line does (`cash.in`, `cash.out`).

The emulated device's own registers are the witness.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from kit.conformance_sale_register import LINKS
from kit.sale_register import SaleRegister

from pos_agent.api import cash
from pos_agent.errors import PrinterError, UsageError

COMMANDS = {"shtrih": (b"\x50", b"\x51"), "atol-v2": (b"\x49", b"\x4f"), "atol-v3": (b"\x49", b"\x4f")}


class Actor:
    """The printer's thread, at once."""

    def __init__(self, register: SaleRegister) -> None:
        self.watch = register.watch

    def ask(self, work: Any) -> Any:
        from concurrent.futures import Future

        done: Future = Future()
        try:
            done.set_result(work(self.watch))
        except PrinterError as error:
            done.set_exception(error)
        return done


class Counter:
    """A register with an open shift, asked through the operations."""

    def __init__(self, link: str, folder: Path) -> None:
        self.link = link
        self.register = LINKS[link](folder)
        self.sent = 0
        self.at_move: Any = lambda: None
        run, at = self.register.machine.run, 0 if link == "shtrih" else 2

        def noted(request: bytes, *more: Any) -> Any:
            answer = run(request, *more)
            if request[at : at + 1] in COMMANDS[link]:
                self.sent += 1
                self.at_move()
            return answer

        self.register.machine.run = noted
        self.register.desk.open_shift()

    @property
    def parts(self) -> Any:
        printer = SimpleNamespace(backend="protocol", vendor=self.link.partition("-")[0])
        return SimpleNamespace(
            desk=self.register.desk, actor=Actor(self.register), config=SimpleNamespace(printer=printer)
        )

    @property
    def drawer(self) -> int:
        return self.register.device.registers["cash_kop"]

    def do(self, incoming: bool, **args: Any) -> dict:
        return (cash.put_in if incoming else cash.take_out)(self.parts, args).result()

    def tally(self, incoming: bool) -> list[int]:
        return cash.show(self.parts, {}).result()["in" if incoming else "out"]


@pytest.fixture(params=sorted(LINKS))
def counter(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Counter]:
    made = Counter(request.param, tmp_path)
    yield made
    made.register.close()


def test_money_goes_in_and_out(counter: Counter) -> None:
    counter.do(True, kop=10050)
    assert counter.drawer == 10050
    counter.do(False, kop=5025)
    assert counter.drawer == 5025


def test_more_than_there_is_is_refused_by_the_device(counter: Counter) -> None:
    with pytest.raises(PrinterError) as caught:
        counter.do(False, kop=100)
    assert caught.value.code == "PRN-09"
    assert counter.drawer == 0


@pytest.mark.parametrize("incoming", [True, False])
def test_the_registers_decide_after_silence(counter: Counter, incoming: bool) -> None:
    """The cable comes off when the device has done it; it is found done, not sent again."""
    counter.do(True, kop=1000)
    counter.at_move = lambda: counter.register.wire.cut(5.0)
    counter.sent = 0
    counter.do(incoming, kop=300)
    assert counter.drawer == (1300 if incoming else 700)
    assert counter.sent == 1


def test_silence_that_does_not_end_is_told_as_unknown_and_found_later(counter: Counter) -> None:
    before = counter.tally(True)
    counter.at_move = lambda: counter.register.wire.cut(600.0)
    with pytest.raises(PrinterError) as caught:
        counter.do(True, kop=300)
    assert caught.value.code == "CSH-01"
    counter.at_move = lambda: None
    counter.register.wire.calm()
    counter.register.clock.advance(700.0)
    assert counter.do(True, kop=300, before=before, again=True) == {"moved_kop": 300}
    assert (counter.drawer, counter.sent) == (300, 1)


def test_a_repeat_sends_only_what_is_proven_not_moved(counter: Counter) -> None:
    before = counter.tally(True)
    with pytest.raises(PrinterError) as caught:
        counter.do(True, kop=300, before=before, again=True, only_look=True)
    assert caught.value.code == "CSH-02"
    assert counter.drawer == 0
    counter.do(True, kop=300, before=before, again=True)
    counter.do(True, kop=300, before=before, again=True)
    counter.do(True, kop=300, before=before, again=True, only_look=True)
    assert counter.drawer == 300


def test_registers_that_somebody_else_moved_prove_nothing(counter: Counter) -> None:
    before = counter.tally(True)
    counter.do(True, kop=50)
    with pytest.raises(PrinterError) as caught:
        counter.do(True, kop=300, before=before, again=True)
    assert caught.value.code == "CSH-01"
    assert counter.drawer == 50


@pytest.mark.parametrize(
    "args",
    [{}, {"kop": 0}, {"kop": 1.5}, {"kop": 5, "again": True}, {"kop": 5, "before": "x"}, {"kop": 5, "only_look": True}],
)
def test_wrong_arguments_touch_nothing(counter: Counter, args: dict) -> None:
    with pytest.raises(UsageError):
        counter.do(True, **args)
    assert counter.drawer == 0
