"""The queue of the ATOL face on a database of its own: real book, worker and routes, and no printer."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from kit.memory_register import CountedIds, VirtualClock
from starlette.applications import Starlette

from drivers.api import Shift
from pos_agent.api.atol_tasks import doubts, running
from pos_agent.api.atol_tasks.book import Book
from pos_agent.api.atol_tasks.device import Devices
from pos_agent.api.atol_tasks.faults import of_agent
from pos_agent.api.atol_tasks.fiscal import FiscalTasks
from pos_agent.api.atol_tasks.paths import cleaned
from pos_agent.api.atol_tasks.routes import QueueRoutes
from pos_agent.api.atol_tasks.running import Runner
from pos_agent.api.atol_tasks.worker import Worker
from pos_agent.clock import SystemClock
from pos_agent.config import Config
from pos_agent.errors import PrinterError
from pos_agent.store.keys import Keys
from pos_agent.store.store import Store

SENDING, BEFORE, AFTER = "sending", "before", "after"  # the document is in the storage


class KilledError(BaseException):
    """The process ends here: nothing catches it."""


class Clock(VirtualClock):
    """Waits are real, so that threads meet; the time of day moves when it is told."""

    def wait(self, event: threading.Event, seconds: float) -> bool:
        return SystemClock().wait(event, seconds)

    def monotonic(self) -> float:
        return SystemClock().monotonic()


class Storage:
    """What the printer did, which no stop undoes; also the face of `Selling`, of printing and of questions.

    `forms` are its documents, numbered from 1. `troubles` come instead of what follows a document, one by one;
    `silent`: so many looks at the storage tell nothing, `falls_silent`: from a document on. `kept`: offers found again.
    """

    def __init__(self) -> None:
        self.done: list[str] = []
        self.forms, self.serial = [1], "99"
        self.troubles: list[Exception] = []
        self.silent, self.falls_silent, self.kept = 0, 0, list[Any]()
        self.dies_at = ""
        self.gate, self.reached = threading.Event(), threading.Event()
        self.gate.set()

    def do(self, what: str) -> None:
        self.reached.set()
        assert self.gate.wait(30)
        if self.dies_at == BEFORE:
            raise KilledError
        self.done.append(what)
        self.silent += self.falls_silent
        if self.dies_at == AFTER:
            raise KilledError
        if self.troubles:
            raise self.troubles.pop(0)

    def read(self, task: dict, device: str) -> Any:
        return SimpleNamespace(before=(), after=(), device=device)

    def offer(self, uuid: str, asked: Any, kept: Any) -> Any:
        self.kept.append(kept)
        return SimpleNamespace(to_json=lambda: {"basket": {}, "total_kop": 1}, loyalty="ok")

    def sell(self, uuid: str, asked: Any, offer: Any) -> Any:
        self.do(uuid)
        return self.made(uuid, offer)

    def made(self, uuid: str, offer: Any, *, recovered: bool = False) -> Any:
        return SimpleNamespace(result={"sold": uuid, "recovered": recovered}, offer=offer)

    def fate(self, uuid: str) -> str | None:
        return uuid if uuid in self.done else None

    def settle(self) -> bool:
        self.silent -= 1
        return self.silent < 0

    def begun(self, uuid: str) -> bool:
        return uuid in self.done

    def unfinished(self, uuid: str) -> None:
        """No sale here is in parts."""

    def use_up(self, made: Any) -> None:
        """No card is armed."""

    def shift(self, form: int) -> None:
        """A document of the shift."""
        if self.dies_at == SENDING:
            raise KilledError
        self.forms.append(form)
        self.do(f"form {form}")

    def params(self, number: Any) -> dict:
        return {"fiscalDocumentNumber": number.fd_number}


class Counter:
    """What the tasks that are no receipts work on: a printer, and the desk's part in it."""

    def __init__(self, storage: Any, book: Book, doubts: Any) -> None:
        found = lambda fd: SimpleNamespace(form=storage.forms[fd - 1])  # noqa: E731
        state = lambda: SimpleNamespace(shift=Shift.OPEN if 2 in storage.forms else Shift.CLOSED)  # noqa: E731
        line = SimpleNamespace(printer=SimpleNamespace(status=state, find_document=found))
        watch = SimpleNamespace(line=line, storage_now=self._now, read_up_to=lambda serial, fd: None)
        settler = SimpleNamespace(settle=lambda: None)
        desk = SimpleNamespace(
            open_shift=lambda: storage.shift(2), close_shift=lambda: storage.shift(5), settler=settler
        )
        calls: Any = SimpleNamespace(
            lang="ru",
            parts=SimpleNamespace(desk=desk),
            on_printer=lambda work: work(watch),
            connected=lambda watch: None,
            must=lambda watch, outcome: outcome,
            told=lambda error: of_agent(error, "ru"),
        )
        self._storage = storage
        printing: Any = SimpleNamespace(beside=lambda items, cut: None, tasks={"cashIn": self._do, "cashOut": self._do})
        fiscal = FiscalTasks(calls, storage, book, printing, doubts)
        status = SimpleNamespace(tasks={"getFnStatus": None}, ask=lambda kind, wait_s: {"fnStatus": {}})
        self._tasks = SimpleNamespace(printing=printing, status=status, fiscal=fiscal)

    def of(self, task: dict, device: str) -> Any:
        return self._tasks

    def on(self, device: str) -> Any:
        return self._tasks

    def _do(self, task: dict) -> dict:
        self._storage.do(str(task["type"]))
        return {}

    def _now(self) -> tuple[str, int, None]:
        if self._storage.silent > 0:
            self._storage.silent -= 1
            raise PrinterError("PRN-03")
        return self._storage.serial, len(self._storage.forms), None


