"""What an operator does to points, through the operations of the agent: once, with who and why, and the till obeys."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from kit.sale_register import SaleRegister

from pos_agent.api import points_orders, points_shown
from pos_agent.api.operation import Parts
from pos_agent.checkout import points_orders as carried
from pos_agent.checkout.calendar_day import write_due
from pos_agent.checkout.verify import verify_ledger
from pos_agent.cli.points import points_of
from pos_agent.config import Config
from pos_agent.config_printer import PrinterSection
from pos_agent.errors import AgentError, UsageError
from pos_agent.model.receipt import DocumentId
from pos_agent.rules.parse import parse

BREAD = {"id": "a", "name": "Хлеб", "price_kop": 10_000, "qty": "1"}


@pytest.fixture
def register(tmp_path: Path) -> Iterator[SaleRegister]:
    made = SaleRegister(tmp_path)
    yield made
    made.close()


@pytest.fixture
def ask(register: SaleRegister) -> Callable[..., dict[str, Any]]:
    parts = Parts(Config(printer=PrinterSection(port="/dev/none")), register.store, register.clock, register.ids)

    def asked(name: str, **said: Any) -> dict[str, Any]:
        args = {"customer": register.customer, "reason": "жалоба 12", "operator": "Иванова", **said}
        return getattr(points_shown if name in ("show", "settle") else points_orders, name)(parts, args)

    return asked


def balance(answer: Mapping[str, Any]) -> tuple[int, int, int]:
    now = answer["balance"]
    return now["active_pt"], now["held_pt"], now["debt_pt"]


def sound(register: SaleRegister) -> None:
    with register.store.reading() as view:
        assert verify_ledger(view).breaches == ()


def test_a_gift_is_given_once_and_says_who_and_why(register, ask):
    first = ask("gift", amount_pt=1250, life_days=30, id="june-7")
    register.clock.advance(86_400)
    again = ask("gift", amount_pt=1250, life_days=30, id="june-7")
    assert (first["event"], first["again"], again["again"]) == ("gift:june-7", False, True)
    assert balance(again) == (1250, 0, 0)
    with register.store.reading() as view:
        stored = view.ledger.get("gift:june-7")
    assert stored is not None
    assert stored.event.facts == {"reason": "жалоба 12", "operator": "Иванова"}
    with pytest.raises(UsageError, match="PTS-04"):
        ask("gift", amount_pt=1251, life_days=30, id="june-7")
    with pytest.raises(UsageError, match="PTS-04"):
        ask("gift", amount_pt=1250, life_days=31, id="june-7")
    sound(register)


@pytest.mark.parametrize("missing", ["reason", "operator"])
def test_nothing_is_done_without_who_and_why(register, ask, missing):
    with pytest.raises(UsageError, match="API-01"):
        ask("gift", amount_pt=1, **{missing: " "})
    with register.store.reading() as view:
        assert view.ledger.head().seq == 0


def test_an_adjustment_takes_what_is_there_and_a_debt_only_when_told(register, ask):
    ask("adjust", amount_pt=500)
    with pytest.raises(AgentError, match="PTS-05"):
        ask("adjust", amount_pt=-501)
    assert balance(ask("adjust", amount_pt=-200)) == (300, 0, 0)
    assert balance(ask("adjust", amount_pt=-400, debt=True)) == (0, 0, 100)
    sound(register)


def test_a_register_spends_its_hold_and_leaves_the_holds_of_others(register, ask):
    ask("gift", amount_pt=5_000)
    ask("hold", amount_pt=2_000)
    assert balance(ask("hold", amount_pt=1_500, register="till-2")) == (1_500, 3_500, 0)
    with pytest.raises(AgentError, match="PTS-05"):
        ask("hold", amount_pt=1_501)
    sale = register.sale("s-1", BREAD, customer=register.customer, spend=10_000)
    shown = ask("show")
    assert sale["total_kop"] == 10_000 - 3_500  # its own hold and what is active, never till-2's
    assert [one["register"] for one in shown["holds"]] == ["till-2"]
    freed = ask("unhold", register="till-2", id="back")
    assert (freed["holds"], balance(freed)[1]) == ([], 0)
    assert ask("unhold", register="till-2", id="back")["again"]
    with pytest.raises(AgentError, match="PTS-05"):
        ask("unhold", register="till-2")
    sound(register)


def test_two_cards_become_one_and_either_names_the_person(register, ask):
    other = register.add_customer("+79160000043", "8Q4M2XKD9W")
    ask("gift", amount_pt=1_000)
    ask("gift", amount_pt=300, customer=other)
    ask("hold", amount_pt=100, register="till-2")
    merged = ask("merge", into=other)
    assert (merged["customer"], balance(merged)) == (other, (1_200, 100, 0))
    for _ in range(2):
        freed = ask("unhold", customer=other, register="till-2", id="of-the-old-card")
        assert balance(freed) == (1_300, 0, 0)
    assert balance(ask("show")) == balance(ask("show", customer=other)) == (1_300, 0, 0)
    assert register.sale("s-1", BREAD, customer=register.customer, spend=1_300)["total_kop"] == 8_700
    with pytest.raises(UsageError, match="PTS-06"):
        ask("merge", into=other)
    with pytest.raises(UsageError, match="PTS-06"):
        ask("merge", customer=other, into=register.customer)
    sound(register)


def test_an_order_that_a_kill_cut_in_two_is_finished_by_the_next_start(register, ask, monkeypatch):
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as during:
        during.setattr(carried, "_carry_out", killed)
        with pytest.raises(KeyboardInterrupt):
            ask("gift", amount_pt=700, id="cut")
    assert balance(ask("show")) == (0, 0, 0)
    with register.store.reading() as view:
        rules = parse(view.rules.active().content, "toml")
    write_due(register.store, rules, register.clock.now().date())
    assert balance(ask("show")) == (700, 0, 0)
    assert ask("gift", amount_pt=700, id="cut")["again"]
    assert carried.finish(register.store, rules) == 0
    sound(register)


def test_merchants_settle_what_was_spent_at_another(register, ask):
    ask("gift", amount_pt=900, merchant="north")
    register.orders.journal.place = replace(register.orders.journal.place, merchant="south")
    sold = register.sale("s-1", BREAD, customer=register.customer, spend=900)
    days = {"from": "2026-11-21", "to": "2026-11-22"}
    owed = {"issuer": "north", "spent_at": "south", "amount_pt": 900, "sum_kop": 900}
    assert ask("settle", **days)["settlements"] == [owed]
    assert ask("settle", **{"from": "2026-11-22", "to": "2099-01-01"})["settlements"] == []
    assert {lot["merchant"] for lot in ask("show")["lots"]} == {"south"}
    document = DocumentId.parse(sold["document"])
    register.desk.sell(register.orders.sale_return("s-2", document, {}, ""))
    assert ask("settle", **days)["settlements"] == []
    sound(register)


@pytest.mark.parametrize(
    ("text", "pt"), [("120", 12_000), ("12.5", 1_250), ("-0,07", -7), ("+3", 300), ("1 000", 100_000)]
)
def test_amounts_are_written_as_people_do(text, pt):
    assert points_of(text) == pt


@pytest.mark.parametrize("text", ["", "1.234", "1e3", "--1", "12,", "1 00 x"])
def test_other_amounts_are_refused(text):
    with pytest.raises(UsageError):
        points_of(text)


def test_without_a_connection_a_register_spends_its_allowance_and_a_bounded_rest(register, ask):
    offline = "\n[spend.offline]\ncustomer_pt = 300\nregister_pt = 1000\nday_pt = 1000\nmax_age_hours = 1\n"
    with register.store.writing("rules") as txn:
        text = txn.rules.active().content
        txn.rules.activate(txn.rules.add(text + offline, "test", "toml").version)
        epoch = txn.meta.epoch()
    ask("gift", amount_pt=5_000)
    ask("hold", amount_pt=500)
    with register.store.writing("the cloud has it all") as txn:
        head = txn.ledger.head()
        txn.sync.sending(epoch, head.seq)
        txn.sync.acknowledge(epoch, head.seq, head.hash)
    assert spent(register, "s-1", 1_000) == 1_000  # 500 of the hold, then as connected
    register.clock.advance(180)  # the sale waits for the cloud: no connection
    assert spent(register, "s-2", 900) == 0  # 500 beyond the hold are spent already, 300 were allowed
    ask("hold", amount_pt=200)
    assert spent(register, "s-3", 900) == 200
    sound(register)


def spent(register: SaleRegister, sale_id: str, points: int) -> int:
    return 10_000 - register.sale(sale_id, BREAD, customer=register.customer, spend=points)["total_kop"]
