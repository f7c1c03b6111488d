"""An installer's visit at a whole register: the trial slip from the command line, the ports of the running agent."""

from __future__ import annotations

import httpx
import pytest
from kit.kkm_till import free_port
from kit.register import CARD, Register
from kit.waiting import until


def running(register: Register) -> None:
    register.start_printer()
    register.prepare()
    register.start_agent("--from", "1")
    register.wait_for_agent()
    register.settled()


def test_the_trial_slip_is_printed_and_is_no_receipt(register: Register) -> None:
    running(register)
    documents = len(register.documents())
    asked = register.pos("slip", "print", "--trial")
    assert (asked.returncode, asked.stdout) == (0, "Слип напечатан.\n"), asked.stderr
    tape = register.tape()
    assert all(one in tape for one in ("ПРОБНЫЙ СЛИП", "НЕ ЯВЛЯЕТСЯ КАССОВЫМ ЧЕКОМ", "Сканер прочитал его QR?"))
    assert len(register.documents()) == documents
    register.console("power off")
    until(lambda: [one["code"] for one in register.status()["messages"]] == ["PRN-03"])
    waits = register.pos("slip", "print", "--trial", "--seconds", "1")
    assert waits.returncode == 3
    assert "[SLP-03]" in waits.stderr


@pytest.mark.parametrize(
    "given", [("--trial", "--customer", CARD), ("--trial", "--receipt", "9999078902001234/4"), ("--trial", "--why"), ()]
)
def test_one_slip_at_a_time_is_asked_for(register: Register, given: tuple[str, ...]) -> None:
    register.agent_port = "/dev/none"
    asked = register.pos("slip", "print", *given)
    assert asked.returncode == 2
    assert "[SLP-02]" in asked.stderr


def test_the_running_agents_own_port_is_held_and_not_asked(register: Register) -> None:
    address = f"127.0.0.1:{free_port()}"
    register.extra = f'[http]\nlisten = "{address}"\n'
    running(register)
    key = register.ask("token.create", name="visit", role="installer")["token"]
    with httpx.Client(base_url=f"http://{address}", headers={"Authorization": f"Bearer {key}"}) as client:
        ours = client.get("/v1/ports").json()["ports"][0]
        assert (ours["port"], ours["state"]) == (register.agent_port, "held")
        refused = client.post("/v1/ports/search", json={"port": register.agent_port})
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "INS-19")
    assert register.status()["printer"]["connected"]
