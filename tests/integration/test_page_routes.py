"""What the cashier's page asks besides sales: both sides of a doubt, receipts of nobody, levels and punch cards."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import pytest
from kit.gateway_register import COFFEE, RULES, GatewayRegister
from kit.http_agent import CARD, HttpAgent, code_of

from emulator.terms import ItemInput
from pos_agent.api import claims, confirmations
from pos_agent.api.receipts import document_id
from pos_agent.api.scans import scan
from pos_agent.checkout.doubt import newer
from pos_agent.errors import PrinterError
from pos_agent.model.slip import SlipFacts
from pos_agent.printing.slip_offers import join_address

CLAIMS = RULES + "[program.cards]\nclaim_days = 3\n"
LEVELS = """
[program]
id = "test"
name = "Тест"
[accrue]
tiers = [{ name = "Старт", from_kop = 0, bp = 300 }, { name = "Золото", from_kop = 100_000, bp = 700 }]
[[rule]]
id = "cup"
name = "Кофе"
kind = "punch_card"
every = 6
"""


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[HttpAgent]:
    made = HttpAgent(tmp_path)
    yield made
    made.close()


def rules(agent: HttpAgent, text: str) -> None:
    with agent.register.store.writing("rules") as txn:
        txn.rules.activate(txn.rules.add(text, "test", "toml").version)


def sold_by_the_till(agent: HttpAgent, contact: str = "") -> dict:
    """What the page is told of it."""
    agent.register.sell(("Чай", 10_000, 1_000_000), contact=contact)
    agent.actor.ask(lambda watch: [watch.tick() for _ in range(4)]).result(10)
    with agent.parts.views.reading() as view:
        (shown,) = claims.recent(view)
    return shown


def test_a_receipt_of_nobody_is_worth_and_given_once(agent: HttpAgent) -> None:
    rules(agent, CLAIMS)
    cashier, shown = agent.client("cashier"), sold_by_the_till(agent)
    assert (shown["claim"], shown["named"], shown["total_kop"]) == (True, False, 10_000)
    path = f"/v1/receipts/{shown['document']}/customer"
    assert cashier.get(path).json() == {"customer": None, "earned_pt": 0}
    told = cashier.get(path, params={"customer": CARD}).json()
    assert told == {"customer": {"id": agent.register.customer, "name": "Анна К."}, "earned_pt": 1000}
    assert cashier.post(path, json={"customer": told["customer"]["id"]}).json()["amount_pt"] == 1000
    assert code_of(cashier.get(path, params={"customer": CARD})) == "CUS-12"
    balance = cashier.get(f"/v1/customers/{agent.register.customer}").json()["balance"]
    assert balance["active_pt"] == 6000
    assert agent.client("till").get(path, params={"customer": CARD}).status_code in (403, 404)


def test_a_receipt_that_names_its_customer_is_told_to_a_person_not_in_the_stream(agent: HttpAgent) -> None:
    shown = sold_by_the_till(agent, contact="+79160000042")
    assert shown.keys() == {"document", "at", "total_kop", "named", "claim"}
    assert (shown["named"], shown["claim"]) == (True, False)
    path = f"/v1/receipts/{shown['document']}/customer"
    told = agent.client("cashier").get(path).json()
    assert told == {"customer": {"id": agent.register.customer, "name": "Анна К."}, "earned_pt": 1000}
    assert code_of(agent.client("cashier").get(path.replace("/customer", "9/customer"))) == "DOC-02"


def test_claims_are_off_unless_the_program_says_so(agent: HttpAgent) -> None:
    shown = sold_by_the_till(agent)
    assert shown["claim"] is False
    path = f"/v1/receipts/{shown['document']}/customer"
    assert code_of(agent.client("cashier").get(path, params={"customer": CARD})) == "CUS-12"
    assert code_of(agent.client("cashier").post(path, json={"customer": CARD})) == "CUS-12"


def test_level_with_its_rate_the_way_to_the_next_and_punch_cards(agent: HttpAgent) -> None:
    rules(agent, LEVELS)
    agent.sale(customer=CARD)
    agent.post("/v1/sales/s-1/fiscalise")
    told = agent.client("cashier").get(f"/v1/customers/{agent.register.customer}").json()
    assert (told["level"]["name"], told["level"]["rate_bp"], told["level"]["next"]) == ("Старт", 300, "Золото")
    assert told["level"]["next_left_kop"] == 80_000
    assert told["punch_cards"] == [{"name": "Кофе", "have": 2, "every": 6}]


def test_both_sides_of_a_doubt_are_read_from_the_device(tmp_path: Path) -> None:
    register = GatewayRegister(tmp_path)
    register.sale("s-0", COFFEE)
    register.cut_power_at("after-commit", None)
    with pytest.raises(PrinterError, match="SAL-01"):
        register.sale("s-1", COFFEE)
    device = register.device
    device.power_on()
    device.head.drop()
    for total_kop in (10_000, 7_700):
        device.open_receipt(1, 30)
        device.add_item(ItemInput(1, 1_000_000, total_kop, None, None, 6, 1, 4, 1, "Кофе"))
        device.close_receipt([total_kop, *[0] * 15], 0, 1, 30)
    with register.store.reading() as view:
        intent = view.intents.get("s-1")
    assert intent is not None
    assert newer(register.settler, intent) is None, "no power, no answer"
    register.power_on()
    found = newer(register.settler, intent)
    assert found is not None
    assert [(one.total_kop, one.cash_kop, one.items, one.equal) for one in found] == [
        (10_000, 10_000, 1, True),
        (10_000, 10_000, 1, True),
        (7_700, 7_700, 1, False),
    ]
    assert not any(one.claimed or one.unreadable for one in found)
    register.store.close()


def test_paper_that_ends_while_a_sale_is_in_doubt_is_told(tmp_path: Path) -> None:
    register = GatewayRegister(tmp_path)
    register.sale("s-0", COFFEE)
    register.cut_power_at("after-commit", None)
    with pytest.raises(PrinterError, match="SAL-01"):
        register.sale("s-1", COFFEE)
    register.power_on()
    register.device.paper_out()
    register.watch.line.connect()
    register.settler._quiet()
    problem = register.watch.line.state.problem
    assert problem is not None
    assert (problem.code, problem.safe) == ("PRN-01", "C")
    register.store.close()


def test_the_code_of_an_invitation_names_its_receipt_to_whoever_has_the_paper(agent: HttpAgent) -> None:
    rules(agent, CLAIMS)
    loyalty = agent.parts.config.loyalty.model_copy(update={"join_url": "HTTPS://EXAMPLE.ORG/JOIN"})
    parts = replace(agent.parts, config=agent.parts.config.model_copy(update={"loyalty": loyalty}))
    cashier, shown = agent.client("cashier"), sold_by_the_till(agent)
    fn, fd = shown["document"].split("/")
    asked = cashier.post("/v1/slips", json={"kind": "invitation", "receipt": shown["document"]}).json()
    with agent.parts.views.reading() as view:
        job = view.slips.get(asked["slip"])
        (event,) = [one.event for one in view.ledger.by_document(document_id(shown["document"]))]
    assert job is not None
    address = join_address("HTTPS://EXAMPLE.ORG/JOIN", SlipFacts.from_json(job.facts))
    assert address == f"HTTPS://EXAMPLE.ORG/JOIN/{fn}-{fd}-{event.fpd}"
    assert scan(parts, {"text": address}) == {"kind": "invitation", **shown}
    for forged in (address[:-1] + str((int(address[-1]) + 1) % 10), address + "0", address.replace(fn, "9" * 16)):
        assert scan(parts, {"text": forged})["kind"] == "unknown"
    assert scan(agent.parts, {"text": address})["kind"] == "unknown", "no address is set up"
    given = cashier.post(f"/v1/receipts/{shown['document']}/customer", json={"customer": CARD})
    assert given.json()["amount_pt"] == 1000


def test_a_code_that_is_printed_on_a_register_for_learning_has_its_mark(agent: HttpAgent) -> None:
    rules(agent, RULES)
    loyalty = agent.parts.config.loyalty.model_copy(update={"training": True})
    learning = replace(agent.parts, config=agent.parts.config.model_copy(update={"loyalty": loyalty}))
    for parts, marks in ((agent.parts, 0), (learning, 2)):
        before = len(agent.register.tape.text())
        work = confirmations.send(parts, {"customer": CARD, "amount_pt": 5000})
        assert isinstance(work, Future)
        assert work.result(20)["tries"] == 3
        printed = agent.register.tape.text()[before:]
        assert (printed.count("*** ОБУЧЕНИЕ ***"), printed.count("НЕ ЯВЛЯЕТСЯ КАССОВЫМ ЧЕКОМ")) == (marks, 1)


def test_seniors_are_named_to_a_person_not_to_a_till(agent: HttpAgent) -> None:
    assert agent.client("cashier").get("/v1/seniors").json() == {"seniors": []}
    for name in ("Пётр", "Ольга"):
        confirmations.set_senior(agent.parts, {"name": name, "pin": "2468"})
    assert agent.client("cashier").get("/v1/seniors").json() == {"seniors": ["Ольга", "Пётр"]}
    assert agent.client("till").get("/v1/seniors").status_code == 404
