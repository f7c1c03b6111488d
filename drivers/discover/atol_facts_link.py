"""Open points of ATOL's two low levels: what a packet or an ENQ that comes twice does. Notes, 1.3, 2.1 to 2.5, 10.

The task used is A5h, a question: it may be lost, repeated or left unanswered without any harm. Every task put into the
buffer here is acknowledged again.
"""

from __future__ import annotations

from itertools import chain, islice

from drivers.atol.frame_v2 import ACK, ENQ, EOT, FrameReader, Reading, encode_frame
from drivers.atol.packet import (
    ASYNC_ID,
    IGNORE_ERROR,
    NEED_RESULT,
    Buffer,
    Packet,
    PacketReader,
    State,
    encode_packet,
)
from drivers.discover.atol_questions import AtolQuestions
from drivers.discover.facts import Fact, Ruling, undecided
from drivers.discover.questions import UnansweredError

LISTEN_S = 0.6  # a reply to a packet, and T1, are half a second
ENQ_LISTEN_S = 1.2
MOST_ENQ = 12
T1_S = (0.35, 0.75)  # what counts as the half second of T1
ENQS = 5
DEVICE_TYPE, NO_REGISTER = b"\xa5", b"\x91\xff\0\0"
DOCUMENT_254 = b"\xa4\x45\xfe\0\0\0"
UNUSED_TID = 0xD9
IDS, TIDS = range(0x81, 0xC0), range(0xDA, 0xDF)  # apart from those of the guest's own session


class _Packets:
    """Packets on the questions' stream, one talk at a time. `tid` is the task's id in all of them."""

    def __init__(self, questions: AtolQuestions, tid: int) -> None:
        self._questions = questions
        self._ids = chain(IDS[int(questions.monotonic() * 10) % len(IDS) :], IDS)
        self.tid = tid

    def fresh(self, data: bytes, crc_of_masked: bool = False) -> tuple[int, bytes]:
        """A packet with an id of its own."""
        packet_id = next(self._ids)
        return packet_id, encode_packet(packet_id, data, crc_of_masked)

    def add(self, question: bytes) -> bytes:
        """Data of an Add that stops no queue."""
        return bytes((Buffer.ADD, NEED_RESULT | IGNORE_ERROR, self.tid)) + self._questions.task(question)

    def say(self, packet: bytes) -> list[Packet]:
        """What comes within the time of a reply."""
        stream, reader, packets = self._questions.stream, PacketReader(), list[Packet]()
        stream.write(packet)
        deadline = self._questions.monotonic() + LISTEN_S
        while (left := deadline - self._questions.monotonic()) > 0:
            packets += filter(None, map(reader.feed, stream.read(4096, left)))
        return [each for each in packets if each.intact]

    def drop(self) -> int | None:
        """Ack; its status byte, None when nothing came."""
        packet_id, packet = self.fresh(bytes((Buffer.ACK, self.tid)))
        return _status(self.say(packet), packet_id)


def _status(packets: list[Packet], packet_id: int) -> int | None:
    """First byte of the answer to a packet; -1 for an empty one, None for none."""
    data = next((each.data for each in packets if each.number == packet_id), None)
    return None if data is None else data[0] if data else -1


def _shown(status: int | None) -> str:
    return {None: "silence", -1: "an empty packet"}.get(status) or f"{status:02X}h"


def _add_answer(questions: AtolQuestions) -> Ruling:
    talk = _Packets(questions, TIDS[0])
    packet_id, packet = talk.fresh(talk.add(DEVICE_TYPE))
    heard = talk.say(packet)
    talk.drop()
    status, later = _status(heard, packet_id), any(each.number == ASYNC_ID for each in heard)
    told = f"Add was answered {_shown(status)}, {'and' if later else 'without'} an F0h packet"
    if status in (State.RESULT, State.ERROR):
        return Ruling("the result at once", told)
    return Ruling("a status, then F0h", told) if later else undecided(told)


