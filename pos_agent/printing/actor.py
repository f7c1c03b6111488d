"""One thread owns one printer. Others post messages to its bounded mailbox and get a future."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from pos_agent.clock import Clock
from pos_agent.errors import AgentError, PrinterError
from pos_agent.logs import logger
from pos_agent.printing.ports import Problem
from pos_agent.printing.watch import Watch
from pos_agent.turns import TURNS

MAILBOX = 64
RECOVERY_S = 5.0  # after a bug in a tick: long enough not to fill the log, short enough not to be missed


@dataclass(frozen=True)
class Job:
    """Work to do on the printer's thread; its result or error goes into the future."""

    work: Callable[[Watch], Any]
    result: Future[Any]


class PrinterActor:
    """The thread shell around a `Watch`."""

    def __init__(self, watch: Watch, clock: Clock) -> None:
        self.watch = watch
        self.clock = clock
        self.last_beat = clock.monotonic()  # when the thread last showed that it lives
        self._mailbox: queue.Queue[Job] = queue.Queue(MAILBOX)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="printer", daemon=True)
        self._log = logger("printer")

    def start(self) -> None:
        self._thread.start()

    def ask(self, work: Callable[[Watch], Any]) -> Future[Any]:
        """Have `work` done on the printer's thread. PrinterError PRN-04 when the mailbox is full."""
        job = Job(work, Future())
        try:
            self._mailbox.put_nowait(job)
        except queue.Full:
            raise PrinterError("PRN-04") from None
        return job.result

    @property
    def waiting(self) -> int:
        """Jobs in the mailbox now."""
        return self._mailbox.qsize()

    def stop(self, timeout_s: float) -> bool:
        """Finish the piece of work at hand and end. True when the thread ended in time."""
        self._stopping.set()
        with contextlib.suppress(PrinterError):  # a full mailbox wakes it as well
            self.ask(lambda watch: None)
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        TURNS.stand_back()
        delay = 0.0
        while not self._stopping.is_set():
            self.last_beat = self.clock.monotonic()
            try:
                job = self._next(delay)
                delay = self.watch.tick() if job is None else self._do(job, delay)
            except AgentError as error:
                self.watch.line.problem(Problem(error.code, dict(error.params)), str(error))  # logs it once
                delay = RECOVERY_S
            except Exception:  # noqa: BLE001 - the thread's edge: report, let go of the port, begin again
                self._log.exception("the printer's thread failed")
                self.watch.line.close()
                delay = RECOVERY_S
        self.watch.line.close()
        while (left := self._next(0.0)) is not None:
            left.result.cancel()

    def _next(self, delay: float) -> Job | None:
        try:
            return self._mailbox.get(timeout=delay) if delay > 0 else self._mailbox.get_nowait()
        except queue.Empty:
            return None

    def _do(self, job: Job, delay: float) -> float:
        if job.result.set_running_or_notify_cancel():
            try:
                job.result.set_result(job.work(self.watch))
            except Exception as error:
                job.result.set_exception(error)
                if not isinstance(error, AgentError):
                    raise
        return min(delay, self.watch.poll_s)
