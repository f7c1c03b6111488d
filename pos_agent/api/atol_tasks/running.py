"""One request carried out: its tasks in order, each finished one written down before the next begins."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pos_agent.api.atol_tasks import faults
from pos_agent.api.atol_tasks.archive import Archive
from pos_agent.api.atol_tasks.beside import Beside
from pos_agent.api.atol_tasks.blocking import Block
from pos_agent.api.atol_tasks.book import Book, Request
from pos_agent.api.atol_tasks.desk_calls import DeskCalls, DoubtError, StoppedError, UncertainError
from pos_agent.api.atol_tasks.doubts import Doubts
from pos_agent.api.atol_tasks.fiscal import FORMS
from pos_agent.api.atol_tasks.receipts import Receipts
from pos_agent.api.atol_tasks.results import ERROR, INTERRUPTED, READY, RUNNING, Json, item
from pos_agent.api.atol_tasks.selling import Made, Selling
from pos_agent.api.atol_tasks.words import NOT_OURS, RECEIPTS
from pos_agent.errors import AgentError
from pos_agent.logs import logger

STATUS_S = 60.0
ONCE = frozenset({"cashIn", "cashOut"})  # counted twice if they were sent twice


@dataclass
class Run:
    """The request at hand. `resumed`: the agent was restarted in the middle of the task that is next."""

    request: Request
    items: list[Json]
    resumed: bool
    tell: Callable[[str, list[Json], Block], None]
    lang: str
    made: Made | None = None

    @property
    def uuid(self) -> str:
        return self.request.uuid

    def show(self, status: str, block: Block) -> None:
        """What pollers see of the task at hand."""
        self.tell(self.uuid, [*self.items, item(status, self.lang)], block)


class Runner:
    """Carries requests out, on the worker's thread."""

    def __init__(self, calls: DeskCalls, book: Book, selling: Selling, archive: Archive) -> None:
        self._calls, self._book = calls, book
        self.stopping = threading.Event()
        self.shown: Callable[[str, list[Json], Block], None] = lambda uuid, items, block: None
        doubts = Doubts(calls.parts.clock, self.stopping)
        self.beside = Beside(calls, archive, book, doubts)
        self._receipts = Receipts(calls, book, selling, self.beside, doubts)
        self._log = logger("atol")

    def run(self, request: Request) -> None:
        """To its end. StoppedError: the agent ends first; AgentError: the database does not take it now."""
        run = Run(request, list(request.items), request.begun, self.shown, self._calls.lang)
        if not request.begun:
            begun = self._book.progress(request, run.items)
            if begun is None:
                return
            run.request = begun
        for task in request.tasks[len(run.items) :]:
            run.items.append(self._item(run, task))
            run.resumed = False
            if len(run.items) < len(request.tasks):
                run.request = self._book.progress(run.request, run.items) or run.request
        loyalty = run.made.offer.loyalty if run.made is not None and run.made.offer is not None else None
        self._book.finish(run.request, run.items, loyalty)
        self.shown(run.uuid, run.items, Block())

    def _item(self, run: Run, task: Mapping[str, Any]) -> Json:
        lang = self._calls.lang
        if any(one["status"] != READY for one in run.items):
            return item(INTERRUPTED, lang, fault=faults.fault(faults.INTERRUPTED, "interrupted", lang))
        run.show(RUNNING, Block())
        try:
            return item(READY, lang, self._done(run, task))
        except faults.TaskError as fault:
            return item(ERROR, lang, fault=fault)
        except UncertainError:
            return item(ERROR, lang, fault=faults.fault(faults.UNKNOWN, "not_known", lang))
        except AgentError as error:
            return self._or_made(run, task, self._calls.told(error))
        except (StoppedError, DoubtError):
            raise
        except Exception:  # noqa: BLE001 - one bad task must not hold up the queue for ever
            trace = self._calls.parts.ids.token("0123456789abcdef", 8)
            self._log.exception("task failed", trace_id=trace)
            return self._or_made(run, task, faults.fault(faults.WEB, "failed", lang, trace=trace))

    def _or_made(self, run: Run, task: Mapping[str, Any], fault: faults.TaskError) -> Json:
        """An error, unless the storage has the receipt: whatever failed here, a made receipt is no error."""
        found = self._receipts.found(run) if task.get("type") in RECEIPTS else None
        lang = self._calls.lang
        return item(READY, lang, found) if found is not None else item(ERROR, lang, fault=fault)

    def _done(self, run: Run, task: Mapping[str, Any]) -> Json:
        kind = str(task.get("type", ""))
        if kind in RECEIPTS:
            return self._receipts.done(run, task)
        there = self.beside.of(task, run.request.device)
        if kind in FORMS:
            return there.fiscal.done(run, task)
        if kind in there.printing.tasks:
            if run.resumed and kind in ONCE:
                raise UncertainError
            return there.printing.tasks[kind](task)
        if kind in there.status.tasks:
            return there.status.ask(kind, STATUS_S)
        if kind == "getCashDrawerStatus":
            return there.status.drawer()
        if kind == "getFnDocument":
            return there.archive.document(task)
        key, number = ("not_supported", faults.NOT_SUPPORTED) if kind in NOT_OURS else ("unknown_task", faults.PARSE)
        raise faults.fault(number, key, self._calls.lang, what=kind[:60])
