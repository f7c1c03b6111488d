"""The agent sells by the numbered protocol (reliability targets, section 3), one story a test, on a virtual clock.

What is so is looked up in the emulated storage and in the database file, never asked of the agent.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from kit.sale_register import SaleRegister
from kit.sale_story import COFFEE_KOP, answers_of, at, fresh, kept, killed, lost, told

from emulator.shtrih.frame import lrc
from emulator.shtrih.silence import Fate
from emulator.terms import PaperState
from pos_agent.errors import AgentError
from pos_agent.model.receipt import DocumentId

TEA = ("Чай", 4_000, 1_000_000)


@pytest.fixture
def register(tmp_path: Path) -> Iterator[SaleRegister]:
    made = SaleRegister(tmp_path)
    made.sale("first")
    yield made
    made.close()


# ---------------------------------------------------------------------- lost answers


def test_a_lost_answer_to_close_is_fetched_by_enq_and_nothing_is_executed_twice(register: SaleRegister) -> None:
    register.wire.reset(answers_of("FF45", lost, lost))
    answer = register.sale("a")
    assert fresh(register) == [(4, 1, COFFEE_KOP)]
    assert answer["document"].endswith("/4")
    assert answer["fpd"] == register.device.fn.documents[4].sign
    assert register.sent("FF45") == 1
    assert register.sent("FF01") == 1  # read before the sale; nothing had to be resolved


@pytest.mark.parametrize("fate", [Fate.LOST, Fate.MUTED])
def test_no_answer_at_all_is_decided_by_the_counters(register: SaleRegister, fate: Fate) -> None:
    """`LOST`: ENQ finds nothing. `MUTED`: ENQ finds it. Either way one document, one answer."""
    register.machine.silence.ask(0xFF45, fate, 1)
    register.wire.reset()
    answer = register.sale("a")
    assert fresh(register) == [(4, 1, COFFEE_KOP)]
    assert (answer["document"][-2:], answer["fpd"]) == ("/4", register.device.fn.documents[4].sign)
    assert register.sent("FF45") == 1
    assert register.sent("FF01") == (2 if fate is Fate.LOST else 1)


@pytest.mark.parametrize("offset", [3, 8])  # the change, then the document number in the answer to FF45h
def test_an_answer_to_close_that_does_not_fit_the_sale_is_not_believed(register: SaleRegister, offset: int) -> None:
    """Two wrong bits can pass the one check byte of a frame. Found by simulation (change of 1.28 out of nothing)."""

    def two_bits(message: bytes) -> bytes:
        payload = bytearray(message[2:-1])
        payload[offset] ^= 0x80
        return message[:2] + bytes(payload) + bytes([lrc(bytes(payload))])

    register.wire.reset(answers_of("FF45", kept, two_bits))
    answer = register.sale("a")
    assert (answer["document"][-2:], answer["change_kop"]) == ("/4", 0)
    assert register.row("a")["fd_number"] == 4
    assert fresh(register) == [(4, 1, COFFEE_KOP)]


# ---------------------------------------------------------------------- power and paper


def test_power_cut_before_the_storage_wrote_makes_a_second_attempt(register: SaleRegister) -> None:
    register.cut_power_at("before-commit")
    answer = register.sale("a")
    assert fresh(register) == [(4, 1, COFFEE_KOP)]
    assert (answer["document"][-2:], register.row("a")["attempt"]) == ("/4", 2)


def test_power_cut_after_the_storage_wrote_is_the_sale(register: SaleRegister) -> None:
    register.cut_power_at("after-commit")
    answer = register.sale("a")
    assert fresh(register) == [(4, 1, COFFEE_KOP)]
    assert (answer["document"][-2:], register.row("a")["attempt"]) == ("/4", 1)
    assert register.device.head.paper is PaperState.PRESENT  # the rest of the receipt was let come out
    assert register.device.head.pending == []


def test_two_failed_attempts_are_told_as_not_sold_and_the_caller_may_try_again(register: SaleRegister) -> None:
    def cut_again(point: str) -> None:
        if point == "after:closing":
            register.cut_power_at("before-commit")

    register.at_point = cut_again
    assert told(register, "a") == "PRN-03"
    assert fresh(register) == []
    assert (register.row("a")["state"], register.row("a")["attempt"]) == ("not_executed", 2)
    register.calm()
    register.at_point = lambda point: None
    assert register.sale("a")["document"].endswith("/4")
    assert register.row("a")["attempt"] == 3


def test_paper_out_after_the_storage_accepted_is_a_sale(register: SaleRegister) -> None:
    register.wire.reset()
    register.wire.before = at("FF45", lambda: register.device.head.paper_out(1))
    answer = register.sale("a")
    assert fresh(register) == [(4, 1, COFFEE_KOP)]
    assert answer["document"].endswith("/4")
    assert told(register, "b") == "PRN-01"
    register.device.head.paper_in()
    assert register.sale("b")["document"].endswith("/5")
    assert register.recorded() == [1, 2, 3, 4, 5]


def test_power_gone_for_longer_than_anybody_waits_is_being_checked(register: SaleRegister) -> None:
    register.cut_power_at("after-commit", None)
    assert told(register, "a") == "SAL-01"
    assert told(register, "b") == "SAL-01"
    register.calm()
    assert register.sale("a")["document"].endswith("/4")
    assert register.row("a")["state"] == "registered"
    assert register.sale("b")["document"].endswith("/5")


# ---------------------------------------------------------------------- somebody else's documents


def test_a_foreign_receipt_in_between_is_not_ours(register: SaleRegister) -> None:
    register.wire.reset()
    register.wire.before = at("8D", lambda: register.sell(TEA))
    register.machine.silence.ask(0xFF45, Fate.LOST, 1)
    answer = register.sale("a")
    assert fresh(register) == [(4, 1, 4_000), (5, 1, COFFEE_KOP)]
    assert answer["document"].endswith("/5")
    assert register.recorded() == [1, 2, 3, 4, 5]


def test_only_a_foreign_receipt_is_newer_so_a_person_decides(register: SaleRegister) -> None:
    killed(register, "a", "FF45")
    register.device.cancel_receipt(30)
    register.sell(TEA)
    assert told(register, "a") == "SAL-02"
    assert told(register, "b") == "SAL-02"
    assert register.row("a")["state"] == "needs_operator"
    decided = register.settler.by_word("absent", None, "на ленте её нет")
    assert decided["state"] == "not_executed"
    assert "на ленте её нет" in register.row("a")["reason"]
    assert register.sale("a")["document"].endswith("/5")
    assert [one[2] for one in fresh(register)] == [4_000, COFFEE_KOP]


def test_our_receipt_left_open_behind_a_foreign_one_does_not_block_the_register(register: SaleRegister) -> None:
    register.wire.reset()
    register.wire.before = at("8D", lambda: register.sell(TEA))
    register.machine.silence.ask(0xFF46, Fate.LOST, 1)
    assert told(register, "a") == "SAL-02"
    assert register.device.receipt is None
    register.settler.by_word("absent", None, "чека нет")
    assert register.sale("a")["document"].endswith("/5")


def test_two_equal_documents_are_for_a_person_and_a_wrong_one_is_refused(register: SaleRegister) -> None:
    serial = register.device.fn.serial
    register.wire.reset()
    killed(register, "a", "FF01")  # before the sale was written: no trace of it
    register.wire.before = at("8D", lambda: register.sell(("Кофе", COFFEE_KOP, 1_000_000)))
    register.machine.silence.ask(0xFF45, Fate.LOST, 1)
    assert told(register, "a") == "SAL-02"
    assert [one[2] for one in fresh(register)] == [COFFEE_KOP, COFFEE_KOP]
    with pytest.raises(AgentError, match="SAL-02"):
        register.settler.by_word("", None, "")
    for number in (f"{serial}/3", f"{serial}/2", f"{serial}/9", "9999078902009999/4"):
        with pytest.raises(AgentError):
            register.settler.by_word("registered", DocumentId.parse(number), "ошибся")
        assert register.row("a")["state"] == "needs_operator"
    answer = register.settler.by_word("registered", DocumentId.parse(f"{serial}/5"), "сверено с лентой")
    assert answer["document"] == f"{serial}/5"
    assert register.sale("a") == answer
    register.calm()
    assert register.recorded() == [1, 2, 3, 4, 5]


def test_another_storage_in_the_printer_is_for_a_person(register: SaleRegister) -> None:
    killed(register, "a", "FF45")
    register.replace_storage("9999078902009999")
    assert told(register, "a") == "SAL-02"
    assert register.receipts() == []


# ---------------------------------------------------------------------- the same sale, another sale


def test_the_same_content_sold_twice_in_a_row_is_two_documents(register: SaleRegister) -> None:
    register.machine.silence.ask(0xFF45, Fate.LOST, 1)
    assert register.sale("a")["document"].endswith("/4")
    register.machine.silence.ask(0xFF45, Fate.LOST, 1)
    assert register.sale("b")["document"].endswith("/5")
    assert len(fresh(register)) == 2


def test_the_same_sale_again_is_the_stored_answer_and_no_byte_is_sent(register: SaleRegister) -> None:
    answer = register.sale("a")
    register.wire.reset()
    register.power_off(None)
    assert register.sale("a") == answer
    assert register.wire.count["host"] == 0


def test_the_same_id_with_other_content_is_refused(register: SaleRegister) -> None:
    register.sale("a")
    other = {"id": "1", "name": "Кофе", "price_kop": 9_999, "qty": "1"}
    with pytest.raises(AgentError) as refused:
        register.sale("a", other)
    assert refused.value.code == "SAL-05"
    assert len(fresh(register)) == 1


def test_a_sale_in_doubt_keeps_its_points(register: SaleRegister) -> None:
    register.give(150)
    mine = {"customer": register.customer, "spend": 100}
    register.cut_power_at("before-commit", None)
    assert told(register, "a", **mine) == "SAL-01"
    basket = {"lines": [{"id": "1", "name": "Кофе", "price_kop": 10_000, "qty": "1"}], "spend": "exact"}
    second = register.orders.sale("b", {**basket, "spend_pt": 100}, register.customer, "")
    assert second.plan().spent_pt == 50  # no more than is free
    assert register.orders.sale("c", {**basket, "spend_pt": 50}, register.customer, "").plan().spent_pt == 50
    register.calm()
    assert register.row("a")["state"] == "not_executed"
    assert second.plan().spent_pt == 100
