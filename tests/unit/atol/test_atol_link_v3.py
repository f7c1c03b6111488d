"""Protocol 3, packet by packet: notes, sections 2.1 to 2.8."""

from __future__ import annotations

from typing import Any

import pytest

from drivers.api import LinkFault
from drivers.atol.link_v3 import LinkV3
from drivers.atol.packet import encode_packet
from drivers.exchange import Answer, Finished, LinkResult, NotSentResult, Send, UnknownResult

TASK = bytes.fromhex("00 00 4A 00 01 00 00 10 00 00")
CLOSE = "FE 0D 00 33 C1 01 23 00 00 4A 00 01 00 00 10 00 00 55"  # B.3, step 8
OK = bytes.fromhex("55 00 00")


def from_device(number: int, data: str) -> str:
    return encode_packet(number, bytes.fromhex(data)).hex(" ")


class Host:
    """The link and a hand on its clock."""

    def __init__(self, **given: Any) -> None:
        self.link = LinkV3(next_id=0x33, next_tid=0x23, **given)
        self.now = 0.0
        self.until = 0.0
        self.result: LinkResult | None = None

    def begin(self, timeout_s: float = 25.0) -> str:
        self.result = None
        self.link.begin(TASK, timeout_s, self.now)
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

    def hear(self, *packets: str) -> str:
        self.link.receive(bytes.fromhex("".join(packets)), self.now)
        return self.said

    def silence(self) -> str:
        self.now = self.until
        return self.said


ACK = encode_packet(0x34, bytes.fromhex("C2 23")).hex(" ").upper()
ABORT = encode_packet(0x34, bytes.fromhex("C4")).hex(" ").upper()
REQ = encode_packet(0x34, bytes.fromhex("C3 23")).hex(" ").upper()
QUEUED, RUNNING, DONE_SYNC = from_device(0x33, "A2"), from_device(0x34, "A2"), from_device(0x33, "A3 55 00 00")
ASYNC = from_device(0xF0, "A6 23 55 00 00")
FAILED = from_device(0xF0, "A7 23 55 67 00")
CLEARED = from_device(0x34, "A3")


def begun(**given: Any) -> Host:
    host = Host(**given)
    assert host.begin() == CLOSE
    return host


@pytest.mark.parametrize("status", ["A1", "A2", "A8"])
def test_a_task_and_its_result(status: str) -> None:
    host = begun()
    assert host.link.unsettled == 0x23
    assert host.hear(from_device(0x33, status)) == ""
    assert host.hear(ASYNC) == ACK
    assert host.link.unsettled is None
    assert host.hear(CLEARED) == ""
    assert host.result == Answer(OK)


@pytest.mark.parametrize("order", [(ASYNC, QUEUED), (QUEUED, ASYNC), (ASYNC,)])
def test_f0_before_after_or_glued(order: tuple[str, ...]) -> None:
    host = begun()
    assert host.hear(*order) == ACK
    assert host.hear(CLEARED) == ""
    assert host.result == Answer(OK)


def test_a_result_at_once() -> None:
    host = begun()
    assert host.hear(DONE_SYNC) == ACK
    host.hear(from_device(0x34, "B3"))
    assert host.result == Answer(OK), "an Ack that finds nothing is fine"


def test_an_error_starts_the_queue_again() -> None:
    host = begun()
    host.hear(QUEUED)
    assert host.hear(FAILED) == ABORT
    assert host.hear(CLEARED) == ""
    assert host.result == Answer(bytes.fromhex("55 67 00"))
    gentle = Host(ignore_error=True)
    assert gentle.begin()[12:20] == "C1 03 23"
    gentle.hear(QUEUED)
    assert gentle.hear(FAILED) == ACK


def test_an_unanswered_clean_up_does_not_lose_the_result() -> None:
    host = begun()
    host.hear(QUEUED, ASYNC)
    assert [host.silence(), host.silence(), host.silence()] == [ACK, ACK, ""]
    assert host.result == Answer(OK)


def test_ids_and_tids_go_on() -> None:
    host = begun()
    host.hear(QUEUED, ASYNC)
    host.hear(CLEARED)
    assert host.begin() == encode_packet(0x35, bytes.fromhex("C1 01 24") + TASK).hex(" ").upper()
    wraps = LinkV3(next_id=0xDE, next_tid=0xDE)
    wraps.begin(TASK, 1.0, 0.0)
    assert wraps.coming_tid == 0x01


def test_a_lost_answer_repeats_the_same_packet_four_times() -> None:
    host = begun()
    assert [host.silence() for _ in range(4)] == [CLOSE] * 4
    assert host.now == pytest.approx(2.0)
    assert host.silence() == REQ


def test_already_there_after_a_repeat_is_our_own_task() -> None:
    host = begun()
    host.silence()
    assert host.hear(from_device(0x33, "B2")) == REQ
    assert host.hear(from_device(0x34, "A3 55 00 00")).startswith("FE 02 00 35 C2 23")
    assert host.link.unsettled is None


def test_already_there_at_first_is_somebody_elses() -> None:
    host = begun()
    assert host.hear(from_device(0x33, "B2")) == ""
    assert host.result == NotSentResult(LinkFault.BUSY, "tid 23h is taken")
    assert host.link.unsettled is None
    assert host.link.coming_tid == 0x24


