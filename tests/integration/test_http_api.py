"""The own API for tills: quote, draft, choice, receipt, return; over real sockets on a register in memory."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from kit.http_agent import BASKET, CARD, COFFEE, HttpAgent, code_of
from kit.waiting import until


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[HttpAgent]:
    made = HttpAgent(tmp_path)
    yield made
    made.close()


def test_a_quote_tells_both_choices_and_prints_nothing(agent: HttpAgent) -> None:
    told = agent.post("/v1/quote", basket=BASKET, customer=CARD).json()
    assert (told["loyalty"], told["why"], told["list_price"]) == ("ok", None, False)
    assert told["quote"]["totals"]["payable_kop"] == 20_000
    assert told["choices"]["accrue"] == {"payable_kop": 20_000, "earned_pt": 2000}
    spend = told["choices"]["spend"]
    # 50.00 points for goods of 200.00: the balance is the limit, the rest earns 10 %
    assert (spend["max_pt"], spend["payable_kop"], spend["earned_pt"], spend["left_pt"]) == (5000, 15_000, 1500, 0)
    assert spend["limit"] == "больше на счёте нет"
    assert told["customer"]["name"] == "Анна К."
    assert told["customer"]["phone"] == "*42"
    assert "+79160000042" not in str(told)
    assert agent.printed() == 0


def test_the_whole_life_of_a_sale(agent: HttpAgent) -> None:
    draft = agent.client().post("/v1/sales", json={"sale": "s-1", "basket": BASKET})
    assert (draft.status_code, draft.json()["state"], draft.json()["customer"]) == (201, "draft", None)
    named = agent.client("cashier").put("/v1/sales/s-1/customer", json={"customer": CARD}).json()
    assert named["choices"]["spend"]["max_pt"] == 5000
    chosen = agent.post("/v1/sales/s-1/confirm", spend="exact", spend_pt=3000).json()
    assert (chosen["state"], chosen["told"]) == (
        "confirmed",
        {"payable_kop": 17_000, "spent_pt": 3000, "earned_pt": 1700},
    )
    cart = agent.client("cashier").get("/v1/cart").json()["cart"]
    assert (cart["sale"], cart["state"], cart["quote"]["totals"]["payable_kop"]) == ("s-1", "confirmed", 17_000)
    assert agent.printed() == 0
    done = agent.post("/v1/sales/s-1/fiscalise", payments=[{"kind": "cash", "sum_kop": 20_000}])
    assert done.status_code == 200, done.text
    answer = done.json()["answer"]
    assert (answer["total_kop"], answer["change_kop"], answer["spent_pt"], answer["accrued_pt"]) == (
        17_000, 3000, 3000, 1700,
    )  # fmt: skip
    assert agent.client().get("/v1/sales/s-1").json()["answer"] == answer
    assert agent.client("cashier").get("/v1/cart").json() == {"cart": None}
    assert [total for _, _, total in agent.register.receipts()] == [17_000]


def test_the_same_id_and_content_is_one_receipt_and_other_content_is_refused(agent: HttpAgent) -> None:
    asked = {"sale": "s-1", "basket": BASKET, "customer": CARD}
    statuses = [agent.client().post("/v1/sales", json=asked).status_code for _ in range(3)]
    assert statuses == [201, 200, 200]
    other = agent.post("/v1/sales", sale="s-1", basket={"lines": [{**COFFEE, "qty": "3"}]}, customer=CARD)
    assert (other.status_code, code_of(other)) == (409, "HTTP-10")
    paid = {"payments": [{"kind": "card", "sum_kop": 20_000}]}
    with ThreadPoolExecutor(4) as pool:
        send = lambda _: agent.client().post("/v1/sales/s-1/fiscalise", json=paid).json()["answer"]  # noqa: E731
        answers = list(pool.map(send, range(4)))
    assert len({str(one) for one in answers}) == 1
    again = agent.client().post("/v1/sales", json=asked)
    assert (again.status_code, again.json()["answer"]) == (200, answers[0])
    otherwise = agent.post("/v1/sales/s-1/fiscalise", payments=[{"kind": "cash", "sum_kop": 20_000}])
    assert (otherwise.status_code, code_of(otherwise)) == (409, "HTTP-10")
    assert agent.printed() == 1


def test_a_till_that_skips_the_choice_sells_as_its_basket_says(agent: HttpAgent) -> None:
    agent.sale(basket={**BASKET, "spend": "max"}, customer=CARD)
    answer = agent.post("/v1/sales/s-1/fiscalise").json()["answer"]
    assert (answer["total_kop"], answer["spent_pt"]) == (15_000, 5000)


def test_a_draft_follows_the_scanner_until_the_choice(agent: HttpAgent) -> None:
    agent.sale(customer=CARD)
    more = {"lines": [COFFEE, {**COFFEE, "id": "2", "qty": "1"}]}
    changed = agent.client().put("/v1/sales/s-1/basket", json={"basket": more}).json()
    assert changed["quote"]["totals"]["payable_kop"] == 30_000
    agent.post("/v1/sales/s-1/confirm")
    late = agent.client().put("/v1/sales/s-1/basket", json={"basket": BASKET})
    assert (late.status_code, code_of(late)) == (409, "HTTP-14")
    out = agent.client().put("/v1/sales/s-1/customer", json={"customer": None}).json()  # undoes the choice
    assert (out["state"], out["customer"]) == ("draft", None)
    assert agent.post("/v1/sales/s-1/fiscalise").json()["answer"]["customer"] is None


def test_drafts_survive_a_restart_and_can_be_dropped(agent: HttpAgent) -> None:
    agent.sale(customer=CARD, contact="+79160000042")
    agent.sale("s-2")
    agent.restart()
    assert agent.client().get("/v1/sales/s-1").json()["customer"]["name"] == "Анна К."
    dropped = agent.client().delete("/v1/sales/s-2", headers={"Content-Type": "application/json"})
    assert (dropped.status_code, dropped.json()["state"]) == (200, "dropped")
    assert agent.post("/v1/sales/s-2/fiscalise").status_code == 409
    assert agent.post("/v1/sales/s-1/fiscalise").json()["state"] == "registered"
    late = agent.client().delete("/v1/sales/s-1", headers={"Content-Type": "application/json"})
    assert (late.status_code, code_of(late)) == (409, "HTTP-14")
    kept = agent.register.query("SELECT content, result FROM till_request")
    assert [one["content"] for one in kept] == [None, None]
    assert agent.register.query("SELECT count(*) AS n FROM till_request WHERE result LIKE '%9160000042%'")[0]["n"] == 0


def test_a_receipt_is_never_printed_at_another_price_than_was_told(agent: HttpAgent) -> None:
    agent.sale(customer=CARD)
    agent.post("/v1/sales/s-1/confirm", spend="max")
    agent.register.store.commit_hook = None
    with agent.register.store.writing("points gone") as txn:  # spent elsewhere meanwhile
        txn.ledger.append(spent_elsewhere(agent.register.customer))
    refused = agent.post("/v1/sales/s-1/fiscalise")
    assert (refused.status_code, code_of(refused)) == (409, "HTTP-13")
    assert "150" in refused.json()["error"]["what"]
    assert agent.printed() == 0
    assert agent.post("/v1/sales/s-1/confirm", spend="max").json()["told"]["payable_kop"] == 18_000
    assert agent.post("/v1/sales/s-1/fiscalise").json()["answer"]["total_kop"] == 18_000


def spent_elsewhere(customer: str):
    from pos_agent.model.events import Entry, EntryKind, EventKind, LedgerEvent

    entry = Entry("adjust:x:ADJUST", EntryKind.ADJUST, "test", -3000)
    return LedgerEvent(
        id="adjust:x", kind=EventKind.ADJUST, register="till-1", at="2026-11-21T18:00:00+03:00",
        business_date="2026-11-21", customer=customer, entries=(entry,),
    )  # fmt: skip


def test_the_till_waits_for_the_cashiers_choice(agent: HttpAgent) -> None:
    asked = {"sale": "s-1", "basket": BASKET, "ask": True, "wait_s": 20}
    answers = []
    till = threading.Thread(target=lambda: answers.append(agent.client().post("/v1/sales", json=asked)))
    till.start()
    cashier = agent.client("cashier")
    until(lambda: cashier.get("/v1/cart").json()["cart"])
    cashier.put("/v1/sales/s-1/customer", json={"customer": CARD})
    cashier.post("/v1/sales/s-1/confirm", json={"spend": "max"})
    till.join(10)
    assert (answers[0].json()["state"], answers[0].json()["told"]["payable_kop"]) == ("confirmed", 15_000)


def test_nobody_chooses_in_time_then_it_is_the_price_without_a_card(agent: HttpAgent) -> None:
    told = agent.sale(ask=True, wait_s=0.2, customer=CARD)
    assert (told["state"], told["by"], told["customer"], told["told"]["earned_pt"]) == ("confirmed", "time", None, 0)
    late = agent.client("cashier").put("/v1/sales/s-1/customer", json={"customer": CARD})
    assert (late.status_code, code_of(late)) == (409, "HTTP-15")
    assert agent.post("/v1/sales/s-1/fiscalise").json()["answer"]["customer"] is None


def test_a_printer_that_takes_its_time_is_told_as_being_checked(agent: HttpAgent) -> None:
    agent.sale(customer=CARD)
    free = agent.hold_printer()
    waiting = agent.post("/v1/sales/s-1/fiscalise", wait_s=0.1)
    assert (waiting.status_code, waiting.json()["state"], waiting.json()["final"]) == (202, "checking", False)
    assert agent.client("cashier").get("/v1/cart").json()["cart"]["state"] == "checking"
    free.set()
    assert agent.client().get("/v1/sales/s-1", params={"wait_s": 20}).json()["state"] == "registered"
    assert agent.printed() == 1


def test_a_dead_printer_is_an_error_with_its_verdict_and_the_same_sale_goes_on(agent: HttpAgent) -> None:
    agent.sale(customer=CARD)
    agent.register.power_off(None)
    dead = agent.post("/v1/sales/s-1/fiscalise")
    assert (dead.status_code, dead.json()["error"]["safe"]) == (503, "Чек не пробит, деньги и баллы не тронуты.")
    shown = agent.client().get("/v1/sales/s-1").json()
    assert (shown["state"], shown["error"]["code"]) == ("not_executed", code_of(dead))
    agent.register.power_on()
    assert agent.post("/v1/sales/s-1/fiscalise").json()["state"] == "registered"
    assert agent.printed() == 1


def test_returns_are_quoted_and_printed_once(agent: HttpAgent) -> None:
    agent.sale(customer=CARD)
    agent.post("/v1/sales/s-1/confirm", spend="exact", spend_pt=4000)
    receipt = agent.post("/v1/sales/s-1/fiscalise").json()["answer"]["document"]
    quote = agent.post("/v1/returns/quote", receipt=receipt, lines={"1": "1"}).json()
    assert (quote["money_kop"], quote["restored_pt"], quote["cancelled_pt"]) == (8000, 2000, 800)
    assert quote["left"][0]["left"] == "2"
    assert agent.printed() == 1
    given = {"return": "r-1", "receipt": receipt, "lines": {"1": "1"}}
    first, again = (agent.client().post("/v1/returns", json=given) for _ in range(2))
    assert first.status_code == 200, first.text
    assert first.json()["answer"] == again.json()["answer"]
    assert (first.json()["answer"]["total_kop"], first.json()["kind"]) == (8000, "return")
    other = agent.client().post("/v1/returns", json={**given, "lines": {"1": "2"}})
    assert (other.status_code, code_of(other)) == (409, "HTTP-10")
    unknown = agent.post("/v1/returns/quote", receipt="9999078902001234/999")
    assert (unknown.status_code, code_of(unknown)) == (404, "RET-01")
    assert agent.printed() == 2


class KilledError(BaseException):
    """The process ends here, whatever it was doing."""


@pytest.mark.parametrize(
    ("point", "printed"), [("after:till request sent", 0), ("after:intent", 0), ("before:document", 1)]
)
def test_a_process_that_dies_after_the_post_is_asked_by_the_next_one(
    agent: HttpAgent, point: str, printed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `test_http_api_kill`, within one process: nothing after the point happens, then another agent starts."""
    agent.post("/v1/shift/open")
    agent.actor.ask(lambda watch: watch.tick()).result(10)  # the shift's own document is recorded before the sale's
    agent.sale(customer=CARD)

    def dies(reached: str) -> None:
        if reached == point:
            agent.register.store.commit_hook = lambda _: killed()
            killed()

    def killed() -> None:
        raise KilledError

    monkeypatch.setattr("threading.excepthook", lambda _: None)
    agent.register.store.commit_hook = dies
    agent.client().post("/v1/sales/s-1/fiscalise", json={"wait_s": 0.5}, timeout=5)
    assert agent.printed() == printed
    agent.restart()
    until(lambda: agent.actor.ask(lambda watch: watch.tick()).result(10) is not None)
    told = until(lambda: (one := agent.client().get("/v1/sales/s-1").json())["state"] != "checking" and one)
    assert (told["state"], agent.printed()) == ("registered" if printed else "not_executed", printed)
    assert agent.post("/v1/sales/s-1/fiscalise").json()["state"] == "registered"
    assert agent.printed() == 1
