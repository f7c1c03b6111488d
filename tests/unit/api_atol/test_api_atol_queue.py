"""Order of the queue, answers that are held, what is taken back (`till`: see conftest)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from kit.waiting import until

from pos_agent.api.atol_tasks import routes
from pos_agent.api.atol_tasks.routes import HOLD_S
from pos_agent.api.atol_tasks.worker import TOO_OLD

SELL = {"type": "sell"}


def test_one_after_another_in_the_order_of_their_numbers(till: Any) -> None:
    for number, seconds in ((1, 5), (2, -20), (3, 9)):
        till.clock.advance(seconds)  # the time of day jumps: the order is of the numbers
        answer = till.ask("POST", "/api/v2/requests", {"uuid": f"u-{number}", "request": SELL})
        assert (answer.status_code, answer.json()["number"], answer.json()["uuid"]) == (201, number, f"u-{number}")
    till.work()
    assert till.storage.done == ["u-1", "u-2", "u-3"]


def test_what_waited_too_long_for_the_agents_start_is_dropped(till: Any) -> None:
    till.post("old", SELL)
    till.clock.advance((TOO_OLD - timedelta(seconds=1)).total_seconds())
    till.post("new", SELL)
    till.clock.advance(2)
    till.begin()
    till.worker.start()
    until(lambda: till.statuses("new") == ["ready"], 30)
    assert (till.statuses("old"), till.items("old")[0]["error"]["code"]) == (["canceled"], 503)
    assert till.storage.done == ["new"]
    assert till.post("old", SELL) == 409


def test_a_get_is_held_while_the_task_runs_and_no_longer(till: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    till.worker.start()
    till.storage.gate.clear()
    assert till.post("u-1", SELL) == 201
    assert till.storage.reached.wait(30)
    began = till.clock.monotonic()
    assert till.statuses("u-1") == ["inProgress"]
    assert till.clock.monotonic() - began >= HOLD_S
    assert till.post("u-2", SELL) == 201, "held answers hold up nobody"
    monkeypatch.setattr(routes, "HOLD_S", 600.0)
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(till.statuses, "u-1")
        till.storage.gate.set()
        assert asked.result(60) == ["ready"], "at once when it is over: a client that reads once finds the result"
    until(lambda: till.statuses("u-2") == ["ready"], 30)


def test_what_has_begun_cannot_be_taken_back(till: Any) -> None:
    till.worker.start()
    till.storage.gate.clear()
    till.post("runs", SELL)
    assert till.storage.reached.wait(30)
    till.post("waits", SELL)
    assert till.statuses("waits") == ["wait"]
    told = [till.ask("DELETE", f"/requests/{uuid}/").status_code for uuid in ("runs", "waits", "waits", "never")]
    assert told == [409, 200, 409, 404]
    till.storage.gate.set()
    until(lambda: till.statuses("runs") == ["ready"], 30)
    (gone,) = till.items("waits")
    assert (gone["status"], gone["error"]) == ("canceled", {"code": 503, "description": "Задание отменено"})
    assert till.ask("GET", "/stat/requests").json()["canceled_count"] == 1
    assert till.storage.done == ["runs"]


@pytest.mark.parametrize("uuid", ["a//b", "tail/", "/lead", "in/side", "//", " two words ", "q?x", "per%cent", "№1"])
def test_any_text_is_a_uuid_and_is_found_by_it(till: Any, uuid: str) -> None:
    address = f"/api/v2/requests/{quote(uuid, safe='')}"
    assert till.post(uuid, SELL) == 201
    assert till.post(uuid, SELL) == 409
    till.work()
    for path in (address, address.replace("/api/v2", ""), f"/{address}//"):
        answer = till.ask("GET", f"http://till{path}")
        assert (answer.status_code, answer.json().get("results", [{}])[0].get("status")) == (200, "ready"), path
    assert till.ask("DELETE", address).status_code == 409, "it is over"


def test_slashes_after_a_uuid_are_the_clients(till: Any) -> None:
    till.post("plain", SELL)
    till.work()
    for path in ("/requests/plain/", "/requests//plain", "//requests/plain//", "/api/v2//requests/plain/"):
        assert till.ask("GET", f"http://till{path}").status_code == 200, path


def test_a_request_of_another_device_is_not_there(till: Any) -> None:
    till.post("u-1", SELL)
    found = {name: till.ask("GET", f"/requests/u-1?deviceID={name}").status_code for name in ("default", "till-1", "")}
    assert found == {"default": 200, "till-1": 200, "": 200}


def test_the_older_path_has_both_spellings_of_an_error(till: Any) -> None:
    till.post("u-1", {"type": "makeCoffee"})
    till.work()
    (new,), (old,) = till.items("u-1"), till.ask("GET", "/requests/u-1").json()["results"]
    assert old == {**new, "errorCode": 501, "errorDescription": new["error"]["description"]}


def test_counts_of_the_queue(till: Any) -> None:
    for uuid in ("done", "gone", "waits"):
        till.post(uuid, SELL)
        if uuid == "done":
            till.work()
    till.ask("DELETE", "/requests/gone")
    told = {"isBlocked": False, "blockedUUID": "", "blockReason": ""}
    assert till.ask("GET", "/api/v2/getRequestsQueueStatus").json() == {"number": 1, "ready": 1, "canceled": 1, **told}
    counts = {"ready_count": 1, "not_ready_count": 1, "canceled_count": 1}
    assert till.ask("GET", "/stat/requests").json() == {**counts, "is_blocked": False, "block_request_uuid": ""}
