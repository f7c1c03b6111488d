"""Tasks that are no receipts, each on its printer: of the request's device, or of extension member `printer`.

See docs/tills-atol.md.
"""

from __future__ import annotations

import threading
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
from pos_agent.api.printers import named, of_printer, printers
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
        self._lock = threading.Lock()

    def of(self, task: Mapping[str, Any], device: str = "") -> Tasks:
        """TaskError 501: no such printer, or not the device's. Where there is one printer the member is not read.

        `device`: the part whose printer the request was sent to, "" = the default device.
        """
        config = self._calls.parts.config
        if not config.parts.printer or task.get("printer") in (None, ""):
            return self.on(device)
        try:
            wanted = named(config, task)
        except UsageError as error:
            raise self._wrong() from error
        part = wanted.part if wanted is not None else device
        if device and part != device:
            raise self._wrong()
        return self.on(part)

    def on(self, part: str) -> Tasks:
        """Of the printer that sells this part, "" = the register's own; asked from several threads."""
        with self._lock:
            if part and part not in self._others:
                (wanted,) = [one for one in printers(self._calls.parts.config) if one.part == part]
                calls = DeskCalls(of_printer(self._calls.parts, wanted), self._calls.lang)
                self._others[part] = self._made(calls, Archive(calls))
            return self._others[part] if part else self.own

    def _wrong(self) -> faults.TaskError:
        return faults.fault(faults.PARSE, "wrong_value", self._calls.lang, path="printer")

    def _made(self, calls: DeskCalls, archive: Archive) -> Tasks:
        printing = PrintTasks(calls)
        fiscal = FiscalTasks(calls, archive, self._book, printing, self._doubts)
        return Tasks(printing, StatusTasks(calls, archive, printing), fiscal, archive)
