"""What people are told of the vendor's driver: its own decimal numbers with names, and a driver that is not there."""

import pytest

from drivers.api import LinkFault, NotSent, Refused
from drivers.fptr10.errors import all_errors, explain, refused
from drivers.fptr10.library import FAULTS, LibraryError, LibrarySettings, Trouble
from drivers.fptr10.printer import Fptr10Printer
from drivers.selling import ReceiptKind
from pos_agent import texts
from pos_agent.clock import SystemClock
from pos_agent.printing.line import FAULT_CODES, Line


def line_to(printer) -> Line:
    return Line(printer, SystemClock(), "/dev/ttyACM0", lambda code: explain(code).ru)


def test_a_refusal_is_shown_as_the_vendor_writes_it() -> None:
    assert refused(44, "print", "Нет бумаги\nсмените рулон").number == "44 (Нет бумаги)"
    assert refused(44, "print").number == f"44 ({explain(44).meaning})"
    assert len(refused(11, "x", "а" * 500).number) < 80
    assert Refused(0x4A, "4Ah").number == "4Ah", "other vendors keep their two hex digits"
    assert refused(44, "print", "x") == Refused(44, "print", "x"), "how it is shown does not tell refusals apart"


def test_every_refusal_of_the_driver_carries_its_decimal_number(bench) -> None:
    bench.printer.receipt_open(ReceiptKind.SALE)
    twice = bench.printer.receipt_open(ReceiptKind.SALE)
    assert isinstance(twice, Refused)
    assert twice.number.startswith("82 (")
    bench.trip("reportX", 68)
    outcome = bench.printer.x_report()
    assert isinstance(outcome, Refused)
    assert outcome.number.startswith("68 (")


def test_the_agent_says_the_decimal_number(bench) -> None:
    line = line_to(bench.printer)
    line.asked(refused(44, "print", "Нет бумаги"))
    problem = line.state.problem
    assert problem is not None
    assert (problem.code, problem.params["code"]) == ("PRN-09", "44 (Нет бумаги)")
    told = texts.message("PRN-09", "ru", "N", **problem.params)
    assert "2Ch" not in told.what
    assert "44 (Нет бумаги)" in told.what


@pytest.mark.parametrize("trouble", list(Trouble))
def test_a_driver_that_is_not_usable_has_its_code_in_words(trouble: Trouble) -> None:
    def absent(*_: object):
        raise LibraryError(trouble, "no libfptr10")

    printer = Fptr10Printer(LibrarySettings("/dev/ttyACM0"), [].append, open_library=absent)
    outcome = printer.connect()
    assert isinstance(outcome, NotSent)
    assert outcome.fault is FAULTS[trouble]
    line = line_to(printer)
    assert line.connect() > 0
    problem = line.state.problem
    assert problem is not None
    assert problem.code == trouble.value
    for lang in ("ru", "en"):
        told = texts.message(problem.code, lang, "N", **problem.params)
        assert "libfptr10" in told.what
        assert told.action
    assert line.trouble().code == trouble.value


def test_every_fault_of_a_line_has_a_sentence() -> None:
    assert set(FAULT_CODES) == set(LinkFault)
    assert {explain(code).fault for code in all_errors()} <= {None, *LinkFault}
