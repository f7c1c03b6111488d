"""Two cards that became one person: money paid ahead, personal accounts and segments go with the person."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from kit.club_story import asked, opened
from kit.sale_register import SaleRegister

from pos_agent.errors import UsageError

RULES = """
[[prepaid]]
id = "mine"
kind = "certificate"
sold = { skus = ["MINE"] }
personal = true
[[rule]]
id = "members"
kind = "receipt_percent"
bp = 1000
when = { segments = ["club"] }
"""
DEPOSIT = {"id": "d", "name": "Депозит", "price_kop": 30_000, "qty": "1", "sells": "deposit"}
MINE = {"id": "c", "name": "Сертификат", "sku": "MINE", "price_kop": 10_000, "qty": "1", "sells": "certificate"}
TEA = {"id": "t", "name": "Чай", "price_kop": 20_000, "qty": "1"}
BY_DEPOSIT = [{"kind": "deposit"}]


@pytest.fixture
def register(tmp_path: Path) -> Iterator[SaleRegister]:
    made = opened(tmp_path, RULES)
    yield made
    made.close()


@pytest.fixture
def other(register: SaleRegister) -> str:
    return register.add_customer("+79160000077", "7Q4M2XKD9Z")


def merged(register: SaleRegister, gone: str, into: str) -> None:
    asked(register, "points.merge", customer=gone, into=into, reason="двойник", operator="Иванова")


@pytest.mark.parametrize("survives", ["anna", "other"])
def test_a_deposit_is_the_persons_whichever_card_is_shown(register: SaleRegister, other: str, survives: str) -> None:
    anna = register.customer
    register.sale("fill", DEPOSIT, customer=anna)
    with pytest.raises(UsageError, match="PAY-02"):
        register.sale("early", TEA, customer=other, payments=BY_DEPOSIT)
    merged(register, *((other, anna) if survives == "anna" else (anna, other)))
    answer = register.sale("buy", TEA, customer=other, payments=BY_DEPOSIT)
    assert answer["total_kop"] == 20_000
    for card in (anna, other):
        (known,) = asked(register, "prepaid.show", customer=card)["accounts"]
        assert (known["rest_kop"], known["available_kop"]) == (10_000, 10_000)
    register.sale("more", DEPOSIT, customer=other)
    rests = [one["rest_kop"] for one in asked(register, "prepaid.show", customer=anna)["accounts"]]
    assert rests == [10_000, 30_000]
    register.sale("rest", {**TEA, "price_kop": 10_000}, customer=anna, payments=BY_DEPOSIT)
    register.sale("next", TEA, customer=anna, payments=BY_DEPOSIT)
    rests = [one["rest_kop"] for one in asked(register, "prepaid.show", customer=anna)["accounts"]]
    assert rests == [0, 10_000]


def test_a_personal_certificate_is_taken_from_the_other_card(register: SaleRegister, other: str) -> None:
    register.sale("sell", {**MINE, "account": "mine-1"}, customer=register.customer)
    pay = [{"kind": "certificate", "id": "mine-1"}, {"kind": "cash", "sum_kop": 10_000}]
    for customer in (other, None):
        with pytest.raises(UsageError, match="PAY-04"):
            register.sale("early", TEA, customer=customer, payments=pay)
    merged(register, other, register.customer)
    assert register.sale("buy", TEA, customer=other, payments=pay)["total_kop"] == 20_000


def test_segments_of_both_cards_hold(register: SaleRegister, other: str) -> None:
    asked(register, "customer.segment", customer=other, segment="club")
    assert register.sale("a", TEA, customer=register.customer)["total_kop"] == 20_000
    merged(register, other, register.customer)
    assert register.sale("b", TEA, customer=register.customer)["total_kop"] == 18_000
    assert register.sale("c", TEA, customer=other)["total_kop"] == 18_000
