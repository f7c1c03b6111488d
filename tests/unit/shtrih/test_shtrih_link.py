"""Every situation of the protocol notes, section 1.4, byte by byte on a clock that stands still or jumps."""

from __future__ import annotations

import pytest

from drivers.api import LinkFault
from drivers.exchange import Answer, Finished, LinkResult, NotSentResult, Send, UnknownResult
from drivers.shtrih.link import ShtrihLink, Timing

STATUS = bytes.fromhex("10 1E 00 00 00")
COMMAND = "02 05 10 1E 00 00 00 0B"
ANSWER = "02 10 10 00 1E 92 02 02 00 00 9D D7 00 00 00 00 00 00 C6"
DAMAGED = "02 10 10 00 1E 92 02 02 00 00 9D D7 00 00 00 00 00 00 C7"
OTHER = "02 03 17 00 01 15"
REPLY = Answer(bytes.fromhex(ANSWER)[2:-1])


class Host:
    """The link and a hand on its clock. `said` are the bytes it sent since the last look."""

    def __init__(self, enq: bool = True, timeout_s: float = 3.0) -> None:
        self.link = ShtrihLink(enq=enq)
        self.now = 0.0
        self.timeout_s = timeout_s
        self.result: LinkResult | None = None
        self.until = 0.0

    def begin(self) -> Host:
        self.result = None
        self.link.begin(STATUS, self.timeout_s, self.now)
        return self

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


def idle(host: Host) -> Host:
    """Up to the command: ENQ, NAK, frame."""
    assert host.begin().said == "05"
    assert host.hear("15") == COMMAND
    return host


def test_idle_device() -> None:
    host = idle(Host())
    assert host.hear("06") == ""
    assert host.hear(ANSWER) == "06"
    assert host.result == REPLY


def test_filler_is_skipped_everywhere() -> None:
    host = Host().begin()
    assert host.said == "05"
    assert host.hear("FF FF 15") == COMMAND
    assert host.hear("FF 06 FF FF " + ANSWER) == "06"
    assert host.result == REPLY


def test_pending_answer_of_an_earlier_command_is_taken_and_acknowledged() -> None:
    host = Host().begin()
    assert host.said == "05"
    assert host.hear("06 " + OTHER) == "06 05"
    assert host.hear("15") == COMMAND
    assert host.hear("06 " + ANSWER) == "06"
    assert host.result == REPLY


def test_pending_answer_with_our_code_is_still_not_ours_before_we_asked() -> None:
    host = Host().begin()
    assert host.said == "05"
    assert host.hear("06 " + ANSWER) == "06 05"
    assert host.result is None


def test_damaged_pending_answer_is_asked_for_again() -> None:
    host = Host().begin()
    assert host.said == "05"
    assert host.hear("06 " + DAMAGED) == ""
    assert host.silence() == "15 05"
    assert host.hear("06 " + OTHER) == "06 05"


def test_silence_to_enq_is_not_sent() -> None:
    host = Host().begin()
    assert [host.said, host.silence(), host.silence(), host.silence()] == ["05", "05", "05", ""]
    assert host.result == NotSentResult(LinkFault.SILENT, "no answer to 3 ENQ")
    assert host.now == pytest.approx(3.0)


def test_garbage_before_the_answer_to_enq_waits_for_quiet() -> None:
    host = Host().begin()
    assert host.said == "05"
    assert host.hear("41 54 0D 15 06") == ""
    assert host.silence() == "05"
    assert host.hear("15") == COMMAND


def test_only_garbage_means_a_wrong_baud() -> None:
    host = Host().begin()
    assert host.said == "05"
    for _ in range(3):
        host.hear("F8 00 1C")
        host.silence()
    assert isinstance(host.result, NotSentResult)
    assert host.result.fault is LinkFault.GARBAGE


def test_damaged_answer_is_asked_for_again_and_the_command_is_not() -> None:
    host = idle(Host())
    assert host.hear("06 " + DAMAGED) == ""
    assert host.silence() == "15 05"
    assert host.hear("06 " + ANSWER) == "06"
    assert host.result == REPLY


def test_answer_cut_short() -> None:
    host = idle(Host())
    assert host.hear("06 " + ANSWER[:20]) == ""
    assert host.silence() == ""  # the next byte is late: broken
    assert host.silence() == "15 05"
    assert host.hear("06 " + ANSWER) == "06"
    assert host.result == REPLY


def test_lost_ack_then_the_answer_comes_by_itself() -> None:
    host = idle(Host())
    assert host.hear(ANSWER) == "06"
    assert host.result == REPLY


def test_lost_ack_and_lost_answer() -> None:
    host = idle(Host())
    assert host.silence() == "05"
    assert host.silence() == "05"  # the device took the first ENQ for a refused answer and said nothing
    assert host.hear("06 " + ANSWER) == "06"
    assert host.result == REPLY


def test_lost_answer_is_fetched_without_the_command() -> None:
    host = idle(Host(timeout_s=3.0))
    assert host.hear("06") == ""
    assert host.silence() == "05"
    assert host.now == pytest.approx(3.0)
    assert host.hear("06 " + ANSWER) == "06"
    assert host.result == REPLY


