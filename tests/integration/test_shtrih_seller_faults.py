"""Selling to the emulated register while it prints, runs out of paper, or loses answers: each document once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from kit.shtrih_counter import Counter, cheese

from drivers.api import Done, OutcomeUnknown, Paper, Refused
from drivers.selling import ReceiptKind, Tender
from drivers.shtrih.command import Nothing
from drivers.shtrih.commands_status import FULL_STATUS
from drivers.shtrih.printer import ShtrihPrinter


@pytest.fixture(params=["1.05", "1.2"])
def counter(request: Any) -> Counter:
    made = Counter(request.param)
    assert made.printer.shift_open() == Done(None)
    return made


def test_one_sale_after_another_while_it_still_prints() -> None:
    """50h is waited out; each receipt is registered once."""
    counter = Counter(print_seconds=4.0)
    assert counter.printer.shift_open() == Done(None)
    first = counter.sell(ReceiptKind.SALE, [cheese("1.05")], Tender(cash_kop=27252))
    second = counter.sell(ReceiptKind.SALE, [cheese("1.05")], Tender(cash_kop=27252))
    assert second.fd_number == first.fd_number + 1 == counter.last_fd()
    assert counter.frames.count("8D") > 2, "the second opening was refused while the first receipt printed"
    assert counter.frames.count("FF45") == 2
    assert counter.printer.shift_close() == Done(None)
    assert counter.last_fd() == second.fd_number + 1


def test_paper_comes_back_and_the_next_receipt_goes_on(counter: Counter) -> None:
    item = cheese(counter.device.profile.ffd)
    counter.device.paper_out(after_lines=3)
    registered = counter.sell(ReceiptKind.SALE, [item], Tender(cash_kop=item.sum_kop))
    assert counter.last_fd() == registered.fd_number, "registered although the paper ran out"
    assert isinstance(counter.printer.receipt_open(ReceiptKind.SALE), Refused)
    counter.device.paper_in()
    status = counter.printer.status()
    assert isinstance(status, Done)
    assert status.reply.paper is Paper.BACK
    second = counter.sell(ReceiptKind.SALE, [item], Tender(cash_kop=item.sum_kop))
    assert second.fd_number == registered.fd_number + 1
    assert "B0" in counter.frames


COMMITS: dict[str, Callable[[ShtrihPrinter], Any]] = {
    "E0": lambda printer: printer.shift_open(),
    "FF45": lambda printer: printer.receipt_close(Tender(cash_kop=27252), 1),
    "41": lambda printer: printer.shift_close(),
}


def ready_for(code: str) -> Counter:
    counter = Counter()
    if code != "E0":
        assert counter.printer.shift_open() == Done(None)
    if code == "FF45":
        assert counter.printer.receipt_open(ReceiptKind.SALE) == Done(None)
        assert counter.printer.receipt_item(ReceiptKind.SALE, cheese("1.05")) == Done(None)
    return counter


@pytest.mark.parametrize("code", COMMITS)
def test_lost_answer_is_fetched_and_nothing_runs_twice(code: str) -> None:
    counter = ready_for(code)
    before = counter.last_fd()
    counter.deliver = lambda asked, answer: b"" if asked == code else answer
    assert isinstance(COMMITS[code](counter.printer), Done)
    assert counter.frames.count(code) == 1
    assert counter.last_fd() == before + 1


@pytest.mark.parametrize("code", COMMITS)
def test_answer_lost_with_the_power_is_unknown_and_nothing_runs_twice(code: str) -> None:
    """The document is in the FN, the answer is gone: only the FN can tell, and it tells one."""
    counter = ready_for(code)
    before = counter.last_fd()

    def cut_power(asked: str, answer: bytes) -> bytes:
        if asked != code:
            return answer
        counter.front.power_off()
        return b""

    counter.deliver = cut_power
    outcome = COMMITS[code](counter.printer)
    assert isinstance(outcome, OutcomeUnknown)
    assert outcome.command == f"{code}h"
    assert counter.frames.count(code) == 1
    assert counter.last_fd() == before + 1


def test_full_status_still_reads_after_a_day(counter: Counter) -> None:
    """The wire is in order after all commands of a shift."""
    item = cheese(counter.device.profile.ffd)
    counter.sell(ReceiptKind.SALE, [item], Tender(cash_kop=item.sum_kop))
    assert counter.printer.shift_close() == Done(None)
    assert isinstance(counter.printer._session.run(FULL_STATUS, Nothing()), Done)
