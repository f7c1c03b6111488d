"""Protocol 3 as a guest on the till's line: ids that keep clear of the till's, and never an Abort.

Abort would drop the till's results. A task of ours goes out with IgnoreError, so that its failure does not stop the
till's queue. Source: protocol notes, sections 2.2 and 2.5; docs/adr/0005.
"""

from __future__ import annotations

from drivers.api import LinkFault
from drivers.atol.link_v3 import LinkV3
from drivers.atol.link_v3_table import TABLE, Do, Event, Phase, TimingV3
from drivers.atol.tap_numbers import Numbers
from drivers.atol.tap_v3 import PacketEar
from drivers.exchange import NotSentResult, Payload, UnknownResult

FIRST = 0x80  # before the till has said anything: tills begin at 00h or 01h


class GuestLink(LinkV3):
    """`LinkV3` between the till's exchanges. `ear` is told of a queue that stands still: then nothing is added."""

    def __init__(self, numbers: Numbers, ear: PacketEar, timing: TimingV3 | None = None) -> None:
        self._numbers, self._ear = numbers, ear
        super().__init__(timing, FIRST, FIRST, ignore_error=True)

    @property
    def coming_tid(self) -> int:
        self._next_tid = self._numbers.task(self._next_tid)
        return self._next_tid

    def begin(self, payload: Payload, timeout_s: float, now: float) -> None:
        """As `LinkV3.begin`, under the tid that `coming_tid` told: it may have been written down. Not sent when the
        till came near that number meanwhile."""
        if not self._numbers.task_is_free(self._next_tid):
            self._start(timeout_s, now)
            self._end(NotSentResult(LinkFault.BUSY, f"the till has come to tid {self._next_tid:02X}h"))
            return
        super().begin(payload, timeout_s, now)

    def begin_settle(self, limit_s: float, now: float) -> None:
        """As `LinkV3.begin_settle`. A number that the till has a task under by now tells nothing of ours."""
        if self.unsettled is not None and self._numbers.task_is_tills(self.unsettled):
            self._start(limit_s, now)
            detail = f"tid {self.unsettled:02X}h is the till's now"
            self.unsettled = None
            self._end(UnknownResult(LinkFault.SILENT, detail))
            return
        super().begin_settle(limit_s, now)

    def begin_hello(self, limit_s: float, now: float) -> None:
        self._next_tid = self._numbers.task(self._next_tid)
        super().begin_hello(limit_s, now)

    def begin_abort(self, limit_s: float, now: float) -> None:
        """Never: a question in its place."""
        self.begin_hello(limit_s, now)

    def _happen(self, event: Event, answer: bytes, now: float) -> None:
        if TABLE[self._phase][event].do is not Do.ABORT:
            super()._happen(event, answer, now)
            return
        self._ear.queue_stands = self._ear.queue_stands or event is Event.STOPPED
        self.unsettled = None
        self._end(NotSentResult(LinkFault.BUSY, "the register's queue is full, or stands still until the till's Abort"))

    def _say(self, data: bytes, phase: Phase, now: float, fresh: bool = True) -> None:
        self._next_id = self._numbers.packet(self._next_id)
        super()._say(data, phase, now, fresh)
