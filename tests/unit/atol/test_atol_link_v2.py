"""Protocol 2, byte by byte on a clock that stands still or jumps: notes, sections 1.2 to 1.4."""

from __future__ import annotations

import pytest

from drivers.api import LinkFault
from drivers.atol.link_v2 import LinkV2
from drivers.exchange import Answer, Finished, LinkResult, NotSentResult, Send, UnknownResult

TASK = bytes.fromhex("00 00 A4 30")
COMMAND = "02 00 00 A4 30 03 97"
ANSWER = "02 55 00 00 03 56"
REPLY = Answer(bytes.fromhex("55 00 00"))


class Host:
    """The link and a hand on its clock. `said` are the bytes it sent since the last look."""

    def __init__(self, repeats: bool = False) -> None:
        self.link = LinkV2()
        self.link.repeats = repeats
        self.now = 0.0
        self.until = 0.0
        self.result: LinkResult | None = None

    def begin(self, timeout_s: float = 10.0) -> str:
        self.result = None
        self.link.begin(TASK, timeout_s, self.now)
        return self.said

    def settle(self) -> str:
        self.result = None
        self.link.begin_settle(60.0, self.now)
        return self.said

    @property
    def said(self) -> str:
        sent = b""
        while True:
            action = self.link.poll(self.now)
            if isinstance(action, Send):
                sent += action.payload
            elif isinstance(action, Finished):
                self.result = action.result
                return sent.hex(" ").upper()
            else:
                self.until = action.until
                return sent.hex(" ").upper()

    def hear(self, text: str) -> str:
        self.link.receive(bytes.fromhex(text), self.now)
        return self.said

    def silence(self) -> str:
        """Let the clock reach the deadline the link named."""
        self.now = self.until
        return self.said


def sent(host: Host) -> Host:
    assert host.begin() == "05"
    assert host.hear("06") == COMMAND
    return host


def working(host: Host) -> Host:
    assert sent(host).hear("06") == "04"
    return host


def test_a_whole_command() -> None:
    host = working(Host())
    assert host.hear("05") == "06"
    assert host.hear(ANSWER) == "06"
    assert host.hear("04") == ""
    assert host.result == REPLY
    assert host.link.doubtful is False


def test_a_missing_eot_costs_half_a_second() -> None:
    host = working(Host())
    host.hear("05" + ANSWER)
    assert host.silence() == ""
    assert (host.result, host.now) == (REPLY, 0.5)


def test_silence_to_enq() -> None:
    host = Host()
    assert [host.begin(), *(host.silence() for _ in range(5))] == ["05"] * 5 + ["04"]
    assert host.result == NotSentResult(LinkFault.SILENT, "no answer to 5 ENQ")
    assert host.now == pytest.approx(2.5)


def test_a_busy_register_is_asked_after_a_pause() -> None:
    host = Host()
    assert host.begin() == "05"
    assert host.hear("15") == ""
    assert host.silence() == "05"
    assert host.now == pytest.approx(0.5)
    assert host.hear("06") == COMMAND
    busy = Host()
    busy.begin()
    for _ in range(5):
        busy.hear("15")
        busy.silence()
    assert busy.result is not None
    assert isinstance(busy.result, NotSentResult)
    assert busy.result.fault is LinkFault.BUSY


def test_a_collision_pauses_t7_and_begins_a_new_round() -> None:
    host = Host()
    host.begin()
    for _ in range(4):
        host.silence()
    assert host.hear("05") == ""
    assert host.silence() == "05"
    assert host.now == pytest.approx(2.5)
    assert [host.silence() for _ in range(4)] == ["05"] * 4
    assert host.hear("06") == COMMAND


def test_endless_collisions_end() -> None:
    host = Host()
    host.begin()
    for _ in range(300):
        if host.result is not None:
            break
        host.hear("05")
        host.silence()
    assert isinstance(host.result, NotSentResult)
    assert host.now <= 61.0


def test_noise_begins_a_new_round_without_pause() -> None:
    host = Host()
    host.begin()
    assert host.hear("41") == "05"
    assert host.hear("06") == COMMAND


def test_nak_sends_the_frame_again_ten_times_at_most() -> None:
    host = sent(Host())
    assert [host.hear("15") for _ in range(9)] == [COMMAND] * 9
    assert host.hear("15") == "04"
    assert host.result == UnknownResult(LinkFault.SILENT, "the frame was not taken in 10 transmissions")


