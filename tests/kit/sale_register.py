"""A selling register for very many sales: quick to make, short on paper, with a process that can be killed."""

import sqlite3
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from emulator.marks import Line
from kit.gateway_register import GatewayRegister
from kit.memory_register import CountedIds, VirtualClock
from pos_agent.store.keys import Keys
from pos_agent.store.store import Store

FORM = [Line("ДОКУМЕНТ"), Line("ФН ФД ФПД")]


class Killed(BaseException):
    """kill -9 of the agent: nothing in it may catch this and go on."""


def memory_folder() -> str | None:
    """Where files cost no disk; None: the usual place."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


@cache
def _template_folder() -> tempfile.TemporaryDirectory:
    return tempfile.TemporaryDirectory(prefix="template-", dir=memory_folder())  # gone when the process ends


@cache
def template() -> Path:
    """An empty migrated database, made once a process; child processes find their parent's."""
    path = Path(_template_folder().name) / "agent.db"
    clock, ids = VirtualClock(), CountedIds()
    Store.open(path, Keys.derive(bytes(range(32))), clock, ids).close()
    return path


class SaleRegister(GatewayRegister):
    """Prints two lines a document (a QR code costs more than the sale); `reborn` is what follows a kill."""

    def __init__(self, folder: Path, **profile: Any) -> None:
        self._reader: sqlite3.Connection | None = None
        self._customers = 0
        self.points: list[str] = []  # commit points reached since the list was emptied
        self.at_point: Callable[[str], None] = lambda point: None  # may kill
        self.told_point: Callable[[str], None] = lambda point: None  # only looks on
        self.ran: Callable[[bytes, bytes], None] = lambda request, answer: None  # what the device was made to do
        super().__init__(folder, template(), **profile)

    def replace_storage(self, fn_serial: str) -> None:
        super().replace_storage(fn_serial)
        self.device._form = lambda document, change_kop=0: [*FORM]
        self.machine.tables.operator_of = cache(self.machine.tables.operator_of)  # nobody changes a password here
        run = self.machine.run

        def noted(payload: bytes, port: int, taken_at: int | None = None) -> bytes:
            answer = run(payload, port, taken_at)
            self.ran(payload, answer)
            return answer

        self.machine.run = noted

    def open(self) -> None:
        super().open()
        self.store.commit_hook = self._reached

    def _reached(self, point: str) -> None:
        self.points.append(point)
        self.told_point(point)
        self.at_point(point)

    def reborn(self) -> None:
        """The process was killed: its memory is gone, a new one starts on the same files and the same cable."""
        self.at_point = lambda point: None
        self.reopen()

    def close(self) -> None:
        if self._reader is not None:
            self._reader.close()
        self.store.close()

    def next_customer(self, points: int) -> str:
        """A person with a short history: long ones cost time."""
        self._customers += 1
        number = self._customers
        self.customer = self.add_customer(f"+7917{number:07d}", f"7Q4M2X{number:04d}")
        self.give(points)
        return self.customer

    def query(self, sql: str, *values: Any) -> list[dict]:
        if self._reader is None:
            self._reader = sqlite3.connect(self.folder / "agent.db", isolation_level=None)
            self._reader.row_factory = sqlite3.Row
        return [dict(one) for one in self._reader.execute(sql, values)]

    def caught_up(self) -> bool:
        """As the slow one, from the end of the ledger; a sale that waits for a person holds the others up."""
        unsettled = self.query("SELECT state FROM sale_intent WHERE state NOT IN ('registered', 'not_executed')")
        if unsettled:
            return unsettled[0]["state"] == "needs_operator"
        return self.query("SELECT max(fd_number) AS fd FROM ledger_event")[0]["fd"] == self.device.fn.last_fd
