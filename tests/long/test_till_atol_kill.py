"""kill -9 between the POST of a till and its GET, at every commit: one document, the same answer, 409 for a resend."""

import signal
import tempfile
from collections.abc import Iterator

import httpx
import pytest
from kit.till_atol import PHONE, START_S, TillRegister, position, sell, till_register
from kit.waiting import until

WAITS = "quote_ms = 5000\n"  # a busy machine is no slow store: every receipt must be sold at the loyalty price
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
    with (
        tempfile.TemporaryDirectory(prefix="tk-") as folder,
        till_register(folder, request.param, settings=WAITS) as made,
    ):
        assert made.do("open", {"type": "openShift"})[0]["status"] == "ready"
        (unharmed,) = made.do("unharmed", task())
        assert unharmed["result"]["fiscalParams"]["total"] == 172.51, unharmed
        made.quoted = priced(made)
        yield made


def task() -> dict:
    """Cheaper by loyalty: the price that was promised must survive as well."""
    goods = position(), position("Чай", 33.33, 2.5, amount=83.33), position("Сахар", 8.34)
    return sell(*goods, cash=200, clientInfo={"emailOrPhone": PHONE})


def priced(register: TillRegister) -> list[tuple[object, ...]]:
    """Name, price, quantity and sum of each item of the storage's last receipt."""
    tags = register.documents()[-1]["tags"]
    goods = [{inside["tag"]: inside["value"] for inside in tag["tags"]} for tag in tags if tag["tag"] == 1059]
    return [(one[1030], one[1079], one[1023], one[1043]) for one in goods]


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
    assert found["result"]["fiscalParams"]["total"] == 172.51
    assert priced(register) == register.quoted
    assert found["result"]["loyalty"]["reason"] == "ok"
    assert len(register.receipts()) == receipts + 1
    assert register.newest()[1040] == found["result"]["fiscalParams"]["fiscalDocumentNumber"]
    assert posted(register, uuid) == 409
    assert register.get(uuid) == [found]
