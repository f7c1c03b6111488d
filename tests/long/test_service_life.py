"""The daemon as systemd sees it: readiness, watchdog, an orderly end; and a stop in the middle of a sale."""

import os
import signal
import socket
import subprocess
import threading
import time

import pytest
from kit.register import BIN, CARD, Register
from kit.waiting import until

from pos_agent.errors import AgentError


class Manager:
    """A service manager's notify socket: every message in order."""

    def __init__(self, register: Register) -> None:
        self.path = str(register.folder / "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.socket.settimeout(0.2)
        self.messages: list[str] = []

    def listen(self, wanted: str, seconds: float = 20.0) -> None:
        """Until a message says `wanted`."""
        deadline = time.monotonic() + seconds
        while not any(wanted in message for message in self.messages):
            assert time.monotonic() < deadline, f"no {wanted} in {self.messages}"
            try:
                self.messages.append(self.socket.recv(4096).decode())
            except TimeoutError:
                continue


def start_under(register: Register, manager: Manager) -> None:
    environment = {**os.environ, "NOTIFY_SOCKET": manager.path, "WATCHDOG_USEC": "1000000"}
    with open(register.folder / "agent.log", "ab") as log:
        register.agent = subprocess.Popen(
            [str(BIN / "pos-agent"), "run", "--from", "1", "--config", str(register.config)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environment,
        )


def test_ready_watchdog_and_stopping(register: Register) -> None:
    register.start_printer()
    register.prepare()
    manager = Manager(register)
    start_under(register, manager)
    manager.listen("READY=1")
    assert register.status()["running"] is True  # READY means that it answers
    manager.listen("WATCHDOG=1")
    register.agent.terminate()
    manager.listen("STOPPING=1")
    assert register.agent.wait(25) == 0
    manager.socket.close()


@pytest.mark.parametrize("after_s", [0.4, 1.2])
def test_stop_in_the_middle_of_a_sale(register: Register, after_s: float) -> None:
    """On a slow line the sale takes seconds; SIGTERM comes in between. It ends in time and nothing is doubled."""
    register.start_printer("--pace", "9600")
    register.prepare()
    register.start_agent("--from", "1")
    register.wait_for_agent()
    register.settled()
    lines = [{"id": str(number), "name": f"Товар {number}", "price_kop": 1000, "qty": "1"} for number in range(12)]
    basket = {"lines": lines}
    answers: list[object] = []

    def sell() -> None:
        try:
            answers.append(register.ask("sell", basket=basket, sale="s-1", customer=CARD))
        except AgentError as error:
            answers.append(error.code)

    caller = threading.Thread(target=sell)
    caller.start()
    until(lambda: register.ask("sale.show", sale="s-1")["sale"] == "s-1")
    threading.Event().wait(after_s)
    begun = time.monotonic()
    register.agent.send_signal(signal.SIGTERM)
    assert register.agent.wait(25) == 0
    assert time.monotonic() - begun < 20
    caller.join(10)

    register.start_agent()
    register.wait_for_agent()
    register.settled()
    sold = register.ask("sell", basket=basket, sale="s-1", customer=CARD)  # the till asks again, as it should
    register.settled()
    receipts = [one for one in register.documents() if one["form"] == 3]
    assert [one["total_kop"] for one in receipts] == [12000]
    assert sold["document"].endswith(f"/{receipts[0]['fd_number']}")
    assert len(register.events()) == len(register.documents())
    assert register.active_pt() == 1200