def test_late_answer_comes_while_we_ask() -> None:
    host = idle(Host())
    host.hear("06")
    assert host.silence() == "05"
    assert host.hear(ANSWER) == "06"
    assert host.result == REPLY


def test_slow_command_is_waited_for_while_it_announces_itself() -> None:
    host = idle(Host(timeout_s=60.0))
    assert host.silence() == "05"
    for _ in range(10):
        assert host.hear("06") == ""  # executing
        assert host.silence() == "05"
    assert host.hear("06 " + ANSWER) == "06"
    assert host.result == REPLY


def test_rejected_frame_is_sent_again_only_after_the_device_confirms_to_be_idle() -> None:
    host = idle(Host())
    assert host.hear("15") == ""
    assert host.silence() == "05"
    assert host.hear("15") == COMMAND
    assert host.hear("06 " + ANSWER) == "06"
    assert host.result == REPLY


def test_stray_nak_does_not_repeat_an_accepted_command() -> None:
    host = idle(Host())
    assert host.hear("15 06") == ""
    assert host.silence() == "05"
    assert host.hear("06 " + ANSWER) == "06"
    assert host.result == REPLY


def test_stray_nak_then_power_cut_is_unknown() -> None:
    """NAK came twice to ENQ, the frame was accepted, the answer died with the power: idle proves nothing."""
    host = idle(Host())
    assert host.hear("15 06") == ""
    assert host.silence() == "05"
    assert host.hear("15") == ""
    assert isinstance(host.result, UnknownResult)


def test_lost_stx_gives_a_nak_for_each_byte_and_one_repeat() -> None:
    host = idle(Host())
    assert host.hear("15 15 15 15 15 15 15") == ""
    assert host.silence() == "05"
    assert host.hear("15") == COMMAND


def test_frame_rejected_for_ever_is_not_sent() -> None:
    host = idle(Host())
    repeats = 0
    while host.result is None:
        host.hear("15")
        host.silence()
        repeats += host.hear("15") == COMMAND
    assert isinstance(host.result, NotSentResult)
    assert repeats == Timing().reject_tries


def test_device_without_an_answer_leaves_the_outcome_unknown() -> None:
    host = idle(Host())
    assert host.silence() == "05"
    assert host.hear("15") == ""
    assert host.result == UnknownResult(LinkFault.SILENT, "the device has no answer stored")


def test_silence_after_the_command_is_unknown_in_bounded_time() -> None:
    host = idle(Host(timeout_s=10.0))
    said = []
    while host.result is None:
        said.append(host.silence())
    assert isinstance(host.result, UnknownResult)
    assert set(said) == {"05", ""}
    assert host.now <= 10.0 + 2.0


def test_foreign_answer_is_acknowledged_and_passed_over() -> None:
    host = idle(Host())
    assert host.hear("06 " + OTHER) == "06 05"
    assert host.hear("06 " + ANSWER) == "06"
    assert host.result == REPLY


def test_duplicate_answer_stays_behind_for_the_next_exchange() -> None:
    host = idle(Host())
    assert host.hear("06 " + ANSWER + ANSWER) == "06"
    assert host.result == REPLY
    assert host.begin().said == "05"


def test_too_many_foreign_answers_end_the_exchange() -> None:
    host = idle(Host())
    host.hear("06")
    for _ in range(Timing().frame_tries + 1):
        host.hear(OTHER)
    assert isinstance(host.result, UnknownResult)


def test_without_enq_the_frame_goes_first_once_the_link_is_clean() -> None:
    host = idle(Host(enq=False))  # the first exchange still asks: a device in START ignores frames
    host.hear("06 " + ANSWER)
    assert host.begin().said == COMMAND
    assert host.hear("06 " + ANSWER) == "06"
    assert host.result == REPLY


def test_without_enq_an_unaccepted_answer_is_not_trusted() -> None:
    """Our last ACK was lost, the device ignores the frame and would give the old answer."""
    host = idle(Host(enq=False))
    host.hear("06 " + ANSWER)
    assert host.begin().said == COMMAND
    assert host.silence() == "05"
    assert host.hear("06 " + ANSWER) == "06 05"
    assert host.hear("15") == ""
    assert isinstance(host.result, UnknownResult)
    assert host.begin().said == "05", "after trouble the next exchange asks again"


def test_broken_stream_before_and_after_the_frame() -> None:
    before = Host().begin()
    assert before.said == "05"
    assert before.link.abandon(LinkFault.LOST, "gone") == NotSentResult(LinkFault.LOST, "gone")
    after = idle(Host())
    assert after.link.abandon(LinkFault.LOST, "gone") == UnknownResult(LinkFault.LOST, "gone")
    answered = idle(Host())
    assert answered.hear("06") == ""
    answered.link.receive(bytes.fromhex(ANSWER), 0.0)
    assert answered.link.poll(0.0) == Send(b"\x06")
    assert answered.link.abandon(LinkFault.LOST, "the ACK could not be written") == REPLY
