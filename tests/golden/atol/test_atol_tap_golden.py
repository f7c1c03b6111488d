"""Tap mode on ATOL, byte for byte: what a till is told in the register's place, and what goes to the register.

Frames and packets are those of the protocol notes (B.1, B.2, B.4, B.5 and section 2.5) or reckoned by their rules.
"""

import pytest
from kit.atol_tap_world import ENTER, OPEN_SHIFT, connected

from drivers.api import Cut, Done, Feed, Text
from drivers.atol.tap import shared_line
from drivers.atol.tap_sieve import PacketSieve
from drivers.atol.tap_v2 import FrameSieve, FrameStandIn
from drivers.atol.tap_v3 import PacketStandIn

ADD_SELECT = bytes.fromhex("FE 0B 00 28 C1 01 18 00 00 A4 45 01 00 00 00 CE")  # B.2, tid 18h
RESULT_18 = bytes.fromhex("FE 08 00 F0 A6 18 55 00 03 00 5E 01 56")  # B.2
ABORT = bytes.fromhex("FE 01 00 20 C4 DE")  # B.1
REQ_23 = bytes.fromhex("FE 02 00 51 C3 23 09")  # B.5
PENDING_51 = bytes.fromhex("FE 01 00 51 A1 5F")
ACK_23 = bytes.fromhex("FE 02 00 52 C2 23 37")
CLOSE_23 = bytes.fromhex("FE 0D 00 33 C1 01 23 00 00 4A 00 01 00 00 10 00 00 55")  # B.3 step 8


def test_protocol_2_says_busy_to_enq_and_hands_over_the_same_byte() -> None:
    stand_in = FrameStandIn()
    assert stand_in.feed(b"\x05") == b""
    assert stand_in.waiting()
    assert stand_in.hand_over() == b"\x05"
    stand_in.feed(b"\x05")
    assert stand_in.refuse() == b"\x15"
    assert not stand_in.waiting()
    stand_in.feed(b"\x05")
    stand_in.feed(b"\x04")
    assert not stand_in.waiting(), "the till gave up"
    stand_in.feed(b"\x05\x05")
    assert stand_in.hand_over() == b"\x05", "two grants would be one too many"


def test_a_task_that_waits_is_pending_and_goes_on_unchanged() -> None:
    stand_in = PacketStandIn()
    assert stand_in.feed(CLOSE_23) == b""
    assert not stand_in.harmless()
    told = stand_in.refuse()
    assert told[:5] == bytes.fromhex("FE 01 00 33 A1")
    assert len(told) == 6
    assert stand_in.feed(CLOSE_23) == told, "said again: the same answer, and no second task"
    assert stand_in.feed(REQ_23) == PENDING_51
    assert stand_in.hand_over() == CLOSE_23
    assert stand_in.promised == {0x33: 0x23}


@pytest.mark.parametrize("cut", range(1, len(ABORT + ACK_23 + ADD_SELECT)))
def test_packets_that_wait_are_handed_over_in_order_wherever_they_are_cut(cut: int) -> None:
    whole = ABORT + ACK_23 + ADD_SELECT
    stand_in = PacketStandIn()
    stand_in.feed(whole[:cut])
    stand_in.feed(whole[cut:])
    assert stand_in.hand_over() == whole
    stand_in.feed(whole[:cut])
    assert stand_in.hand_over() == whole[:cut]


def test_the_registers_answer_to_a_pending_task_comes_as_that_of_a_queued_one() -> None:
    """The till was told A1: whether the register says A2, or A3 with the answer at once, it gets F0 A6."""
    for said, shown in (("FE 01 00 28 A2", b""), ("FE 07 00 28 A3 55 00 03 00 5E 01", RESULT_18)):
        sieve = PacketSieve({0x28: 0x18})
        sieve.said(False, ADD_SELECT)
        assert sieve.sift(checked(said), 0.0).till == shown
        assert sieve.sift(RESULT_18, 0.0).till == RESULT_18