def test_a_lost_f0_is_asked_for() -> None:
    host = begun()
    host.hear(QUEUED)
    assert host.silence() == REQ
    assert host.now == pytest.approx(1.0)
    assert host.hear(RUNNING) == ""
    assert host.silence().startswith("FE 02 00 35 C3 23")
    assert host.hear(from_device(0x35, "A4 55 67 00")).startswith("FE 01 00 36 C4")
    host.hear(from_device(0x36, "A3"))
    assert host.result == Answer(bytes.fromhex("55 67 00"))


def test_a_queue_that_stands_still_is_cleared_and_nothing_ran() -> None:
    for status, word in (("A5", "stood still"), ("B1", "full")):
        host = begun()
        assert host.hear(from_device(0x33, status)) == ABORT
        assert host.hear(CLEARED) == ""
        assert isinstance(host.result, NotSentResult)
        assert host.result.fault is LinkFault.BUSY
        assert word in host.result.detail
        assert host.link.unsettled is None


def test_a_queue_that_cannot_be_cleared_keeps_the_doubt() -> None:
    host = begun()
    host.hear(from_device(0x33, "A5"))
    while host.result is None:
        host.silence()
    assert isinstance(host.result, UnknownResult)
    assert host.link.unsettled == 0x23


def test_a_refused_packet_was_not_executed() -> None:
    host = begun()
    host.hear(from_device(0x33, "B4 01"))
    assert isinstance(host.result, NotSentResult)
    assert host.link.unsettled is None


def test_a_forgotten_task_is_unknown() -> None:
    host = begun()
    host.hear(QUEUED)
    host.silence()
    host.hear(from_device(0x34, "B3"))
    assert host.result == UnknownResult(LinkFault.SILENT, "task 23h is not in the buffer (B3h)")
    assert host.link.unsettled is None


def test_a_task_that_never_ends_stays_in_doubt() -> None:
    host = begun()
    host.hear(QUEUED)
    for number in range(0x34, 0xDE):
        host.silence()
        host.hear(from_device(number, "A2"))
        if host.result is not None:
            break
    assert isinstance(host.result, UnknownResult)
    assert host.result.fault is LinkFault.BUSY
    assert host.link.unsettled == 0x23
    assert host.now == pytest.approx(120.0, abs=2.0)


@pytest.mark.parametrize(
    "strange",
    [
        from_device(0x32, "A3 55 00 00"),  # another Id
        from_device(0xF0, "A6 22 55 00 00"),  # another task
        from_device(0xF0, "A6 23"),  # no answer in it
        from_device(0x33, "A2")[:-2] + "00",  # wrong CRC
        "FD 00 06 05 15 FE 03",
    ],
)
def test_what_is_not_ours_changes_nothing(strange: str) -> None:
    host = begun()
    assert host.hear(strange) == ""
    assert host.result is None
    assert host.hear(QUEUED, ASYNC) == ACK


def test_done_without_an_answer_is_asked_again() -> None:
    host = begun()
    assert host.hear(from_device(0x33, "A3")) == REQ


def test_an_empty_packet_asks_for_ours() -> None:
    host = begun()
    assert host.hear(from_device(0x33, "")) == CLOSE
    eager = begun(empty_repeats=True)
    assert eager.hear(from_device(0x33, "A2")[:-2] + "00") == encode_packet(0x33, b"").hex(" ").upper()


def test_settling_after_a_reconnect() -> None:
    host = begun()
    host.link.abandon(LinkFault.LOST, "cable")
    host.link.begin_settle(120.0, host.now)
    assert host.said == REQ
    host.hear(RUNNING)
    assert host.silence().startswith("FE 02 00 35 C3 23")
    assert host.hear(from_device(0x35, "A3 55 00 00")).startswith("FE 02 00 36 C2 23")
    host.hear(from_device(0x36, "A3"))
    assert host.result == Answer(OK)
    assert host.link.unsettled is None


def test_abort_waits_for_a_running_task() -> None:
    host = Host()
    host.link.begin_abort(10.0, 0.0)
    assert host.said.startswith("FE 01 00 33 C4")
    assert host.hear(from_device(0x33, "A2 11")) == ""
    assert host.silence().startswith("FE 01 00 34 C4")
    assert host.hear(CLEARED) == ""
    assert host.result == Answer(b"")
    assert host.now == pytest.approx(1.0)


def test_abort_does_not_wait_for_ever() -> None:
    host = Host()
    host.link.begin_abort(5.0, 0.0)
    for number in range(0x33, 0x43):
        host.hear(from_device(number, "A2 11"))
        host.silence()
    assert host.result == NotSentResult(LinkFault.BUSY, "a task still runs")


def test_hello_changes_nothing() -> None:
    host = Host()
    host.link.begin_hello(10.0, 0.0)
    assert host.said == encode_packet(0x33, bytes.fromhex("C3 23")).hex(" ").upper()
    assert host.hear(from_device(0x33, "A3 55 00 00")) == "", "somebody's result is not acknowledged"
    assert host.result == Answer(b"")
    assert host.link.unsettled is None


def test_a_dead_stream() -> None:
    host = Host()
    assert host.link.abandon(LinkFault.LOST, "x") == NotSentResult(LinkFault.SILENT, "no exchange yet")
    sent = begun()
    assert sent.link.abandon(LinkFault.LOST, "x") == UnknownResult(LinkFault.LOST, "x")
    assert sent.link.unsettled == 0x23
    done = begun()
    done.hear(QUEUED, ASYNC)
    assert done.link.abandon(LinkFault.LOST, "x") == Answer(OK)
