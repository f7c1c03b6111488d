"""Host side of the alternative low level ("protocol 2.0"), without I/O: same events and results as `link`.

Every command has a number. The device executes a frame only when its number is its last one plus one; to any other
frame it repeats its last answer with its last number. The host may therefore send a numbered frame as often as it
likes, in theory. This link sends it once: a device that lost its power starts its numbers anew, and nobody promises
that the two counts cannot meet. After silence only the empty frame is sent, which executes nothing:

* the answer carries our number and our command code: it is our answer;
* it carries the number before ours, with an answer in it (so the device did not restart), and no answer to an
  earlier question can still be on its way: the device never took our frame, which means "not sent";
* anything else: the outcome is unknown, the storage decides.

An answer with another command code is never trusted, whatever its number (a public report shows a host that took
such an answer for its own). After anything but a clean end the number is asked for again. The answer to that may be
an old one that came late; a command sent under a number that was used before could then be given the old command's
answer, and the two may have the same code. So no number is used twice for commands: while the device seems to be
behind us, a question that changes nothing (FCh) takes the doubtful number, whoever had it.

SYNC     the empty frame was sent before the command: which number?
PROBE    FCh was sent under a number that may have been used.
ANSWER   the command is out, its answer is awaited until the command's time is over.
RECOVER  silence; the empty frame was sent.
DONE     over; late bytes belong to nobody.
Source: Shtrih-M protocol 2.0, alternative lower level; protocol notes, section 1.8.
"""

from __future__ import annotations

from collections import deque
from enum import Enum, auto

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
from drivers.shtrih.frame import FILLER, Reading, answers
from drivers.shtrih.frame2 import NUMBERS, QUESTION, START, Frame2, FrameReader2, encode_frame2
from drivers.shtrih.link import Timing

BEHIND = 6  # numbers a late answer can be behind; a device further off was restarted or used by somebody else
DEVICE_TYPE = b"\xfc"  # no password, changes nothing


class Phase2(Enum):
    """State of an exchange, see above."""

    SYNC = auto()
    PROBE = auto()
    ANSWER = auto()
    RECOVER = auto()
    DONE = auto()


