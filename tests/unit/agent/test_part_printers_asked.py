"""The register's desk asks a further printer's thread: what it is told, and when it does not wait any longer."""

from collections.abc import Callable
from concurrent.futures import Future
from types import SimpleNamespace
from typing import Any

import pytest

from pos_agent.checkout.part_printers import ASKED_S, PIECE_S, READY_S, PartPrinter, PartPrinters
from pos_agent.errors import PrinterError

UNUSED: Any = None  # the thread gives its future, whatever it is asked to do


class Silent(Future):
    """Work that does not end; `begun`: it cannot be taken back any more."""

    def __init__(self, begun: bool) -> None:
        super().__init__()
        self.waited: list[float] = []
        if begun:
            self.set_running_or_notify_cancel()

    def result(self, timeout: float | None = None) -> Any:
        self.waited.append(timeout)
        raise TimeoutError


class Thread:
    """Gives this future, whatever is asked."""

    def __init__(self, future: Future) -> None:
        self.future = future

    def ask(self, work: Callable[[Any], Any]) -> Future:
        return self.future


def printers(future: Future, alive: Callable[[], object] = lambda: None) -> tuple[PartPrinters, PartPrinter]:
    desk: Any = SimpleNamespace(language="ru")
    thread: Any = Thread(future)
    one = PartPrinter("ip", "till-1/ip", "/dev/ttyACM1", 2, desk, UNUSED, thread)
    return PartPrinters([one], alive), one


def told(future: Future, alive: Callable[[], object] = lambda: None) -> PrinterError:
    asked, one = printers(future, alive)
    with pytest.raises(PrinterError) as error:
        asked.sell(one, UNUSED)
    assert error.value.lines[0] == "Принтер части ip, /dev/ttyACM1"
    return error.value


def test_what_was_not_begun_is_taken_back_and_nothing_was_sold() -> None:
    future = Silent(begun=False)
    assert told(future).code == "PRN-03"
    assert future.cancelled(), "it must not be sold after the caller was told that it was not"


def test_what_was_begun_is_in_doubt() -> None:
    future, lives = Silent(begun=True), []
    assert told(future, lambda: lives.append(1)).code == "SAL-01"
    assert future.waited == [PIECE_S] * (ASKED_S // PIECE_S)
    assert len(lives) == len(future.waited), "who waits shows that he lives"


def test_a_thread_that_has_ended() -> None:
    future: Future = Future()
    future.cancel()
    assert told(future).code == "PRN-03"


def test_its_own_error_comes_with_its_name() -> None:
    future: Future = Future()
    future.set_exception(PrinterError("PRN-01", lines=("бумага",)))
    assert told(future).lines == ("Принтер части ip, /dev/ttyACM1", "бумага")


def test_one_that_cannot_does_not_keep_the_others() -> None:
    future: Future = Future()
    future.set_exception(PrinterError("PRN-01"))
    asked, _ = printers(future)
    done = []
    with pytest.raises(PrinterError) as error:
        asked.everywhere(lambda: done.append("own"), lambda desk: None)
    assert (error.value.code, done) == ("PRN-01", ["own"])
    fine: Future = Future()
    fine.set_result({})
    assert printers(fine)[0].everywhere(lambda: {"shift": "closed"}, lambda desk: None) == {"shift": "closed"}


def test_one_that_hangs_is_not_asked_for_readiness_as_long_as_for_a_sale() -> None:
    future = Silent(begun=True)
    asked, _ = printers(future)
    with pytest.raises(PrinterError) as error:
        asked.must_be_ready(("", "ip"))
    assert error.value.code == "PRN-03", "nothing was begun"
    assert error.value.lines == ("Принтер части ip, /dev/ttyACM1",)
    assert future.waited == [PIECE_S] * (READY_S // PIECE_S)
