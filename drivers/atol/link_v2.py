"""Host side of protocol 2 (ENQ, ACK, STX, EOT), without I/O. States and rules: `link_v2_table`."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from drivers.api import LinkFault
from drivers.atol.frame_v2 import ACK, ENQ, EOT, NAK, STX, FrameReader, Reading, encode_frame
from drivers.atol.link_v2_table import TABLE, Do, Event, Phase, Rule
from drivers.exchange import (
    Action,
    Answer,
    Finished,
    LinkResult,
    NotSentResult,
    Payload,
    Send,
    UnknownResult,
    Wait,
    made,
)

_BYTE_EVENTS = {ACK: Event.ACK, NAK: Event.NAK, ENQ: Event.ENQ, STX: Event.STX, EOT: Event.EOT}
_READ_EVENTS = {Reading.WHOLE: Event.ANSWERED, Reading.BROKEN: Event.DAMAGED, Reading.TOO_LONG: Event.TORN}


@dataclass(frozen=True)
class TimingV2:
    """T1..T7 in seconds and the limits of one exchange (protocol notes, sections 1.2 and 1.4). T5 is the command's."""

    t1_s: float = 0.5  # ENQ -> ACK
    t2_s: float = 2.0  # ACK to ENQ -> STX
    t3_s: float = 0.5  # frame -> ACK
    t4_s: float = 0.5  # ACK to frame -> EOT
    t6_s: float = 0.5  # between bytes
    t7_s: float = 0.5  # pause after a collision; the register's own is T8, 1 s
    busy_s: float = 0.5  # pause after NAK to ENQ
    enq_tries: int = 5  # in one round
    rounds: int = 100
    frame_tries: int = 10
    read_tries: int = 10
    grant_tries: int = 10
    ask_s: float = 60.0  # everything before the frame is sent
    read_s: float = 30.0  # everything after the command's own time
    heard_limit: int = 16384  # bytes taken in one exchange


