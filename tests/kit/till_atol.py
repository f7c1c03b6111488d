"""Till software that speaks to the web server of ATOL's driver: an agent with that face, a printer of either vendor."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from kit import plain_http
from kit.register import Register
from kit.waiting import until
from pos_agent import app
from pos_agent.api.table import OPERATIONS
from pos_agent.config import load

START_S = 90.0  # on a machine that has much else to do
TERMINAL = ("ready", "error", "interrupted", "canceled")
RULES = """
[program]
id = "test"
name = "Тест"
[[rule]]
id = "card"
kind = "card_percent"
bp = 1000
[accrue]
bp = 1000
[spend]
"""
PHONE, CARD, EMAIL = "+79160000042", "7Q4M2XKD9W", "anna@example.org"
MODELS = {"shtrih": (), "atol": ("--model", "atol")}


def free_port() -> int:
    """A port of loopback that nobody holds now."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


class TillRegister(Register):
    """A register whose agent serves the ATOL face; `http` is the till's client."""

    def __init__(self, folder: Path, vendor: str, *, settings: str = "", program: str = RULES) -> None:
        super().__init__(folder)
        self.vendor, self.port = vendor, free_port()
        self.program = program
        language = 'protocol = "v3"\n' if vendor == "atol" else ""
        self.printer = f'vendor = "{vendor}"\n{language}'
        self.extra = f'[http]\natol_listen = "127.0.0.1:{self.port}"\n{settings}[gateway]\nvat = "vat20"\n'
        self.http = plain_http.client(base_url=f"http://127.0.0.1:{self.port}", timeout=60)

    @property
    def config(self) -> Path:
        path = super().config
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("[printer]\n", f"[printer]\n{self.printer}"), encoding="utf-8")
        return path

    def start(self, *printer: str) -> None:
        """Printer, rules, one customer, agent; until the face answers."""
        self.start_printer(*MODELS[self.vendor], *printer)
        with app.opened(load(self.config), with_printer=False) as parts:
            OPERATIONS["rules.import"].run(parts, {"content": self.program})
            person = {"name": "Анна К", "phone": PHONE, "email": EMAIL, "card": CARD, "consent": True}
            self.customer = OPERATIONS["customer.add"].run(parts, person)["id"]
        self.run_agent()

    def run_agent(self, **more: Any) -> None:
        """The agent, until its face answers and the printer is there."""
        self.start_agent(**more)
        until(self.serves, START_S)
        until(lambda: self.status()["printer"]["connected"], START_S)

    def serves(self) -> bool:
        assert self.agent.poll() is None, (self.folder / "agent.log").read_text(encoding="utf-8")[-2000:]
        try:
            return self.http.get("/api/v2/serverInfo").status_code == 200
        except httpx.TransportError:
            return False

    def post(self, uuid: str, *tasks: dict, path: str = "/api/v2/requests") -> httpx.Response:
        return self.http.post(path, json={"uuid": uuid, "request": list(tasks)})

    def get(self, uuid: str, path: str = "/api/v2/requests") -> list[dict]:
        answer = self.http.get(f"{path}/{uuid}")
        assert answer.status_code == 200, answer.text
        return list(answer.json()["results"])

    def done(self, uuid: str, seconds: float = 60.0) -> list[dict]:
        """Results once every task is over."""

        def over() -> list[dict] | None:
            found = self.get(uuid)
            return found if all(one["status"] in TERMINAL for one in found) else None

        return until(over, seconds)

    def do(self, uuid: str, *tasks: dict) -> list[dict]:
        """Post, poll, results."""
        answer = self.post(uuid, *tasks)
        assert answer.status_code == 201, answer.text
        return self.done(uuid)

    def receipts(self) -> list[tuple[int, int]]:
        """(operation, total) of the receipts in the emulated storage."""
        found = [{tag["tag"]: tag["value"] for tag in one["tags"]} for one in self.documents() if one["form"] == 3]
        return [(one[1054], one[1020]) for one in found]

    def newest(self) -> dict[int, Any]:
        """Tags of the storage's last document."""
        return {tag["tag"]: tag["value"] for tag in self.documents()[-1]["tags"]}

    def close(self) -> None:
        self.http.close()
        super().close()


@contextmanager
def till_register(folder: str, vendor: str, *, settings: str = "") -> Iterator[TillRegister]:
    """A whole register with the face; everything it started ends with the block."""
    made = TillRegister(Path(folder), vendor, settings=settings)
    try:
        made.start()
        yield made
    finally:
        made.close()


def position(name: str = "Кофе", price: float = 100, quantity: float = 1, **more: Any) -> dict:
    """One position; its amount is what the till reckons."""
    amount = more.pop("amount", round(price * quantity + 1e-9, 2))
    made = {"type": "position", "name": name, "price": price, "quantity": quantity, "amount": amount}
    return {**made, "tax": {"type": "vat20"}, **more}


def sell(*items: dict, cash: float = 0, card: float = 0, kind: str = "sell", **more: Any) -> dict:
    """A receipt task; without sums it is paid in cash exactly."""
    goods = list(items) or [position()]
    total = round(sum(one.get("amount", 0) for one in goods), 2)
    paid = [{"type": "cash", "sum": cash or (0 if card else total)}, {"type": "electronically", "sum": card}]
    return {"type": kind, "operator": {"name": "Иванова А."}, "items": goods, "payments": paid, **more}
