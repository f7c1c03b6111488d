"""One thread: one request after another, one task after another, in the order in which they were accepted.

A request is kept before it is answered, its offer before it is sold, its document's number before a shift command: a
kill at any moment leaves what the next start needs to find out what happened. Nothing is sent twice.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta

from pos_agent.api.atol_tasks import faults
from pos_agent.api.atol_tasks.blocking import Block
from pos_agent.api.atol_tasks.book import Book, Request
from pos_agent.api.atol_tasks.desk_calls import StoppedError
from pos_agent.api.atol_tasks.results import CANCELED, RUNNING, WAIT, Json, item
from pos_agent.api.atol_tasks.running import Runner
from pos_agent.api.bell import Bell
from pos_agent.clock import Clock
from pos_agent.errors import AgentError
from pos_agent.logs import logger

IDLE_S = 60.0  # it is woken; this is only in case
TROUBLE_S = 5.0  # the database does not take it now
REMEMBERED = 50  # requests
TOO_OLD = timedelta(minutes=10)  # found waiting at the start: the cashier has rung it up otherwise by now


class Worker:
    """The queue's thread, and what is known of it from outside."""

    def __init__(self, book: Book, runner: Runner, clock: Clock, lang: str) -> None:
        self.book, self.bell = book, Bell()
        self._runner, self._clock, self._lang = runner, clock, lang
        self._wake, self._stopping = threading.Event(), threading.Event()
        self._shown: OrderedDict[str, tuple[Json, ...]] = OrderedDict()  # whole results, while the agent runs
        self._now: tuple[str, tuple[Json, ...]] | None = None  # the request that runs, with the items to show
        self.block = Block()
        runner.shown = self._show
        self._log = logger("atol")
        self._thread = threading.Thread(target=self._live, name="atol-tasks", daemon=True)

    @property
    def monotonic(self) -> Callable[[], float]:
        """The clock that holds answers back."""
        return self._clock.monotonic

    def start(self) -> None:
        """Go on with what is open; then with what comes."""
        self._thread.start()

    def stop(self, timeout_s: float = 5.0) -> None:
        """After the step at hand."""
        self._stopping.set()
        self._runner.stopping.set()
        self._wake.set()
        self._thread.join(timeout_s)

    def wake(self) -> None:
        """There is something new."""
        self._wake.set()

    def items(self, request: Request) -> list[Json]:
        """Results of a request as they are now, one for each task."""
        now = self._now
        if not request.tasks:
            return list(self._shown.get(request.uuid, request.items))
        shown = now[1] if now is not None and now[0] == request.uuid else request.items
        rest = len(request.tasks) - len(shown)
        running = RUNNING if request.begun and rest and shown == request.items else WAIT
        return [*shown, *(item(running if not number else WAIT, self._lang) for number in range(rest))]

    def cancel(self, request: Request) -> bool:
        """Take a request back that has not begun."""
        fault = faults.fault(faults.CANCELED, "canceled", self._lang)
        return self.book.drop(request, [item(CANCELED, self._lang, fault=fault) for _ in request.tasks])

    # ------------------------------------------------------------------ the thread

    def _live(self) -> None:
        self._guarded(self._drop_the_old)
        while not self._stopping.is_set():
            self._wake.clear()
            if not self._guarded(self._work):
                self._clock.wait(self._wake, TROUBLE_S)
            else:
                self._clock.wait(self._wake, IDLE_S)

    def _guarded(self, work: Callable[[], None]) -> bool:
        try:
            work()
        except StoppedError:
            return True
        except AgentError as error:
            self._log.error("till requests wait", code=error.code, why=str(error))
            return False
        except Exception:  # noqa: BLE001 - the thread's edge: report, and go on later
            self._log.exception("the thread of till requests failed")
            return False
        return True

    def _work(self) -> None:
        while not self._stopping.is_set():
            waiting = self.book.open()
            if not waiting:
                return
            self._runner.run(waiting[0])
            self._now = None
            self.bell.ring()

    def _show(self, uuid: str, items: list[Json], block: Block) -> None:
        """What the runner tells of itself."""
        self._now, self.block = (uuid, tuple(items)), block
        self._shown[uuid] = tuple(items)
        while len(self._shown) > REMEMBERED:
            self._shown.popitem(last=False)
        self.bell.ring()

    def _drop_the_old(self) -> None:
        for one in self.book.open():
            if not one.begun and self._clock.now() - datetime.fromisoformat(one.created_at) > TOO_OLD:
                minutes = int(TOO_OLD.total_seconds() // 60)
                fault = faults.fault(faults.CANCELED, "too_old", self._lang, minutes=minutes)
                self.book.drop(one, [item(CANCELED, self._lang, fault=fault) for _ in one.tasks])
