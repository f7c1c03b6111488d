"""`POST /v1/actions`: points for what is no sale, once for a key, once for what happened, whoever asks how often."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import count
from typing import Any

import httpx
import pytest
from kit.gateway_register import RULES
from kit.http_agent import CARD, HttpAgent, code_of

from pos_agent.api import action_reports

NUMBERS = count(1)
ACTIONS = """
[[action]]
id = "review"
pt = 5000
once = "report"
[[action]]
id = "visit"
pt = 300
[[action]]
id = "join"
on = "registration"
pt = 100
"""


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HttpAgent]:
    made = HttpAgent(tmp_path_factory.mktemp("actions"))
    with made.register.store.writing("rules") as txn:
        txn.rules.activate(txn.rules.add(RULES + ACTIONS, "test", "toml").version)
    yield made
    made.close()


def reported(agent: HttpAgent, key: str, action: str = "review", role: str = "till", **more: Any) -> httpx.Response:
    given = {"report": key} if action == "review" else {}
    return agent.post("/v1/actions", role, key=key, action=action, **{"customer": CARD, **given, **more})


def gifts(agent: HttpAgent) -> int:
    """Events of actions in the ledger."""
    found = agent.register.query("SELECT body FROM ledger_event WHERE body LIKE '%action %'")
    return len(found)


def test_a_key_gives_the_same_answer_for_ever(agent: HttpAgent) -> None:
    before = gifts(agent)
    first = reported(agent, "k-1")
    assert first.status_code == 201, first.text
    told = first.json()
    assert set(told) == {"event", "again", "customer", "balance"}
    assert (told["again"], told["customer"]) == (False, agent.register.customer)
    reported(agent, "k-2")  # the balance is another one by now
    for _ in range(2):
        again = reported(agent, "k-1")
        assert (again.status_code, again.json()) == (200, told)
        agent.restart()
    assert gifts(agent) == before + 2


@pytest.mark.parametrize("other", [{"report": "x"}, {"action": "visit", "report": ""}, {"customer": "+79160000042"}])
def test_other_content_under_the_key_is_refused(agent: HttpAgent, other: dict[str, Any]) -> None:
    reported(agent, "k-3")
    before = gifts(agent)
    refused = reported(agent, "k-3", **{"action": "review", **other})
    assert (refused.status_code, code_of(refused)) == (409, "HTTP-10")
    assert gifts(agent) == before
    assert reported(agent, "k-3").status_code == 200


def test_what_happened_is_rewarded_once_under_any_key(agent: HttpAgent) -> None:
    before = gifts(agent)
    one = reported(agent, "k-4", report="https://reviews.example/17").json()
    two = reported(agent, "k-5", report="https://reviews.example/17")
    assert (two.status_code, two.json()["event"], two.json()["again"]) == (201, one["event"], True)
    visits = [reported(agent, f"v-{number}", "visit").json()["again"] for number in range(2)]
    assert (visits, gifts(agent)) == ([False, True], before + 2)


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({"action": "nothing"}, 422, "PTS-08"),
        ({"action": "join"}, 422, "PTS-08"),
        ({"report": ""}, 422, "PTS-08"),
        ({"customer": "+79990000000"}, 404, "CUS-01"),
        ({"surplus": 1}, 422, "API-01"),
        ({"key": "a b"}, 422, "API-01"),
        ({"key": ""}, 422, "API-01"),
        ({"report": 5}, 422, "API-01"),
        ({"operator": "x" * 41}, 422, "API-01"),
    ],
)
def test_what_is_refused_leaves_the_key_free(agent: HttpAgent, asked: dict[str, Any], status: int, code: str) -> None:
    before, key = gifts(agent), f"free-{next(NUMBERS)}"
    refused = agent.post("/v1/actions", **{"key": key, "action": "review", "customer": CARD, "report": key, **asked})
    assert (refused.status_code, code_of(refused)) == (status, code), refused.text
    assert gifts(agent) == before
    assert reported(agent, key).status_code == 201


def test_equal_requests_at_once_are_one(agent: HttpAgent) -> None:
    before, answers = gifts(agent), list[httpx.Response]()
    agent.client()
    asks = [threading.Thread(target=lambda: answers.append(reported(agent, "k-6"))) for _ in range(6)]
    for ask in asks:
        ask.start()
    for ask in asks:
        ask.join()
    assert sorted(one.status_code for one in answers) == [200] * 5 + [201]
    assert all(one.json() == answers[0].json() for one in answers)
    assert gifts(agent) == before + 1


@pytest.mark.parametrize("dies", ["before", "after"])
def test_a_stop_before_the_answer_is_kept(agent: HttpAgent, monkeypatch: pytest.MonkeyPatch, dies: str) -> None:
    """The key is written down, the points are given or not: sent again they are given once, other content never."""
    before, key, give = gifts(agent), f"dies-{dies}", action_reports.action

    def dying(parts: Any, args: Any) -> Any:
        if dies == "after":
            give(parts, args)
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(action_reports, "action", dying)
        assert reported(agent, key).status_code == 500
    assert gifts(agent) == before + (dies == "after")
    agent.restart()
    assert code_of(reported(agent, key, report="other")) == "HTTP-10"
    told = reported(agent, key)
    assert (told.status_code, told.json()["again"]) == (200, dies == "after")
    assert reported(agent, key).json() == told.json()
    assert gifts(agent) == before + 1


def test_who_said_so_is_in_the_ledger_and_a_cashier_may_not(agent: HttpAgent) -> None:
    for operator, written in (("Иванова", "Иванова"), ("", "owner")):
        event = reported(agent, f"who-{next(NUMBERS)}", role="owner", operator=operator).json()["event"]
        (found,) = agent.register.query("SELECT body FROM ledger_event WHERE event_id = ?", event)
        assert f'"operator":"{written}"' in found["body"]
    before = gifts(agent)
    for role in ("cashier", "installer"):
        assert code_of(reported(agent, f"may-{role}", role=role)) == "HTTP-09"
    assert gifts(agent) == before


def test_it_is_no_sale_to_the_page(agent: HttpAgent) -> None:
    reported(agent, "k-7")
    assert agent.client().get("/v1/cart").json() == {"cart": None}
    assert agent.client().get("/v1/sales/action/k-7").status_code == 404
    news: list[str] = []
    with agent.client().stream("GET", "/v1/events") as stream:
        for line in stream.iter_lines():
            if line == ": pos-agent":
                continue
            if not news:  # what is there already is told first, and then what is new
                reported(agent, "k-8")
                agent.sale("after-k-8")
            news.append(line)
            if line == ": alive" and any("after-k-8" in one for one in news):
                break  # whatever came with it was told too
    assert not [line for line in news if "action/" in line]
