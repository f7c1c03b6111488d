"""The real agent behind the page, for as many tests as a file has: desk, driver, emulator, database, slips on paper.

Its printer's thread looks at the printer by real time; where the agent waits for people, real time passes too.
"""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

from kit.gateway_register import GatewayRegister
from kit.http_agent import BASKET, HttpAgent
from kit.memory_register import VirtualClock
from kit.waiting import until

from emulator.terms import ItemInput
from pos_agent.api.confirmations import set_senior
from pos_agent.printing import line

SENIOR, PIN = "Ольга", "2468"
LOOK_S = 0.3
PACE = 0.05  # real seconds for each second that the agent waits for paper, power or a person
RULES = """
[program]
id = "test"
name = "Зерно+"
[accrue]
tiers = [{ name = "Старт", from_kop = 0, bp = 1000 }, { name = "Серебро", from_kop = 2_000_000, bp = 1500 }]
[spend]
[[rule]]
id = "cup"
name = "Кофе"
kind = "punch_card"
every = 60
counter = "cup"
"""


class LivingClock(VirtualClock):
    """Goes on by itself, and faster where the agent waits for people."""

    def __init__(self) -> None:
        self._ahead = -time.monotonic()
        super().__init__()

    @property
    def seconds(self) -> float:
        return time.monotonic() + self._ahead

    @seconds.setter
    def seconds(self, value: float) -> None:
        self._ahead = value - time.monotonic()

    def wait(self, event: threading.Event, seconds: float) -> bool:
        self.advance(seconds * (1 - PACE))
        return event.wait(seconds * PACE)


class LivingRegister(GatewayRegister):
    """A register whose clocks go by themselves."""

    def replace_storage(self, fn_serial: str) -> None:
        if not isinstance(self.clock, LivingClock):
            self.clock = LivingClock()
        super().replace_storage(fn_serial)


class RealAgent(HttpAgent):
    """`power` and the roll of paper are the test's hands; a senior called `SENIOR` has a PIN."""

    makes: type[LivingRegister] = LivingRegister
    qr_prefix = "X/"  # as on the register's slips

    def __init__(self, folder: Path) -> None:
        self.folder, self.http = folder, {}
        self.register = self.makes(folder, slips=True)
        self.register.give(5000)
        self.register.step(3.0)
        with self.register.store.writing("rules") as txn:
            txn.rules.activate(txn.rules.add(RULES, "page", "toml").version)
        self.clients = {}
        self.start()
        set_senior(self.parts, {"name": SENIOR, "pin": PIN})
        assert self.post("/v1/shift/open").status_code == 200

    def start(self) -> None:
        super().start()
        self.register.watch.poll_s = LOOK_S
        line.BACKOFF_S = (LOOK_S,)  # half a minute of the agent's time are seconds here
        self.actor.ask(lambda looked: None)

    def calm(self) -> None:
        """Paper and power are there, no draft is open, whatever a test left."""
        self.register.device.paper_in()
        if not self.register.mains():
            self.register.power_on()
        cart = self.client().get("/v1/cart").json()["cart"]
        if cart is not None and cart["state"] in ("draft", "confirmed"):
            self.client().request("DELETE", f"/v1/sales/{cart['sale']}", json={})

    def at_rest(self) -> bool:
        """Every slip is out and nothing else is being printed."""
        slips = self.client().get("/v1/status").json()["slips"]
        return slips["waiting"] == slips["printing"] == 0 and not self.register.device.head.pending

    def receipts(self) -> list[int]:
        """Totals of the receipts in the storage."""
        return [total for _, _, total in self.register.receipts()]

    def sold_past_us(self, total_kop: int) -> int:
        """A receipt of the till on the other port, by card; its document number."""
        device = self.register.device
        device.open_receipt(1, 30)
        device.add_item(ItemInput(1, 1_000_000, total_kop, None, None, 6, 1, 4, 1, "Кофе"))
        return device.close_receipt([0, total_kop, *[0] * 14], 0, 1, 30).fd

    def paper_text(self) -> str:
        """Everything printed so far."""
        return "\n".join(getattr(mark, "text", "") for mark in self.register.tape.marks)


class Till:
    """Asks for the cashier's choice, then has the receipt printed, as a till does. `answers`: what it was told."""

    def __init__(self, agent: RealAgent, sale_id: str, kind: str = "card", basket: Any = BASKET) -> None:
        self.agent, self.sale_id, self.kind, self.basket = agent, sale_id, kind, basket
        self.answers: list[dict[str, Any]] = []
        self.thread = threading.Thread(target=self._sell, daemon=True)
        self.thread.start()

    def _sell(self) -> None:
        client, name = self.agent.client("till"), self.sale_id
        asked = {"sale": name, "basket": self.basket, "ask": True, "wait_s": 25}
        draft = client.post("/v1/sales", json=asked).json()
        if draft.get("told") is None:  # dropped meanwhile
            return
        paid = [{"kind": self.kind, "sum_kop": draft["told"]["payable_kop"]}]
        told = client.post(f"/v1/sales/{name}/fiscalise", json={"payments": paid, "wait_s": 20})
        self.answers.append(told.json())

    def done(self) -> dict[str, Any]:
        """The last word that it got."""
        until(lambda: bool(self.answers))
        return self.answers[-1]
