"""Waiting after failures, what the cloud may ask for, addresses, tokens, and the thread."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit.cloud_world import SeededIds, VirtualClock
from kit.waiting import until

from pos_agent.clock import SystemClock
from pos_agent.errors import AgentError
from pos_agent.sync.actor import SyncActor
from pos_agent.sync.backoff import delay_s
from pos_agent.sync.client import CloudClient, address_fault, retry_after_s
from pos_agent.sync.faults import (
    BrokenError,
    NotAdmittedError,
    ProtocolError,
    RefusedError,
    UnreachableError,
)
from pos_agent.sync.push import Standing, Step
from pos_agent.sync.token_file import TokenFile
from pos_agent.sync.worker import SyncWorker


@given(st.integers(1, 10_000), st.floats(0, 1), st.none() | st.floats(-10, 1e9))
def test_a_delay_is_between_a_second_and_five_minutes_unless_asked_for(failures, chance, asked) -> None:
    delay = delay_s(failures, chance, asked)
    assert 1.0 <= delay <= max(300.0, min(asked or 0.0, 3600.0))
    assert delay >= min(asked or 0.0, 3600.0)


def test_the_jitter_is_full_and_the_ceiling_doubles() -> None:
    assert [delay_s(failures, 1.0) for failures in (1, 2, 3, 8, 9, 100)] == [2, 4, 8, 256, 300, 300]
    assert {delay_s(failures, 0.0) for failures in (1, 5, 50)} == {1.0}
    for wrong in ((0, 0.5), (1, 1.5), (1, -0.1)):
        with pytest.raises(ValueError, match="failures"):
            delay_s(*wrong)


@pytest.mark.parametrize(
    ("told", "date", "seconds"),
    [
        ("120", "", 120.0),
        ("0", "", 0.0),
        ("Wed, 21 Oct 2026 07:28:30 GMT", "Wed, 21 Oct 2026 07:28:00 GMT", 30.0),
        ("Wed, 21 Oct 2026 07:28:30 GMT", "", None),
        ("Wed, 21 Oct 2026 07:28:00 GMT", "Wed, 21 Oct 2026 07:28:30 GMT", None),
        ("soon", "Wed, 21 Oct 2026 07:28:00 GMT", None),
        ("-5", "", None),
        ("", "", None),
        ("9" * 400, "", 999999999.0),
    ],
)
def test_retry_after_does_not_trust_our_clock(told, date, seconds) -> None:
    assert retry_after_s(httpx.Headers({"Retry-After": told, "Date": date})) == seconds


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("https://cloud.example", True),
        ("https://cloud.example:8443/shop", True),
        ("http://127.0.0.1:8000", True),
        ("http://localhost", True),
        ("http://[::1]:80", True),
        ("http://cloud.example", False),
        ("http://127.0.0.1.evil.example", False),
        ("https://user:secret@cloud.example", False),
        ("https://cloud.example/?x=1", False),
        ("https://", False),
        ("https://cloud.example:99999", False),
        ("ftp://cloud.example", False),
        ("cloud.example", False),
    ],
)
def test_only_tls_or_this_machine(url: str, good: bool) -> None:
    assert (address_fault(url) is None) == good
    if not good:
        with pytest.raises(ValueError, match=r".+"):
            CloudClient(url, "till-1", lambda: "t", lambda: 0.0)


def reply(status: int, content: bytes = b"", headers: dict[str, str] | None = None) -> httpx.Response:
    return httpx.Response(status, headers=headers, stream=httpx.ByteStream(content))


def client_of(answer) -> tuple[CloudClient, list[httpx.Request]]:
    seen: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return answer

    transport = httpx.MockTransport(handle)
    return CloudClient(
        "https://cloud.example/shop/", "till/1", lambda: "secret", lambda: 0.0, transport=transport
    ), seen


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (302, UnreachableError),
        (400, RefusedError),
        (401, NotAdmittedError),
        (403, NotAdmittedError),
        (404, NotAdmittedError),
        (413, RefusedError),
        (422, RefusedError),
        (429, UnreachableError),
        (500, BrokenError),
        (503, UnreachableError),
        (201, ProtocolError),
        (304, ProtocolError),
    ],
)
def test_every_status_has_its_meaning(status: int, error: type[Exception]) -> None:
    client, _ = client_of(reply(status, b"{}", {"Retry-After": "7"}))
    with pytest.raises(error) as raised:
        client.send(b"{}")
    assert type(raised.value) is error
    assert raised.value.retry_after == (7.0 if isinstance(raised.value, UnreachableError) else None)
    assert "secret" not in str(raised.value)


def test_a_request_names_the_register_and_its_token() -> None:
    client, seen = client_of(reply(200, b'{"ack_seq": 0}'))
    assert client.send(b"{}") == {"ack_seq": 0}
    assert str(seen[0].url) == "https://cloud.example/shop/v1/ledger/till%2F1"
    assert seen[0].headers["Authorization"] == "Bearer secret"
    assert seen[0].headers["Content-Type"] == "application/json"
    client, seen = client_of(reply(304))
    assert client.rules('"1-ab"') is None
    assert seen[0].headers["If-None-Match"] == '"1-ab"'
    client, seen = client_of(reply(204))
    assert client.rules("") is None
    assert "If-None-Match" not in seen[0].headers


def test_the_token_file_is_read_anew_and_must_be_ours_alone(tmp_path) -> None:
    path = tmp_path / "token"
    token = TokenFile(path)
    with pytest.raises(NotAdmittedError, match="No such file"):
        token()
    path.write_text("a" * 43 + "\n")
    path.chmod(0o640)
    with pytest.raises(NotAdmittedError, match="chmod 600"):
        token()
    path.chmod(0o600)
    assert token() == "a" * 43
    path.write_text("b" * 43)
    assert token() == "b" * 43
    for wrong in ("", "short", "c" * 43 + "\r\nX: y", "ж" * 43):
        path.write_text(wrong)
        with pytest.raises(NotAdmittedError, match="no token") as raised:
            token()
        assert not wrong or wrong not in str(raised.value)


class Script:
    """Steps that a test wrote down: what to return or raise."""

    def __init__(self, *steps: object) -> None:
        self.steps = list(steps)
        self.at: list[float] = []

    def step(self):
        made = self.steps.pop(0) if self.steps else Step.IDLE
        if isinstance(made, Exception):
            raise made
        return made


class PushScript(Script):
    def standing(self) -> Standing:
        return Standing()

    def offer_parked(self) -> Step:
        return Step.IDLE


class PullScript(Script):
    def step(self):
        made = super().step()
        return None if made is Step.IDLE else made


def worker_of(push: Script, pull: Script, clock=None) -> SyncWorker:
    return SyncWorker(push, pull, clock or VirtualClock(), SeededIds(), push_s=2.0, pull_s=1e9)


def test_failures_back_off_and_the_code_says_since_when() -> None:
    clock = VirtualClock()
    push = PushScript(*[UnreachableError("gone")] * 30, Step.MOVED)
    worker = worker_of(push, PullScript(), clock)
    waits = []
    while push.steps:
        left = len(push.steps)
        wait_s = worker.tick(clock.monotonic())
        clock.seconds += wait_s
        if len(push.steps) < left and push.steps:
            waits.append(wait_s)
            (problem,) = worker.state.problems
            assert (problem.code, problem.params) == ("NET-01", {"t": "21.11 12:16", "cause": "gone"})
    assert all(wait_s <= 300 for wait_s in waits)
    assert worker.state.problems == ()


def test_searching_does_not_forget_the_backoff() -> None:
    clock = VirtualClock()
    push = PushScript(*[Step.SEARCHING, ProtocolError("refused")] * 12)
    worker = worker_of(push, PullScript(), clock)
    worker.tick(clock.monotonic())
    waits = []
    for _ in range(24):
        waits.append(worker.tick(clock.monotonic()))
        clock.seconds += waits[-1]
    assert waits[0::2] == [0.0] * 12
    assert max(waits) > 20


def test_a_store_that_is_full_is_told_and_waited_for() -> None:
    worker = worker_of(PushScript(AgentError("STO-01")), PullScript())
    worker.tick(1000.0)
    assert worker.tick(1000.0) >= 1.0
    assert worker.state.cause == "STO-01"


def test_the_thread_wakes_hurries_survives_a_bug_and_stops() -> None:
    clock = SystemClock()
    push = PushScript()
    closed = threading.Event()
    worker = SyncWorker(push, PullScript(), clock, SeededIds(), push_s=3600.0, pull_s=3600.0)
    actor = SyncActor(worker, clock, closed.set)
    actor.start()
    until(lambda: worker.tick(-1.0) > 1000)
    push.steps.append(Step.MOVED)
    actor.wake()
    until(lambda: not push.steps)
    push.steps.append(ZeroDivisionError("a bug"))
    actor.wake()
    until(lambda: not push.steps)
    push.steps += [Step.MOVED, Step.MOVED]
    assert actor.hurry().result(10).last_success
    assert not push.steps
    assert datetime.fromisoformat(actor.state.last_success).tzinfo == UTC
    assert actor.stop(10)
    assert closed.is_set()
