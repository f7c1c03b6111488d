"""What a second reading of the notes found: each test failed before the driver was mended."""

from typing import Any

import pytest

from drivers.api import Done, LinkFault, NotSent
from drivers.atol import frame_v2, packet
from drivers.atol.command import Nothing
from drivers.atol.commands_settings import LAST_RECEIPT, Parameters
from drivers.atol.commands_status import LAST_ERROR
from drivers.atol.link_v3 import LinkV3
from drivers.atol.switches import Switches
from drivers.exchange import Finished, Send, Wait
from drivers.selling import FiscalItem, ReceiptKind

COFFEE = FiscalItem("Кофе", 5990, 1_000_000, 5990, vat=6)


def test_a_mode_that_was_entered_by_the_lost_first_try_is_no_refusal(register: Any) -> None:
    """56h is a SET and goes out again after silence; the second one finds the mode entered: 66h."""
    printer = register.connected()
    register.answers["45"] = ["55 00 00", "55 01 00"]
    register.answers["56"] = "55 66 00"
    assert printer.receipt_open(ReceiptKind.SALE) == Done(None)
    assert register.seen[-1].startswith("92")


def test_a_mode_that_is_refused_stays_refused(register: Any) -> None:
    printer = register.connected()
    register.answers["56"] = "55 66 00"
    assert printer.receipt_open(ReceiptKind.SALE).code == 0x66


@pytest.mark.parametrize(("formats", "taken"), [("02 04", True), ("02 02", True), ("03 02", True), ("04 04", False)])
def test_the_ffd_is_the_registers_not_what_its_storage_could_do(register: Any, formats: str, taken: bool) -> None:
    """Notes, B.1: FFD = byte 0 of register 36h. A storage made for FFD 1.2 works in a register of 1.05 too."""
    register.answers["91 36"] = f"55 00 {formats}"
    printer = register.connected()
    assert (printer.takes([COFFEE]) is None) is taken


@pytest.mark.parametrize("status", ["A5 11", "B1"])
def test_on_a_shared_buffer_nothing_makes_us_abort(v3: Any, status: str) -> None:
    """A queue that the till's own failed task stopped, and a full buffer: the till's results are in it."""
    printer = v3.printer(switches=Switches(abort_on_connect=False, ignore_error=True, first_number=0x80))
    assert isinstance(printer.connect(), Done)
    v3.buffer.clear()
    v3.add_status = bytes.fromhex(status)
    outcome = printer.status()
    assert isinstance(outcome, NotSent)
    assert outcome.fault is LinkFault.BUSY
    assert "C4" not in v3.buffer


def test_a_stopped_task_of_ours_is_asked_about_and_no_second_one_is_added(v3: Any) -> None:
    """Each poll would leave one more in the till's buffer until it is full."""
    printer = v3.printer(switches=Switches(abort_on_connect=False, ignore_error=True, first_number=0x80))
    assert isinstance(printer.connect(), Done)
    adds: list[int] = []
    add = v3._add
    v3._add = lambda number, tid, task: adds.append(tid) or add(number, tid, task)
    v3.add_status = bytes.fromhex("A5 11")
    assert isinstance(printer.storage(), NotSent)
    assert len(adds) == 1
    v3.states[adds[0]] = [b"\xa5\x11", b"\xa5\x11"]
    for _ in range(2):
        assert isinstance(printer.storage(), NotSent)
    assert len(adds) == 1
    v3.add_status = None  # the till cleared its buffer: Req is answered B3h
    assert isinstance(printer.storage(), Done)
    assert len(adds) == 2


def test_alone_on_the_buffer_the_queue_is_set_going_again(v3: Any) -> None:
    printer = v3.printer()
    assert isinstance(printer.connect(), Done)
    v3.buffer.clear()
    v3.add_status = bytes.fromhex("A5 11")
    printer.status()
    assert "C4" in v3.buffer


def test_passwords_of_either_protocol_are_hidden_in_one_trace() -> None:
    """With `protocol = "auto"` both protocols are spoken on one line."""
    entering = bytes.fromhex("00 00 56 01 00 00 00 30")
    frame = frame_v2.encode_frame(entering)
    assert packet.password_bytes(frame) == frame_v2.password_bytes(frame) != frozenset()
    added = packet.encode_packet(0x21, bytes.fromhex("C1 01 11") + entering)
    assert packet.password_bytes(added)


def test_the_last_error_is_an_answer_not_a_refusal(register: Any) -> None:
    """B3h answers 55h and the last error's code, where other answers have their own result."""
    register.answers["B3"] = "55 67 00"
    printer = register.connected()
    outcome = printer._session.run(LAST_ERROR, Nothing())
    assert isinstance(outcome, Done)
    assert outcome.reply.code == 0x67


def test_a_tid_whose_ack_was_never_confirmed_is_not_used_again() -> None:
    """Its old result may still lie in the buffer: B2h after a lost first packet would make it the answer of a close."""
    link, now = LinkV3(next_id=0x33, next_tid=0x23), 0.0
    link.begin(bytes.fromhex("00 00 45"), 10.0, now)
    link.poll(now)
    link.receive(packet.encode_packet(0x33, bytes.fromhex("A3 55 00 00")), now)
    while not isinstance(action := link.poll(now), Finished):
        now = action.until if isinstance(action, Wait) else now
    link._next_tid = 0x23  # the numbers came round
    assert link.coming_tid == 0x24
    link.begin(bytes.fromhex("00 00 4A 00 01 00 00 00 00 00"), 25.0, now)
    sent = link.poll(now)
    assert isinstance(sent, Send)
    assert sent.payload[4:7] == bytes.fromhex("C1 01 24")


def test_a_confirmed_tid_comes_round_again() -> None:
    link, now = LinkV3(next_id=0x33, next_tid=0x23), 0.0
    link.begin(bytes.fromhex("00 00 45"), 10.0, now)
    link.poll(now)
    link.receive(packet.encode_packet(0x33, bytes.fromhex("A3 55 00 00")), now)
    link.poll(now)
    link.receive(packet.encode_packet(0x34, b"\xa3"), now)
    assert isinstance(link.poll(now), Finished)
    link._next_tid = 0x23
    assert link.coming_tid == 0x23


@pytest.mark.parametrize(
    "fields",
    [
        "03 00 00 01 00 00 1A 0B 15 12 01 39 39 39 39 30 37 38 39 30 32 30 30 31 32 33 34 0E 00 00 00",  # 00 doubled
        "03 00 00 01 00 1A 0B 15 12 01 39 39 39 39 30 37 38 39 30 32 30 30 31 32 33 0E 00 00 00 00",  # a digit lost
    ],
)
def test_a_storage_whose_number_is_no_number_is_not_believed_however_often_it_comes(register: Any, fields: str) -> None:
    """Notes, 1.2: XOR does not see a doubled 00. A sale begun on such a reading names a storage that does not exist."""
    printer = register.connected()
    assert isinstance(printer.storage(), Done)
    register.answers["A4 30"] = [f"55 00 {fields}"] * 9
    outcome = printer.storage()
    assert isinstance(outcome, NotSent)
    assert outcome.fault is LinkFault.GARBAGE


def test_a_question_that_may_be_answered_late_is_not_waited_for_three_times(register: Any) -> None:
    """Notes, 2.4: T5 of 91h is 45 s. A cashier waits for it once, not for two minutes and a quarter."""
    printer = register.connected()
    register.deaf_to = {"91 33"}
    began = register.now
    assert isinstance(printer._session.run(LAST_RECEIPT, Parameters()), NotSent)
    assert register.now - began < 60
