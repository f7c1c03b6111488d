"""A till that takes goods back at the printer itself: what its offset covers goes back to the account, no more."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from kit.prepaid_story import ABONEMENT as FIVE
from kit.prepaid_story import CERTIFICATE, CREAM, MASSAGE, abonement, back, cash, certificate, left, salon, sold
from kit.sale_register import SaleRegister
from kit.till_story import till_return

from pos_agent.errors import UsageError

UNIT = 1_000_000


@pytest.fixture
def register(tmp_path: Path) -> Iterator[SaleRegister]:
    made = salon(tmp_path)
    yield made
    made.close()


def paid(register: SaleRegister, customer: str | None = None) -> dict:
    """Two creams of 60.00, 100.00 of them by a certificate."""
    sold(register, "sell", "gift-1")
    more = {"payments": [certificate("gift-1"), cash(2_000)]}
    answer = register.sale("buy", {**CREAM, "qty": "2"}, customer=customer, **more)
    assert left(register, "certificate:GIFT1") == 0
    return answer


@pytest.mark.parametrize("whose", ["nobody", "anna"])
def test_what_the_offset_covers_goes_back_to_the_account(register: SaleRegister, whose: str) -> None:
    answer = paid(register, register.customer if whose == "anna" else None)
    facts = till_return(register, answer, ("Крем", 6_000, UNIT), advance_kop=5_000)
    assert (facts["original"], facts["advance_kop"]) == (answer["document"], 5_000)
    assert left(register, "certificate:GIFT1") == 5_000
    back(register, answer, "rest")
    assert left(register, "certificate:GIFT1") == 10_000


@pytest.mark.parametrize("whose", ["nobody", "anna"])
def test_what_was_given_back_in_money_does_not(register: SaleRegister, whose: str) -> None:
    answer = paid(register, register.customer if whose == "anna" else None)
    till_return(register, answer, ("Крем", 6_000, UNIT))
    assert left(register, "certificate:GIFT1") == 0
    told = back(register, answer, "rest")
    assert told["total_kop"] == 6_000
    assert left(register, "certificate:GIFT1") == 5_000
    with pytest.raises(UsageError, match="RET-02"):
        back(register, answer, "again")


@pytest.mark.parametrize(("offset", "rest"), [(4_999, 5_000), (4_998, 0)])
def test_a_kopeck_of_rounding_is_covered_and_more_is_not(register: SaleRegister, offset: int, rest: int) -> None:
    answer = paid(register)
    till_return(register, answer, ("Крем", 6_000, UNIT), advance_kop=offset)
    assert left(register, "certificate:GIFT1") == rest


def test_any_order_of_both_kinds_ends_alike(register: SaleRegister) -> None:
    answer = paid(register)
    back(register, answer, "half", {1: UNIT})
    assert left(register, "certificate:GIFT1") == 5_000
    facts = till_return(register, answer, ("Крем", 6_000, UNIT), advance_kop=5_000)
    assert "flags" not in facts
    assert left(register, "certificate:GIFT1") == 10_000


def test_units_of_an_abonement_come_back_by_the_offset(register: SaleRegister) -> None:
    sold(register, "sell", "m-1", FIVE)
    more = {"payments": [abonement("m-1")], "store": "salon-1"}
    answer = register.sale("visit", {**MASSAGE, "qty": "2"}, **more)
    assert left(register, "abonement:M1") == 3
    till_return(register, answer, ("Массаж", 10_000, UNIT), advance_kop=10_000)
    assert left(register, "abonement:M1") == 4
    till_return(register, answer, ("Массаж", 10_000, UNIT))
    assert left(register, "abonement:M1") == 4, "in money"


def test_a_certificate_that_came_back_at_the_till_is_closed(register: SaleRegister) -> None:
    answer = sold(register, "sell", "gift-2", CERTIFICATE)
    till_return(register, answer, ("Сертификат", 10_000, UNIT))
    assert left(register, "certificate:GIFT2") == 0
    with pytest.raises(UsageError, match="PAY-03"):
        register.sale("buy", CREAM, payments=[certificate("gift-2")])


def test_more_than_is_left_is_set_aside(register: SaleRegister) -> None:
    answer = paid(register)
    till_return(register, answer, ("Крем", 6_000, 2 * UNIT), advance_kop=10_000)
    facts = till_return(register, answer, ("Крем", 6_000, UNIT), advance_kop=5_000)
    assert facts["flags"] == ["unmatched"]
    assert left(register, "certificate:GIFT1") == 10_000
