"""A customer who asked that nothing be offered: the cashier sees it, hints and the friend's code stay away."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from kit.http_agent import BASKET, CARD, HttpAgent

RULES = """
[program]
id = "test"
name = "Тест"
[accrue]
bp = 1000
[spend]
[referral]
friend_pt = 3000
text = "Приведите друга"
[[rule]]
id = "nearly"
kind = "hint"
text = "Предложите пирожок"
[[rule]]
id = "wrap"
kind = "privilege"
text = "Упаковка в подарок"
"""


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[HttpAgent]:
    made = HttpAgent(tmp_path)
    with made.register.store.writing("rules") as txn:
        txn.rules.activate(txn.rules.add(RULES, "test", "toml").version)
    yield made
    made.close()


def asked_for_nothing(agent: HttpAgent, wish: bool = True) -> None:
    with agent.register.store.writing("mark") as txn:
        txn.club.mark(agent.register.customer, no_offer=wish)


def words(agent: HttpAgent) -> list[str]:
    quote = agent.post("/v1/quote", basket=BASKET, customer=CARD).json()["quote"]
    return [one["text"] for one in quote.get("notes", [])]


def test_the_cashier_sees_it_and_offers_nothing(agent: HttpAgent) -> None:
    told = agent.post("/v1/quote", basket=BASKET, customer=CARD).json()
    assert (told["customer"]["no_offer"], told["choices"]["offer"]) == (False, True)
    assert words(agent) == ["Предложите пирожок", "Упаковка в подарок"]
    asked_for_nothing(agent)
    told = agent.post("/v1/quote", basket=BASKET, customer=CARD).json()
    assert (told["customer"]["no_offer"], told["choices"]["offer"]) == (True, False)
    assert words(agent) == ["Упаковка в подарок"], "what the customer has is no offer"
    assert told["choices"]["spend"]["max_pt"] == 5000, "asked for, it works as ever"
    asked_for_nothing(agent, wish=False)
    assert words(agent) == ["Предложите пирожок", "Упаковка в подарок"]


def test_the_slip_does_not_ask_for_friends(agent: HttpAgent) -> None:
    for number, wish in enumerate([False, True]):
        asked_for_nothing(agent, wish=wish)
        agent.sale(f"s-{number}", customer=CARD)
        assert agent.post(f"/v1/sales/s-{number}/fiscalise").status_code == 200
    with agent.register.store.reading() as view:
        rows = view.session.connection.exec_driver_sql("SELECT facts FROM slip_job ORDER BY rowid").scalars().all()
    assert ["Приведите друга" in facts for facts in rows] == [True, False]
