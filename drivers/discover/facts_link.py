"""Open points of the low level: when answers come, what becomes of one that was not acknowledged. Notes, 1.3 and 1.4.

The command used is 10h, a question: it may be lost, repeated or left unanswered without any harm.
"""

from __future__ import annotations

from drivers.discover.facts import Fact, Ruling, undecided
from drivers.discover.questions import Questions, UnansweredError
from drivers.shtrih.frame import ACK, ENQ, FILLER, NAK, STX, FrameReader, Reading, encode_frame
from drivers.streams.byte_stream import StreamError

ANSWER_S = 1.5
PAUSE_S = 0.05  # the shortest byte time-out that a device has as delivered
TRIES = 5


class _Wire:
    """Bytes one at a time on the questions' stream; control bytes are told apart from the filler."""

    def __init__(self, questions: Questions) -> None:
        self._stream, self._monotonic = questions.stream, questions.monotonic
        self._inbox = bytearray()
        self.fillers = 0

    def say(self, content: bytes) -> None:
        self._stream.write(content)

    def hear(self) -> int | None:
        """The next byte that is no filler; None when the time for it is over."""
        deadline = self._monotonic() + ANSWER_S
        while True:
            while self._inbox:
                byte = self._inbox.pop(0)
                if byte != FILLER:
                    return byte
                self.fillers += 1
            left = deadline - self._monotonic()
            if left <= 0:
                return None
            self._inbox += self._stream.read(4096, left)

    def frame(self) -> bytes | None:
        """A whole frame from its STX on; None when none comes."""
        if self.hear() != STX:
            return None
        reader = FrameReader()
        deadline = self._monotonic() + ANSWER_S
        while self._monotonic() < deadline:
            if not self._inbox:
                self._inbox += self._stream.read(4096, deadline - self._monotonic())
                continue
            reading = reader.feed(self._inbox.pop(0))
            if reading is not Reading.MORE:
                return reader.payload if reading is Reading.WHOLE else None
        return None

    def settle(self) -> None:
        """Read away what is stored, until ENQ is answered NAK. Raises UnansweredError."""
        for _ in range(TRIES):
            self.say(bytes((ENQ,)))
            heard = self.hear()
            if heard == NAK:
                return
            if heard == ACK and self.frame() is not None:
                self.say(bytes((ACK,)))
        raise UnansweredError("ENQ is not answered NAK")

    def leave_an_answer(self, frame: bytes) -> bytes:
        """Send a question, take its answer, do not acknowledge it, and wait until the device stops expecting that.

        Raises UnansweredError.
        """
        answer = self.take_an_answer(frame)
        self.hear()
        return answer

    def take_an_answer(self, frame: bytes) -> bytes:
        """Send a question after ENQ and take its answer; the ACK is left to the caller. Raises UnansweredError."""
        self.settle()
        self.say(frame)
        answer = self.frame() if self.hear() == ACK else None
        if answer is None:
            raise UnansweredError("10h is not answered")
        return answer

    def ask_for_stored(self) -> tuple[int | None, bytes | None]:
        """ENQ, twice when the first one is taken for "not acknowledged": the control byte, and the frame after ACK."""
        for _ in range(2):
            self.say(bytes((ENQ,)))
            heard = self.hear()
            if heard is not None:
                return heard, self.frame() if heard == ACK else None
        return None, None


def _wired(questions: Questions) -> tuple[_Wire, bytes]:
    return _Wire(questions), encode_frame(questions.payload(0x10))


def _enq_pause(questions: Questions) -> Ruling:
    wire, _ = _wired(questions)
    wire.settle()
    times = []
    for _ in range(TRIES):
        begun = questions.monotonic()
        wire.settle()
        times.append(questions.monotonic() - begun)
    fastest = min(times)
    told = f"{fastest * 1000:.1f} ms at best, {max(times) * 1000:.1f} ms at worst of {TRIES}"
    return Ruling("waits its byte time-out" if fastest >= PAUSE_S else "answers sooner", told)


