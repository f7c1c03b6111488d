"""The device's link states, one row of the vendor's diagram after another (protocol notes, section 1.4)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.shtrih.frame import lrc, pack
from emulator.shtrih.link import Link, LinkState

ENQ, STX, ACK, NAK = b"\x05", b"\x02", b"\x06", b"\x15"
REQUEST = pack(b"\x10\x1e\0\0\0")
WITHOUT_ENQ = pack(b"\xff\x01\x1e\0\0\0")
"""A frame that happens to have no byte 05h in it; every frame of five bytes has one, its length."""
ANSWER = pack(b"\x10\0\x1e")


@pytest.fixture
def link() -> Link:
    link = Link(byte_timeout=lambda: 0.1, ack_timeout=0.5)
    assert link.receive(ENQ, 0.0) == NAK
    return link


@pytest.fixture
def answered(link: Link) -> Link:
    """The answer was sent at 1.0 and waits for its ACK."""
    link.receive(REQUEST, 1.0)
    assert link.take_request() == REQUEST[2:-1]
    assert link.answer(ANSWER[2:-1], 1.0) == ANSWER
    return link


def test_start_notices_enq_alone():
    link = Link()
    assert link.receive(b"\x00\x15\x06" + WITHOUT_ENQ, 0.0) == b""
    assert link.take_request() is None
    assert link.receive(ENQ, 0.0) == NAK
    assert link.state is LinkState.WAIT_STX


def test_idle_refuses_every_byte_but_stx(link: Link):
    others = bytes(byte for byte in range(256) if byte != STX[0])
    assert link.receive(others, 0.0) == NAK * 255
    assert link.receive(REQUEST, 0.0) == ACK


@pytest.mark.parametrize("length", range(1, len(REQUEST)))
def test_late_byte(link: Link, length: int):
    assert link.receive(REQUEST[:length], 0.0) == b""
    assert link.due() == pytest.approx(0.1)
    assert link.tick(0.09) == b""
    assert link.tick(0.1) == NAK
    assert link.due() is None
    assert link.receive(REQUEST, 0.2) == ACK


def test_a_late_byte_counts_even_without_a_tick(link: Link):
    link.receive(REQUEST[:3], 0.0)
    assert link.receive(ENQ, 5.0) == NAK + NAK


def test_each_byte_has_its_own_timeout(link: Link):
    out = b"".join(link.receive(bytes((byte,)), at * 0.099) for at, byte in enumerate(REQUEST))
    assert out == ACK


def test_zero_length(link: Link):
    assert link.receive(STX + b"\0", 0.0) == NAK
    assert link.state is LinkState.WAIT_STX


def test_control_bytes_inside_a_frame_are_data(link: Link):
    frame = pack(b"\x05\x02\x06\x15")
    assert link.receive(frame, 0.0) == ACK
    assert link.take_request() == b"\x05\x02\x06\x15"


def test_enq_while_a_command_runs(link: Link):
    link.receive(REQUEST, 0.0)
    assert link.receive(ENQ + b"\x00" + ENQ, 0.0) == ACK + ACK
    assert link.answer(b"\x10\0\x1e", 0.0) == ANSWER


def test_acknowledged_answer_is_gone(answered: Link):
    assert answered.receive(ACK, 1.1) == b""
    assert answered.receive(ENQ, 1.2) == NAK


def test_filler_follows_the_ack_of_an_answer_alone():
    link = Link(filler=True)
    assert link.receive(ENQ + REQUEST, 0.0) == NAK + ACK
    link.answer(b"\x10\0\x1e", 0.0)
    assert link.receive(ACK, 0.0) == b"\xff"


@pytest.mark.parametrize("byte", [NAK, ENQ, STX, b"\x00", b"\xff"])
def test_any_other_byte_keeps_the_answer(answered: Link, byte: bytes):
    assert answered.receive(byte, 1.1) == b""
    assert answered.state is LinkState.PENDING
    assert answered.receive(ENQ, 1.2) == ACK + ANSWER
    assert answered.take_request() is None


def test_missing_ack_keeps_the_answer(answered: Link):
    assert answered.due() == pytest.approx(1.5)
    assert answered.tick(1.5) == b""
    assert answered.state is LinkState.PENDING
    assert answered.due() is None


def test_pending_ignores_frames_and_repeats_its_answer_again_and_again(answered: Link):
    answered.receive(NAK, 1.1)
    for _ in range(3):
        assert answered.receive(WITHOUT_ENQ + ACK + NAK, 2.0) == b""
        assert answered.take_request() is None
        assert answered.receive(ENQ, 2.0) == ACK + ANSWER
        answered.receive(NAK, 2.0)
    answered.receive(ENQ, 2.0)
    answered.receive(ACK, 2.0)
    assert answered.receive(ENQ, 2.0) == NAK


def test_a_length_byte_of_5_is_an_enq_where_frames_are_not_expected(answered: Link):
    """The diagram knows no frames in PENDING: its byte 05h brings the stored answer, and nothing is executed."""
    answered.receive(NAK, 1.1)
    assert answered.receive(REQUEST[:2], 2.0) == ACK + ANSWER
    assert answered.take_request() is None


def test_power_off_drops_the_stored_answer(answered: Link):
    answered.receive(NAK, 1.1)
    answered.power_off()
    assert answered.receive(WITHOUT_ENQ, 2.0) == b""
    assert answered.receive(ENQ, 2.0) == NAK


def test_power_off_while_a_command_runs_loses_its_answer(link: Link):
    link.receive(REQUEST, 0.0)
    link.power_off()
    assert link.answer(b"\x10\0\x1e", 0.0) == b""
    assert link.receive(ENQ, 0.0) == NAK


def test_changed_byte_timeout_is_used_at_once():
    timeout = [0.1]
    link = Link(byte_timeout=lambda: timeout[0])
    link.receive(ENQ, 0.0)
    timeout[0] = 30.0
    link.receive(STX, 0.0)
    assert link.due() == pytest.approx(30.0)


@pytest.mark.parametrize("length", [0, 256])
def test_a_frame_carries_1_to_255_bytes(length: int):
    with pytest.raises(ValueError, match=r"1\.\.255"):
        pack(b"x" * length)


@given(st.binary(min_size=1, max_size=255))
def test_check_byte_is_the_xor_of_length_and_payload(payload: bytes):
    frame = pack(payload)
    check = 0
    for byte in frame[1:]:
        check ^= byte
    assert check == 0
    assert lrc(payload) == frame[-1]


@given(st.lists(st.sampled_from([ENQ, STX, ACK, NAK, b"\xff", REQUEST, REQUEST[:4], b"late", b"done"]), max_size=40))
def test_whatever_arrives_a_right_frame_runs_at_most_once(events: list[bytes]):
    """Executions never outnumber the right frames sent; every answer sent again equals the last one built."""
    link = Link()
    now, frames, runs, answer = 0.0, 0, 0, b""
    for event in events:
        now += 10.0 if event == b"late" else 0.001
        frames += event == REQUEST
        out = link.tick(now) if event in (b"late", b"done") else link.receive(event, now)
        if link.take_request() is not None:
            runs += 1
            answer = pack(b"\x10\0" + bytes((runs,)))
        if event == b"done" and link.state is LinkState.EXECUTING:
            assert link.answer(b"\x10\0" + bytes((runs,)), now) == answer
        elif len(out) > 3:
            assert out.endswith(answer) or set(out) <= {ACK[0], NAK[0]}
    assert runs <= frames + 1
