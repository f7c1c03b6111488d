"""Tap mode on ATOL whole: a till of its own plain code sells through the agent, receipts become points and slips."""

import json
import os
import signal
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from kit.conformance_ports import environment
from kit.plain_atol_line import ENTER, ENTER_Z, LEAVE, OPEN_SHIFT, STATUS, Z_REPORT, PlainLine, sale
from kit.register import PHONE, Register
from kit.waiting import until

from pos_agent.cli.client import NobodyThereError
from pos_agent.errors import PrinterError

SLIP = "НЕ ЯВЛЯЕТСЯ КАССОВЫМ ЧЕКОМ"


@dataclass
class Tapped:
    register: Register
    protocol: str
    port: str

    def till(self, cut: int = 4096) -> PlainLine:
        return PlainLine(self.port, self.protocol, cut)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def recorded(register: Register) -> int:
    """The last document the agent has; 0 while it does not answer."""
    try:
        return int(register.status()["storage"]["recorded_fd"])
    except NobodyThereError:
        return 0


@pytest.fixture(params=["v2-pty", "v3-pty", "v3-tcp"])
def tapped(tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tapped]:
    protocol, kind = request.param.split("-")
    for name, value in environment((("VENDOR", "atol"), ("PROTOCOL", protocol))).items():
        monkeypatch.setenv(name, value)
    register = Register(tmp_path, kind)
    port = f"pty:{tmp_path}/tap" if kind == "pty" else f"tcp:127.0.0.1:{free_port()}"
    try:
        register.start_printer("--model", "atol", "--protocol", protocol)
        register.prepare()
        register.extra = f'[tap]\nport = "{port}"\n'
        register.start_agent("--from", "1")
        until(lambda: recorded(register) == 1, 60)
        yield Tapped(register, protocol, port)
    finally:
        register.close()


def test_slips_come_out_between_the_tills_sales_and_its_mode_stays(tapped: Tapped) -> None:
    """The till enters mode 1 once and stays in it, as till programs do: a mode that we left would refuse its 92h."""
    register, till = tapped.register, tapped.till()
    till.run(ENTER, OPEN_SHIFT)
    for number in range(3):
        till.run(*sale(10000, "Кофе", PHONE))
        until(lambda number=number: register.tape().count(SLIP) == number + 1, 60)
        assert register.active_pt() == 1000 * (number + 1)
    till.run(*sale(5000, "Чай"), *sale(7000, "Сок", PHONE), LEAVE, ENTER_Z, Z_REPORT, within_s=120)
    till.close()
    register.settled(90)
    events = register.events()
    assert [event["kind"] for event in events] == [
        "registration", "shift_open", *["receipt"] * 5, "shift_close",
    ]  # fmt: skip
    assert [event["facts"].get("total_kop") for event in events][2:7] == [10000, 10000, 10000, 5000, 7000]
    assert register.active_pt() == 3700
    assert register.tape().count(SLIP) == 4
    assert register.ask("ledger.verify")["ok"] is True
    told = register.status()
    assert told["messages"] == []
    assert told["tap"] == {"port": tapped.port, "waited": told["tap"]["waited"]}


def test_a_till_that_writes_byte_by_byte_and_never_rests_loses_nothing(tapped: Tapped) -> None:
    register, till = tapped.register, tapped.till(cut=1)
    till.run(ENTER, OPEN_SHIFT)
    till.run(*(command for number in range(6) for command in (STATUS, *sale(1000 + number, "Чай", PHONE))))
    till.close()
    register.settled(90)
    totals = [event["facts"]["total_kop"] for event in register.events() if event["kind"] == "receipt"]
    assert totals == [1000 + number for number in range(6)]
    assert [one["fd_number"] for one in register.documents()] == list(range(1, 9))


def test_a_killed_agent_takes_the_port_with_it_and_brings_it_back(tapped: Tapped) -> None:
    """What the till sold before and after is recorded once; the till opens its port anew, as after a pulled cable."""
    register, till = tapped.register, tapped.till()
    till.run(ENTER, OPEN_SHIFT, *sale(10000, "Кофе", PHONE))
    os.kill(register.agent.pid, signal.SIGKILL)
    register.agent.wait()
    till.close()
    register.start_agent()
    until(lambda: recorded(register), 60)
    again = tapped.till()
    again.run(STATUS, *sale(20000, "Сыр", PHONE))
    again.close()
    register.settled(90)
    assert register.active_pt() == 3000
    assert len(register.events()) == 4
    assert register.ask("ledger.verify")["breaches"] == []


def test_the_agent_sells_when_the_till_is_silent_and_leaves_its_mode(tapped: Tapped) -> None:
    register, till = tapped.register, tapped.till()
    till.run(ENTER, OPEN_SHIFT)
    basket = {"lines": [{"id": "1", "name": "Чай", "price_kop": 5000, "qty": "1", "vat": "none"}]}

    def sold() -> dict | None:
        """PRN-04 while the till has hardly stopped speaking: no receipt was begun."""
        try:
            return register.ask("sell", basket=basket, sale="s-1")
        except PrinterError as error:
            if error.code != "PRN-04":
                raise
            return None

    assert until(sold)["total_kop"] == 5000
    till.run(*sale(10000, "Кофе"))
    till.close()
    assert register.settled(90)["storage"]["recorded_fd"] == 4


def test_the_config_must_name_the_protocol(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POS_AGENT_PRINTER__VENDOR", "atol")
    register = Register(tmp_path)
    register.agent_port, register.extra = "/dev/ttyACM0", f'[tap]\nport = "pty:{tmp_path}/tap"\n'
    refused = register.pos("status", "--json")
    assert refused.returncode == 2
    assert "printer.protocol" in json.dumps(refused.stdout + refused.stderr, ensure_ascii=False)
