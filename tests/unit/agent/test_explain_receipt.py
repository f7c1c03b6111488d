"""`receipts explain`: one screen from the fiscal storage to the rule trace, for receipts of ours and of the till."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kit.sale_register import SaleRegister
from typer.testing import CliRunner

from pos_agent.api.explain import explain
from pos_agent.api.operation import Parts
from pos_agent.checkout.explained import retold
from pos_agent.cli.explained import screen
from pos_agent.cli.receipts import app
from pos_agent.config import CloudSection, Config
from pos_agent.config_printer import PrinterSection
from pos_agent.errors import AgentError
from pos_agent.model.receipt import DocumentId

RULES = """
[program]
id = "test"
name = "Тест"
[accrue]
bp = 1000
life_days = 30
[spend]
cap_bp = 3000
[[codes]]
id = "spring"
kind = "once"
offline = "allow"
codes = ["SPRING"]
[[rule]]
id = "card"
name = "По карте"
kind = "card_percent"
bp = 500
group = "best"
group_policy = "best"
[[rule]]
id = "morning"
name = "Утро"
kind = "item_percent"
bp = 300
phase = 3
group = "best"
group_policy = "best"
[[rule]]
id = "code"
kind = "receipt_amount"
kop = 1000
when = { codes = ["SPRING"] }
[[rule]]
id = "sixth"
kind = "punch_card"
every = 6
counter = "cup"
scope = { names = ["Кофе*"] }
"""
COFFEE = {"id": "a", "name": "Кофе", "price_kop": 19_999, "qty": "3"}
CHEESE = {"id": "b", "name": "Сыр", "price_kop": 89_900, "qty": "0.347"}


@pytest.fixture
def register(tmp_path: Path) -> Iterator[SaleRegister]:
    made = SaleRegister(tmp_path)
    with made.store.writing("rules") as txn:
        txn.rules.activate(txn.rules.add(RULES, "test", "toml").version)
    made.give(5_000)
    yield made
    made.close()


def told(register: SaleRegister, document: str, lang: str = "ru", **cloud: Any) -> tuple[dict, list[str]]:
    config = Config(printer=PrinterSection(port="/dev/none"), cloud=CloudSection(**cloud))
    parts = Parts(config, register.store, register.clock, register.ids)
    answer = explain(parts, {"document": document, "lang": lang})
    return answer, list(screen(answer, lang))


def sold(register: SaleRegister) -> dict:
    who = {"customer": register.customer, "spend": 2_000}
    return register.sale("s-1", COFFEE, CHEESE, **who, codes=["SPRING"])


def test_a_sale_of_ours_from_bytes_to_rules(register: SaleRegister) -> None:
    sale = sold(register)
    answer, lines = told(register, sale["document"])
    document = register.device.fn.documents[3]
    assert answer["document"]["fpd"] == document.sign
    assert answer["document"]["total_kop"] == sale["total_kop"]
    assert answer["sale"] == {"id": "s-1", "attempt": 1, "after_fd": 2}
    assert sum(line["sum_kop"] for line in answer["lines"]) == sale["total_kop"]
    card = next(step for step in answer["steps"] if step.get("rule") == "card")
    assert [one["exact_kop"] for one in card["by_line"]] == ["59997/20", "6239/4"]  # 5 % of 599.97 and of 311.95
    assert [one["rounded_kop"] for one in card["by_line"]] == [3_000, 1_560]
    screenful = "\n".join(lines)
    for piece in (
        "«Утро» (morning): не применено - выбрано другое правило группы: card",
        "599.97 x 5 % = 29.9985, округлено 30",
        "Код SPRING (серия spring): использован",
        "Отметки cup: было 0, стало 3 из 6",
        "пробит агентом: продажа s-1, попытка 1, после документа 2",
        "до чека: покупок 0 на 0.00, баллов 50",
        "ДОСТУПНО",
        f"ФПД {document.sign}",
    ):
        assert piece in screenful, piece
    assert sale["document"] in lines[0]


def test_lots_that_points_touched(register: SaleRegister) -> None:
    sale = sold(register)
    answer, lines = told(register, sale["document"])
    spent = [lot for lot in answer["lots"] if lot["kind"] == "SPEND"]
    assert [(lot["of"], lot["account"], lot["amount_pt"]) for lot in spent] == [
        (f"gift:{register.customer}", "active", -2_000)
    ]
    (earned,) = [lot for lot in answer["lots"] if lot["kind"] == "ACCRUE"]
    assert (earned["amount_pt"], earned["expires"]) == (sale["accrued_pt"], "2026-12-22")
    assert any("лот gift:" in line and "-20" in line for line in lines)


def test_the_price_is_told_from_the_event_alone(register: SaleRegister) -> None:
    """Other rules are in force meanwhile and the customer has another history: the explanation stays the same."""
    sale = sold(register)
    before = told(register, sale["document"])[0]
    with register.store.writing("rules") as txn:
        txn.rules.activate(txn.rules.add(RULES.replace("bp = 500", "bp = 700"), "test", "toml").version)
    register.sale("s-2", COFFEE, customer=register.customer)
    after = told(register, sale["document"])[0]
    for key in ("steps", "told", "hash", "lines", "before", "lots", "rules"):
        assert after[key] == before[key], key
    assert len(before["hash"]) == 64
    assert before["hash"] in before["told"][-1]


def test_english_and_the_state_of_the_sync(register: SaleRegister) -> None:
    sale = sold(register)
    answer, lines = told(register, sale["document"], "en")
    assert answer["sync"]["state"] == "off"
    assert "Stamps cup: 0 before, 3 of 6 after" in lines
    assert any("not applied - another rule of its group was taken: card" in line for line in lines)
    cloud = {"url": "https://cloud.example.org", "token_file": Path("/none")}
    assert told(register, sale["document"], **cloud)[0]["sync"]["state"] == "waiting"
    with register.store.writing("acked") as txn:
        epoch, head = txn.meta.epoch(), txn.ledger.head()
        txn.sync.sending(epoch, head.seq)
        txn.sync.acknowledge(epoch, head.seq, head.hash)
    answer, lines = told(register, sale["document"], "en", **cloud)
    assert answer["sync"]["state"] == "acknowledged"
    assert "acknowledged by the cloud" in lines[-1]


def test_a_return_of_ours_and_what_came_back_of_the_sale(register: SaleRegister) -> None:
    sale = sold(register)
    order = register.orders.sale_return("r-1", DocumentId.parse(sale["document"]), {1: 1_000_000}, "")
    back = register.desk.sell(order)
    answer, lines = told(register, back["document"])
    assert answer["original"] == sale["document"]
    assert {lot["kind"] for lot in answer["lots"]} == {"RESTORE", "REVERSE"}
    assert sum(lot["amount_pt"] for lot in answer["lots"] if lot["kind"] == "RESTORE") == back["restored_pt"]
    assert f"Возврат по чеку {sale['document']}" in lines
    assert any("Покупка 21.11.2026 18:00" in line for line in answer["slips"][0]["text"])
    again, lines = told(register, sale["document"])
    assert again["returns"][0]["document"] == back["document"]
    assert any(line.startswith("Возвращено документом") for line in lines)


def test_a_receipt_of_the_till_tells_its_accrual(register: SaleRegister) -> None:
    fd = register.sell(("Кофе", 10_000, 1_000_000), requisite=("КАРТА", "7Q4M2XKD9W"))
    register.step()
    answer, lines = told(register, f"{register.device.fn.serial}/{fd}")
    assert (answer["sale"], answer["customer"], answer["told"]) == (None, register.customer, [])
    assert answer["steps"][0]["step"] == "rate"
    assert any("пробит кассой" in line for line in lines)
    assert any("100.00 x 10 % = 10.00" in line for line in lines)


def test_a_receipt_of_nobody_a_shift_and_a_document_that_is_not_here(register: SaleRegister) -> None:
    nobody = register.sale("n-1", COFFEE)
    answer, lines = told(register, nobody["document"])
    assert answer["customer"] is None
    assert "Клиент не назван." in lines
    assert answer["told"]
    assert "Слипа не было." in lines
    serial = register.device.fn.serial
    assert told(register, f"{serial}/2")[0]["document"]["form"] == 2
    with pytest.raises(AgentError, match="DOC-02"):
        told(register, f"{serial}/99")


def test_an_event_of_before_the_items_were_kept_is_told_too(register: SaleRegister) -> None:
    sold(register)
    with register.store.reading() as view:
        events = [one.event for one in view.ledger.by_customer(register.customer)]
    (row,) = [one for one in events if one.facts.get("sale") == "s-1"]
    older = [{key: value for key, value in line.items() if key != "items"} for line in row.facts["lines"]]
    whole, old = retold(row.facts), retold({**row.facts, "lines": older, "hash": ""})
    assert whole is not None
    assert old is not None
    assert [line.items for line in old[1].lines] == [line.items for line in whole[1].lines]
    assert retold({"lines": [{"number": 1, "name": "x", "sum_kop": 1}], "trace": []}) is None
    assert retold({}) is None


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_the_command_prints_one_screen_or_one_json(
    register: SaleRegister, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    sale = sold(register)
    answer, lines = told(register, sale["document"], lang)
    monkeypatch.setenv("POS_AGENT_AGENT__LANGUAGE", lang)
    asked: list[tuple] = []

    def call(config_file: Path, operation: str, **args: object) -> dict:
        asked.append((operation, args))
        return answer

    monkeypatch.setattr("pos_agent.cli.receipts.call", call)
    plain = CliRunner().invoke(app, ["explain", sale["document"]])
    assert plain.output.splitlines() == [line.rstrip("\n") for line in lines]
    assert json.loads(CliRunner().invoke(app, ["explain", sale["document"], "--json"]).output) == answer
    assert asked == [("receipts.explain", {"document": sale["document"], "lang": lang})] * 2
