"""Stamps, coupons and kinds of payment in the agent's own sales: what the register keeps for the next receipt."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from kit.codes_story import CUP, CUPS, back, cups, opened, uses
from kit.sale_register import Killed, SaleRegister

from emulator.shtrih.silence import Fate
from pos_agent.errors import UsageError
from pos_agent.printing.slip import grouped


@pytest.fixture
def register(tmp_path: Path) -> Iterator[SaleRegister]:
    made = opened(tmp_path)
    made.sale("first")
    yield made
    made.close()


def test_the_sixth_cup_across_receipts_and_returns(register: SaleRegister) -> None:
    anna = {"customer": register.customer}
    first = register.sale("a", CUPS, **anna)
    assert (first["stamps"], cups(register)) == ({"cup": 3}, 3)
    register.sale("b", {**CUP, "qty": "2"}, **anna)
    assert cups(register) == 5
    sixth = register.sale("c", {**CUP, "qty": "2"}, **anna)
    assert (sixth["total_kop"], sixth["stamps"], cups(register)) == (10_000, {"cup": 1}, 1)
    back(register, sixth, "r1", {1: 1_000_000})  # the paid one first
    assert cups(register) == 0
    back(register, sixth, "r2")
    assert cups(register) == 5  # as if that receipt had not been
    assert register.sale("d", **anna)["total_kop"] == 0
    assert cups(register) == 0
    back(register, first, "r3")
    assert cups(register) == -3  # kept below zero: three cups more until the next free one comes nearer
    assert register.sale("e", CUPS, **anna)["stamps"] == {"cup": 0}


def test_the_tills_own_stamps_do_not_count_for_a_known_customer(register: SaleRegister) -> None:
    answer = register.sale("a", customer=register.customer)
    assert answer["stamps"] == {"cup": 1}
    basket = {"lines": [CUP], "customer": {"id": "x", "stamps": {"cup": 5}}}
    plan = register.orders.sale("b", basket, register.customer, "").plan()
    assert (plan.total_kop, plan.before["stamps"]) == (10_000, {"cup": 1})


# ---------------------------------------------------------------------- coupons


def test_a_coupon_is_printed_and_used_on_the_next_receipt(tmp_path: Path) -> None:
    register = opened(tmp_path)
    anna = {"customer": register.customer}
    big = {"id": "1", "name": "Торт", "price_kop": 60_000, "qty": "1"}
    register.machine.silence.ask(0xFF45, Fate.LOST, 1)
    answer = register.sale("a", big, **anna)
    (coupon,) = answer["coupons"]
    assert register.sale("a", big, **anna) == answer
    (row,) = register.query("SELECT * FROM issued_code WHERE source = 'coupon'")
    assert (row["code"], row["customer_id"], row["valid_to"]) == (coupon["code"], register.customer, "2026-12-05")
    (slip,) = register.query("SELECT facts FROM slip_job")
    assert coupon["code"] in slip["facts"]
    other = register.next_customer(0)
    small = {**big, "price_kop": 20_000}
    written = coupon["code"][:4].lower() + "-" + coupon["code"][4:]
    assert register.sale("b", small, customer=other, codes=[coupon["code"]])["total_kop"] == 20_000
    assert register.sale("c", small, codes=[coupon["code"]])["total_kop"] == 20_000
    assert register.sale("d", small, **anna, codes=[written])["total_kop"] == 18_000
    assert register.sale("e", small, **anna, codes=[coupon["code"]])["total_kop"] == 20_000
    assert [one[1] for one in uses(register)] == ["used"]
    register.close()


@pytest.mark.parametrize("named", [True, False])
def test_the_coupon_on_paper(tmp_path: Path, named: bool) -> None:
    """Also when nobody is named: then the coupon alone, and it is good at this register only."""
    register = opened(tmp_path, slips=True)
    big = {"id": "1", "name": "Торт", "price_kop": 60_000, "qty": "1"}
    answer = register.sale("a", big, customer=register.customer if named else None)
    register.step()
    tape, code = register.tape.text(), answer["coupons"][0]["code"]
    for words in ("КУПОН", "Скидка 10 %", "следующая покупка", f"Код {grouped(code)}"):
        assert tape.count(words) == 1, words
    assert re.search(r"Действует с +21\.11\.2026", tape)
    assert re.search(r"последний день +04\.12\.2026", tape)
    assert ("Анна К." in tape) is named
    assert register.sale("b", {**big, "price_kop": 20_000}, codes=[code])["total_kop"] == (20_000 if named else 18_000)
    register.close()


def test_payments_without_an_account_here_are_refused_before_the_printer_is_touched(register: SaleRegister) -> None:
    register.wire.reset()
    paid = [{"kind": "certificate", "id": "7", "sum_kop": 5_000}, {"kind": "cash", "sum_kop": 5_000}]
    with pytest.raises(UsageError) as refused:
        register.sale("a", payments=paid)
    assert (refused.value.code, register.wire.count["host"]) == ("PAY-02", 0)
    register.sale("b", payments=[{"kind": "sbp", "sum_kop": 4_000}, {"kind": "other", "sum_kop": 6_000}])
    assert register.query("SELECT plan FROM sale_intent WHERE sale_id = 'b'")[0]["plan"].count('"cashless_kop":10000')


POINTS = ["before:intent", "after:closing", "before:document", "after:document"]


@pytest.mark.parametrize("point", POINTS)
def test_killed_at_each_commit_stamps_and_the_coupon_are_there_once(register: SaleRegister, point: str) -> None:
    def kill(now: str) -> None:
        if now == point:
            raise Killed

    goods = {"lines": [{**CUP, "qty": "4"}, {"id": "2", "name": "Торт", "price_kop": 60_000, "qty": "1"}]}
    register.at_point = kill
    with pytest.raises(Killed):
        register.sale("a", *goods["lines"], customer=register.customer)
    register.reborn()
    register.calm()
    answer = register.sale("a", *goods["lines"], customer=register.customer)
    register.calm()
    assert cups(register) == 4
    (coupon,) = register.query("SELECT code, fd_number FROM issued_code WHERE source = 'coupon'")
    assert (coupon["code"], coupon["fd_number"]) == (answer["coupons"][0]["code"], 4)
    assert len(register.query("SELECT 1 FROM slip_job")) == 1
