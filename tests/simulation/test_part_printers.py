"""Two printers at one counter, of both vendors: one price, a receipt from each, one loyalty event, whatever fails."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import pytest
from kit.counter_of_two import PART, CounterOfTwo, after_receipt
from kit.often import often
from kit.part_story import CREAM, EARNED, GIFT, OTHER, OWN, SPENT, WATCH, proven, sell, told
from kit.sale_register import SaleRegister

from pos_agent.checkout.part_printers import PartPrinters
from pos_agent.errors import AgentError, PrinterError
from pos_agent.printing.watch import Watch


@pytest.fixture(params=often([("shtrih", "atol"), ("atol", "shtrih")]), ids="-".join)
def two(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[CounterOfTwo]:
    made = CounterOfTwo(tmp_path, *request.param)
    made.own.give(GIFT)
    yield made
    made.close()


# ---------------------------------------------------------------------- sold


def test_a_receipt_from_each_printer_and_one_loyalty_event(two: CounterOfTwo) -> None:
    answer = sell(two)
    assert (answer["total_kop"], answer["spent_pt"], answer["accrued_pt"]) == (28_800, SPENT, EARNED)
    proven(two, answer)


def test_all_of_it_is_of_the_other_printer(two: CounterOfTwo) -> None:
    answer = two.sell("s", WATCH, customer=two.own.customer)
    assert two.sell("s", WATCH, customer=two.own.customer) == answer
    two.calm()
    assert (two.receipts(two.own), two.receipts(two.other)) == ([], [(1, 20_000, 2)])
    assert answer["document"] == two.document(two.other)
    assert two.points() == GIFT + 2_000


def test_what_each_printer_sells_besides_is_its_own(two: CounterOfTwo) -> None:
    two.sell("a", CREAM)
    two.sell("b", WATCH)
    answer = sell(two, "c")
    two.calm()
    assert [len(two.receipts(one)) for one in (two.own, two.other)] == [2, 2]
    assert [one["document"] for one in answer["documents"]] == [two.document(two.own), two.document(two.other)]


def test_a_part_that_no_printer_has(two: CounterOfTwo) -> None:
    with pytest.raises(AgentError) as error:
        two.sell("s", CREAM, {**WATCH, "part": "kiosk"})
    assert error.value.code == "API-01"
    assert PART in str(error.value.params["field"])


# ---------------------------------------------------------------------- a printer is down


@pytest.mark.parametrize("which", ["own", "other"])
def test_one_is_off_before_anything_is_sold(two: CounterOfTwo, which: str) -> None:
    down: SaleRegister = getattr(two, which)
    down.power_off(None)
    error = told(two)
    assert error.code == "PRN-03"
    assert any(PART in line for line in error.lines) is (which == "other")
    assert (two.receipts(two.own), two.receipts(two.other), two.points()) == ([], [], GIFT)
    assert two.own.query("SELECT 1 FROM split_sale") == []
    down.power_on()
    proven(two, sell(two))


def test_the_other_has_no_paper_before_anything_is_sold(two: CounterOfTwo) -> None:
    two.other.device.head.paper_out(0)
    assert told(two).code == "PRN-01"
    assert (two.receipts(two.own), two.receipts(two.other)) == ([], [])
    two.other.device.head.paper_in()
    proven(two, sell(two))


def test_the_other_goes_off_after_the_first_receipt(two: CounterOfTwo) -> None:
    after_receipt(two.own, lambda: two.other.power_off(None))
    error = told(two)
    assert (error.code, error.params["made"], error.params["n"]) == ("SAL-06", two.document(two.own), 2)
    assert any(PART in line for line in error.lines)
    assert any("PRN-03" in line for line in error.lines)
    assert (two.receipts(two.own), two.receipts(two.other)) == ([OWN], [])
    assert two.sell("x", CREAM)["document"] == two.document(two.own), "others are served meanwhile"
    two.other.power_on()
    answer = sell(two)
    two.calm()
    assert (two.receipts(two.own)[0], two.receipts(two.other)) == (OWN, [OTHER])
    assert answer["documents"][1]["document"] == two.document(two.other)
    assert two.points() == GIFT - SPENT + EARNED


def test_the_first_receipt_comes_back_instead(two: CounterOfTwo) -> None:
    after_receipt(two.own, lambda: two.other.power_off(None))
    assert told(two).code == "SAL-06"
    two.take_back("back", two.document(two.own))
    assert two.receipts(two.own) == [OWN, (2, 10_800, 1)]
    two.other.power_on()
    assert told(two).code == "SAL-07"
    two.calm()
    assert (two.receipts(two.other), two.points()) == ([], GIFT)


def test_the_first_does_not_come_back_while_the_second_is_in_doubt(two: CounterOfTwo) -> None:
    after_receipt(two.other, lambda: two.other.power_off(None))
    assert told(two).code == "SAL-01"
    with pytest.raises(AgentError) as error:
        two.take_back("back", two.document(two.own, 0))
    assert error.value.code == "SAL-01"
    assert two.receipts(two.own) == [OWN]
    two.sell("x", CREAM)  # the register's own printer is free
    two.other.power_on()
    with pytest.raises(AgentError) as error:
        two.take_back("back", two.document(two.own, 0))
    assert error.value.code in ("SAL-01", "RET-04"), "the sale turns out to be whole: that is another return"
    two.calm()
    two.take_back("again", two.document(two.own, 0), {1: 1_000_000})
    assert two.receipts(two.own) == [OWN, (1, 12_000, 1), (2, 5_400, 1)]


class Late:
    """The other printer's thread while it is stuck: what it was asked for is done when nobody waits any more."""

    def __init__(self, two: CounterOfTwo) -> None:
        self.two, self.begun = two, []

    def ask(self, work: Callable[[Watch], object]) -> Future:
        told: Future = Future()
        if self.two.receipts(self.two.own):
            self.begun.append(work)
            told.set_exception(PrinterError("SAL-01"))
        else:
            told.set_result(work(self.two.other.watch))
        return told