@pytest.mark.parametrize("cut", range(1, 13))
def test_packets_go_to_whom_they_belong_wherever_they_are_cut(cut: int) -> None:
    sieve = PacketSieve({})
    sieve.said(False, CLOSE_23)
    sieve.said(True, ADD_SELECT)
    sieve.said(False, REQ_23)
    both = RESULT_18 + PENDING_51 + RESULT_18
    first, second = sieve.sift(both[:cut], 0.0), sieve.sift(both[cut:], 0.0)
    assert first.till + second.till == PENDING_51
    assert first.agent + second.agent == RESULT_18 * 2


def test_what_is_no_packet_goes_to_who_spoke_last_and_a_header_is_not_kept_for_ever() -> None:
    sieve = PacketSieve({})
    sieve.said(False, REQ_23)
    assert sieve.sift(b"\x00\x31", 0.0).till == b"\x00\x31"
    assert sieve.sift(b"\xfe\x01", 0.0).till == b""
    assert sieve.waits()
    assert sieve.overdue(0.05).till == b""
    assert sieve.overdue(0.2).till == b"\xfe\x01"
    assert sieve.sift(PENDING_51[2:], 0.3).till == PENDING_51[2:]


def test_protocol_2_answers_who_spoke_last() -> None:
    sieve = FrameSieve()
    sieve.said(True, bytes.fromhex("02 00 00 A4 30 03 97"))
    assert sieve.sift(b"\x06\x05", 0.0).agent == b"\x06\x05"
    sieve.said(False, b"\x05")  # our turn was taken back: busy, then our answer's ENQ, then the till's own grant
    sifted = sieve.sift(b"\x15\x05\x02\x55\x06\x03\x50\x06", 0.0)
    assert (sifted.till, sifted.agent) == (b"\x15\x06", b"\x05\x02\x55\x06\x03\x50")


@pytest.mark.parametrize(
    ("protocol", "frames"),
    [
        ("v2", ["02 00 00 45 03 46", "02 00 00 4C 8D 45 54 03 D3", "02 00 00 4C 20 03 6F", "02 00 00 75 01 03 77"]),
        ("v3", ["00 00 45", "00 00 4C 8D 45 54", "00 00 4C 20", "00 00 75 01"]),
    ],
)
def test_a_slip_in_the_tills_mode_is_print_commands_and_nothing_else(protocol: str, frames: list[str]) -> None:
    """B.4: 4Ch, feed, 75h. No 48h before, no 56h after."""
    world = connected(protocol, [ENTER, OPEN_SHIFT])
    sent = len(world.to_device)
    with world.block() as ours:
        assert ours
        assert world.printer.print_slip([Text("НET"), Feed(5), Cut()]) == Done(None)
    wire = bytes(world.to_device[sent:])
    parts = [bytes.fromhex(one) for one in (frames[0], frames[1], *[frames[2]] * 5, frames[3], frames[0])]
    if protocol == "v2":
        assert wire == b"".join(b"\x05" + part + b"\x04\x06\x06" for part in parts)
    else:
        tasks = [bytes.fromhex("C1 03") + tid + part for part in parts if (tid := _tid(wire, part))]
        assert len(tasks) == len(parts)
        assert wire.count(b"\xc1\x03") == len(parts)
        assert b"\xc4" not in wire


def _tid(wire: bytes, task: bytes) -> bytes:
    at = wire.find(task)
    return wire[at - 1 : at] if at > 0 else b""


def test_only_two_languages_are_known() -> None:
    for name in ("auto", "1.0", ""):
        with pytest.raises(ValueError, match="v2 or v3"):
            shared_line(name)


def checked(text: str) -> bytes:
    """With its CRC-8 (polynomial 31h, initial FFh), over Id and data."""
    raw = bytes.fromhex(text)
    value = 0xFF
    for one in raw[3:]:
        value ^= one
        for _ in range(8):
            value = (value << 1 ^ 0x31) & 0xFF if value & 0x80 else value << 1
    return raw + bytes((value,))
