"""Host side of protocol 3 (packets and a task buffer), without I/O. States and rules: `link_v3_table`."""

from __future__ import annotations

from collections import deque

from drivers.api import LinkFault
from drivers.atol.link_v3_table import STATUS, TABLE, Do, Event, Phase, Rule, TimingV3
from drivers.atol.packet import (
    ASYNC_ID,
    FIRST_NUMBER,
    IGNORE_ERROR,
    NEED_RESULT,
    Buffer,
    Packet,
    PacketReader,
    State,
    encode_packet,
    following,
)
from drivers.exchange import Action, Answer, Finished, LinkResult, NotSentResult, Payload, Send, UnknownResult, Wait

_CLEAR: LinkResult = Answer(b"")


class LinkV3:
    """One task at a time: `begin`, then `poll` and `receive` until Finished.

    `unsettled` is a tid that may still be in the register's buffer; it outlives the exchange and the connection, and
    `begin_settle` must find out about it before anything else is sent. `ignore_error`, `empty_repeats` and
    `crc_of_masked`: see `switches`. `aborts` False: a guest, who never empties a buffer that is not his.
    """

    def __init__(
        self,
        timing: TimingV3 | None = None,
        next_id: int = FIRST_NUMBER,
        next_tid: int = FIRST_NUMBER,
        ignore_error: bool = False,
        empty_repeats: bool = False,
        crc_of_masked: bool = False,
        aborts: bool = True,
    ) -> None:
        self._timing, self._aborts = timing or TimingV3(), aborts
        self._next_id, self._next_tid = next_id, next_tid
        self._ignore_error, self._empty_repeats = ignore_error, empty_repeats
        self._crc_of_masked = crc_of_masked
        self.unsettled: int | None = None
        self._left: set[int] = set()  # tids whose Ack nobody confirmed: an old result may lie there
        self.doubted = ""
        self.sized = True
        self.repeats = False  # nothing to decide: the register tells a repeated packet by its Id
        self._outbox: deque[bytes] = deque()
        self._inbox: deque[int] = deque()
        self._start(0.0, 0.0)

    @property
    def doubtful(self) -> bool:
        """Something of ours may still be in the register's buffer."""
        return self.unsettled is not None

    @property
    def coming_tid(self) -> int:
        """The tid of the next task: to be written down before a fiscal command goes out."""
        tid = self._next_tid
        for _ in self._left:
            tid = following(tid) if tid in self._left else tid
        return tid

    def begin(self, payload: Payload, timeout_s: float, now: float) -> None:
        """Add one task: password, command, parameters. Raises ValueError when it fits no packet."""
        tid = self.coming_tid
        flags = NEED_RESULT | (IGNORE_ERROR if self._ignore_error else 0)
        data = bytes((Buffer.ADD, flags, tid)) + (payload if isinstance(payload, bytes) else payload())
        encode_packet(0, data)
        self._start(timeout_s, now)
        self._next_tid = following(tid)
        self._tid, self._adds = tid, True
        self._say(data, Phase.ADD, now)

    def begin_settle(self, limit_s: float, now: float) -> None:
        """Ask for the result of `unsettled`, as long as it runs, at most `limit_s`."""
        self._start(limit_s, now)
        self._run_until = now + limit_s
        self._tid = -1 if self.unsettled is None else self.unsettled
        self._sent = True
        self._req(now)

    def begin_abort(self, limit_s: float, now: float) -> None:
        """Empty the buffer; allowed only when nothing of ours can be in it. Answer(b"") when it is empty."""
        self._start(limit_s, now)
        self._run_until = now + limit_s
        self._after_clear = _CLEAR
        self._say(bytes((Buffer.ABORT,)), Phase.CLEAR, now)

    def begin_hello(self, limit_s: float, now: float) -> None:
        """Req of a tid not used yet: changes nothing; Answer(b"") when protocol 3 is spoken, whatever it says."""
        self._start(limit_s, now)
        self._hello, self._tid = True, self._next_tid
        self._req(now)

    def _start(self, timeout_s: float, now: float) -> None:
        self._outbox.clear()
        self._inbox.clear()
        self._reader = PacketReader(self._crc_of_masked)
        self._phase = Phase.DONE
        self._tid, self._id, self._data, self._frame = -1, -1, b"", b""
        self._adds = self._sent = self._later = self._hello = self._garbage = False
        self._tries = self._heard = 0
        self._deadline = now
        self._run_until = now + max(timeout_s, self._timing.run_s)
        self._result: LinkResult = NotSentResult(LinkFault.SILENT, "no exchange yet")
        self._after_clear = self._result

    def receive(self, chunk: bytes, now: float) -> None:
        """Take bytes from the register; `poll` works on them. After the end of the exchange they are ignored."""
        if self._phase is not Phase.DONE:
            self._heard += len(chunk)
            self._inbox.extend(chunk)

    def poll(self, now: float) -> Action:
        """Send, Wait or Finished. An Add counts as sent once its Send was handed out.

        A byte is looked at only when all there is to say was said: so any split of the stream means the same.
        """
        while not self._outbox and self._phase is not Phase.DONE:
            if self._heard > self._timing.heard_limit:
                self._give_up("too many bytes that are no answer")
            elif self._inbox:
                self._take(self._inbox.popleft(), now)
            elif now < self._deadline:
                return Wait(self._deadline)
            elif self._later:
                self._later = False
                self._say(self._data, self._phase, now, fresh=False)
            else:
                self._happen(Event.SILENCE, b"", now)
        if not self._outbox:
            return Finished(self._result)
        packet = self._outbox.popleft()
        if self._adds and self._phase is Phase.ADD:
            self._sent, self.unsettled = True, self._tid
        return Send(packet)

    def abandon(self, fault: LinkFault, detail: str) -> LinkResult:
        """The stream died. A task that was handed out may have been executed; a result we have stays one."""
        if self._phase is Phase.CLEAN:
            self._end(self._result)
        elif self._phase is not Phase.DONE:
            self._end(UnknownResult(fault, detail) if self._sent else NotSentResult(fault, detail))
        self._outbox.clear()
        return self._result

    def _take(self, byte: int, now: float) -> None:
        packet = self._reader.feed(byte)
        self._garbage = self._garbage or self._reader.skipped > 0
        if packet is None:
            return
        if not packet.intact:
            self._garbage = True
            if packet.number == self._id:
                self._happen(Event.BROKEN, b"", now)
        elif packet.number == ASYNC_ID:
            self._take_async(packet, now)
        elif packet.number == self._id and self._hello:
            self._end(Answer(b""))
        elif packet.number == self._id and not self._later:
            self._take_status(packet.data, now)

    def _take_async(self, packet: Packet, now: float) -> None:
        """F0 packets of other tasks are nobody's business here: another program's, or answered long ago."""
        if len(packet.data) < 3 or packet.data[1] != self._tid or self._hello:
            return
        if packet.data[0] == State.ASYNC_RESULT:
            self._happen(Event.ASYNC_RESULT, packet.data[2:], now)
        elif packet.data[0] == State.ASYNC_ERROR:
            self._happen(Event.ASYNC_ERROR, packet.data[2:], now)

    def _take_status(self, data: bytes, now: float) -> None:
        if not data:
            self._happen(Event.EMPTY, b"", now)
            return
        event = STATUS.get(data[0], Event.ODD)
        wants_answer = self._phase in (Phase.ADD, Phase.RUN, Phase.ASK)
        if wants_answer and event in (Event.RESULT, Event.ERROR) and len(data) < 2:
            event = Event.ODD  # "done", without the answer that must follow
        self._happen(event, data[1:], now)

    def _happen(self, event: Event, answer: bytes, now: float) -> None:
        rule = TABLE[self._phase][event]
        if rule.do is Do.TAKE:
            self._settled(Answer(answer))
            self._say(bytes((Buffer.ACK, self._tid)), Phase.CLEAN, now)
        elif rule.do is Do.TAKE_ERROR:
            self._settled(Answer(answer))
            acked = self._ignore_error or not self._aborts
            self._say(bytes((Buffer.ACK, self._tid)) if acked else bytes((Buffer.ABORT,)), Phase.CLEAN, now)
        elif rule.do is Do.ABORT:
            why = "the queue stood still after somebody's error" if event is Event.STOPPED else "the buffer was full"
            if not self._aborts:  # a stopped task of ours stays there until its owner clears the queue: no second one
                self.unsettled = self._tid if event is Event.STOPPED else None
                self._end(NotSentResult(LinkFault.BUSY, why))
                return
            self._after_clear = NotSentResult(LinkFault.BUSY, f"{why}; it is clear now")
            self._say(bytes((Buffer.ABORT,)), Phase.CLEAR, now)
        else:
            self._perform(rule, now)

    def _perform(self, rule: Rule, now: float) -> None:
        if rule.do is Do.GO:
            self._run(now)
        elif rule.do is Do.AGAIN:
            self._again(now)
        elif rule.do is Do.REPEAT and self._empty_repeats:
            self._outbox.append(encode_packet(self._id, b"", self._crc_of_masked))
        elif rule.do is Do.REQ:
            self._req(now)
        elif rule.do is Do.LATER:
            self._wait_longer(now)
        elif rule.do is Do.COLLIDE:
            self._collide(now)
        elif rule.do in (Do.REJECT, Do.FORGOTTEN):
            self.unsettled = None
            forgotten = UnknownResult(LinkFault.SILENT, f"task {self._tid:02X}h is not in the buffer (B3h)")
            rejected = NotSentResult(LinkFault.GARBAGE, "the register takes no such packet (B4h)")
            self._end(forgotten if rule.do is Do.FORGOTTEN else rejected)
        elif rule.do is Do.FINISH:
            self._left = set() if self._phase is Phase.CLEAR else self._left - {self._tid}
            self._end(self._after_clear if self._phase is Phase.CLEAR else self._result)

    def _run(self, now: float) -> None:
        if now >= self._run_until:
            self._give_up("the task still runs", LinkFault.BUSY)
            return
        self._phase, self._deadline = Phase.RUN, now + self._timing.poll_s

    def _req(self, now: float) -> None:
        self._say(bytes((Buffer.REQ, self._tid & 0xFF)), Phase.ASK, now)

    def _wait_longer(self, now: float) -> None:
        """Abort was answered "a task runs": ask again after a pause, with a new Id."""
        spent = self._phase is Phase.CLEAN and self._tries >= self._timing.other_tries
        if spent or now >= self._run_until:
            self._give_up("a task still runs", LinkFault.BUSY)
            return
        self._later, self._deadline = True, now + self._timing.poll_s

    def _collide(self, now: float) -> None:
        """B2h: after a repeat it is our own task; at the first packet somebody else's, and ours was not taken."""
        if self._tries > 1:
            self._req(now)
            return
        self.unsettled = None
        self._end(NotSentResult(LinkFault.BUSY, f"tid {self._tid:02X}h is taken"))

    def _say(self, data: bytes, phase: Phase, now: float, fresh: bool = True) -> None:
        """A new packet with the next Id."""
        self._id, self._data = self._next_id, data
        self._next_id = following(self._next_id)
        self._frame = encode_packet(self._id, data, self._crc_of_masked)
        self._tries = 0 if fresh else self._tries
        self._phase = phase
        self._transmit(now)

    def _transmit(self, now: float) -> None:
        self._tries += 1
        self._outbox.append(self._frame)
        self._deadline = now + self._timing.reply_s

    def _again(self, now: float) -> None:
        limit = self._timing.add_tries if self._phase is Phase.ADD else self._timing.other_tries
        if self._tries < limit:
            self._transmit(now)
        else:
            self._out_of_tries(f"no answer to {self._tries} packets", now)

    def _out_of_tries(self, detail: str, now: float) -> None:
        if self._phase is Phase.ADD:
            self._req(now)
        else:
            self._give_up(detail)

    def _settled(self, result: Answer) -> None:
        self._result, self.unsettled = result, None
        self._left.add(self._tid)

    def _give_up(self, detail: str, fault: LinkFault | None = None) -> None:
        why = fault or (LinkFault.GARBAGE if self._garbage else LinkFault.SILENT)
        if self._phase is Phase.CLEAN:
            self._end(self._result)
        else:
            self._end(UnknownResult(why, detail) if self._sent else NotSentResult(why, detail))

    def _end(self, result: LinkResult) -> None:
        """`unsettled` goes with the proof that the task was not executed: its queue stood still and is clear."""
        if result is self._after_clear:
            self.unsettled = None
        self._result, self._phase = result, Phase.DONE
        self._outbox.clear()
