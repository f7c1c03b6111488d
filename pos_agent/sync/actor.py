"""The thread around a `SyncWorker`. Others wake it, ask it to hurry, and read its state; no sale ever waits for it."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future

from pos_agent.clock import Clock
from pos_agent.errors import AgentError
from pos_agent.logs import logger
from pos_agent.sync.worker import SyncState, SyncWorker
from pos_agent.turns import TURNS

RECOVERY_S = 30.0  # after a bug or a refusal of the store: long enough not to fill the log
LONGEST_WAIT_S = 60.0
MAILBOX = 16


class SyncActor:
    """`close` is called by the thread at its end: it lets go of the connection to the cloud."""

    def __init__(self, worker: SyncWorker, clock: Clock, close: Callable[[], None]) -> None:
        self._worker = worker
        self._clock = clock
        self._close = close
        self._asked: queue.Queue[Future[SyncState]] = queue.Queue(MAILBOX)
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sync", daemon=True)
        self._log = logger("sync")

    @property
    def state(self) -> SyncState:
        """How it stands; any thread may read it."""
        return self._worker.state

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """There is something new to send. Returns at once; a backoff under way goes on."""
        self._wake.set()

    def hurry(self) -> Future[SyncState]:
        """Sync now whatever was planned; the future tells how it stands then. AgentError NET-01 when too many ask."""
        asked: Future[SyncState] = Future()
        try:
            self._asked.put_nowait(asked)
        except queue.Full:
            raise AgentError("NET-01", t=self.state.last_success) from None
        self._wake.set()
        return asked

    def stop(self, timeout_s: float) -> bool:
        """End after the request under way. True when the thread ended in time; nothing is lost when it did not."""
        self._stopping.set()
        self._wake.set()
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        TURNS.stand_back()
        wait_s = 0.0
        while not self._stopping.is_set():
            if self._clock.wait(self._wake, min(wait_s, LONGEST_WAIT_S)):
                self._wake.clear()
                self._worker.look_again()
            try:
                self._answer_asked()
                wait_s = 0.0 if self._stopping.is_set() else self._worker.tick(self._clock.monotonic())
            except AgentError as error:
                self._log.error("the sync stopped for a while", code=error.code, why=str(error))
                wait_s = RECOVERY_S
            except Exception:  # noqa: BLE001 - the thread's edge: report and begin again
                self._log.exception("the sync thread failed")
                wait_s = RECOVERY_S
        self._close()
        while not self._asked.empty():
            self._asked.get_nowait().cancel()

    def _answer_asked(self) -> None:
        while not self._stopping.is_set() and not self._asked.empty():
            asked = self._asked.get_nowait()
            if asked.set_running_or_notify_cancel():
                try:
                    asked.set_result(self._worker.hurry(lambda: not self._stopping.is_set()))
                except BaseException as error:
                    asked.set_exception(error)
                    raise
