"""Goods paid by a certificate and brought back through a till's face: the account has it again, money is the rest."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kit.kkm_till import KkmTill, check, line
from kit.often import often
from kit.register import Register
from kit.till_atol import TillRegister, position, sell, till_register

GIFT = {"id": "c", "name": "Сертификат", "price_kop": 10_000, "qty": "1", "sells": "certificate"}
CREAM = {"id": "k", "name": "Крем", "price_kop": 6_000, "qty": "2"}


@pytest.fixture(params=often(["shtrih", "atol"]))
def kkm(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[KkmTill]:
    made = KkmTill(tmp_path, request.param)
    try:
        made.open_shop()
        yield made
    finally:
        made.close()


@pytest.fixture(params=often(["shtrih", "atol"]))
def atol(request: pytest.FixtureRequest) -> Iterator[TillRegister]:
    with tempfile.TemporaryDirectory(prefix="tl-") as folder, till_register(folder, request.param) as made:
        yield made


def paid(register: Register) -> str:
    """Two creams of 60.00, 100.00 of them by a certificate, sold at the cashier's page. FN/FD."""
    register.ask("sell", sale="gift", basket={"lines": [{**GIFT, "account": "gift-1"}]})
    money = [{"kind": "certificate", "id": "gift-1"}, {"kind": "cash", "sum_kop": 2_000}]
    answer = register.ask("sell", sale="buy", basket={"lines": [CREAM], "payments": money})
    assert left(register) == 0
    return str(answer["document"])


def left(register: Register) -> int:
    return int(register.ask("prepaid.show", code="gift-1")["accounts"][0]["rest_kop"])


def tender(register: Register) -> dict[int, Any]:
    """Operation, total, cash, card and offset of the storage's last receipt."""
    last = [one for one in register.documents() if one["form"] == 3][-1]
    tags = {tag["tag"]: tag["value"] for tag in last["tags"]}
    return {tag: tags.get(tag, 0) for tag in (1054, 1020, 1031, 1081, 1215)}


def test_kkmserver_gives_back_to_the_account_what_it_paid(kkm: KkmTill) -> None:
    named = {"Name": "ИСХОДНЫЙ ЧЕК", "Value": paid(kkm)}
    back = {"TypeCheck": 1, "UserAttribute": named}
    made = len(kkm.receipts())
    for number, money in enumerate([{"Cash": 60}, {"Cash": 20, "AdvancePayment": 40}, {"AdvancePayment": 60}]):
        answer = kkm.do("RegisterCheck", IdCommand=f"wrong-{number}", **check(line("Крем", 60, 60, 1), **back, **money))
        assert answer["Status"] == 2
        assert "50.00 на счёт" in answer["Error"], answer
        assert "10.00 деньгами" in answer["Error"], answer
    assert (len(kkm.receipts()), left(kkm)) == (made, 0)
    good = check(line("Крем", 60, 60, 1), **back, Cash=10, AdvancePayment=50)
    answer = kkm.do("RegisterCheck", IdCommand="back-1", **good)
    assert (answer["Status"], answer["Cash"], answer["AdvancePayment"]) == (0, 10, 50), answer
    assert tender(kkm) == {1054: 2, 1020: 6_000, 1031: 1_000, 1081: 0, 1215: 5_000}
    assert left(kkm) == 5_000
    assert kkm.do("RegisterCheck", IdCommand="back-1", **good)["Status"] == 0, "the same command is the same return"
    assert left(kkm) == 5_000


def test_the_drivers_web_server_gives_back_to_the_account_what_it_paid(atol: TillRegister) -> None:
    task = {**sell(position("Крем", 60, 2), kind="sellReturn"), "loyalty": {"receipt": paid(atol)}}
    made = len(atol.receipts())
    for number, prepaid in enumerate([0, 99, 120]):
        money = [{"type": "cash", "sum": 120 - prepaid}, {"type": "prepaid", "sum": prepaid}]
        (refused,) = atol.do(f"wrong-{number}", {**task, "payments": money})
        assert refused["status"] == "error"
        assert "100.00" in refused["error"]["description"], refused
        assert "20.00" in refused["error"]["description"], refused
    assert (len(atol.receipts()), left(atol)) == (made, 0)
    money = [{"type": "electronically", "sum": 20}, {"type": "prepaid", "sum": 100}]
    (found,) = atol.do("back", {**task, "payments": money})
    assert found["status"] == "ready", found
    assert tender(atol) == {1054: 2, 1020: 12_000, 1031: 0, 1081: 2_000, 1215: 10_000}
    assert left(atol) == 10_000
