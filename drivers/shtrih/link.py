"""Host side of the standard low level ("protocol 1.0"), without I/O. States and rules: `link_table`."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from drivers.api import LinkFault
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
from drivers.shtrih.frame import ACK, ENQ, FILLER, NAK, STX, FrameReader, Reading, answers, encode_frame
from drivers.shtrih.link_table import TABLE, Do, Event, Phase, Rule

_FIRST_ASK, _NO_ASK = Rule(Do.ENQ, Phase.ASK), Rule(Do.COMMAND, Phase.COMMAND)
_ACK, _NAK, _ENQ = bytes((ACK,)), bytes((NAK,)), bytes((ENQ,))
_BYTE_EVENTS = {ACK: Event.ACK, NAK: Event.NAK, STX: Event.STX, FILLER: Event.FILLER}


@dataclass(frozen=True)
class Timing:
    """Time-outs in seconds and limits of one exchange (protocol notes, sections 1.3 and 1.4)."""

    enq_s: float = 1.0  # answer to ENQ, and to a command frame (serial: 2..33 ms seen)
    byte_s: float = 1.0  # between two bytes of a frame
    quiet_s: float = 0.25  # longer than the device's own byte time-out of 50..100 ms
    ask_s: float = 10.0  # everything before the command is sent
    recover_s: float = 5.0  # at least this long for finding a lost answer
    enq_tries: int = 3
    reject_tries: int = 5  # frames sent again after NAK
    frame_tries: int = 8  # stored, foreign or damaged frames taken in one exchange
    heard_limit: int = 16384  # bytes taken in one exchange; 8 whole frames are 2064


class ShtrihLink:
    """One command at a time: `begin`, then `poll` and `receive` until Finished.

    `enq=False` leaves out the ENQ before a command when the exchange before ended cleanly; most firmware
    accepts that (seen with the vendor's C++ driver), the text of the protocol wants ENQ each time.
    """

    def __init__(self, timing: Timing | None = None, enq: bool = True) -> None:
        self._timing = timing or Timing()
        self._always_enq = enq
        self._clean = False
        self._result: LinkResult = NotSentResult(LinkFault.SILENT, "no exchange yet")
        self._make: Payload = b""
        self._outbox: deque[bytes] = deque()
        self._inbox = bytearray()
        self._start(0.0, 0.0)

    def begin(self, payload: Payload, timeout_s: float, now: float) -> None:
        """Start an exchange. ValueError, here or from `poll` after ENQ, when the payload fits no frame."""
        asked = self._always_enq or not self._clean
        self._start(timeout_s, now)
        self._make = payload
        if not asked or isinstance(payload, bytes):
            self._build()
        self._asked = asked
        self._perform(_FIRST_ASK if asked else _NO_ASK, now)

    def _build(self) -> None:
        """The frame, from what `begin` was given."""
        self._payload = made(self._make)
        self._frame = encode_frame(self._payload)

    def _start(self, timeout_s: float, now: float) -> None:
        self._payload, self._frame, self._timeout_s = b"", b"", timeout_s
        self._phase = Phase.DONE
        self._outbox.clear()
        self._inbox.clear()
        self._reader: FrameReader | None = None
        self._after_quiet = (b"", Phase.ASK)
        self._asked = self._sent = self._accepted = self._clean = False
        self._enqs = self._rejects = self._frames = self._heard = 0
        self._garbage = False
        self._deadline = self._answer_until = now
        self._limit = now + self._timing.ask_s

    def receive(self, chunk: bytes, now: float) -> None:
        """Take bytes from the device; `poll` works on them. After the end of the exchange they are ignored."""
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
                self._take(now)
            elif not self._frame:  # the first ENQ is out: while it is answered there is time
                self._build()
            elif now < self._deadline:
                return Wait(min(self._deadline, self._limit))
            else:
                self._expire(now)
        if not self._outbox:
            return Finished(self._result)
        piece = self._outbox.popleft()
        if piece is self._frame:
            self._sent = True
        return Send(piece)

    def _take(self, now: float) -> None:
        if self._reader is not None:
            self._read(self._reader, now)
        elif self._phase is Phase.SETTLE:
            self._settle(self._inbox.pop(0), now)
        else:
            self._happen(_BYTE_EVENTS.get(self._inbox.pop(0), Event.OTHER), now)

    def abandon(self, fault: LinkFault, detail: str) -> LinkResult:
        """The stream died. A frame that was handed out may have been executed; an answer we have stays one."""
        if self._phase is not Phase.DONE:
            self._finish(UnknownResult(fault, detail) if self._sent else NotSentResult(fault, detail))
        self._outbox.clear()
        self._clean = False
        return self._result

    def _expire(self, now: float) -> None:
        """The deadline of the phase, of a frame's next byte or of the quiet passed."""
        if self._reader is not None:
            self._reader = None
            self._happen(Event.BROKEN, now)
        elif self._phase is Phase.SETTLE:
            prefix, then = self._after_quiet
            if prefix:
                self._outbox.append(prefix)
            self._perform(Rule(Do.ENQ, then), now)
        else:
            self._happen(Event.SILENCE, now)

    def _settle(self, byte: int, now: float) -> None:
        """Throw the byte away; but one that is no NAK makes the rejection before it doubtful."""
        prefix, then = self._after_quiet
        if then is Phase.CONFIRM and byte not in (NAK, FILLER):
            self._after_quiet = (prefix, Phase.RECOVER)
        self._deadline = now + self._timing.quiet_s

    def _read(self, reader: FrameReader, now: float) -> None:
        self._deadline = now + self._timing.byte_s
        reading = reader.fill(self._inbox)
        if reading is Reading.MORE:
            return
        self._reader = None
        if reading is Reading.BROKEN:
            self._happen(Event.BROKEN, now)
            return
        reply = reader.payload
        self._happen(Event.OURS if self._is_ours(reply) else Event.STALE, now, reply)

    def _is_ours(self, reply: bytes) -> bool:
        """An answer of our command code is ours when nothing older can be stored in the device.

        That is so after ENQ was answered NAK, and after our own frame was acknowledged.
        """
        return (self._asked or self._accepted) and answers(self._payload, reply)

    def _happen(self, event: Event, now: float, reply: bytes = b"") -> None:
        rule = TABLE[self._phase][event]
        if event is Event.ACK and self._phase is Phase.COMMAND:
            self._accepted = True
        if event in (Event.OURS, Event.STALE, Event.BROKEN):
            self._frames += 1
            if self._frames > self._timing.frame_tries:
                self._give_up("too many frames that are no answer to the command")
                return
        self._garbage = self._garbage or event in (Event.OTHER, Event.BROKEN)
        if rule.do is Do.DELIVER:
            self._outbox.append(_ACK)
            self._finish(Answer(reply))
            self._clean = True
            return
        self._perform(rule, now)

    def _perform(self, rule: Rule, now: float) -> None:
        """Carry out a rule of the table and enter its phase."""
        if rule.do is Do.SKIP:
            return
        if rule.do is Do.GIVE_UP:
            self._give_up("the device has no answer stored")
        elif rule.do is Do.READ:
            self._reader = FrameReader()
            self._enter(rule.then, now + self._timing.byte_s)
        elif rule.do in (Do.SETTLE_ENQ, Do.SETTLE_NAK_ENQ):
            self._after_quiet = (_NAK if rule.do is Do.SETTLE_NAK_ENQ else b"", rule.then)
            self._enter(Phase.SETTLE, now + self._timing.quiet_s)
        elif rule.do is Do.COMMAND:
            self._send_command(now)
        elif rule.do is Do.GO:
            self._enqs = 0
            self._enter(rule.then, self._wait_for(rule.then, now))
        else:
            self._ask(rule, now)

    def _ask(self, rule: Rule, now: float) -> None:
        if rule.do is Do.ACK_ENQ:
            self._outbox.append(_ACK)
        elif self._enqs >= self._timing.enq_tries and (not self._sent or now >= self._answer_until):
            self._give_up(f"no answer to {self._enqs} ENQ")
            return
        self._enqs += 1
        self._outbox.append(_ENQ)
        self._enter(rule.then, now + self._timing.enq_s)

    def _send_command(self, now: float) -> None:
        if self._phase is Phase.CONFIRM:
            self._rejects += 1
            self._sent = False  # rejected, and idle: the device has nothing of it
            if self._rejects > self._timing.reject_tries:
                self._give_up(f"the device rejected the frame {self._rejects} times")
                return
        self._enqs = 0
        self._outbox.append(self._frame)
        self._answer_until = now + self._timeout_s
        if not self._rejects:  # set once: rejections do not buy time
            self._limit = self._answer_until + self._timing.ask_s + self._timing.recover_s
        self._enter(Phase.COMMAND, now + self._timing.enq_s)

    def _wait_for(self, phase: Phase, now: float) -> float:
        """An accepted command may take its whole time; an answer announced by ENQ comes soon, else ask again."""
        if self._phase is Phase.COMMAND:
            return self._answer_until
        return now + (2 if phase is Phase.ANSWER else 1) * self._timing.enq_s

    def _enter(self, phase: Phase, deadline: float) -> None:
        self._phase, self._deadline = phase, deadline

    def _give_up(self, detail: str) -> None:
        fault = LinkFault.GARBAGE if self._garbage or self._rejects else LinkFault.SILENT
        self._outbox.clear()
        self._finish(UnknownResult(fault, detail) if self._sent else NotSentResult(fault, detail))

    def _finish(self, result: LinkResult) -> None:
        self._result = result
        self._reader = None
        self._phase = Phase.DONE
