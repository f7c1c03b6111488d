"""The private socket over a real Unix socket: what it refuses, what it survives, how it ends."""

from __future__ import annotations

import io
import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog
from kit.waiting import until
from unit.agent.socket_story import client, serving, short_folder

from pos_agent.api.service import BODY_LIMIT, Service
from pos_agent.errors import AgentError
from pos_agent.logs import configure


@pytest.fixture(scope="module")
def path() -> Iterator[Path]:
    with short_folder() as folder, serving(folder) as socket:
        yield socket


@pytest.fixture
def agent(path: Path) -> Iterator[httpx.Client]:
    with client(path) as asking:
        yield asking
        assert asking.post("/private/echo", json={"still": "up"}).json() == {"args": {"still": "up"}}


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    configure("info", "json", stream)
    yield stream
    structlog.reset_defaults()


def error_of(response: httpx.Response) -> dict[str, Any]:
    assert response.status_code == 422
    (told,) = response.json().items()
    assert told[0] == "error"
    assert set(told[1]) == {"code", "params", "lines", "exit"}
    return told[1]


def test_an_operation_gets_its_arguments(agent: httpx.Client) -> None:
    told = {"name": "Анна", "count": 3, "nested": {"a": [1, None, True]}}
    answer = agent.post("/private/echo", json=told)
    assert (answer.status_code, answer.json()) == (200, {"args": told})
    assert agent.post("/private/echo").json() == {"args": {}}, "no body is no arguments"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"{", "body"),
        (b"[]", "body"),
        (b'"text"', "body"),
        (b"null", "body"),
        (b"\xff\xfe{}", "body"),
        (b"a=1&b=2", "body"),
        (b'"' + b"x" * BODY_LIMIT + b'"', "body too large"),
        (b" " * (4 * BODY_LIMIT), "body too large"),
    ],
    ids=["torn", "list", "text", "null", "not UTF-8", "form", "one byte too many", "four times too many"],
)
def test_a_body_that_is_no_object_is_refused(agent: httpx.Client, body: bytes, field: str) -> None:
    told = error_of(agent.post("/private/echo", content=body))
    assert (told["code"], told["params"], told["exit"]) == ("API-01", {"field": field}, 2)


def test_the_largest_body_is_taken(agent: httpx.Client) -> None:
    shell = len(json.dumps({"text": ""}))
    answer = agent.post("/private/echo", content=json.dumps({"text": "x" * (BODY_LIMIT - shell)}))
    assert answer.status_code == 200


@pytest.mark.parametrize("name", ["no.such", "echo2", "__class__", "Echo"])
def test_an_unknown_operation_is_refused_by_name(agent: httpx.Client, name: str) -> None:
    told = error_of(agent.post(f"/private/{name}", json={}))
    assert (told["code"], told["params"]) == ("API-01", {"field": name})


@pytest.mark.parametrize(("method", "where"), [("GET", "/private/echo"), ("POST", "/"), ("GET", "/docs")])
def test_nothing_else_is_there(agent: httpx.Client, method: str, where: str) -> None:
    assert agent.request(method, where).status_code in (404, 405)


@pytest.mark.parametrize(
    ("args", "field"),
    [
        ({}, "text"),
        ({"text": 5}, "text"),
        ({"text": None}, "text"),
        ({"text": "x" * 201}, "text"),
        ({"text": "x", "number": 0}, "number"),
        ({"text": "x", "number": 10}, "number"),
        ({"text": "x", "number": True}, "number"),
        ({"text": "x", "number": 1.0}, "number"),
        ({"text": "x", "number": "1"}, "number"),
    ],
)
def test_arguments_of_the_wrong_kind_are_named(agent: httpx.Client, args: dict, field: str) -> None:
    told = error_of(agent.post("/private/checked", json=args))
    assert (told["code"], told["params"]) == ("API-01", {"field": field})
    assert agent.post("/private/checked", json={"text": " x "}).json() == {"text": "x", "number": 5}


@pytest.mark.parametrize("exit_code", [1, 2, 3, 5])
def test_told_errors_keep_their_words_and_exit_code(agent: httpx.Client, exit_code: int) -> None:
    told = error_of(agent.post("/private/refused", json={"exit": exit_code}))
    assert told == {
        "code": "DOC-02",
        "params": {"document": "/x", "count": 3},
        "lines": ["one", "two"],
        "exit": exit_code,
    }


@pytest.mark.parametrize("operation", ["broken", "no.json"])
def test_an_unforeseen_error_is_a_number_for_the_log(agent: httpx.Client, log: io.StringIO, operation: str) -> None:
    told = error_of(agent.post(f"/private/{operation}", json={}))
    assert told["code"] == "AGT-04"
    assert set(told["params"]) == {"trace"}
    (line,) = [json.loads(each) for each in log.getvalue().splitlines()]
    assert (line["trace_id"], line["operation_name"]) == (told["params"]["trace"], operation)
    assert "Error" in line["exception"]
    assert "9161234417" not in json.dumps(told), "what went wrong is in the log, not in the answer"


def test_arguments_nested_without_end_do_no_harm(agent: httpx.Client) -> None:
    assert error_of(agent.post("/private/echo", content=b"[" * 200_000))["code"] in ("API-01", "AGT-04")


def test_half_a_character_does_no_harm(agent: httpx.Client) -> None:
    assert error_of(agent.post("/private/echo", content=b'{"text": "\\ud800"}'))["code"] in ("API-01", "AGT-04")


@pytest.mark.parametrize(("then", "code"), [("refused", "PRN-01"), ("broken", "AGT-04")])
def test_the_printers_thread_may_refuse_later(agent: httpx.Client, then: str, code: str) -> None:
    assert error_of(agent.post("/private/printer", json={"then": then}))["code"] == code


def test_the_printers_thread_answers_later(agent: httpx.Client) -> None:
    assert agent.post("/private/printer", json={"then": "done"}).json() == {"done": True}


def test_work_that_the_printers_thread_drops_is_told(agent: httpx.Client) -> None:
    """A stopping agent cancels what still waits in the printer's mailbox."""
    assert error_of(agent.post("/private/printer", json={"then": "cancelled"}))["code"] in ("PRN-03", "AGT-01")


def test_only_the_group_may_speak_and_the_socket_is_gone_afterwards() -> None:
    with short_folder() as folder:
        with serving(folder) as path:
            assert stat.S_IMODE(path.stat().st_mode) == 0o660
        assert not path.exists()
        with pytest.raises(httpx.ConnectError), client(path) as asking:
            asking.post("/private/echo")


def test_a_socket_left_by_a_killed_agent_is_replaced() -> None:
    with short_folder() as folder:
        (folder / "s").write_text("left over", encoding="utf-8")
        with serving(folder) as path:
            assert stat.S_ISSOCK(path.stat().st_mode)


def test_a_socket_that_cannot_be_made_is_told() -> None:
    with short_folder() as folder:
        (folder / "file").touch()
        for path in (folder / "file" / "s", folder / ("x" * 120)):
            with pytest.raises(AgentError) as caught:
                Service(None, path).start()  # never reaches the application
            assert caught.value.code == "AGT-03"
            assert caught.value.params["path"] == path


def test_many_callers_at_once_all_get_an_answer(path: Path) -> None:
    clients = [client(path) for _ in range(40)]
    try:
        statuses = [asking.post("/private/echo", json={}).status_code for asking in clients]
    finally:
        for asking in clients:
            asking.close()
    assert set(statuses) <= {200, 503}, "too many are told so, nobody hangs"
    assert statuses[0] == 200
    with client(path) as again:
        until(lambda: again.post("/private/echo", json={}).status_code == 200)