def _repeated_packet(questions: AtolQuestions) -> Ruling:
    talk = _Packets(questions, TIDS[1])
    packet_id, packet = talk.fresh(talk.add(DEVICE_TYPE))
    if _status(talk.say(packet), packet_id) is None:
        raise UnansweredError("A5h is not answered")
    again = talk.say(packet)
    talk.drop()
    status = _status(again, packet_id)
    told = f"the same packet again was answered {_shown(status)}"
    if status == State.ALREADY_EXISTS:
        return Ruling("B2h", told)
    if status is not None and State.PENDING <= status <= State.WAITING:
        return Ruling("answered again", told)
    return Ruling("not answered", told) if status is None else undecided(told)


def _empty_packet(questions: AtolQuestions) -> Ruling:
    talk = _Packets(questions, UNUSED_TID)
    packet_id, packet = talk.fresh(bytes((Buffer.REQ, UNUSED_TID)))
    first = _status(talk.say(packet), packet_id)
    again = _status(talk.say(encode_packet(packet_id, b"")), packet_id)
    if first is None:
        raise UnansweredError("Req is not answered")
    told = f"Req was answered {_shown(first)}, an empty packet with its id {_shown(again)}"
    return Ruling("the answer again" if again == first else "something else", told)


def _unknown_ack(questions: AtolQuestions) -> Ruling:
    status = _Packets(questions, UNUSED_TID).drop()
    if status is None:
        raise UnansweredError("Ack is not answered")
    return Ruling("B3h" if status == State.NOT_FOUND else "another status", f"Ack of no task: {_shown(status)}")


def _crc(questions: AtolQuestions) -> Ruling:
    """The decisive frame of the notes: its data hold FEh, so that the two readings differ."""
    for reading, masked, tid in (("unmasked", False, TIDS[2]), ("masked", True, TIDS[3])):
        talk = _Packets(questions, tid)
        packet_id, packet = talk.fresh(talk.add(DOCUMENT_254), masked)
        status = _status(talk.say(packet), packet_id)
        if status is not None and status > 0:
            talk.drop()
            return Ruling(reading, f"A4h 45h for document 254 was answered {_shown(status)}")
    return undecided("neither CRC was answered")


def _ignore_error(questions: AtolQuestions) -> Ruling:
    """A question that is refused, and one after it. Where the flag means nothing the queue stands still from here on;
    the agent's own Abort at its start sets it going."""
    failing, after = _Packets(questions, TIDS[0]), _Packets(questions, TIDS[4])
    failing.say(failing.fresh(failing.add(NO_REGISTER))[1])
    packet_id, packet = after.fresh(after.add(DEVICE_TYPE))
    status = _status(after.say(packet), packet_id)
    dropped = failing.drop()
    after.drop()
    told = f"after a refused task the next one was answered {_shown(status)}; Ack of the refused one {_shown(dropped)}"
    if status is None or status < 0:
        return undecided(told)
    return Ruling("not honoured" if status == State.STOPPED else "honoured", told)


class _Bytes:
    """Bytes one at a time, for protocol 2."""

    def __init__(self, questions: AtolQuestions) -> None:
        self._questions = questions
        self._inbox = bytearray()

    def say(self, content: bytes) -> None:
        self._questions.stream.write(content)

    def hear(self, seconds: float) -> int | None:
        deadline = self._questions.monotonic() + seconds
        while not self._inbox and (left := deadline - self._questions.monotonic()) > 0:
            self._inbox += self._questions.stream.read(4096, left)
        return self._inbox.pop(0) if self._inbox else None

    def announced(self, question: bytes) -> None:
        """Send a question up to the register's ENQ. Raises UnansweredError."""
        self.say(bytes((ENQ,)))
        granted = self.hear(LISTEN_S) == ACK
        self.say(encode_frame(self._questions.task(question)) if granted else b"")
        if not granted or self.hear(LISTEN_S) != ACK:
            raise UnansweredError("A5h is not taken")
        self.say(bytes((EOT,)))
        if self.hear(10.0) != ENQ:
            raise UnansweredError("A5h is not answered")

    def take(self) -> bool:
        """Grant, read the frame, acknowledge; False when there is none."""
        self.say(bytes((ACK,)))
        reader, reading = FrameReader(), Reading.MORE
        self.hear(LISTEN_S)  # STX
        while reading is Reading.MORE:
            byte = self.hear(LISTEN_S)
            if byte is None:
                return False
            reading = reader.feed(byte)
        self.say(bytes((ACK,)))
        self.hear(LISTEN_S)
        return reading is Reading.WHOLE