class ShtrihLink2:
    """One command at a time: `begin`, then `poll` and `receive` until Finished."""

    def __init__(self, timing: Timing | None = None) -> None:
        self._timing = timing or Timing()
        self._last: int | None = None  # the device's last number, when we know it
        self._used: int | None = None  # the highest number we sent anything under
        self._astray = 0  # answers that did not come and still may: to questions, to lost commands
        self._result: LinkResult = NotSentResult(LinkFault.SILENT, "no exchange yet")
        self._outbox: deque[bytes] = deque()
        self._inbox: deque[int] = deque()
        self._start(b"", 0.0, 0.0)

    def begin(self, payload: Payload, timeout_s: float, now: float) -> None:
        """Start an exchange. Raises ValueError when the payload fits no frame."""
        payload = made(payload)
        encode_frame2(0, payload)
        last = self._last
        self._start(payload, timeout_s, now)
        if last is None:
            self._ask(Phase2.SYNC, now)
        else:
            self._command(last, now)

    def _start(self, payload: bytes, timeout_s: float, now: float) -> None:
        self._payload, self._timeout_s = payload, timeout_s
        self._phase = Phase2.DONE
        self._outbox.clear()
        self._inbox.clear()
        self._reader: FrameReader2 | None = None
        self._frame = b""
        self._last = None
        self._number = self._probe = 0
        self._sent = self._garbage = self._sure = False
        self._asked = self._heard = self._frames = 0
        self._deadline = self._byte_deadline = now
        self._limit = now + self._timing.ask_s

    def receive(self, chunk: bytes, now: float) -> None:
        """Take bytes from the device; `poll` works on them. After the end of the exchange they are ignored."""
        if self._phase is not Phase2.DONE:
            self._heard += len(chunk)
            self._inbox.extend(chunk)

    def poll(self, now: float) -> Action:
        """Send, Wait or Finished. The frame counts as sent once its Send was handed out."""
        while not self._outbox and self._phase is not Phase2.DONE:
            if now >= self._limit or self._heard > self._timing.heard_limit:
                self._give_up("the time for the command is over")
            elif self._inbox:
                self._take(self._inbox.popleft(), now)
            elif self._reader is not None and now >= self._byte_deadline:
                self._reader, self._garbage = None, True
            elif now >= self._deadline:
                self._expire(now)
            else:
                reading = self._byte_deadline if self._reader is not None else self._deadline
                return Wait(min(reading, self._deadline, self._limit))
        if not self._outbox:
            return Finished(self._result)
        piece = self._outbox.popleft()
        self._sent = self._sent or piece is self._frame
        return Send(piece)

    def abandon(self, fault: LinkFault, detail: str) -> LinkResult:
        """The stream died. A frame that was handed out may have been executed; an answer we have stays one."""
        if self._phase is not Phase2.DONE:
            self._finish(UnknownResult(fault, detail) if self._sent else NotSentResult(fault, detail))
        self._outbox.clear()
        self._last = None
        return self._result

    def _take(self, byte: int, now: float) -> None:
        self._byte_deadline = now + self._timing.byte_s
        if byte == START:
            self._garbage = self._garbage or self._reader is not None
            self._reader = FrameReader2()
            return
        if self._reader is None:
            self._garbage = self._garbage or byte != FILLER
            return
        reading = self._reader.feed(byte)
        if reading is Reading.MORE:
            return
        reader, self._reader = self._reader, None
        if reading is Reading.BROKEN:
            self._garbage = True
            return
        self._frames += 1
        if self._frames > self._timing.frame_tries:
            self._give_up("too many frames that are no answer to the command")
        else:
            self._happen(reader.frame, now)

    def _happen(self, frame: Frame2, now: float) -> None:
        if frame.number is None:
            return
        if self._phase is Phase2.SYNC or self._is_news(frame.number):
            self._astray = max(0, self._astray - 1)
            self._learn(frame.number, now)
        elif self._phase is Phase2.PROBE:
            self._astray = max(0, self._astray - 1)
        elif frame.number == self._number and frame.payload:
            self._ours(frame.payload)
        elif self._phase is Phase2.ANSWER:
            self._astray = max(0, self._astray - 1)  # a late answer to a question of before
        else:
            self._judge(frame)

    def _is_news(self, number: int) -> bool:
        """In PROBE: the device took the doubtful number, or had gone past it."""
        return self._phase is Phase2.PROBE and (number - self._probe) % NUMBERS <= BEHIND

    def _learn(self, last: int, now: float) -> None:
        """The device says that this is its last number: go on, or make sure first."""
        if self._used is None or not 0 < (self._used - last) % NUMBERS <= BEHIND:
            self._command(last, now)
            return
        self._probe = (last + 1) % NUMBERS
        self._astray += 1
        self._outbox.append(encode_frame2(self._probe, DEVICE_TYPE))
        self._phase, self._deadline = Phase2.PROBE, now + self._timing.enq_s

    def _ours(self, payload: bytes) -> None:
        if answers(self._payload, payload):
            self._finish(Answer(payload))
            self._last = self._number
        else:
            detail = f"number {self._number} was used for another command"
            self._lose(LinkFault.GARBAGE, detail)

    def _judge(self, frame: Frame2) -> None:
        """The device tells its last number, and it is not ours."""
        before = (self._number - 1) % NUMBERS
        self._astray -= 1
        if frame.number == before and frame.payload and self._sure:
            self._finish(NotSentResult(LinkFault.SILENT, "the device did not get the command"))
        else:
            self._lose(LinkFault.SILENT, f"the device is at number {frame.number}, not {self._number}")

    def _expire(self, now: float) -> None:
        if self._phase in (Phase2.SYNC, Phase2.PROBE):
            if self._asked < self._timing.enq_tries:
                self._ask(Phase2.SYNC, now)
            else:
                self._give_up(f"no answer to {self._asked} questions for the number")
        elif self._phase is Phase2.ANSWER:
            self._sure = self._astray == 0
            self._asked = 0
            self._ask(Phase2.RECOVER, now)
        elif self._asked < self._timing.enq_tries:
            self._ask(Phase2.RECOVER, now)
        else:
            self._give_up("no answer, and none to the question for the number")

    def _ask(self, phase: Phase2, now: float) -> None:
        self._asked += 1
        self._astray += 1
        self._reader = None
        self._outbox.append(QUESTION)
        self._phase, self._deadline = phase, now + self._timing.enq_s

    def _command(self, last: int, now: float) -> None:
        self._number = self._used = (last + 1) % NUMBERS
        self._frame = encode_frame2(self._number, self._payload)
        self._outbox.append(self._frame)
        self._phase, self._deadline = Phase2.ANSWER, now + self._timeout_s
        self._limit = self._deadline + self._timing.ask_s + self._timing.recover_s

    def _give_up(self, detail: str) -> None:
        fault = LinkFault.GARBAGE if self._garbage else LinkFault.SILENT
        self._outbox.clear()
        if self._sent:
            self._lose(fault, detail)
        else:
            self._finish(NotSentResult(fault, detail))

    def _lose(self, fault: LinkFault, detail: str) -> None:
        self._astray += 1  # the answer to the command itself may still come
        self._finish(UnknownResult(fault, detail))

    def _finish(self, result: LinkResult) -> None:
        self._result = result
        self._reader = None
        self._phase = Phase2.DONE