class LinkV2:
    """One command at a time: `begin`, then `poll` and `receive` until Finished.

    `repeats` is set for each command: True for a question, whose frame may go out again after silence. `doubtful`:
    a command left and its end is not known; `begin_settle` waits until the register is done with it.
    """

    def __init__(self, timing: TimingV2 | None = None) -> None:
        self._timing = timing or TimingV2()
        self.repeats = False
        self.sized = False
        self.doubted = ""
        self.doubtful = False
        self._outbox: deque[bytes] = deque()
        self._inbox: deque[int] = deque()
        self._start(b"", 0.0, 0.0)

    def begin(self, payload: Payload, timeout_s: float, now: float) -> None:
        """Send one command: password, command, parameters. Raises ValueError when it fits no frame."""
        self._start(encode_frame(made(payload)), timeout_s, now)
        self._perform(Rule(Do.ENQ, Phase.ASK), now)

    def begin_settle(self, limit_s: float, now: float) -> None:
        """ENQ until the register grants: it is done with what it had. Answer(b"") then; Answer(data) when the register
        still wanted to give the answer that was lost."""
        self._start(b"", 0.0, now)
        self._limit = now + limit_s
        self._perform(Rule(Do.ENQ, Phase.ASK), now)

    def _start(self, frame: bytes, timeout_s: float, now: float) -> None:
        self._frame, self._timeout_s = frame, timeout_s
        self._settling = not frame
        self._outbox.clear()
        self._inbox.clear()
        self._reader: FrameReader | None = None
        self._phase = Phase.DONE
        self._sent = self._garbage = self._busy = False
        self._enqs = self._rounds = self._frames = self._grants = self._reads = self._heard = 0
        self._deadline = self._answer_until = now
        self._limit = now + self._timing.ask_s
        self._result: LinkResult = NotSentResult(LinkFault.SILENT, "no exchange yet")
        self._answer: Answer | None = None

    def receive(self, chunk: bytes, now: float) -> None:
        """Take bytes from the register; `poll` works on them. After the end of the exchange they are ignored."""
        if self._phase is not Phase.DONE:
            self._heard += len(chunk)
            self._inbox.extend(chunk)

    def poll(self, now: float) -> Action:
        """Send, Wait or Finished. The frame counts as sent once its Send was handed out.

        A byte is looked at only when all there is to say was said: so any split of the stream means the same.
        """
        while not self._outbox and self._phase is not Phase.DONE:
            if now >= self._limit or self._heard > self._timing.heard_limit:
                self._give_up("the time for the command is over")
            elif self._inbox:
                self._take(self._inbox.popleft(), now)
            elif now < self._deadline:
                return Wait(min(self._deadline, self._limit))
            else:
                self._expire(now)
        if not self._outbox:
            return Finished(self._result)
        piece = self._outbox.popleft()
        if piece is self._frame:
            self._sent = self.doubtful = True
        return Send(piece)

    def abandon(self, fault: LinkFault, detail: str) -> LinkResult:
        """The stream died. A frame that was handed out may have been executed; an answer we have stays one."""
        if self._phase is not Phase.DONE:
            self._finish(UnknownResult(fault, detail) if self._sent else NotSentResult(fault, detail))
        self._outbox.clear()
        return self._result

    def _take(self, byte: int, now: float) -> None:
        if self._reader is None:
            self._happen(_BYTE_EVENTS.get(byte, Event.OTHER), now)
            return
        self._deadline = now + self._timing.t6_s
        reading = self._reader.feed(byte)
        if reading is not Reading.MORE:
            payload, self._reader = self._reader.payload, None
            self._happen(_READ_EVENTS[reading], now, payload)

    def _expire(self, now: float) -> None:
        if self._reader is not None:
            self._reader = None
            self._happen(Event.TORN, now)
        else:
            self._happen(Event.SILENCE, now)

    def _happen(self, event: Event, now: float, payload: bytes = b"") -> None:
        rule = self._rule(event)
        self._garbage = self._garbage or event in (Event.OTHER, Event.DAMAGED, Event.TORN)
        self._busy = self._busy or (event is Event.NAK and self._phase is Phase.ASK)
        if rule.do is Do.DELIVER:
            self._answer = self._answer or Answer(payload)  # said again: our ACK was lost, the first reading stays
            self.doubtful = False
            self._say(ACK)
            self._enter(rule.then, now + self._timing.t4_s)
        else:
            self._perform(rule, now)

    def _rule(self, event: Event) -> Rule:
        """What the table says. When settling, a frame after our ENQ is the lost answer said again by the register's own
        timer: it is read, and a rest of one is let pass, or each of its bytes would use up a round."""
        if self._settling and self._phase is Phase.ASK:
            if event is Event.STX:
                self._phase = Phase.GRANT
            elif event in (Event.EOT, Event.OTHER):
                return Rule(Do.SKIP, Phase.ASK)
        return TABLE[self._phase][event]

    def _perform(self, rule: Rule, now: float) -> None:
        """Carry out a rule of the table and enter its phase."""
        if rule.do in (Do.ENQ, Do.ROUND, Do.BUSY, Do.COLLISION):
            self._ask(rule, now)
        elif rule.do in (Do.COMMAND, Do.RESEND, Do.DOUBT, Do.TAKEN, Do.EOT):
            self._command(rule, now)
        elif rule.do is Do.GO and self._settling:
            self._ask(Rule(Do.ROUND, Phase.ASK), now)
        elif rule.do is Do.GO:
            self._enter(rule.then, max(now, self._answer_until))
        elif rule.do is Do.GRANT:
            self._grant(now)
        elif rule.do is Do.READ:
            self._reader = FrameReader()
            self._enter(self._phase, now + self._timing.t6_s)
        elif rule.do in (Do.REFUSE, Do.LISTEN):
            self._read_again(rule, now)
        elif rule.do is Do.GIVE_UP:
            self._give_up("no answer in the command's time")
        elif rule.do is Do.FINISH:
            self._finish(self._result)

    def _ask(self, rule: Rule, now: float) -> None:
        """ENQ, or the pause before it."""
        if rule.do is Do.COLLISION and self._settling:
            self._grant(now)
            return
        if rule.do in (Do.ROUND, Do.COLLISION):
            self._enqs = 0
            self._rounds += 1
        if self._enqs >= (self._timing.enq_tries if not self._settling else self._timing.rounds):
            self._no_connection(f"no answer to {self._enqs} ENQ")
        elif self._rounds > self._timing.rounds:
            self._no_connection(f"no ACK in {self._rounds} rounds of ENQ")
        elif rule.do is Do.BUSY:
            self._enter(Phase.PAUSE, now + self._timing.busy_s)
        elif rule.do is Do.COLLISION:
            self._enter(Phase.PAUSE, now + self._timing.t7_s)
        else:
            self._enqs += 1
            self._say(ENQ)
            self._enter(Phase.ASK, now + self._timing.t1_s)

    def _command(self, rule: Rule, now: float) -> None:
        if self._settling:
            self._say(EOT)
            self.doubtful = False
            self._finish(Answer(b""))
        elif rule.do is Do.TAKEN and (self._frames > 1 or not self.repeats):
            self._grant(now)
        elif rule.do is Do.EOT:
            self._say(EOT)
            self._enter(Phase.ANSWER, self._answer_until)
        elif rule.do is Do.DOUBT and not self.repeats:
            self._enter(Phase.ANSWER, self._answer_until)
        elif self._frames >= self._timing.frame_tries:
            self._no_connection(f"the frame was not taken in {self._frames} transmissions")
        else:
            self._frames += 1
            self._outbox.append(self._frame)
            if self._frames == 1:  # set once: repeats do not buy time
                self._answer_until = now + self._timeout_s
                self._limit = self._answer_until + self._timing.read_s
            self._enter(Phase.FRAME, now + self._timing.t3_s)

    def _grant(self, now: float) -> None:
        self._grants += 1
        if self._grants > self._timing.grant_tries:
            self._give_up(f"{self._grants} ENQ of the register and no frame")
            return
        self._say(ACK)
        self._enter(Phase.GRANT, now + self._timing.t2_s)

    def _read_again(self, rule: Rule, now: float) -> None:
        self._reads += 1
        if self._reads > self._timing.read_tries:
            self._give_up(f"{self._reads} damaged frames")
            return
        if rule.do is Do.REFUSE:
            self._say(NAK)
        self._enter(rule.then, now + self._timing.t2_s)

    def _say(self, byte: int) -> None:
        self._outbox.append(bytes((byte,)))

    def _enter(self, phase: Phase, deadline: float) -> None:
        self._phase, self._deadline = phase, deadline

    def _no_connection(self, detail: str) -> None:
        self._give_up(detail)
        self._say(EOT)

    def _give_up(self, detail: str) -> None:
        fault = LinkFault.BUSY if self._busy else LinkFault.GARBAGE if self._garbage else LinkFault.SILENT
        self._outbox.clear()
        self._finish(UnknownResult(fault, detail) if self._sent else NotSentResult(fault, detail))

    def _finish(self, result: LinkResult) -> None:
        """An answer that was read whole stays the result, however the exchange ended after it."""
        self._result = self._answer or result
        self._reader = None
        self._phase = Phase.DONE