def _enq_repeats(questions: AtolQuestions) -> Ruling:
    line, gaps, begun = _Bytes(questions), list[float](), questions.monotonic()
    line.announced(DEVICE_TYPE)
    last, ended = questions.monotonic(), "by silence"
    for byte in islice(iter(lambda: line.hear(ENQ_LISTEN_S), None), MOST_ENQ):
        if byte != ENQ:
            ended = f"{byte:02X}h"
            break
        gaps.append(questions.monotonic() - last)
        last = questions.monotonic()
    told = f"{len(gaps) + 1} ENQ, {min(gaps, default=0):.2f} to {max(gaps, default=0):.2f} s apart, ended {ended}"
    told += f", {questions.monotonic() - begun:.1f} s in all"
    if not gaps:
        return undecided(told)
    as_noted = len(gaps) + 1 == ENQS and all(T1_S[0] < gap < T1_S[1] for gap in gaps)
    return Ruling("5 times 500 ms" if as_noted else "otherwise", told)


def _after_lost_answer(questions: AtolQuestions) -> Ruling:
    """An answer that was announced and not fetched: ENQ is granted, and what is told then?"""
    line = _Bytes(questions)
    line.announced(DEVICE_TYPE)
    while line.hear(ENQ_LISTEN_S) == ENQ:
        pass
    line.say(bytes((ENQ,)))
    heard = line.hear(LISTEN_S)
    if heard == ACK:
        line.say(bytes((EOT,)))
        return Ruling("granted, the answer is lost", "ENQ was answered 06h")
    if heard == ENQ:
        return Ruling("offered again", f"ENQ was answered 05h, the frame {'came' if line.take() else 'did not come'}")
    return undecided(f"ENQ was answered {_shown(heard)}")


FACTS_V3 = (
    Fact(
        "add-answer", "2.5", "Is Add answered by a status and F0h, or by the result?", ("A5h",),
        ("a status, then F0h (S1, S2, S3)", "the result at once (S2, S3 allow it)"), "takes both", _add_answer,
    ),
    Fact(
        "repeated-packet", "2.1", "What does the same packet with the same id?", ("A5h",),
        ("answered again (S11)", "B2h", "not answered"), "repeats a packet up to four times", _repeated_packet,
    ),
    Fact(
        "empty-packet", "2.1", "Does an empty packet ask for the answer again?", ("Req",),
        ("the answer again (S1)", "something else"), "not used (switch empty_repeats)", _empty_packet,
    ),
    Fact(
        "unknown-ack", "2.2", "How is Ack of an unknown task answered?", ("Ack",), ("B3h (S12)", "another status"),
        "ignored", _unknown_ack,
    ),
    Fact(
        "crc", "2.1", "Is the CRC counted over unmasked data?", ("A4h 45h",), ("unmasked (five)", "masked (S3)"),
        "unmasked (switch crc_of_masked)", _crc,
    ),
    Fact(
        "ignore-error", "2.2", "Does flag 02h keep the queue going after an error?", ("91h FFh", "A5h"),
        ("honoured (S3, S11)", "not honoured"), "Abort after an error (switch ignore_error)", _ignore_error,
    ),
)  # fmt: skip

FACTS_V2 = (
    Fact(
        "enq-repeats", "1.3", "How often does the register announce an answer, and how far apart?", ("A5h",),
        ("5 times 500 ms (not shown by any client)", "otherwise"), "listens until the command's time is over",
        _enq_repeats,
    ),
    Fact(
        "lost-answer", "1.3", "What becomes of an answer nobody fetched?", ("A5h", "ENQ"),
        ("granted, the answer is lost (S4)", "offered again"), "the storage decides, not the answer",
        _after_lost_answer,
    ),
)  # fmt: skip
