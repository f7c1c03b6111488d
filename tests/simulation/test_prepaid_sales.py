"""Certificates, abonements and deposits sold, paid with and returned through the agent: each state, each refusal."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from kit.prepaid_story import (
    ABONEMENT,
    CERTIFICATE,
    CREAM,
    DEPOSIT,
    MASSAGE,
    abonement,
    back,
    cash,
    certificate,
    holds,
    items,
    known,
    left,
    salon,
    sold,
    tags,
)
from kit.sale_register import SaleRegister

from pos_agent.errors import AgentError

DAY_S = 86_400.0


@pytest.fixture
def register(tmp_path: Path) -> Iterator[SaleRegister]:
    made = salon(tmp_path)
    yield made
    made.close()


def refused(register: SaleRegister, sale_id: str, *lines: dict, **more: object) -> tuple[str, object]:
    """Code and reason; nothing reached the printer and nothing is held."""
    before, taken = register.receipts(), holds(register)
    with pytest.raises(AgentError) as error:
        register.sale(sale_id, *lines, **more)
    assert (register.receipts(), holds(register)) == (before, taken)
    return error.value.code, error.value.params.get("why")


def days_later(register: SaleRegister, days: int) -> None:
    """The shift of the day before is closed, as it must be."""
    register.desk.close_shift()
    register.clock.advance(days * DAY_S)


# ---------------------------------------------------------------------- certificate


def test_a_certificate_is_sold_as_an_advance_and_pays_as_an_offset(register: SaleRegister) -> None:
    answer = sold(register, "sell", "gift-01")
    assert answer["sells"][0]["account"] == "GIFT01"
    assert items(register, 4) == [{1043: 10_000, 1214: 3, 1212: 10, 1199: 12}]  # advance, payment, 22/122
    assert tags(register, 4) == {1020: 10_000, 1031: 10_000, 1081: 0, 1215: 0, 1055: 1}
    assert (answer["accrued_pt"], left(register, "certificate:GIFT01")) == (0, 10_000)
    paid = register.sale("pay", CREAM, payments=[certificate("GIFT 01")], customer=register.customer)
    assert tags(register, 5) == {1020: 6_000, 1031: 0, 1081: 0, 1215: 6_000, 1055: 1}
    assert items(register, 5) == [{1043: 6_000, 1214: 4, 1212: 1, 1199: 11}]
    assert paid["offsets"] == [{"account": "GIFT01", "kind": "certificate", "sum_kop": 6_000, "units_micro": 0}]
    assert (paid["accrued_pt"], left(register, "certificate:GIFT01")) == (600, 4_000)
    register.sale("rest", CREAM, payments=[certificate("GIFT01"), cash(2_000)])
    assert tags(register, 6) == {1020: 6_000, 1031: 2_000, 1081: 0, 1215: 4_000, 1055: 1}
    assert left(register, "certificate:GIFT01") == 0
    assert refused(register, "more", CREAM, payments=[certificate("GIFT01")])[0] == "PAY-03"
    assert {one[3] for one in holds(register)} == {"recorded"}


def test_the_same_sale_again_gives_the_same_answer_though_the_certificate_is_empty(register: SaleRegister) -> None:
    sold(register, "sell", "G1")
    big = {**CREAM, "price_kop": 10_000}
    first = register.sale("pay", big, payments=[certificate("G1")])
    assert register.sale("pay", big, payments=[certificate("G1")]) == first
    assert left(register, "certificate:G1") == 0


def test_the_till_may_take_less_than_the_rest_and_never_more(register: SaleRegister) -> None:
    sold(register, "sell", "G1")
    register.sale("less", CREAM, payments=[{**certificate("G1"), "sum_kop": 1_000}, cash(5_000)])
    assert (tags(register, 5)[1215], left(register, "certificate:G1")) == (1_000, 9_000)
    big = {**CREAM, "price_kop": 50_000}
    register.sale("more", big, payments=[{**certificate("G1"), "sum_kop": 50_000}, cash(50_000)])
    assert (tags(register, 6)[1215], left(register, "certificate:G1")) == (9_000, 0)


def test_a_forfeited_rest_and_a_code_that_the_register_makes(register: SaleRegister) -> None:
    once = {**CERTIFICATE, "sku": "ONCE-1"}
    code = register.sale("sell", once)["sells"][0]["account"]
    assert (code[0], len(code)) == ("G", 10)
    name = f"certificate:{code}"
    paid = register.sale("pay", CREAM, payments=[certificate(code)])
    assert left(register, name) == 0
    back(register, paid, "back")
    assert left(register, name) == 10_000  # as if it had never been used
    two = {**CREAM, "qty": "2", "price_kop": 3_000}
    paid = register.sale("again", two, payments=[certificate(code)])
    back(register, paid, "part", {1: 1_000_000})
    assert left(register, name) == 3_000  # what it paid for the piece; the rest stays forfeited


def test_what_a_certificate_cannot_pay(register: SaleRegister) -> None:
    sold(register, "sell", "O1", {**CERTIFICATE, "sku": "ONCE"})
    pay = [certificate("O1")]
    assert refused(register, "a", CREAM, payments=[certificate("UNKNOWN"), cash(6_000)]) == ("PAY-02", None)
    assert refused(register, "b", CREAM, payments=[*pay, *pay])[0] == "API-01"
    assert refused(register, "c", {**CERTIFICATE, "account": "O2"}, payments=pay) == ("PAY-05", None)
    assert refused(register, "d", CREAM, payments=[{"kind": "certificate"}]) == ("PAY-04", "prepaid_code")
    days_later(register, 31)
    assert refused(register, "e", CREAM, payments=pay) == ("PAY-04", "prepaid_over")
    assert known(register, "certificate:O1").terms["to"] == "2026-12-22"


def test_the_last_usable_day(register: SaleRegister) -> None:
    sold(register, "sell", "O1", {**CERTIFICATE, "sku": "ONCE"})
    days_later(register, 30)
    assert register.sale("pay", CREAM, payments=[certificate("O1")])["total_kop"] == 6_000


def test_what_cannot_be_sold(register: SaleRegister) -> None:
    sold(register, "sell", "G1")
    assert refused(register, "a", {**CERTIFICATE, "account": "g-1"}) == ("PAY-06", "prepaid_sold")
    assert refused(register, "b", {**CERTIFICATE, "account": "G2", "qty": "2"}) == ("PAY-06", "prepaid_one")
    twice = [{**CERTIFICATE, "account": "G2"}, {**CERTIFICATE, "id": "c2", "account": "G2"}]
    assert refused(register, "c", *twice) == ("PAY-06", "prepaid_twice")
    assert refused(register, "d", DEPOSIT) == ("PAY-06", "prepaid_nobody")
    with register.store.writing("rules") as txn:
        bare = '[program]\nid = "test"\nname = "Тест"\n'
        txn.rules.activate(txn.rules.add(bare, "test", "toml").version)
    assert refused(register, "e", {**ABONEMENT, "account": "A1"}) == ("PAY-06", "prepaid_terms")
    assert refused(register, "f", CERTIFICATE) == ("PAY-06", "prepaid_code")
    assert sold(register, "g", "G3")["sells"][0]["value_kop"] == 10_000


def test_a_sold_certificate_comes_back_unless_it_was_used(register: SaleRegister) -> None:
    answer = sold(register, "sell", "G1")
    paid = register.sale("pay", CREAM, payments=[certificate("G1")])
    with pytest.raises(AgentError) as error:
        back(register, answer, "no")
    assert (error.value.code, error.value.params["left"]) == ("PAY-07", "40.00")
    back(register, paid, "undone")
    assert (tags(register, 6)[1215], left(register, "certificate:G1")) == (6_000, 10_000)
    back(register, answer, "yes")
    assert items(register, 7) == [{1043: 10_000, 1214: 3, 1212: 10, 1199: 12}]
    assert (tags(register, 7)[1031], left(register, "certificate:G1")) == (10_000, 0)
    assert refused(register, "b", CREAM, payments=[certificate("G1")])[0] == "PAY-03"


def test_pieces_return_to_the_certificate_by_the_formula_over_the_receipt(register: SaleRegister) -> None:
    sold(register, "sell", "G1")
    three = {**CREAM, "qty": "3", "price_kop": 3_333, "name": "Мыло"}
    extra = {**CREAM, "id": "k2", "price_kop": 5_001}
    paid = register.sale("pay", three, extra, payments=[certificate("G1"), cash(5_000)])
    assert (paid["total_kop"], left(register, "certificate:G1")) == (15_000, 0)
    got = []
    for number, piece in enumerate(({1: 1_000_000}, {2: 1_000_000}, {1: 1_000_000}, {1: 1_000_000})):
        fd = int(back(register, paid, f"back-{number}", piece)["document"].partition("/")[2])
        got.append((tags(register, fd)[1020], tags(register, fd)[1215]))
    assert got == [(3_333, 2_222), (5_001, 3_334), (3_333, 2_222), (3_333, 2_222)]
    assert left(register, "certificate:G1") == 10_000


# ---------------------------------------------------------------------- abonement, deposit


def test_an_abonement_pays_visits_of_its_scope_in_its_branch(register: SaleRegister) -> None:
    salon_1 = {"store": "salon-1"}
    sold(register, "sell", "A1", ABONEMENT)
    two = {**MASSAGE, "qty": "2"}
    paid = register.sale("visit", two, CREAM, payments=[abonement("A1"), cash(6_000)], **salon_1)
    assert tags(register, 5) == {1020: 26_000, 1031: 6_000, 1081: 0, 1215: 20_000, 1055: 1}
    assert (paid["offsets"][0]["units_micro"], left(register, "abonement:A1")) == (2_000_000, 3)
    assert refused(register, "b", MASSAGE, payments=[abonement("A1")], store="salon-2") == ("PAY-04", "prepaid_store")
    assert refused(register, "c", MASSAGE, payments=[abonement("A1")]) == ("PAY-04", "prepaid_store")
    back(register, paid, "back", {1: 1_000_000})
    assert (tags(register, 6)[1215], tags(register, 6)[1031], left(register, "abonement:A1")) == (10_000, 0, 4)
    register.sale("four", {**MASSAGE, "qty": "6"}, payments=[abonement("A1"), cash(20_000)], **salon_1)
    assert (tags(register, 7)[1215], left(register, "abonement:A1")) == (40_000, 0)
    assert refused(register, "d", MASSAGE, payments=[abonement("A1")], **salon_1)[0] == "PAY-03"
    back(register, paid, "rest", {2: 1_000_000})
    assert (tags(register, 8)[1215], tags(register, 8)[1031]) == (0, 6_000)  # the cream was paid with money


def test_a_deposit_is_the_customers_and_is_filled_again(register: SaleRegister) -> None:
    anna = {"customer": register.customer}
    for number in range(2):
        register.sale(f"fill-{number}", DEPOSIT, **anna)
    name = f"deposit:{register.customer.upper().replace('-', '')}"
    assert left(register, name) == 60_000
    register.sale("pay", CREAM, payments=[{"kind": "deposit"}], **anna)
    assert (tags(register, 6)[1215], left(register, name)) == (6_000, 54_000)
    assert refused(register, "b", CREAM, payments=[{"kind": "deposit"}]) == ("PAY-04", "prepaid_nobody")
    other = register.next_customer(0)
    assert refused(register, "c", CREAM, payments=[{"kind": "deposit"}], customer=other)[0] == "PAY-02"


def test_all_three_pay_in_their_order_before_money_and_change_no_points(register: SaleRegister) -> None:
    anna = {"customer": register.customer, "store": "salon-1"}
    sold(register, "a", "A1", ABONEMENT)
    sold(register, "c", "C1", {**CERTIFICATE, "price_kop": 3_000})
    register.sale("d", {**DEPOSIT, "price_kop": 2_000}, **anna)
    pay = [cash(1_000), {"kind": "deposit"}, certificate("C1"), abonement("A1")]
    answer = register.sale("pay", MASSAGE, CREAM, payments=pay, **anna)
    assert [(one["kind"], one["sum_kop"]) for one in answer["offsets"]] == [
        ("abonement", 10_000),
        ("certificate", 3_000),
        ("deposit", 2_000),
    ]
    assert (answer["total_kop"], answer["accrued_pt"]) == (16_000, 1_600)
    back(register, answer, "cream", {2: 1_000_000})
    assert tags(register, 8) == {1020: 6_000, 1031: 1_000, 1081: 0, 1215: 5_000, 1055: 1}
    assert (left(register, "certificate:C1"), left(register, "abonement:A1")) == (3_000, 4)


# ---------------------------------------------------------------------- slip


@pytest.mark.parametrize("named", [True, False])
def test_the_rest_is_on_the_slip(tmp_path: Path, named: bool) -> None:
    register = salon(tmp_path, slips=True)
    who = {"customer": register.customer} if named else {}
    sold(register, "sell", "G1", **who)
    register.sale("pay", CREAM, payments=[certificate("G1")], **who)
    register.step(30)
    tape = register.tape.text()
    assert tape.count("Подарочный сертификат") == 2
    assert re.findall(r"Остаток на \S+ \S+ +(\S+)│", tape) == ["100.00", "40.00"]
    assert ("Анна К." in tape) is named
    register.close()
