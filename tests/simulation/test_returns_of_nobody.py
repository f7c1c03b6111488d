"""A till's own return of a sale without a card: its goods cannot come back twice, a claim of it is taken back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from kit.club_story import CLUB, CLUB_PROGRAM, COFFEE, active_pt, asked, back, opened
from kit.sale_register import SaleRegister
from kit.till_story import till_return

from pos_agent.errors import UsageError

UNIT = 1_000_000


@pytest.fixture
def register(tmp_path: Path) -> Iterator[SaleRegister]:
    made = opened(tmp_path, CLUB, CLUB_PROGRAM)
    yield made
    made.close()


def nobodys(register: SaleRegister, quantity: str = "2") -> dict:
    return register.desk.sell(register.orders.sale("n", {"lines": [{**COFFEE, "qty": quantity}]}, None, ""))


def test_what_the_till_took_back_cannot_come_back_again(register: SaleRegister) -> None:
    answer = nobodys(register)
    facts = till_return(register, answer, ("Кофе", 10_000, UNIT))
    assert facts["returned"] == [{"number": 1, "quantity_micro": UNIT, "points_pt": 0}]
    with pytest.raises(UsageError, match="RET-02"):
        back(register, answer, "two", {1: 2 * UNIT})
    assert back(register, answer, "rest")["total_kop"] == 10_000


def test_a_claimed_receipt_that_came_back_at_the_till_loses_its_points(register: SaleRegister) -> None:
    answer = nobodys(register)
    had = active_pt(register)
    asked(register, "customer.claim", customer=register.customer, receipt=answer["document"])
    assert active_pt(register) == had + 2000
    till_return(register, answer, ("Кофе", 10_000, UNIT))
    assert active_pt(register) == had + 1000
    till_return(register, answer, ("Кофе", 10_000, UNIT))
    assert active_pt(register) == had
    assert asked(register, "ledger.verify")["ok"] is True


def test_goods_that_were_not_in_the_sale_are_marked(register: SaleRegister) -> None:
    facts = till_return(register, nobodys(register), ("Чай", 5_000, UNIT))
    assert (facts["returned"], facts["flags"]) == ([], ["unmatched"])


def test_a_claim_of_what_came_back_at_the_till_is_refused(register: SaleRegister) -> None:
    answer = nobodys(register)
    till_return(register, answer, ("Кофе", 10_000, UNIT))
    with pytest.raises(UsageError, match="CUS-12"):
        asked(register, "customer.claim", customer=register.customer, receipt=answer["document"])
