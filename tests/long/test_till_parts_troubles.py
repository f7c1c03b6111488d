"""A sale in parts through a till's face when a part's printer fails: never a second document, and the sale goes on."""

import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress

import httpx
import pytest
from kit.counter_faces import OTHER_VENDOR, PART, CounterFaces, atol_cart, counter_faces, kkm_cart
from kit.till_atol import TERMINAL, position, sell
from kit.waiting import until

OWN, OTHER = (1, 10_000, 1), (1, 20_000, 2)
SEEN_S = 90.0


@pytest.fixture(scope="module", params=sorted(OTHER_VENDOR))
def counter(request: pytest.FixtureRequest) -> Iterator[CounterFaces]:
    with tempfile.TemporaryDirectory(prefix="pa-") as folder, counter_faces(folder, request.param) as made:
        yield made


@pytest.fixture(autouse=True)
def _at_rest(counter: CounterFaces) -> None:
    """A shift is open on both, so that the next document of the other is a receipt."""
    assert until(counter.both_connected, SEEN_S)
    for one in (counter, counter.other):
        if not any(each["form"] == 3 for each in one.documents()):
            counter.do("warm", atol_cart())


def news(counter: CounterFaces, before: list[list]) -> list[list]:
    return [now[len(then) :] for now, then in zip(counter.made(), before, strict=True)]


def cut(counter: CounterFaces) -> None:
    """The part's printer has gone off at its document; the power comes back."""
    assert until(lambda: not counter.other.console("status")["powered"], SEEN_S)
    counter.other.console("power on")


def status_of(counter: CounterFaces, uuid: str) -> str:
    return str(counter.get(uuid)[0]["status"])


def outcome(counter: CounterFaces, uuid: str) -> dict:
    return until(lambda: next((one for one in counter.get(uuid) if one["status"] in TERMINAL), None), SEEN_S)


def rezult(counter: CounterFaces, command: str) -> dict:
    return dict(counter.kkm(Command="GetRezult", IdCommand=command)["Rezult"])


@pytest.mark.parametrize("side", ["before", "after"])
def test_atol_the_other_loses_power_at_its_document(counter: CounterFaces, side: str) -> None:
    before, uuid = counter.made(), f"cut-{side}"
    counter.other.console(f"cut power {side}")
    assert counter.post(uuid, atol_cart()).status_code == 201
    cut(counter)
    assert news(counter, before)[0] == [OWN]
    assert counter.post(uuid, atol_cart()).status_code == 409
    found = outcome(counter, uuid)
    assert found["status"] == "ready", found
    assert [one["part"] for one in found["result"]["parts"]] == ["", PART]
    assert news(counter, before) == [[OWN], [OTHER]]
    assert until(counter.recorded, SEEN_S)


@pytest.mark.parametrize("side", ["before", "after"])
def test_kkmserver_the_other_loses_power_at_its_document(counter: CounterFaces, side: str) -> None:
    before, command, body = counter.made(), f"kkm-cut-{side}", kkm_cart(cash=300)
    counter.other.console(f"cut power {side}")
    first = counter.kkm(IdCommand=command, Timeout=1, **body)
    assert (first["Status"], first["Error"]) == (1, "")
    cut(counter)
    assert news(counter, before)[0] == [OWN]
    answer = until(lambda: (found := rezult(counter, command))["Status"] != 1 and found, SEEN_S)
    assert answer["Status"] == 0, answer
    assert [one["Part"] for one in answer["Documents"]] == ["", PART]
    assert counter.kkm(IdCommand=command, **body) == answer
    assert news(counter, before) == [[OWN], [OTHER]]


def test_one_is_off_before_the_sale_and_the_other_still_sells(counter: CounterFaces) -> None:
    before = counter.made()
    counter.other.console("power off")
    assert until(lambda: not counter.status()["part_printers"][0]["connected"], SEEN_S)
    found = counter.do("off", atol_cart())[0]
    assert (found["status"], found["error"]["code"]) == ("error", 2), found
    assert PART in found["error"]["description"]
    answer = counter.kkm(IdCommand="kkm-off", **kkm_cart(cash=300))
    assert answer["Status"] == 2
    assert PART in answer["Error"]
    assert news(counter, before) == [[], []]
    assert counter.do("alone", sell(position("Кофе", 100)))[0]["status"] == "ready"
    assert news(counter, before) == [[OWN], []]
    counter.other.console("power on")


def killed_between(counter: CounterFaces, send: Callable[[], object]) -> list[list]:
    """The agent is killed when the first receipt of the sale is recorded; the receipts before the sale."""
    before = counter.made()
    counter.stop_agent()
    counter.run_agent(kill_at="after:document")
    with suppress(httpx.TransportError):
        send()
    assert until(lambda: counter.agent.poll() is not None, SEEN_S)
    assert counter.agent.returncode == -signal.SIGKILL
    assert news(counter, before) == [[OWN], []]
    return before


def test_a_task_goes_on_after_a_kill_between_the_receipts(counter: CounterFaces) -> None:
    before = killed_between(counter, lambda: counter.post("killed", atol_cart()))
    counter.run_agent()
    assert outcome(counter, "killed")["status"] == "ready"
    assert news(counter, before) == [[OWN], [OTHER]]


def test_a_command_goes_on_after_a_kill_when_it_is_asked_for(counter: CounterFaces) -> None:
    body = kkm_cart(cash=300)
    before = killed_between(counter, lambda: counter.kkm(IdCommand="kkm-killed", Timeout=1, **body))
    counter.run_agent()
    answer = until(lambda: (found := rezult(counter, "kkm-killed"))["Status"] == 0 and found, SEEN_S)
    assert [one["Part"] for one in answer["Documents"]] == ["", PART]
    assert counter.kkm(IdCommand="kkm-killed", **body) == answer
    assert news(counter, before) == [[OWN], [OTHER]]


def test_the_first_receipt_comes_back_while_the_queue_stands(counter: CounterFaces) -> None:
    before = killed_between(counter, lambda: counter.post("ended", atol_cart()))
    counter.other.console("power off")
    counter.start_agent()
    assert until(lambda: counter.serves() and status_of(counter, "ended") == "blocked", SEEN_S)
    (unfinished,) = counter.ask("sale.show")["unfinished"]
    counter.ask("return", receipt=unfinished["parts"][0]["document"], sale="back-of-ended")
    found = outcome(counter, "ended")
    assert found["status"] == "error"
    assert "возвратом" in found["error"]["description"]
    counter.other.console("power on")
    assert news(counter, before) == [[OWN, (2, 10_000, 1)], []]
