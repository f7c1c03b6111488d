"""Processes and ptys: an agent, two emulated printers of both vendors, a basket over both, a kill between them."""

import signal
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from kit.register import CARD, OPEN, Register
from kit.waiting import until

from pos_agent.cli.client import NobodyThereError
from pos_agent.errors import AgentError

BASKET = {
    "lines": [
        {"id": "1", "name": "Кофе", "price_kop": 10_000, "qty": "1", "vat": "vat10"},
        {"id": "2", "name": "Часы", "price_kop": 20_000, "qty": "1", "vat": "none", "part": "ip"},
    ]
}
OWN, OTHER = (1, 10_000), (1, 20_000)


class Counter:
    """The register with its own printer, and the printer of the part in a folder beside it."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        (folder / "other").mkdir()
        self.register, self.other = Register(folder), Register(folder / "other")
        stack.callback(self.other.close)
        stack.callback(self.register.close)
        self.register.start_printer()
        self.start_other()
        self.register.prepare()

    def start_other(self) -> None:
        self.other.start_printer("--model", "atol")
        self.register.extra = (
            f'[[parts.printer]]\npart = "ip"\ntax_system = 1\nvendor = "atol"\nprotocol = "v3"\n'
            f'port = "{self.other.agent_port}"\npoll_s = 0.1\n'
        )

    def sell(self, sale_id: str) -> dict:
        return self.register.ask("sell", sale=sale_id, customer=CARD, basket=BASKET)

    def told(self, sale_id: str) -> AgentError:
        with pytest.raises(AgentError) as error:
            self.sell(sale_id)
        return error.value

    def receipts(self) -> list[list[tuple[int, int]]]:
        """(operation, total) in the storage of each printer."""
        return [_receipts(one) for one in (self.register, self.other)]

    def recorded(self) -> bool:
        """Every document of both storages is in the ledger, no slip waits."""
        status = self.register.status()
        other = status["part_printers"][0]["storage"]
        return (
            status["storage"]["recorded_fd"] == len(self.register.documents())
            and (other or {}).get("recorded_fd") == len(self.other.documents())
            and not status["slips"]["waiting"] + status["slips"]["printing"]
        )

    def start(self, kill_at: str = "") -> None:
        def answers() -> bool:
            with suppress(NobodyThereError):
                return bool(self.register.status())
            return False

        self.register.start_agent(kill_at=kill_at)
        until(answers, 60.0)


def _receipts(one: Register) -> list[tuple[int, int]]:
    found = [{tag["tag"]: tag["value"] for tag in each["tags"]} for each in one.documents() if each["form"] == 3]
    return [(each[1054], each[1020]) for each in found]


@pytest.fixture
def counter() -> Iterator[Counter]:
    with tempfile.TemporaryDirectory(prefix="pa-") as folder, ExitStack() as stack:
        yield Counter(Path(folder), stack)


def test_two_printers_one_sale_a_kill_between_and_a_printer_that_is_off(counter: Counter) -> None:
    register, other = counter.register, counter.other
    register.till(OPEN)
    counter.start(kill_at="after:document")  # the next document of all is the first receipt of the sale
    with suppress(NobodyThereError, AgentError):
        counter.sell("first")
    assert until(lambda: register.agent.poll() is not None)
    assert register.agent.returncode == -signal.SIGKILL
    assert counter.receipts() == [[OWN], []]

    counter.start()
    (unfinished,) = register.ask("sale.show")["unfinished"]
    assert [one["state"] for one in unfinished["parts"]] == ["registered", "not begun"]
    answer = counter.sell("first")
    assert counter.sell("first") == answer
    assert counter.receipts() == [[OWN], [OTHER]]
    assert [one["part"] for one in answer["documents"]] == ["", "ip"]
    assert until(counter.recorded)
    assert register.active_pt() == 3_000
    assert ("НАША ПРОГРАММА" in register.tape(), "НАША ПРОГРАММА" in other.tape()) == (True, False)

    other.stop_printer()
    error = counter.told("second")
    assert error.code[:3] == "PRN"
    assert any("ip" in line for line in error.lines)
    assert counter.receipts() == [[OWN], [OTHER]]
    status = register.status()
    assert [one["connected"] for one in (status["printer"], status["part_printers"][0])] == [True, False]
    assert [one["part"] for one in status["messages"]] == ["ip"]

    counter.start_other()
    assert until(lambda: register.status()["part_printers"][0]["connected"], 60.0)
    sold = answer["documents"][1]["document"]
    assert register.ask("return", receipt=sold, sale="back")["document"].partition("/")[0] == sold.partition("/")[0]
    assert counter.receipts() == [[OWN], [OTHER, (2, 20_000)]]
    register.ask("shift.close")
    assert [one.documents()[-1]["form"] for one in (register, other)] == [5, 5]
    assert until(counter.recorded)
    assert register.active_pt() == 1_000
    whole = register.ask("ledger.verify")
    assert whole["breaches"] == []
