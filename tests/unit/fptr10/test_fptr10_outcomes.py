"""Lost answers: what each task becomes, and that nothing that registers is ever sent twice."""

from __future__ import annotations

import random

import pytest
from unit.fptr10.conftest import Bench
from unit.fptr10.scripted_fptr import REGISTERS

from drivers.api import Done, LinkFault, NotSent, OutcomeUnknown, Refused
from drivers.fptr10.session import Session
from drivers.selling import FiscalItem, ReceiptKind, Tender

SALE = ReceiptKind.SALE
LOST = (1, 2, 3, 4, 241, 603)
DOUBTFUL = (15, 115, 116, 140, 159, 166, 177, 178, 503, 505, 999_999)
COFFEE = FiscalItem("Кофе", 19_900, 1_000_000, 19_900, vat=11, measure=0)


def sell(bench):
    bench.printer.receipt_open(SALE)
    bench.printer.receipt_item(SALE, COFFEE)
    return bench.printer.receipt_close(Tender(cash_kop=20_000), 1)


REGISTERING = {
    "sell": sell,
    "openShift": lambda bench: bench.printer.shift_open(),
    "closeShift": lambda bench: bench.printer.shift_close(),
    "reportOfdExchangeStatus": lambda bench: bench.printer.calculation_report(),
}


def sent_once(bench, task):
    """The judge: whatever happened, the task was sent at most once."""
    assert bench.fptr.names().count(task) <= 1, f"{task} was sent again"


@pytest.mark.parametrize("task", REGISTERING)
@pytest.mark.parametrize("code", [*LOST, *DOUBTFUL, 44])
def test_done_although_the_answer_was_lost(bench, task, code):
    bench.trip(task, code, after=True)
    outcome = REGISTERING[task](bench)
    assert isinstance(outcome, Done)
    assert (outcome.reply.fd_number, outcome.reply.fpd) == (42, 180150000)
    sent_once(bench, task)


@pytest.mark.parametrize("task", REGISTERING)
@pytest.mark.parametrize("code", [*LOST, *DOUBTFUL])
def test_not_sent_once_it_is_proven(bench, task, code):
    bench.trip(task, code)
    outcome = REGISTERING[task](bench)
    assert isinstance(outcome, NotSent)
    assert "proven" in outcome.detail
    assert bench.fptr.last_fd == 41
    sent_once(bench, task)


@pytest.mark.parametrize("task", REGISTERING)
@pytest.mark.parametrize("after", [True, False])
def test_unknown_while_the_device_is_gone(bench, task, after):
    bench.trip(task, 241, after=after, reopens=False)
    outcome = REGISTERING[task](bench)
    assert isinstance(outcome, OutcomeUnknown)
    assert (outcome.fault, outcome.command) == (LinkFault.LOST, task)
    sent_once(bench, task)
    bench.fptr.can_open = True
    assert isinstance(bench.printer.connect(), Done)
    assert bench.printer.storage().reply.last_fd == (42 if after else 41)


def test_what_the_task_left_open_is_cancelled(bench):
    bench.trip("sell", 2, leaves_open=True)
    assert isinstance(sell(bench), NotSent)
    assert bench.fptr.calls.count("cancelReceipt") == 1
    assert not bench.fptr.receipt_open


@pytest.mark.parametrize("code", [82, 200])
def test_a_receipt_that_stood_in_the_way_is_not_cancelled(bench, code):
    bench.trip("sell", code, leaves_open=True)
    assert sell(bench).code == code
    assert bench.fptr.receipt_open


def test_a_shift_task_cancels_no_receipt(bench):
    bench.trip("closeShift", 82, leaves_open=True)
    assert bench.printer.shift_close().code == 82
    bench.trip("closeShift", 12, leaves_open=True)
    assert bench.printer.shift_close().code == 12
    assert bench.fptr.receipt_open


@pytest.mark.parametrize("closed", [True, False])
@pytest.mark.parametrize("moved", [1, 2])
def test_driver_and_storage_must_agree(bench, closed, moved):
    bench.trip("sell", 241)
    bench.printer.receipt_open(SALE)
    bench.printer.receipt_item(SALE, COFFEE)
    check = bench.fptr.checkDocumentClosed

    def lies():
        bench.fptr.last_fd = 41 + moved  # somebody's document, not readable by us
        bench.fptr.closed = closed
        return check()

    bench.fptr.checkDocumentClosed = lies
    assert isinstance(bench.printer.receipt_close(Tender(cash_kop=20_000), 1), OutcomeUnknown)