def test_a_part_that_comes_too_late_is_not_sold(two: CounterOfTwo) -> None:
    others = two.own.desk.part_printers
    late = Late(two)
    two.own.desk.part_printers = PartPrinters([replace(others.all[0], thread=late)])
    assert told(two).code == "SAL-01"
    two.own.desk.part_printers = others
    two.take_back("back", two.document(two.own))
    (work,) = late.begun
    with pytest.raises(AgentError) as error:
        work(two.other.watch)
    assert error.value.code == "SAL-07"
    two.calm()
    assert (two.receipts(two.other), two.points()) == ([], GIFT)


# ---------------------------------------------------------------------- what comes back, and the end of the day


def test_one_part_comes_back_from_the_printer_that_sold_it(two: CounterOfTwo) -> None:
    sell(two)
    answer = two.take_back("r", two.document(two.other))
    assert (answer["total_kop"], answer["restored_pt"], answer["cancelled_pt"]) == (18_000, 2_000, 1_800)
    assert answer["document"] == two.document(two.other)
    assert (two.receipts(two.own), two.receipts(two.other)) == ([OWN], [OTHER, (2, 18_000, 2)])
    two.take_back("h", two.document(two.own), {1: 1_000_000})
    assert two.receipts(two.own)[-1] == (2, 5_400, 1)
    two.calm()
    assert two.points() == GIFT - SPENT + EARNED + 2_000 - 1_800 + 600 - 540
    assert two.breaches() == ()


def test_the_day_ends_on_both(two: CounterOfTwo) -> None:
    sell(two)
    two.own.desk.close_shift()
    assert [one.device.fn.shift_open for one in (two.own, two.other)] == [False, False]
    sell(two, "next")
    two.other.power_off(None)
    with pytest.raises(AgentError) as error:
        two.own.desk.close_shift()
    assert any(PART in line for line in error.value.lines)
    assert not two.own.device.fn.shift_open, "the other does not keep it from its Z report"


def test_a_persons_word_reaches_the_printer_in_doubt(two: CounterOfTwo) -> None:
    after_receipt(two.other, lambda: two.other.power_off(None))
    assert told(two).code == "SAL-01"
    others = two.own.desk.part_printers
    two.other.power_on()
    two.other.replace_storage("9999078902007777")
    two.other.wire.front = two.other.front
    with pytest.raises(AgentError) as error:
        others.by_word(two.own.desk, "", None, "")
    assert error.value.code == "SAL-02"
    with pytest.raises(AgentError) as error:
        others.by_word(two.own.desk, "absent", None, "смена накопителя", sale="other")
    assert error.value.code == "API-01"
    others.by_word(two.own.desk, "absent", None, "смена накопителя", sale="s")
    assert two.own.desk.settler.settle() is None
    assert two.other.desk.settler.settle() is None
