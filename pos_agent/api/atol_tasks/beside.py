"""Tasks that are no receipts, each on the printer that it names: extension member `printer` (docs/tills-atol.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pos_agent.api.atol_tasks import faults
from pos_agent.api.atol_tasks.archive import Archive
from pos_agent.api.atol_tasks.asking import StatusTasks
from pos_agent.api.atol_tasks.book import Book
from pos_agent.api.atol_tasks.desk_calls import DeskCalls
from pos_agent.api.atol_tasks.doubts import Doubts
from pos_agent.api.atol_tasks.fiscal import FiscalTasks
from pos_agent.api.atol_tasks.printing import PrintTasks
from pos_agent.api.printers import named, of_printer
from pos_agent.errors import UsageError


@dataclass(frozen=True)
class Tasks:
    """What one printer does besides receipts."""

    printing: PrintTasks
    status: StatusTasks
    fiscal: FiscalTasks
    archive: Archive


class Beside:
    """The tasks of every printer of the counter; `own` of the register's own one."""

    def __init__(self, calls: DeskCalls, archive: Archive, book: Book, doubts: Doubts) -> None:
        self._calls, self._book, self._doubts = calls, book, doubts
        self.own = self._made(calls, archive)
        self._others: dict[str, Tasks] = {}

    def of(self, task: Mapping[str, Any]) -> Tasks:
        """TaskError 501: there is no such printer. Where there is one printer the member is not read."""
        config = self._calls.parts.config
        if not config.parts.printer or task.get("printer") in (None, ""):
            return self.own
        try:
            wanted = named(config, task)
        except UsageError as error:
            raise faults.fault(faults.PARSE, "wrong_value", self._calls.lang, path="printer") from error
        if wanted is None or not wanted.part:
            return self.own
        if wanted.part not in self._others:
            calls = DeskCalls(of_printer(self._calls.parts, wanted), self._calls.lang)
            self._others[wanted.part] = self._made(calls, Archive(calls))
        return self._others[wanted.part]

    def _made(self, calls: DeskCalls, archive: Archive) -> Tasks:
        printing = PrintTasks(calls)
        fiscal = FiscalTasks(calls, archive, self._book, printing, self._doubts)
        return Tasks(printing, StatusTasks(calls, archive, printing), fiscal, archive)
