"""What the installer's page asks for: a trial slip, a code for a page, the ports. Nothing here is a receipt."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from kit.http_agent import CARD, HttpAgent, code_of
from kit.waiting import until

from drivers.discover.address import SerialAddress
from drivers.discover.look import Answer, Candidate, Finding, Verdict
from emulator.marks import Line, QrMark
from pos_agent.errors import AgentError
from pos_agent.port_words import PortSeen, PortsNow, ports_shown


class SomePorts:
    """A computer with one port of ours and one printer that was found."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def shown(self, lang: str) -> dict[str, Any]:
        ours = Candidate(SerialAddress("/dev/ttyACM0"), "COM 1FC9:0083")
        free = Candidate(SerialAddress("/dev/ttyUSB0"), "COM 0403:6001")
        who = Answer("shtrih", "Штрих-М 1.14", "РИТЕЙЛ-01Ф", "C.1 54219", "0123456789", "2028-03-10")
        found = Finding(free, Verdict.READY, 115200, who, 1)
        return ports_shown(PortsNow((PortSeen(ours, "held"), PortSeen(free, "asked", found)), (), 61.5), lang)

    def search(self, port: str = "") -> None:
        if port == "/dev/ttyACM0":
            raise AgentError("INS-19", port=port)
        self.asked.append(port)


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HttpAgent]:
    class Computer(HttpAgent):
        ports = SomePorts()
        qr_prefix = "X/"

    made = Computer(tmp_path_factory.mktemp("installer"))
    made.register.watch.quiet_s = 0.0
    yield made
    made.close()


def printed(agent: HttpAgent, slip: str, role: str) -> dict[str, Any]:
    def done() -> dict[str, Any] | None:
        agent.actor.ask(lambda watch: watch.tick()).result(10)
        told: dict[str, Any] = agent.client(role).get(f"/v1/slips/{slip}").json()
        return told if told["state"] == "printed" else None

    return until(done)


@pytest.mark.parametrize("role", ["installer", "cashier", "till", "owner"])
def test_a_trial_slip_comes_out_with_the_code_that_the_page_waits_for(agent: HttpAgent, role: str) -> None:
    tape, before = agent.register.tape, agent.printed()
    marks = len(tape.marks)
    asked = agent.post("/v1/slips", role, kind="trial")
    assert asked.status_code == 200, asked.text
    told = asked.json()
    assert printed(agent, told["slip"], role)["state"] == "printed"
    came = tape.marks[marks:]
    (code,) = [mark for mark in came if isinstance(mark, QrMark)]
    lines = [mark.text for mark in came if isinstance(mark, Line)]
    assert code.text == told["qr"]
    assert lines[0].strip() == "ПРОБНЫЙ СЛИП"
    assert lines[1].strip() == "НЕ ЯВЛЯЕТСЯ КАССОВЫМ ЧЕКОМ"
    assert agent.printed() == before, "it is no receipt"
    (shown,) = [one for one in agent.client().get("/v1/slips").json()["slips"] if one["id"] == told["slip"]]
    assert (shown["kind"], shown["document"], shown["customer"]) == ("trial", None, None)


def test_an_installer_prints_nothing_but_trial_slips(agent: HttpAgent) -> None:
    refused = agent.post("/v1/slips", "installer", kind="balance", customer=CARD)
    assert (refused.status_code, code_of(refused)) == (404, "HTTP-09")
    assert agent.client("installer").get("/v1/slips").status_code == 404
    assert agent.post("/v1/slips", kind="nothing").status_code == 422


def test_two_trial_slips_are_told_apart(agent: HttpAgent) -> None:
    codes = {agent.post("/v1/slips", "installer", kind="trial").json()["qr"] for _ in range(3)}
    assert len(codes) == 3


def issue(agent: HttpAgent, who: str, role: object) -> httpx.Response:
    return agent.client(who).post("/v1/page-codes", json={"role": role})


@pytest.mark.parametrize("role", ["cashier", "installer"])
def test_a_code_lets_one_page_in_once(agent: HttpAgent, role: str) -> None:
    first = issue(agent, "installer", role).json()
    issued = issue(agent, "installer", role).json()
    assert issued["minutes"] == 10
    assert httpx.post(f"{agent.address}/v1/enter", json={"code": first["code"]}).status_code == 403, "the newest counts"
    entered = httpx.post(f"{agent.address}/v1/enter", json={"code": issued["code"]}).json()
    assert entered["role"] == role
    again = httpx.post(f"{agent.address}/v1/enter", json={"code": issued["code"]})
    assert (again.status_code, code_of(again)) == (403, "TOK-04")
    key = {"Authorization": f"Bearer {entered['token']}"}
    seen = httpx.get(f"{agent.address}/v1/devices", headers=key).status_code
    assert seen == (200 if role == "installer" else 404)


def test_no_code_makes_a_till_or_an_owner(agent: HttpAgent) -> None:
    for role in ("till", "owner", "", None, ["installer"]):
        refused = issue(agent, "installer", role)
        assert (refused.status_code, code_of(refused)) == (422, "API-01"), role
    for role in ("till", "cashier"):
        refused = issue(agent, role, "installer")
        assert (refused.status_code, code_of(refused)) == (404, "HTTP-09")


def test_ports_are_listed_and_asked_in_the_background(agent: HttpAgent) -> None:
    agent.register.wire.reset()
    listed = agent.client("installer").get("/v1/ports").json()
    assert (listed["searching"], listed["left_s"]) == (True, 61)
    assert [(row["port"], row["state"]) for row in listed["ports"]] == [
        ("/dev/ttyACM0", "held"),
        ("/dev/ttyUSB0", "asked"),
    ]
    assert listed["ports"][1]["settings"][1:] == ['vendor = "shtrih"', 'port = "/dev/ttyUSB0"', "baud = 115200"]
    assert "0123456789" not in str(listed), "numbers are masked"
    assert agent.post("/v1/ports/search", "installer").json()["ports"]
    assert agent.post("/v1/ports/search", "owner", port="/dev/ttyUSB0").status_code == 200
    refused = agent.post("/v1/ports/search", "installer", port="/dev/ttyACM0")
    assert (refused.status_code, code_of(refused)) == (409, "INS-19")
    assert agent.ports is not None
    assert agent.ports.asked == ["", "/dev/ttyUSB0"]
    assert agent.register.wire.frames == [], "the printer that sells is not asked"
