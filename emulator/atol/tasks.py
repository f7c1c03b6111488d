"""The task buffer of the ATOL transport 3 (protocol notes, sections 2.2 to 2.5), without packets.

Tasks run one at a time in the order they came. A task that fails without IgnoreError stops the queue: what waits
becomes Stopped, and so does what is added, until Abort. A result is kept until Ack.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, IntFlag

from emulator.atol.variant import AddAnswer, Variant
from emulator.shtrih.silence import Fate

MOST_TID = 0xDF
BAD_FLAGS, BAD_TID = 0, 1


class Status(IntEnum):
    """First byte of an answer (section 2.4)."""

    PENDING = 0xA1
    IN_PROGRESS = 0xA2
    RESULT = 0xA3
    ERROR = 0xA4
    STOPPED = 0xA5
    ASYNC_RESULT = 0xA6
    ASYNC_ERROR = 0xA7
    WAITING = 0xA8
    OVERFLOW = 0xB1
    ALREADY_EXISTS = 0xB2
    NOT_FOUND = 0xB3
    ILLEGAL_VALUE = 0xB4


class Flag(IntFlag):
    """Second byte of Add."""

    NEED_RESULT = 1
    IGNORE_ERROR = 2
    WAIT_ASYNC = 4


ALL_FLAGS = 0b111
FINISHED = (Status.RESULT, Status.ERROR)


@dataclass
class Task:
    """One task. ``content``: password, command, parameters; ``result``: the command's answer."""

    tid: int
    flags: Flag
    content: bytes
    status: Status = Status.PENDING
    result: bytes = b""

    @property
    def shown(self) -> Status:
        """A running task that may wait for outside data shows as Waiting."""
        if self.status is Status.IN_PROGRESS and self.flags & Flag.WAIT_ASYNC:
            return Status.WAITING
        return self.status


class TaskBuffer:
    """Tasks by id. Every method returns the bytes that answer its buffer command."""

    def __init__(self, variant: Variant) -> None:
        self._variant = variant
        self._tasks: dict[int, Task] = {}
        self._running: Task | None = None
        self._stopped = False

    def __contains__(self, tid: int) -> bool:
        return tid in self._tasks

    @property
    def waiting(self) -> bool:
        """A task could start now."""
        return self._running is None and any(task.status is Status.PENDING for task in self._tasks.values())

    def add(self, flags: int, tid: int, content: bytes) -> bytes:
        """C1h. b"" when the answer is the result itself and comes later (`AddAnswer.RESULT`)."""
        if flags & ~ALL_FLAGS:
            return bytes((Status.ILLEGAL_VALUE, BAD_FLAGS))
        if tid > MOST_TID:
            return bytes((Status.ILLEGAL_VALUE, BAD_TID))
        if tid in self._tasks or (self._running is not None and self._running.tid == tid):
            return bytes((Status.ALREADY_EXISTS,))
        if len(self._tasks) >= self._variant.buffer_size:
            return bytes((Status.OVERFLOW,))
        at_once = self._running is None and not self.waiting
        task = Task(tid, Flag(flags), content)
        self._tasks[tid] = task
        if self._stopped:
            task.status = Status.STOPPED
            return self._told(task)
        if not at_once or self._variant.add_answer is AddAnswer.PENDING:
            return bytes((Status.PENDING,))
        if self._variant.add_answer is AddAnswer.RESULT:
            return b""
        return bytes((Status.WAITING if task.flags & Flag.WAIT_ASYNC else Status.IN_PROGRESS,))

    def ask(self, tid: int) -> bytes:
        """C3h: the task's status, with the answer once it has run."""
        task = self._tasks.get(tid)
        return self._told(task) if task else bytes((Status.NOT_FOUND,))

    def ack(self, tid: int) -> bytes:
        """C2h: drop a result. A task that has not run stays and tells its status."""
        if tid > MOST_TID:
            return bytes((Status.ILLEGAL_VALUE,))
        task = self._tasks.get(tid)
        if task is None:
            return bytes((Status.NOT_FOUND,))
        if task.status not in FINISHED:
            return bytes((task.shown,))
        del self._tasks[tid]
        return bytes((task.status if self._variant.ack_tells_error else Status.RESULT,))

    def abort(self) -> bytes:
        """C4h: drop every task and let the queue go on; a running one cannot be stopped and stays."""
        running = self._running
        self.clear()
        if running is None:
            return bytes((Status.RESULT,))
        self._running = self._tasks[running.tid] = running
        return bytes((Status.IN_PROGRESS, running.tid if self._variant.abort_tells_tid else 0))

    def clear(self) -> None:
        """Power is lost: no task is left."""
        self._tasks, self._running, self._stopped = {}, None, False

    def start(self) -> bytes | None:
        """Start the oldest waiting task; returns what it asks for, None when nothing can start."""
        if not self.waiting:
            return None
        task = next(task for task in self._tasks.values() if task.status is Status.PENDING)
        task.status, self._running = Status.IN_PROGRESS, task
        return task.content

    def finish(self, result: bytes, failed: bool, fate: Fate) -> tuple[int, bytes]:
        """The running task has run. Returns its id and what tells the host, b"" for nothing: A3 or A4 and the answer.

        A muted answer is kept and not told; a lost one is as if the task had never been there.
        """
        task, self._running = self._running, None
        if task is None:
            return 0, b""
        task.status, task.result = Status.ERROR if failed else Status.RESULT, result
        if failed and not task.flags & Flag.IGNORE_ERROR:
            self._stop()
        wanted = bool(task.flags & Flag.NEED_RESULT) or self._variant.keeps_unasked
        if not wanted or fate is Fate.LOST:
            self._tasks.pop(task.tid, None)
        return task.tid, self._told(task) if wanted and fate is Fate.SENT else b""

    def _stop(self) -> None:
        self._stopped = True
        for task in self._tasks.values():
            if task.status is Status.PENDING:
                task.status = Status.STOPPED

    def _told(self, task: Task) -> bytes:
        if task.status is Status.STOPPED and self._variant.stopped_tells_tid:
            return bytes((Status.STOPPED, task.tid))
        return bytes((task.shown,)) + (task.result if task.status in FINISHED else b"")
