"""The agent's own HTTP API over real sockets, on a register in memory: real desk, driver, emulator, database."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import httpx

from kit import plain_http
from kit.gateway_register import GatewayRegister
from kit.waiting import until
from pos_agent.api.entry import EntryCodes
from pos_agent.api.faces import servers
from pos_agent.api.http import HttpServer
from pos_agent.api.operation import Parts
from pos_agent.api.ports import PortsSeen
from pos_agent.api.table import OPERATIONS
from pos_agent.api.tokens import TokenBook
from pos_agent.config import Config
from pos_agent.printing.actor import PrinterActor

ROLES = ("till", "cashier", "installer", "owner")
COFFEE = {"id": "1", "name": "Кофе", "price_kop": 10000, "qty": "2"}
BASKET = {"lines": [COFFEE]}
CARD = "7Q4M2XKD9W"


class HttpAgent:
    """`client(role)` speaks to it. The printer's thread looks at the printer only when it is asked something."""

    language = "ru"  # of the page and of sentences
    ports: PortsSeen | None = None  # a test's own computer
    qr_prefix = "HTTPS://EXAMPLE.ORG/C/"  # the register's own slips have "X/"

    def __init__(self, folder: Path, **http: Any) -> None:
        self.folder, self.http = folder, http
        self.register = GatewayRegister(folder)
        self.register.give(5000)
        self.register.step(5.0)
        self.clients: dict[str, httpx.Client] = {}
        self.start()

    def start(self) -> None:
        """As the daemon wires it."""
        made = self.register
        made.watch.poll_s = 3600.0
        self.actor = PrinterActor(made.watch, made.clock)
        config = Config(
            agent={"data_dir": self.folder, "socket": self.folder / "s", "language": self.language},
            printer={"port": "/dev/none"},
            loyalty={"qr_prefix": self.qr_prefix},
            http={"listen": "127.0.0.1:0", "quote_ms": 5000, **self.http},  # a busy machine is no slow store
        )
        book = TokenBook(self.folder, made.clock, made.ids)
        known = {one.name for one in book.all()}
        self.tokens = {role: book.create(role, role) for role in ROLES if role not in known} or self.tokens
        wired = (self.actor, made.desk, made.orders)
        entry = EntryCodes(book, made.clock, made.ids)
        self.parts = Parts(config, made.store, made.clock, made.ids, *wired, tokens=book, entry=entry, ports=self.ports)
        (self.server,) = servers(self.parts, OPERATIONS)
        self.actor.start()
        self.actor.ask(lambda watch: watch.tick()).result(10)
        self.server.start()
        until(self._answers)

    def _answers(self) -> bool:
        try:
            return plain_http.request("GET", f"{self.address}/healthz", timeout=2).status_code == 200
        except httpx.TransportError:
            return False

    @property
    def address(self) -> str:
        server: HttpServer = self.server
        return f"http://127.0.0.1:{server.port}"

    def client(self, role: str = "till") -> httpx.Client:
        if role not in self.clients:
            headers = {"Authorization": f"Bearer {self.tokens[role]}"}
            self.clients[role] = plain_http.client(base_url=self.address, headers=headers, timeout=30)
        return self.clients[role]

    def stop(self) -> None:
        """The process ends; the register stays."""
        self.parts.stopping.set()
        for client in self.clients.values():
            client.close()
        self.clients.clear()
        self.server.stop()
        self.actor.stop(10)

    def restart(self) -> None:
        """Another process on the same database."""
        self.stop()
        self.register.reopen()
        self.start()

    def close(self) -> None:
        self.stop()
        self.register.store.close()

    # ------------------------------------------------------------------ words of the tests

    def sale(self, sale_id: str = "s-1", **more: Any) -> dict:
        """A new draft."""
        answer = self.client().post("/v1/sales", json={"sale": sale_id, "basket": BASKET, **more})
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    def post(self, path: str, role: str = "till", **body: Any) -> httpx.Response:
        return self.client(role).post(path, json=body)

    def printed(self) -> int:
        """Receipts in the fiscal storage."""
        return len(self.register.receipts())

    def hold_printer(self) -> threading.Event:
        """The printer's thread is busy until the event is set."""
        free = threading.Event()
        self.actor.ask(lambda watch: free.wait(30))
        return free


def code_of(answer: httpx.Response) -> str:
    return str(answer.json()["error"]["code"])
