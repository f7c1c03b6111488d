"""Shift tasks and the report on the state of calculations: documents that a receipt's protocol does not cover.

The number of the storage's last document is kept before the command goes out. Whatever comes back, or does not, a newer
document of the right kind proves that it happened, none that it did not. Nothing is sent twice.
Source: task reference, section 2.6.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from drivers.api import Shift
from pos_agent.api.atol_tasks import faults
from pos_agent.api.atol_tasks.archive import Archive
from pos_agent.api.atol_tasks.book import Book
from pos_agent.api.atol_tasks.desk_calls import DeskCalls, DoubtError, StoppedError, UncertainError
from pos_agent.api.atol_tasks.doubts import Doubts
from pos_agent.api.atol_tasks.fields import Fields
from pos_agent.api.atol_tasks.printing import PrintTasks
from pos_agent.api.atol_tasks.results import Json
from pos_agent.errors import AgentError, PrinterError
from pos_agent.model.receipt import DocumentId
from pos_agent.printing.watch import Watch

if TYPE_CHECKING:
    from pos_agent.api.atol_tasks.running import Run

FORMS = {"openShift": 2, "closeShift": 5, "reportOfdExchangeStatus": 21}
MOST_BETWEEN = 10  # documents after the kept number that are looked through


class FiscalTasks:
    """The fiscal tasks that are no receipts."""

    def __init__(self, calls: DeskCalls, archive: Archive, book: Book, printing: PrintTasks, doubts: Doubts) -> None:
        self._calls, self._archive, self._book = calls, archive, book
        self._printing, self._doubts = printing, doubts
        assert calls.parts.desk is not None, "the daemon has a desk"
        self._desk = calls.parts.desk

    def done(self, run: Run, task: Mapping[str, Any]) -> Json:
        """The result of a document that is in the storage. TaskError: it is not."""
        kind, given = str(task["type"]), Fields(task, self._calls.lang)
        before, recovered = dict(run.request.before), bool(run.resumed and run.request.before)
        if not recovered:
            before = self._doubts.known(run, lambda: self.before(kind))
            run.request = self._book.progress(run.request, run.items, before=before) or run.request
            self._printing.beside([one.given for one in given.each("preItems")], cut=False)
            try:
                made = self.perform(kind, before)
                self._printing.beside([one.given for one in given.each("postItems")], cut=True)
                return made
            except DoubtError:
                pass
        found = self._doubts.known(run, lambda: self.found(kind, before))
        if found is None:
            raise faults.fault(faults.CONNECTION_LOST, "not_done", self._calls.lang)
        return {"fiscalParams": found, "warnings": {"recovered": True}}

    def before(self, kind: str) -> Json:
        """What has to be kept before the command. TaskError: it cannot be done now, nothing was sent."""

        def look(watch: Watch) -> Json:
            self._calls.connected(watch)
            shift = self._calls.must(watch, watch.line.printer.status()).shift
            if kind == "openShift" and shift is not Shift.CLOSED:
                raise faults.fault(faults.SHIFT_OPEN, "shift_is_open", self._calls.lang)
            if kind == "closeShift" and shift is Shift.CLOSED:
                raise faults.fault(faults.SHIFT_CLOSED, "shift_is_closed", self._calls.lang)
            if self._desk.settler.settle() is not None:
                raise DoubtError
            serial, last_fd, _ = watch.storage_now()
            return {"fn": serial, "fd": last_fd}

        try:
            return self._calls.on_printer(look)
        except AgentError as error:
            raise self._calls.told(error) from error
        except UncertainError:
            raise faults.fault(faults.NO_CONNECTION, "late", self._calls.lang) from None

    def perform(self, kind: str, before: Mapping[str, Any]) -> Json:
        """Send it once. DoubtError: whether it happened is not known yet; TaskError: it did not."""
        reason: faults.TaskError | None = None
        try:
            self._calls.on_printer(lambda watch: self._send(watch, kind))
        except UncertainError:
            pass
        except faults.TaskError as refused:
            reason = refused
        except AgentError as error:
            if error.code in faults.IN_DOUBT:
                raise DoubtError from error
            reason = self._calls.told(error)
        found = self.found(kind, before)
        if found is None:
            raise reason or faults.fault(faults.CONNECTION_LOST, "not_done", self._calls.lang)
        return {"fiscalParams": found, "warnings": {}}

    def found(self, kind: str, before: Mapping[str, Any]) -> Json | None:
        """`fiscalParams` of the document that came after `before`; None: none did. DoubtError: nobody tells now."""
        try:
            number = self._calls.on_printer(lambda watch: self._after(watch, kind, before))
            return None if number is None else self._archive.params(number)
        except StoppedError:
            raise
        except (AgentError, UncertainError, faults.TaskError) as error:
            raise DoubtError from error

    def _send(self, watch: Watch, kind: str) -> None:
        works: dict[str, Callable[[], object]] = {
            "openShift": self._desk.open_shift,
            "closeShift": self._desk.close_shift,
            "reportOfdExchangeStatus": lambda: self._report(watch),
        }
        works[kind]()

    def _report(self, watch: Watch) -> None:
        calls = self._calls
        calls.held(watch, lambda held: calls.must(held, calls.method(held, "calculation_report")()))

    def _after(self, watch: Watch, kind: str, before: Mapping[str, Any]) -> DocumentId | None:
        serial, last_fd, _ = watch.storage_now()
        if serial != before["fn"]:
            raise PrinterError("SAL-02")
        for fd in range(int(before["fd"]) + 1, min(last_fd, int(before["fd"]) + MOST_BETWEEN) + 1):
            short = self._calls.must(watch, watch.line.printer.find_document(fd))
            if short is not None and short.form == FORMS[kind]:
                watch.read_up_to(serial, last_fd)  # so that its whole text is at hand
                return DocumentId(serial, fd)
        return None