class Till:
    """The queue of one agent; `begin` is another process of it on the same database and the same storage."""

    def __init__(self, folder: Path) -> None:
        self.clock, self.storage = Clock(), Storage()
        self.store = Store.open(folder / "agent.db", Keys.derive(bytes(range(32))), self.clock, CountedIds())
        self.config = Config(agent={"data_dir": folder, "socket": folder / "s"}, printer={"port": "/dev/none"})
        self.begin()

    def begin(self) -> None:
        parts = SimpleNamespace(config=self.config, clock=self.clock, ids=CountedIds())
        calls: Any = SimpleNamespace(lang="ru", parts=parts, told=lambda error: of_agent(error, "ru"))
        storage: Any = self.storage
        self.book = Book(self.store, "ru")
        self.runner = Runner(calls, self.book, storage, storage)
        self.worker = Worker(self.book, self.runner, self.clock, "ru")
        app = Starlette(routes=QueueRoutes(self.worker, Devices(self.config), "ru").routes())
        app.router.redirect_slashes = False
        self.app: Any = cleaned(app)

    def ask(self, method: str, path: str, body: object = None) -> httpx.Response:
        async def asked() -> httpx.Response:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://till") as client:
                return await client.request(method, path, json=body)

        return asyncio.run(asked())

    def post(self, uuid: str, *tasks: dict, path: str = "/api/v2/requests") -> int:
        return self.ask("POST", path, {"uuid": uuid, "request": list(tasks)}).status_code

    def items(self, uuid: str) -> list[dict]:
        answer = self.ask("GET", f"/api/v2/requests/{uuid}")
        assert answer.status_code == 200, answer.text
        return list(answer.json()["results"])

    def statuses(self, uuid: str) -> list[str]:
        return [one["status"] for one in self.items(uuid)]

    def work(self) -> None:
        """What is open, on this thread. KilledError."""
        for one in self.book.open():
            self.runner.run(one)

    def killed(self, moment: str) -> None:
        """At work, there; then the next process."""
        self.storage.dies_at = moment
        with pytest.raises(KilledError):
            self.work()
        self.storage.dies_at = ""
        self.begin()


@pytest.fixture
def till(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Till]:
    monkeypatch.setattr(running, "Beside", lambda calls, storage, book, doubts: Counter(storage, book, doubts))
    monkeypatch.setattr(doubts, "AGAIN_S", 0.01)
    made = Till(tmp_path)
    yield made
    made.storage.gate.set()
    if made.worker._thread.is_alive():
        made.worker.stop()
    made.store.close()
