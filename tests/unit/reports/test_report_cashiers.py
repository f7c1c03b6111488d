"""Who registered a receipt: tag 1021 becomes a keyed code in the ledger, a row of the report; the name stays out."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from kit.gateway_register import COFFEE, GatewayRegister
from kit.ledger_life import life
from kit.memory_register import CountedIds, MemoryRegister

from emulator.terms import ItemInput
from pos_agent.checkout.at_register import AtRegister
from pos_agent.cli.report_inputs import cashiers_of
from pos_agent.cli.report_source import Source
from pos_agent.errors import UsageError
from pos_agent.ledger.canonical import event_to_json
from pos_agent.ledger.state import FoldPolicy
from pos_agent.model.events import EventKind
from pos_agent.reports.metrics import Given
from pos_agent.reports.people import cashier_of
from pos_agent.reports.periods import Period
from pos_agent.reports.report import Gathering, Question
from pos_agent.store.keys import Keys
from pos_agent.store.vault import Vault

RULES = '[program]\nid = "p"\nname = "П"\n[accrue]\nbp = 500\n'
UNIT = 1_000_000
ANNA, BORIS = "Иванова Анна", "Петров Борис"


@pytest.fixture
def register(tmp_path: Path):
    made = MemoryRegister(tmp_path, RULES)
    names = {1: (ANNA, ""), 2: (BORIS, "")}
    made.device.profile = replace(made.device.profile, operators=names)
    yield made
    made.store.close()


def sell_by(register: MemoryRegister, operator: int, price_kop: int, kind: int = 1) -> None:
    device = register.device
    if not device.fn.shift_open:
        device.open_shift(operator)
    device.open_receipt(kind, operator)
    device.add_item(ItemInput(kind, UNIT, price_kop, None, None, 6, 1, 4, 1, "Чай"))
    device.close_receipt([device.subtotal()] + [0] * 15, 0, 1, operator)


def receipts(register: MemoryRegister):
    with register.store.reading() as view:
        return [one.event for one in view.ledger.range() if one.event.kind is EventKind.RECEIPT]


def test_a_receipt_read_back_carries_the_code_of_its_cashier_and_no_name(register: MemoryRegister, tmp_path: Path):
    for operator, kop in ((1, 10_000), (2, 20_000), (1, 30_000)):
        sell_by(register, operator, kop)
    sell_by(register, 1, 5_000, kind=2)
    register.step(60)
    events = receipts(register)
    codes = [event.facts["cashier"] for event in events]
    assert len(codes) == 4
    assert codes[0] == codes[2] == codes[3] != codes[1]
    texts = "".join(map(event_to_json, events))
    assert ANNA not in texts
    assert BORIS not in texts
    register.store.checkpoint()
    stored = b"".join(file.read_bytes() for file in tmp_path.glob("agent.db*"))
    for name in (ANNA, BORIS):
        for coding in ("utf-8", "cp866", "utf-16-le"):
            assert name.encode(coding) not in stored


def test_the_report_calls_them_as_the_owner_does(register: MemoryRegister):
    for operator, kop in ((1, 10_000), (2, 20_000), (1, 30_000)):
        sell_by(register, operator, kop)
    sell_by(register, 1, 5_000, kind=2)
    register.step(60)
    with register.store.reading() as view:
        source = Source(view, "shop", None)
        days = source.days()
        cashiers = source.cashiers([(ANNA.upper(), ""), ("Кто-то ещё", "9")])
        question = Question(("average_receipt",), Period(*days), by="cashier", cashiers=cashiers, given=Given())
        gathering = Gathering(question, FoldPolicy(""), source.sale_of)
        gathering.strangers(source.strangers())
        told = {row.slice[-1]: (row.figure.numerator, row.figure.denominator) for row in gathering.rows()}
        boris = view.documents.cashier_code(BORIS)
    assert told == {ANNA.upper(): (35_000, 2), boris: (20_000, 1)}


def test_a_sale_through_the_agent_keeps_the_tills_number_with_and_without_a_customer(tmp_path: Path):
    register = GatewayRegister(tmp_path)
    try:
        for sale_id, customer in (("s-1", None), ("s-2", register.customer)):
            said = AtRegister(cashier="7", manual=True)
            register.desk.sell(register.orders.sale(sale_id, {"lines": [COFFEE]}, customer, "", said=said))
        alone, named = receipts(register)
    finally:
        register.store.close()
    assert alone.facts["at_register"] == {"cashier": "7"}, "how a card was named says nothing where there is none"
    assert named.facts["at_register"] == {"cashier": "7", "manual": True}
    assert cashier_of(alone) == cashier_of(named) == "7"


def test_a_code_needs_the_key():
    def code(master: int, name: str) -> bytes:
        return Vault(Keys.derive(bytes([master] * 32)), CountedIds()).token("cashier", name)

    assert code(1, "иванова анна") != code(2, "иванова анна")


def test_case_and_spaces_do_not_make_another_cashier(register: MemoryRegister):
    with register.store.reading() as view:
        codes = {view.documents.cashier_code(name) for name in (ANNA, ANNA.upper(), "  иванова   анна ")}
        assert len(codes) == 1
        assert view.documents.cashier_code(" ") == ""
        assert view.documents.cashier_code(BORIS) not in codes


def facts_of(**facts: object):
    sale = next(event for event in life(1, 5, 2) if event.kind is EventKind.RECEIPT)
    return replace(sale, facts={**sale.facts, **facts})


def test_the_tills_number_comes_before_the_code_and_no_name_is_shown():
    assert cashier_of(facts_of()) == "-"
    assert cashier_of(facts_of(cashier="0badcafe")) == "0badcafe"
    assert cashier_of(facts_of(cashier="0badcafe", at_register={"cashier": "7"})) == "7"
    assert cashier_of(facts_of(at_register={"manual": True})) == "-"
    hidden = cashier_of(facts_of(at_register={"cashier": "Иванова А."}))
    assert len(hidden) == 6
    assert hidden == cashier_of(facts_of(cashier="иванова  а."))


def test_the_owners_list(tmp_path: Path):
    file = tmp_path / "c.csv"
    file.write_text("name,number\nИванова Анна,7\nПетров Борис,\n,8\n", encoding="utf-8")
    assert cashiers_of(file) == (("Иванова Анна", "7"), ("Петров Борис", ""))
    file.write_text("who\nИванова\n", encoding="utf-8")
    with pytest.raises(UsageError) as told:
        cashiers_of(file)
    assert told.value.code == "REP-01"
    assert json.dumps(str(file.name)).strip('"') in str(told.value.params)
