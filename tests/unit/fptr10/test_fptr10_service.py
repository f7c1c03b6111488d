"""Paper, drawer, questions and reports: what each becomes when the answer is lost or makes no sense."""

from __future__ import annotations

import pytest
from unit.fptr10.conftest import Bench

from drivers.api import Cut, Done, LinkFault, NotSent, OutcomeUnknown, Paper, Text
from drivers.fptr10.switches import Switches
from drivers.selling import FiscalItem, ReceiptKind, Tender
from drivers.service import Barcode, Obstacle, Repair

SALE = ReceiptKind.SALE
LOST = (1, 2, 3, 4, 241, 603)
COFFEE = FiscalItem("Кофе", 19_900, 1_000_000, 19_900, vat=11, measure=0)


def sell(bench):
    bench.printer.receipt_open(SALE)
    bench.printer.receipt_item(SALE, COFFEE)
    return bench.printer.receipt_close(Tender(cash_kop=20_000), 1)


# ---------------------------------------------------------------- paper


def test_a_registered_receipt_waits_for_paper(bench):
    bench.trip("sell", 44, after=True)
    bench.fptr.paper = False
    register = bench.fptr._register

    def half(task):
        answer = register(task)
        bench.fptr.printed = False
        return answer

    bench.fptr._register = half
    assert isinstance(sell(bench), Done)
    assert bench.printer.status().reply.paper is Paper.OUT_WHILE_PRINTING
    assert bench.printer.continue_print().code == 44
    bench.fptr.paper = True
    assert bench.printer.status().reply.paper is Paper.BACK
    ready = bench.printer.ready().reply
    assert ready.ready
    assert ready.repairs == (Repair.PRINT_CONTINUED,)
    assert bench.printer.status().reply.paper is Paper.PRESENT


def test_not_printed_is_told_by_a_warning_too(bench):
    register = bench.fptr._register
    bench.fptr._register = lambda task: {**register(task), "warnings": {"notPrinted": True}}
    assert isinstance(sell(bench), Done)
    assert bench.printer.status().reply.paper is Paper.BACK


def test_what_an_earlier_owner_left_half_on_paper_is_noted(cold):
    cold.fptr.printed = False
    cold.printer.connect()
    assert cold.printer.status().reply.paper is Paper.BACK
    assert not cold.fptr.printed, "only noted: the caller decides"


def test_that_look_can_be_switched_off():
    cold = Bench(switches=Switches(look_for_unprinted=False))
    cold.fptr.printed = False
    cold.printer.connect()
    assert "checkDocumentClosed" not in cold.fptr.calls
    assert cold.printer.status().reply.paper is Paper.PRESENT


def test_ready_tells_and_drops_only_when_told(bench):
    bench.fptr.receipt_open, bench.fptr.shift, bench.fptr.paper = True, "expired", False
    assert bench.printer.ready().reply.obstacles == (
        Obstacle.PAPER_OUT,
        Obstacle.RECEIPT_OPEN,
        Obstacle.SHIFT_OVER_24H,
    )
    assert Obstacle.RECEIPT_OPEN not in bench.printer.ready(drop_receipt=True).reply.obstacles


# ---------------------------------------------------------------- everything else

QUESTIONS = {
    "getDeviceStatus": lambda printer: printer.status(),
    "getFnInfo": lambda printer: printer.storage(),
    "getFnStatus": lambda printer: printer.storage(),
    "getShiftStatus": lambda printer: printer.shift_info(),
    "getFnDocument": lambda printer: printer.read_document(1),
    "ofdExchangeStatus": lambda printer: printer.ofd_state(),
}
PRINTS = {
    "nonFiscal": lambda printer: printer.print_slip([Text("a"), Cut()]),
    "reportX": lambda printer: printer.x_report(),
    "openCashDrawer": lambda printer: printer.open_drawer(),
    "printLastReceiptCopy": lambda printer: printer.repeat_document(),
    "reportDepartments": lambda printer: printer.department_report(),
}


@pytest.mark.parametrize("code", LOST)
@pytest.mark.parametrize("task", QUESTIONS)
def test_a_question_without_an_answer_changed_nothing(bench, task, code):
    bench.trip(task, code)
    assert isinstance(QUESTIONS[task](bench.printer), NotSent)


@pytest.mark.parametrize("task", sorted(set(QUESTIONS) - {"getFnDocument"}))
@pytest.mark.parametrize("answer", [{}, {"deviceStatus": {}, "fnInfo": [], "fnStatus": {}, "shiftStatus": {}}])
def test_a_question_answered_with_nonsense_is_garbage(bench, task, answer):
    bench.fptr.answers[task] = answer
    outcome = QUESTIONS[task](bench.printer)
    assert isinstance(outcome, NotSent)
    assert outcome.fault is LinkFault.GARBAGE


@pytest.mark.parametrize("after", [True, False])
@pytest.mark.parametrize("task", PRINTS)
def test_paper_after_silence_is_unknown(bench, task, after):
    bench.trip(task, 241, after=after)
    assert isinstance(PRINTS[task](bench.printer), OutcomeUnknown)
    assert bench.fptr.names().count(task) == 1


@pytest.mark.parametrize("cash", ["cash_in", "cash_out"])
@pytest.mark.parametrize(("after", "reopens", "kind"), [(True, True, Done), (False, True, NotSent)])
def test_the_drawer_proves_cash(bench, cash, after, reopens, kind):
    task = {"cash_in": "cashIn", "cash_out": "cashOut"}[cash]
    bench.trip(task, 241, after=after, reopens=reopens)
    assert isinstance(getattr(bench.printer, cash)(5_00), kind)
    assert bench.fptr.drawer == 10_000 + (after and {"cash_in": 500, "cash_out": -500}[cash])
    assert bench.fptr.names().count(task) == 1


def test_a_drawer_that_another_moved_proves_nothing(bench):
    bench.trip("cashIn", 241)
    reopen = bench.fptr.open

    def meanwhile():
        bench.fptr.drawer += 7_00
        return reopen()

    bench.fptr.open = meanwhile
    assert isinstance(bench.printer.cash_in(500), OutcomeUnknown)


def test_cash_nobody_can_prove_is_unknown(bench):
    bench.trip("cashIn", 241, after=True, reopens=False)
    assert isinstance(bench.printer.cash_in(500), OutcomeUnknown)
    assert bench.printer.cash_in(500) == NotSent(LinkFault.LOST, "not connected")
    with pytest.raises(ValueError, match="above 0"):
        bench.printer.cash_out(0)


def test_more_than_the_drawer_holds_is_refused(bench):
    assert bench.printer.cash_out(10_001).code == 80


def test_every_method_of_a_closed_printer_is_not_sent(cold):
    printer = cold.printer
    for outcome in (
        printer.status(), printer.clock(), printer.storage(), printer.passport(), printer.find_document(1),
        printer.read_document(1), printer.continue_print(), printer.print_slip([]), printer.receipt_open(SALE),
        printer.receipt_item(SALE, COFFEE), printer.receipt_tlv(b""), printer.receipt_subtotal(),
        printer.receipt_close(Tender(), 1), printer.receipt_cancel(), printer.shift_open(), printer.shift_close(),
        printer.x_report(), printer.cash_in(1), printer.cash_out(1), printer.ready(), printer.beep(), printer.cut(),
        printer.feed(1), printer.print_line("a"), printer.print_barcode(Barcode("ean8", "1")), printer.mark_bind(b"1"),
        printer.mark_check(b"1", 1), printer.mark_accept(True), printer.calculation_report(), printer.shift_info(),
    ):  # fmt: skip
        assert isinstance(outcome, NotSent)