def _enq_needed(questions: Questions) -> Ruling:
    wire, frame = _wired(questions)
    wire.take_an_answer(frame)
    wire.say(bytes((ACK,)))
    wire.say(frame)  # right after an exchange that ended cleanly
    answered = wire.hear() == ACK and wire.frame() is not None
    if answered:
        wire.say(bytes((ACK,)))
    wire.settle()
    told = "a frame without ENQ, right after an acknowledged answer, was "
    return Ruling("not needed", told + "executed") if answered else Ruling("needed", told + "not executed")


def _stored_answer(questions: Questions) -> Ruling:
    wire, frame = _wired(questions)
    first = wire.leave_an_answer(frame)
    heard, again = wire.ask_for_stored()
    if heard != ACK:
        return Ruling("lost", f"ENQ was answered {_shown(heard)}")
    wire.say(bytes((ACK,)))
    wire.settle()
    return Ruling("given again", "ACK and the same frame") if again == first else undecided("another frame came")


def _command_while_pending(questions: Questions) -> Ruling:
    """The second command is FCh: its frame holds no byte 05, which a device may take for an ENQ."""
    wire, frame = _wired(questions)
    wire.leave_an_answer(frame)
    wire.say(encode_frame(questions.payload(0xFC)))
    heard = wire.hear()
    answer = wire.frame() if heard == ACK else None
    if answer is not None:
        wire.say(bytes((ACK,)))
    wire.settle()
    if heard == ACK:
        executed = answer is not None and answer[0] == 0xFC
        return Ruling("executed", "FCh was answered") if executed else undecided("ACK and another frame")
    return Ruling("ignored" if heard is None else "rejected", f"a frame was answered {_shown(heard)}")


def _answer_after_reconnect(questions: Questions) -> Ruling:
    wire, frame = _wired(questions)
    wire.leave_an_answer(frame)
    try:
        questions.stream.close()
        questions.stream.open()
    except StreamError as error:
        raise UnansweredError(f"the port did not open again: {error.fault.value}") from error
    fresh = _Wire(questions)
    heard, again = fresh.ask_for_stored()
    told = f"after closing and opening the port ENQ was answered {_shown(heard)}"
    if heard == ACK and again is not None:
        fresh.say(bytes((ACK,)))
        return Ruling("survives", told + " and the frame")
    return Ruling("is dropped", told) if heard == NAK else undecided(told)


def _filler(questions: Questions) -> Ruling:
    wire, frame = _wired(questions)
    for _ in range(TRIES):
        wire.take_an_answer(frame)
        wire.say(bytes((ACK,)))
    wire.settle()
    return Ruling("sent" if wire.fillers else "not sent", f"{wire.fillers} bytes FFh in {TRIES} exchanges")


def _shown(byte: int | None) -> str:
    return "by silence" if byte is None else f"{byte:02X}h"


FACTS = (
    Fact(
        "enq-pause", "1.3", "Does the device wait out its byte time-out before it answers?", ("ENQ",),
        ("waits its byte time-out (V)", "answers sooner (logs)"), "waits up to 1 s", _enq_pause,
    ),
    Fact(
        "enq-needed", "1.4", "Must every command be preceded by ENQ?", ("10h",), ("needed (V)", "not needed (N)"),
        "always sent (switch enq)", _enq_needed,
    ),
    Fact(
        "stored-answer", "1.4", "Is an answer without ACK given again after ENQ?", ("10h", "ENQ"),
        ("given again (V)", "lost"), "asked for by ENQ, never repeated", _stored_answer,
    ),
    Fact(
        "pending-command", "1.4", "What becomes of a frame while an answer waits for its ACK?", ("10h",),
        ("ignored (V, diagram of 2014)", "executed", "rejected"), "never sent then", _command_while_pending,
    ),
    Fact(
        "answer-after-reconnect", "10", "Does a stored answer outlive the connection?", ("10h", "ENQ"),
        ("survives", "is dropped"), "the storage decides, not the answer", _answer_after_reconnect,
    ),
    Fact(
        "filler", "1.6", "Does the device send FFh between frames?", ("10h", "ENQ"),
        ("sent (TCP, Bluetooth)", "not sent"), "skipped", _filler,
    ),
)  # fmt: skip