def test_a_document_the_driver_calls_open_proves_nothing(bench):
    bench.trip("sell", 241, after=True)
    check = bench.fptr.checkDocumentClosed

    def lies():
        bench.fptr.closed = False
        return check()

    bench.fptr.checkDocumentClosed = lies
    assert isinstance(sell(bench), OutcomeUnknown)


def test_closed_without_a_document_proves_nothing(bench):
    bench.trip("sell", 241)
    check = bench.fptr.checkDocumentClosed

    def lies():
        bench.fptr.closed = True
        return check()

    bench.fptr.checkDocumentClosed = lies
    assert isinstance(sell(bench), OutcomeUnknown)


def test_another_total_is_another_sale(bench):
    bench.trip("sell", 241, after=True)
    work = bench.fptr._register
    bench.fptr._register = lambda task: work({**task, "total": 1.0})
    assert isinstance(sell(bench), OutcomeUnknown)
    sent_once(bench, "sell")


def test_the_driver_is_asked_until_it_answers(bench):
    bench.trip("sell", 241, after=True)
    bench.fptr.check_fails = 2
    assert isinstance(sell(bench), Done)
    assert bench.waited == [1.0, 1.0]


def test_an_answer_that_names_no_document_is_looked_up(bench):
    work = bench.fptr._register
    bench.fptr._register = lambda task: work(task) and {}
    outcome = sell(bench)
    assert isinstance(outcome, Done)
    assert (outcome.reply.fd_number, outcome.reply.change_kop) == (42, 100)


@pytest.mark.parametrize("code", [11, 13, 66, 68, 143, 144, 227, 401, 501])
def test_a_refusal_with_nothing_new_in_the_storage_is_one(bench, code):
    bench.trip("sell", code)
    outcome = sell(bench)
    assert isinstance(outcome, Refused)
    assert (outcome.code, outcome.command) == (code, "sell")
    assert bench.printer.status().reply.receipt_open is False


def test_silence_before_the_task_is_not_sent(bench):
    bench.printer.receipt_open(SALE)
    bench.printer.receipt_item(SALE, COFFEE)
    bench.trip("getFnStatus", 2)
    assert isinstance(bench.printer.receipt_close(Tender(cash_kop=20_000), 1), NotSent)
    assert "sell" not in bench.fptr.names()


# ---------------------------------------------------------------- the judge itself, and many days


def resending(run):
    """A mutant: after silence it sends the task again."""

    def mutant(self, task):
        outcome = run(self, task)
        if isinstance(outcome, OutcomeUnknown):
            self.close()
            self.open()
            return run(self, task)
        return outcome

    return mutant


@pytest.mark.parametrize("task", REGISTERING)
def test_a_driver_that_sends_again_is_caught(bench, task, monkeypatch):
    monkeypatch.setattr(Session, "run", resending(Session.run))
    bench.trip(task, 241, after=True)
    REGISTERING[task](bench)
    assert bench.fptr.last_fd == 43, "the mutant registers twice"
    with pytest.raises(AssertionError, match="sent again"):
        sent_once(bench, task)


def test_a_thousand_bad_days_end_honestly():
    """Done exactly with a document, NotSent and Refused exactly without one, never two, never one left open."""
    seen = set()
    for seed in range(1_000):
        chance = random.Random(seed)
        bench = Bench()
        bench.printer.connect()
        task = chance.choice(list(REGISTERING))
        code = chance.choice([*LOST, *DOUBTFUL, 44, 45, 66, 68, 82, 501])
        after = chance.random() < 0.5
        left = not after and task == "sell" and code != 82
        bench.trip(task, code, after=after, leaves_open=left, reopens=chance.random() < 0.9)
        bench.fptr.check_fails = chance.choice([0, 0, 1, 2, 5])
        outcome = REGISTERING[task](bench)
        made = bench.fptr.last_fd - 41
        assert made == int(after), seed
        assert bench.fptr.names().count(task) == 1, seed
        if isinstance(outcome, Done):
            assert made == 1, seed
        elif isinstance(outcome, NotSent | Refused):
            assert made == 0, seed
            assert not bench.fptr.receipt_open, seed
        seen.add(type(outcome))
    assert seen == {Done, NotSent, Refused, OutcomeUnknown}


def test_the_fake_registers_what_it_says():
    assert set(REGISTERING) <= set(REGISTERS)
