"""Waiting for what only the fiscal storage can tell; the queue stands meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from pos_agent.api.atol_tasks.blocking import CONNECTION, Block
from pos_agent.api.atol_tasks.desk_calls import DoubtError, StoppedError
from pos_agent.api.atol_tasks.results import BLOCKED
from pos_agent.clock import Clock

if TYPE_CHECKING:
    from pos_agent.api.atol_tasks.running import Run

Answer = TypeVar("Answer")

AGAIN_S = 2.0  # between looks


class Doubts:
    """Looks again and again, until it is known or the agent ends."""

    def __init__(self, clock: Clock, stopping: threading.Event) -> None:
        self._clock, self._stopping = clock, stopping

    def known(self, run: Run, look: Callable[[], Answer]) -> Answer:
        """What `look` gives once it does not raise DoubtError. StoppedError: the agent ends first."""
        while True:
            try:
                return look()
            except DoubtError:
                self.stand(run, CONNECTION, AGAIN_S)

    def stand(self, run: Run, reason: str, seconds: float) -> None:
        """The queue stands for a while; pollers see why. StoppedError."""
        run.show(BLOCKED, Block(run.uuid, reason))
        if self._clock.wait(self._stopping, seconds):
            raise StoppedError
