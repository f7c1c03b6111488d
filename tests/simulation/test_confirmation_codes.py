"""Confirmation codes: one-time, for this customer, register and amount, 5 minutes, 3 tries; only their hash is kept."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from kit.club_story import COFFEE, asked, opened, parts_of, sold
from kit.sale_register import Killed, SaleRegister

from pos_agent.api.confirmations import CODES_FILE, FileSender, SlipSender, _sent
from pos_agent.checkout.at_register import AtRegister
from pos_agent.errors import AgentError, UsageError
from pos_agent.rules.limit_terms import Limits

ABOVE = """
[program]
id = "test"
name = "Тест"
[accrue]
bp = 1000
[spend]
confirm_above_pt = 2000
[limits]
sender = "file"
code_digits = 5
"""
MUCH = {"spend": "exact", "spend_pt": 5000}


@pytest.fixture
def register(tmp_path: Path) -> Iterator[SaleRegister]:
    made = opened(tmp_path, program=ABOVE)
    made.give(100_000)
    yield made
    made.close()


def a_code(register: SaleRegister, amount_pt: int = 5000, code: str = "12345", ident: str = "conf-1") -> None:
    with register.store.writing("code") as txn:
        txn.confirmations.make(ident, register.customer, "till-1", amount_pt, code)


def refused(register: SaleRegister, sale_id: str, code: str = "", **more: object) -> str:
    with pytest.raises(UsageError) as error:
        sold(register, sale_id, said=AtRegister(code=code), **(more or MUCH))
    return error.value.code


def test_above_the_threshold_a_code_is_needed_and_one_below_is_not(register: SaleRegister) -> None:
    assert refused(register, "a") == "COD-04"
    assert sold(register, "b", spend="exact", spend_pt=2000)["spent_pt"] == 2000
    assert sold(register, "c")["spent_pt"] == 0  # without spending it is sold all the same
    a_code(register)
    assert sold(register, "a", said=AtRegister(code="12345"), **MUCH)["spent_pt"] == 5000


def test_it_works_once_and_the_same_sale_gets_its_answer_again(register: SaleRegister) -> None:
    a_code(register)
    answer = sold(register, "a", said=AtRegister(code="12345"), **MUCH)
    assert sold(register, "a", **MUCH) == answer  # the repeat need not know the code
    assert refused(register, "b", "12345") == "COD-02"


def test_it_lives_five_minutes(register: SaleRegister) -> None:
    a_code(register)
    register.clock.advance(299)
    assert refused(register, "a", "00000") == "COD-01"
    register.clock.advance(2)
    assert refused(register, "a", "12345") == "COD-02"


def test_three_tries_whatever_sales_they_are_made_in(register: SaleRegister) -> None:
    a_code(register)
    left = []
    for number in range(3):
        with pytest.raises(UsageError) as error:
            sold(register, f"w{number}", said=AtRegister(code="00000"), **MUCH)
        left.append((error.value.code, error.value.params["n"]))
    assert left == [("COD-01", 2), ("COD-01", 1), ("COD-01", 0)]
    assert refused(register, "a", "12345") == "COD-02"
    assert len(register.receipts(3)) == 0


def test_it_is_for_this_amount_this_customer_and_this_register(register: SaleRegister) -> None:
    a_code(register, 4999)
    assert refused(register, "a", "12345") == "COD-05"
    other = register.add_customer("+79160000043", "7Q4M2XKD9X")
    with pytest.raises(UsageError, match="COD-02"):
        sold(register, "b", said=AtRegister(code="12345"), customer=other, **MUCH)
    with register.store.writing("code") as txn:
        txn.confirmations.make("conf-9", register.customer, "till-2", 5000, "54321")
    assert refused(register, "c", "54321") == "COD-01"  # what counts here is the code of this register


def test_a_newer_code_makes_the_older_void(register: SaleRegister) -> None:
    a_code(register)
    register.clock.advance(1)
    a_code(register, code="54321", ident="conf-2")
    assert refused(register, "a", "12345") == "COD-01"
    assert sold(register, "a", said=AtRegister(code="54321"), **MUCH)["spent_pt"] == 5000


def test_a_code_of_a_sale_that_was_not_made_serves_the_next_one(register: SaleRegister) -> None:
    a_code(register)

    def kill(now: str) -> None:
        if now == "after:intent":
            raise Killed

    register.at_point = kill
    with pytest.raises(Killed):
        sold(register, "a", said=AtRegister(code="12345"), **MUCH)
    register.reborn()
    register.calm()
    assert sold(register, "b", said=AtRegister(code="12345"), **MUCH)["spent_pt"] == 5000
    assert refused(register, "c", "12345") == "COD-02"


def test_a_senior_confirms_instead(register: SaleRegister) -> None:
    asked(register, "limits.senior", name="Петрова", pin="4321")
    assert sold(register, "a", said=AtRegister(senior="Петрова", pin="4321"), **MUCH)["spent_pt"] == 5000
    assert asked(register, "limits.senior", name="Петрова", pin="")["seniors"] == []
    with pytest.raises(UsageError, match="COD-06"):
        sold(register, "b", said=AtRegister(senior="Петрова", pin="4321"), **MUCH)


def test_codes_and_pins_are_nowhere_in_the_database(register: SaleRegister) -> None:
    a_code(register, code="90817")
    asked(register, "limits.senior", name="Петрова", pin="73625149")
    sold(register, "a", said=AtRegister(code="90817"), **MUCH)
    register.store.checkpoint()
    files = [path.read_bytes() for path in register.folder.iterdir() if path.is_file()]
    assert not any(b"90817" in one or b"73625149" in one for one in files)


def test_the_file_sender_writes_what_only_the_agent_reads(register: SaleRegister, tmp_path: Path) -> None:
    path = tmp_path / CODES_FILE
    _sent(parts_of(register), Limits(digits=5), register.customer, 5000, FileSender(path))
    customer, told = path.read_text(encoding="utf-8").split("\t")
    code = next(word for word in told.split() if word.isdigit() and len(word) == 5)
    assert (customer, path.stat().st_mode & 0o777) == (register.customer, 0o600)
    assert "50" in told
    assert sold(register, "a", said=AtRegister(code=code), **MUCH)["spent_pt"] == 5000


def test_the_slip_sender_prints_it(register: SaleRegister) -> None:
    answer = _sent(parts_of(register), Limits(digits=5), register.customer, 5000, SlipSender(register.watch))
    _, heading, printed = register.tape.text().rpartition("НЕ ЯВЛЯЕТСЯ КАССОВЫМ ЧЕКОМ")
    code = next(word for word in printed.split() if word.isdigit() and len(word) == 5)
    assert heading, "paper that looks like a receipt says that it is none"
    assert answer["tries"] == 3
    assert sold(register, "a", COFFEE, said=AtRegister(code=code), **MUCH)["spent_pt"] == 5000


def test_what_cannot_be_sent_is_said(register: SaleRegister) -> None:
    register.power_off(None)
    with pytest.raises(AgentError, match="COD-03"):
        _sent(parts_of(register), Limits(), register.customer, 5000, SlipSender(register.watch))
