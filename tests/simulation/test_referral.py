"""Who brought whom: both are rewarded after the first paid receipt, once, never oneself, back when it comes back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from kit.club_story import active_pt, asked, back, balance, history, opened, sold
from kit.sale_register import Killed, SaleRegister

from pos_agent.errors import UsageError
from pos_agent.model.events import EventKind

REFERRAL = """
[referral]
friend_pt = 3000
newcomer_pt = 2000
least_kop = 5000
most_month = 2
text = "Приведите друга: вам 30, ему 20"
"""


@pytest.fixture
def register(tmp_path: Path) -> Iterator[SaleRegister]:
    made = opened(tmp_path, REFERRAL)
    yield made
    made.close()


def code_of(register: SaleRegister, friend: str) -> str:
    """From the friend's slip, as the newcomer reads it."""
    sold(register, f"of-{friend}", customer=friend)
    rows = register.query("SELECT facts FROM slip_job WHERE customer_id = ? ORDER BY rowid DESC", friend)
    shown = asked(register, "customer.show", customer=friend)["friend_code"]
    assert shown
    assert any(f'"friend_code":"{shown}"' in one["facts"].replace(" ", "") for one in rows)
    return shown


def join(register: SaleRegister, number: int, code: str) -> str:
    new = {"name": "Борис П", "phone": f"+7916000100{number}", "consent": True, "friend": code}
    return str(asked(register, "customer.add", **new)["id"])


def test_both_are_rewarded_after_the_first_paid_receipt(register: SaleRegister) -> None:
    friend = register.customer
    newcomer = join(register, 1, code_of(register, friend))
    had = active_pt(register, friend)
    small = {"id": "1", "name": "Жвачка", "price_kop": 4_900, "qty": "1"}
    sold(register, "small", small, customer=newcomer)
    assert (active_pt(register, friend), active_pt(register, newcomer)) == (had, 490)
    sold(register, "a", customer=newcomer)
    assert (active_pt(register, friend), active_pt(register, newcomer)) == (had + 3000, 490 + 1000 + 2000)
    sold(register, "b", customer=newcomer)
    assert active_pt(register, friend) == had + 3000


def test_a_whole_return_takes_both_back_and_a_part_does_not(register: SaleRegister) -> None:
    friend = register.customer
    newcomer = join(register, 1, code_of(register, friend))
    had = active_pt(register, friend)
    two = {"id": "1", "name": "Кофе", "price_kop": 10_000, "qty": "2"}
    answer = sold(register, "a", two, customer=newcomer)
    back(register, answer, "r1", {1: 1_000_000})
    assert active_pt(register, friend) == had + 3000
    back(register, answer, "r2")
    assert (active_pt(register, friend), active_pt(register, newcomer)) == (had, 0)
    sold(register, "again", customer=newcomer)
    assert active_pt(register, friend) == had  # once for a newcomer, whatever came back


def test_a_reward_that_is_spent_already_becomes_debt(register: SaleRegister) -> None:
    friend = register.customer
    newcomer = join(register, 1, code_of(register, friend))
    answer = sold(register, "a", customer=newcomer)
    now = active_pt(register, friend)
    spent = sold(register, "b", customer=friend, spend="exact", spend_pt=now)
    assert spent["spent_pt"] == now
    back(register, answer, "r")
    assert balance(register, friend).debt_pt == 3000 - spent["accrued_pt"]


@pytest.mark.parametrize("point", ["before:document", "after:document"])
def test_killed_around_the_document_each_reward_is_there_once(register: SaleRegister, point: str) -> None:
    friend = register.customer
    newcomer = join(register, 1, code_of(register, friend))
    had = active_pt(register, friend)

    def kill(now: str) -> None:
        if now == point:
            raise Killed

    register.at_point = kill
    with pytest.raises(Killed):
        sold(register, "a", customer=newcomer)
    register.reborn()
    register.calm()
    sold(register, "a", customer=newcomer)
    assert active_pt(register, friend) == had + 3000
    gifts = [one.id for one in history(register, friend) if one.kind is EventKind.GIFT]
    assert gifts == [f"gift:friend-{newcomer}"]
    assert asked(register, "ledger.verify")["ok"] is True


def test_never_oneself_neither_by_code_nor_by_a_merge(register: SaleRegister) -> None:
    friend = register.customer
    code = code_of(register, friend)
    with pytest.raises(UsageError, match="CUS-10"):
        asked(register, "customer.friend", customer=friend, code=code)
    newcomer = join(register, 1, code)
    asked(register, "points.merge", customer=newcomer, into=friend, reason="двойник", operator="Иванова")
    had = active_pt(register, friend)
    sold(register, "a", customer=newcomer)
    assert active_pt(register, friend) == had + 1000


def test_a_friend_is_named_once_and_before_the_first_purchase(register: SaleRegister) -> None:
    code = code_of(register, register.customer)
    newcomer = join(register, 1, code)
    with pytest.raises(UsageError, match="CUS-10"):
        asked(register, "customer.friend", customer=newcomer, code=code)
    old = register.add_customer("+79160000043", "7Q4M2XKD9X")
    sold(register, "old", customer=old)
    with pytest.raises(UsageError, match="CUS-10"):
        asked(register, "customer.friend", customer=old, code=code)
    with pytest.raises(UsageError, match="CUS-10"):
        join(register, 2, "NOSUCHCD")
    assert asked(register, "customer.find", text="+79160001002")["customers"] == []  # nothing of it stayed


def test_a_friend_has_a_limit_a_month_and_the_newcomer_does_not_feel_it(register: SaleRegister) -> None:
    friend = register.customer
    code = code_of(register, friend)
    had = active_pt(register, friend)
    for number in range(3):
        newcomer = join(register, number, code)
        sold(register, f"n{number}", customer=newcomer)
        assert active_pt(register, newcomer) == 1000 + 2000
    assert active_pt(register, friend) == had + 2 * 3000