def test_silence_after_a_fiscal_frame_only_listens() -> None:
    host = sent(Host())
    assert host.silence() == ""
    assert host.hear("05") == "06"
    assert host.hear(ANSWER) == "06"
    assert host.result is None
    host.silence()
    assert host.result == REPLY


def test_silence_after_a_question_sends_it_again() -> None:
    host = sent(Host(repeats=True))
    assert [host.silence() for _ in range(9)] == [COMMAND] * 9
    assert host.silence() == "04"
    assert isinstance(host.result, UnknownResult)


def test_enq_after_a_repeated_frame_is_the_answer_already() -> None:
    host = sent(Host(repeats=True))
    assert host.silence() == COMMAND
    assert host.hear("05") == "06", "no EOT, and not the frame a third time"
    assert host.hear(ANSWER) == "06"
    first = sent(Host(repeats=True))
    assert first.hear("05") == COMMAND, "at the first transmission it may be anything"


def test_t5_over_is_unknown() -> None:
    host = working(Host())
    assert host.silence() == ""
    assert host.result == UnknownResult(LinkFault.SILENT, "no answer in the command's time")
    assert host.now == pytest.approx(10.0)
    assert host.link.doubtful


def test_a_lost_ack_to_enq_is_said_again() -> None:
    host = working(Host())
    assert [host.hear("05") for _ in range(3)] == ["06"] * 3
    assert host.hear(ANSWER) == "06"


def test_a_damaged_answer_is_refused_and_said_again() -> None:
    host = working(Host())
    host.hear("05")
    assert host.hear("02 55 00 00 03 57") == "15"
    assert host.hear(ANSWER) == "06"
    host.silence()
    assert host.result == REPLY


def test_a_torn_answer_is_waited_for_without_a_word() -> None:
    host = working(Host())
    host.hear("05")
    assert host.hear("02 55 00") == ""
    assert host.silence() == ""
    assert host.hear(ANSWER) == "06"


def test_a_repeated_answer_is_acknowledged_again() -> None:
    host = working(Host())
    host.hear("05")
    assert host.hear(ANSWER) == "06"
    assert host.hear(ANSWER) == "06"
    assert host.hear("04") == ""
    assert host.result == REPLY


def test_masked_bytes_and_a_crc_that_looks_like_etx() -> None:
    host = working(Host())
    host.hear("05")
    assert host.hear("02 55 10 03 55 03 03") == "15", "wrong: the CRC is not 03"
    assert host.hear("02 55 00 10 10 10 03 03 45") == "06"
    host.silence()
    assert host.result == Answer(bytes.fromhex("55 00 10 03"))


def test_settling_says_enq_until_the_register_is_free() -> None:
    host = working(Host())
    host.silence()
    assert host.settle() == "05"
    assert host.hear("15") == ""
    assert host.silence() == "05"
    assert host.hear("06") == "04", "nothing but EOT: that was the question"
    assert host.result == Answer(b"")
    assert host.link.doubtful is False


def test_settling_takes_the_answer_that_was_lost() -> None:
    host = working(Host())
    host.silence()
    host.settle()
    assert host.hear("05") == "06"
    assert host.hear(ANSWER) == "06"
    host.silence()
    assert host.result == REPLY
    assert host.link.doubtful is False


def test_a_register_that_gave_way_is_asked_again() -> None:
    host = working(Host())
    host.silence()
    host.settle()
    assert host.hear("05") == "06"
    assert host.silence() == "05", "it said no more: it dropped that answer"
    assert host.hear("06") == "04"


def test_settling_a_dead_line_stays_in_doubt() -> None:
    host = working(Host())
    host.silence()
    host.settle()
    while host.result is None:
        host.silence()
    assert isinstance(host.result, NotSentResult)
    assert host.link.doubtful


def test_a_dead_stream() -> None:
    host = Host()
    host.begin()
    assert host.link.abandon(LinkFault.LOST, "x") == NotSentResult(LinkFault.LOST, "x")
    assert sent(Host()).link.abandon(LinkFault.LOST, "x") == UnknownResult(LinkFault.LOST, "x")
    done = working(Host())
    done.hear("05" + ANSWER)
    assert done.link.abandon(LinkFault.LOST, "x") == REPLY
