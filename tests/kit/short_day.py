"""One short day with real processes on a real port: sell, take back, slip, Z."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import standin

from kit.conformance_ports import PORTS, Port, StandInRegister, environment
from kit.register import Register
from kit.waiting import until

COFFEE = {"id": "1", "name": "Кофе", "price_kop": 10000, "qty": "2", "vat": "vat10"}
CHEESE = {"id": "2", "name": "Сыр", "price_kop": 45990, "qty": "0.347", "vat": "none"}
PAID = [{"kind": "cash", "sum_kop": 50000}]
DAY = [
    (1, "registration", None),
    (2, "shift_open", None),
    (3, "receipt", 35959),
    (4, "receipt", 10000),
    (5, "shift_close", None),
]
DRIVER = (("BACKEND", "fptr10"), ("VENDOR", "atol"), ("DRIVER_FOLDER", str(standin.FOLDER)))
STAND_IN = Port("fptr10-standin", "standin", settings=DRIVER)
EVERY_PORT = (*PORTS, STAND_IN)


@contextmanager
def register_on(port: Port, monkeypatch: pytest.MonkeyPatch) -> Iterator[Register]:
    """The printer's process is up, the agent's is not."""
    for name, value in environment(port.settings).items():
        monkeypatch.setenv(name, value)
    with tempfile.TemporaryDirectory(prefix="pa-") as folder:
        made = StandInRegister(Path(folder)) if port is STAND_IN else Register(Path(folder), port.port)
        made.start_printer(*port.emulator)
        yield made
        made.close()


def short_day(register: Register) -> None:
    """The same ledger on all of them."""
    customer = register.prepare()
    register.start_agent("--from", "1")
    register.wait_for_agent()
    until(lambda: register.status()["storage"]["recorded_fd"] == 1, 30)
    sold = register.ask("sell", basket={"lines": [COFFEE, CHEESE], "payments": PAID}, sale="a", customer=customer)
    assert (sold["total_kop"], sold["change_kop"], sold["accrued_pt"]) == (35959, 14041, 3595)
    register.settled()
    back = register.ask("return", receipt=sold["document"], sale="b", lines={"1": "1"})
    assert back["total_kop"] == 10000
    register.settled()
    register.ask("shift.close")
    register.settled()

    events = register.events()
    assert [
        (int(one["document"].rsplit("/", 1)[1]), one["kind"], one["facts"].get("total_kop")) for one in events
    ] == DAY
    assert [one["form"] for one in register.documents()] == [1, 2, 3, 3, 5]
    assert register.ask("ledger.verify")["ok"] is True
    assert register.active_pt() == 2596, "half of the coffee gave 999: its share of 3595 is 1999, rounded down"
    tape = register.tape()
    assert tape.count("НЕ ЯВЛЯЕТСЯ КАССОВЫМ ЧЕКОМ") == 2, "a slip for the sale, a slip for the return"
    assert "ДОСТУПНО" in tape.replace(" ", ""), "double size stands apart on the tape"
