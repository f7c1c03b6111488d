"""kill -9 between the POST of a till and its GET, at every commit: one document, the same answer, 409 for a resend."""

import signal
import tempfile
from collections.abc import Iterator

import httpx
import pytest
from kit.till_atol import PHONE, START_S, TillRegister, position, sell, till_register
from kit.waiting import until

BEFORE_201 = "before:till request"  # nothing was kept: the client has no answer either, and sends again
POINTS = (
    "after:till request",
    "after:till request runs",
    "before:intent",
    "after:intent",
    "after:closing",
    "before:document",
    "after:document",
    "before:till request done",
    "after:till request done",
)


@pytest.fixture(scope="module", params=["shtrih", "atol"])
def register(request: pytest.FixtureRequest) -> Iterator[TillRegister]:
    with tempfile.TemporaryDirectory(prefix="tk-") as folder, till_register(folder, request.param) as made:
        assert made.do("open", {"type": "openShift"})[0]["status"] == "ready"
        yield made


def task() -> dict:
    """Cheaper by loyalty: the price that was promised must survive as well."""
    return sell(position(), cash=100, clientInfo={"emailOrPhone": PHONE})


def posted(register: TillRegister, uuid: str) -> int | None:
    """The status of a POST; None: the agent died on it."""
    try:
        return register.post(uuid, task()).status_code
    except httpx.TransportError:
        return None


def die(register: TillRegister, point: str, uuid: str) -> int | None:
    """The agent killed there by this sale; what the till had been answered."""
    register.stop_agent()
    register.start_agent(kill_at=point)
    until(lambda: register.agent.poll() is not None or register.serves(), START_S)
    status = posted(register, uuid)
    assert until(lambda: register.agent.poll() is not None, 60)
    assert register.agent.returncode == -signal.SIGKILL, point
    return status


@pytest.mark.parametrize("point", [BEFORE_201, *POINTS])
def test_killed_and_started_again(register: TillRegister, point: str) -> None:
    receipts, uuid = len(register.receipts()), f"kill {point}"
    status = die(register, point, uuid)
    assert status in (None, 201)
    register.run_agent()
    again = posted(register, uuid)
    assert again == (201 if point == BEFORE_201 else 409), "a resend is a resend, whatever the agent lived through"
    (found,) = register.done(uuid)
    assert found["status"] == "ready", found
    promised = 90 if found["result"]["loyalty"]["reason"] == "ok" else 100  # a busy machine: loyalty may come late
    assert found["result"]["fiscalParams"]["total"] == promised
    assert len(register.receipts()) == receipts + 1
    assert register.newest()[1040] == found["result"]["fiscalParams"]["fiscalDocumentNumber"]
    assert posted(register, uuid) == 409
    assert register.get(uuid) == [found]
