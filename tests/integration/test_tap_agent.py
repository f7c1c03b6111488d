"""Tap mode whole: the till sells through the agent's virtual port, its receipts become points and slips."""

import socket
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from kit.often import often
from kit.register import CLOSE, OPEN, PHONE, RULES, Register, sale
from kit.waiting import until


@pytest.fixture(params=often(["pty", "tcp"]))
def register(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Register]:
    made = Register(tmp_path)
    made.start_printer()
    made.prepare()
    port = f"pty:{tmp_path}/tap" if request.param == "pty" else f"tcp:127.0.0.1:{free_port()}"
    made.extra = f'[tap]\nport = "{port}"\n'
    made.till_port = port
    made.start_agent("--from", "1")
    made.wait_for_agent()
    yield made
    made.close()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def test_the_till_sells_through_the_agent(register: Register) -> None:
    until(lambda: register.status()["storage"]["recorded_fd"] == 1)
    told = register.till(OPEN, *(sale(f"s{n}", ("Кофе", 10000, "1"), contact=PHONE) for n in range(4)), CLOSE)
    assert all(step["ok"] for step in told), told
    register.settled()
    assert [event["document"].rpartition("/")[2] for event in register.events()] == [str(n) for n in range(1, 8)]
    assert register.active_pt() == 4000
    assert register.tape().count("НЕ ЯВЛЯЕТСЯ КАССОВЫМ ЧЕКОМ") == 4
    assert register.ask("ledger.verify")["breaches"] == []


def test_the_agent_sells_when_the_till_is_silent(register: Register) -> None:
    until(lambda: register.status()["storage"]["recorded_fd"] == 1)
    basket = {"lines": [{"id": "1", "name": "Чай", "price_kop": 5000, "qty": "1"}]}
    assert register.ask("sell", basket=basket, sale="s-1")["total_kop"] == 5000
    assert register.till(sale("one", ("Кофе", 10000, "1")))[-1]["ok"]
    assert register.settled()["storage"]["recorded_fd"] == 4


def test_the_till_goes_on_while_the_agents_work_waits(register: Register) -> None:
    """Without valid rules nothing is recorded; the till does not notice, and afterwards nothing is missing."""
    until(lambda: register.status()["storage"]["recorded_fd"] == 1)
    register.stop_agent()
    with sqlite3.connect(register.folder / "data" / "agent.db") as database:
        database.execute("UPDATE rules_version SET active = 0")
    register.start_agent()
    register.wait_for_agent()
    told = register.till(OPEN, sale("a", ("Кофе", 10000, "1"), contact=PHONE), sale("b", ("Чай", 5000, "1")))
    assert all(step["ok"] for step in told), told
    assert "RUL-03" in [message["code"] for message in register.status()["messages"]]
    register.ask("rules.import", content=RULES)
    register.settled()
    assert register.active_pt() == 1000
