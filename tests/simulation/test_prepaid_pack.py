"""A day of a beauty salon by its own rule pack: an abonement sold, visits paid with it, one taken back, on paper."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from kit.prepaid_story import abonement, back, certificate, items, left, tags
from kit.sale_register import SaleRegister

from pos_agent.errors import AgentError

PACK = Path(__file__).parents[2] / "config" / "rules" / "beauty.toml"
SOLD = {
    "id": "1",
    "sku": "AB-MASSAGE-10",
    "name": "Абонемент на 10 массажей",
    "price_kop": 2_000_000,
    "qty": "1",
    "sells": "abonement",
    "account": "M-7788",
}
MASSAGE = {"id": "1", "name": "Массаж спины", "category": "service", "price_kop": 250_000, "qty": "1"}
CREAM = {"id": "2", "name": "Крем", "category": "goods", "price_kop": 90_000, "qty": "1"}
HERE = {"store": "store-1"}


@pytest.fixture
def register(tmp_path: Path) -> Iterator[SaleRegister]:
    made = SaleRegister(tmp_path, slips=True)
    with made.store.writing("rules") as txn:
        txn.rules.activate(txn.rules.add(PACK.read_text(encoding="utf-8"), "test", "toml").version)
    yield made
    made.close()


def test_ten_massages(register: SaleRegister) -> None:
    anna = {"customer": register.customer, **HERE}
    bought = register.sale("sell", SOLD, **anna)
    assert (bought["accrued_pt"], bought["sells"][0]["account"]) == (0, "M7788")
    assert items(register, 3) == [{1043: 2_000_000, 1214: 3, 1212: 10, 1199: 12}]
    visit = register.sale(
        "visit", MASSAGE, CREAM, payments=[abonement("M-7788"), {"kind": "card", "sum_kop": 90_000}], **anna
    )
    assert tags(register, 4) == {1020: 340_000, 1031: 0, 1081: 90_000, 1215: 250_000, 1055: 1}
    assert visit["accrued_pt"] == 17_000  # 5 %: what an abonement pays earns as money
    assert left(register, "abonement:M7788") == 9
    back(register, visit, "undo", {1: 1_000_000})
    assert (tags(register, 5)[1215], tags(register, 5)[1081], left(register, "abonement:M7788")) == (250_000, 0, 10)
    register.step(60)
    tape = register.tape.text()
    assert re.findall(r"Осталось (\d+) из 10 посещений", tape) == ["10", "9", "10"]
    assert "Код M7788" in tape
    assert re.search(r"Последний день +20\.05\.2027", tape)


def test_what_the_abonement_of_the_pack_does_not_pay(register: SaleRegister) -> None:
    register.sale("sell", SOLD, **HERE)
    with pytest.raises(AgentError) as error:
        register.sale("far", MASSAGE, payments=[abonement("M7788")], store="store-2")
    assert error.value.params["why"] == "prepaid_store"
    cut = {**MASSAGE, "name": "Стрижка"}
    answer = register.sale("cut", cut, payments=[abonement("M7788"), {"kind": "cash", "sum_kop": 250_000}], **HERE)
    assert "offsets" not in answer
    assert left(register, "abonement:M7788") == 10


def test_a_gift_certificate_of_any_sum(register: SaleRegister) -> None:
    gift = {"id": "1", "name": "Сертификат", "price_kop": 300_000, "qty": "1", "sells": "certificate", "account": "G1"}
    register.sale("sell", gift)
    register.sale("pay", MASSAGE, payments=[certificate("g-1")])
    assert left(register, "certificate:G1") == 50_000
