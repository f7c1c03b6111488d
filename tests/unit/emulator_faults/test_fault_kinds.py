"""What each kind of fault does to one exchange, byte for byte."""

from __future__ import annotations

from pathlib import Path

import pytest

from emulator.faults import KINDS
from emulator.shtrih.frame import ACK, ENQ, NAK, pack
from emulator.till_orders import close, item

STATUS = pack(b"\x10\x1e\0\0\0")
SHIFT = pack(b"\xe0\x1e\0\0\0")
SHIFT_ANSWER = pack(b"\xe0\0\x1e")
ONE_ACK, ONE_NAK, ASK = bytes((ACK,)), bytes((NAK,)), bytes((ENQ,))


def test_a_plan_without_faults_changes_nothing(rig):
    clean = rig()
    assert clean.send(ASK) == ONE_NAK
    assert clean.send(SHIFT) == ONE_ACK + SHIFT_ANSWER
    assert clean.send(ONE_ACK) == b""
    assert clean.told == []


def test_a_lost_byte_of_the_host_leaves_the_frame_short(rig):
    one = rig({"kind": "byte_lost", "side": "host", "at": 4})
    assert one.send(SHIFT) == b""
    assert one.wait(0.2) == ONE_NAK, "the byte time-out"
    assert one.device.fn.last_fd == 1
    assert one.told == ["0 #0 00 byte_lost 4"]


def test_a_flipped_byte_is_refused(rig):
    assert rig({"kind": "byte_flipped", "side": "host", "at": 5}).send(SHIFT) == ONE_NAK


def test_an_inserted_byte_of_the_device(rig):
    out = rig({"kind": "byte_inserted", "side": "device", "at": 1}).send(ASK)
    assert out[:1] == ONE_NAK
    assert len(out) == 2


def test_a_doubled_byte_of_the_device(rig):
    assert rig({"kind": "byte_doubled", "side": "device", "at": 1}).send(ASK) == ONE_NAK * 2


def test_a_lost_ack_of_the_device_executed_the_command(rig):
    one = rig({"kind": "ack_lost", "at": 1})
    assert one.send(SHIFT) == SHIFT_ANSWER
    assert one.device.fn.shift_open


def test_a_lost_ack_of_the_host_keeps_the_answer(rig):
    one = rig({"kind": "ack_lost", "side": "host", "at": 1})
    one.send(SHIFT)
    assert one.send(ONE_ACK) == b""
    one.wait(1.0)
    assert one.send(ASK) == ONE_ACK + SHIFT_ANSWER
    assert one.device.fn.last_fd == 2


def test_a_lost_answer_is_kept_for_enq(rig):
    one = rig({"kind": "answer_lost", "times": 1})
    assert one.send(SHIFT) == ONE_ACK
    one.wait(1.0)
    assert one.send(ASK) == ONE_ACK + SHIFT_ANSWER


def test_a_late_answer_comes_after_its_time(rig):
    one = rig({"kind": "answer_late", "times": 1, "seconds": 1.5})
    assert one.send(SHIFT) == ONE_ACK
    assert one.wait(1.4) == b""
    assert one.line.due() is not None
    assert one.wait(0.2) == SHIFT_ANSWER


def test_a_stale_answer_is_the_one_before(rig):
    one = rig({"kind": "answer_stale", "at": 2})
    status = one.send(STATUS)[1:]
    one.send(ONE_ACK)
    assert one.send(SHIFT) == ONE_ACK + status
    assert one.device.fn.shift_open


def test_a_nak_storm_refuses_frames_and_executes_none(rig):
    one = rig({"kind": "nak_storm", "at": 1, "count": 2})
    one.send(STATUS)
    one.send(ONE_ACK)
    assert [one.send(SHIFT) for _ in range(2)] == [ONE_NAK, ONE_NAK]
    assert not one.device.fn.shift_open
    assert one.send(SHIFT) == ONE_ACK + SHIFT_ANSWER


def test_a_slow_command_acknowledges_enq_meanwhile(rig):
    one = rig({"kind": "slow", "seconds": 2.0, "times": 1})
    assert one.send(SHIFT) == ONE_ACK
    assert one.wait(1.0) == b""
    assert one.send(ASK) == ONE_ACK
    assert one.wait(1.0) == SHIFT_ANSWER


@pytest.mark.parametrize(("moment", "written"), [("before-commit", False), ("after-commit", True), ("now", False)])
def test_power_goes_around_the_write(rig, moment, written):
    one = rig({"kind": "power", "command": "FF45", "moment": moment, "seconds": 3.0})
    one.bench.ok(0xE0)
    one.bench.ok(0x8D, b"\0")
    one.bench.ok(0xFF46, item())
    before = one.device.fn.last_fd
    assert one.send(pack(b"\xff\x45\x1e\0\0\0" + close({1: 10_000}))) == ONE_ACK
    assert not one.hands.powered
    assert one.device.fn.last_fd == before + int(written)
    assert one.wait(1.0) == b""
    one.wait(2.5)
    assert one.hands.powered
    assert one.send(ASK) == ONE_NAK, "no stored answer survives"
    assert (one.device.receipt is None) is written


def test_the_cable_comes_back_under_another_name(rig):
    one = rig({"kind": "cable", "at": 1, "seconds": 2.0, "name": "new"})
    one.send(STATUS)
    assert not one.hands.plugged
    one.wait(2.0)
    assert (one.hands.plugged, one.hands.name) == (True, 2)


def test_paper_ends_at_a_line_and_comes_back(rig):
    one = rig({"kind": "paper_out", "command": "40", "lines": 3, "seconds": 5.0})
    one.bench.ok(0xE0)
    one.send(pack(b"\x40\x1e\0\0\0"))
    assert one.device.paper.name == "OUT_WHILE_PRINTING"
    one.wait(5.0)
    assert one.device.paper.name == "BACK"


def test_every_kind_is_met_in_this_file():
    named = Path(__file__).read_text("utf-8")
    assert all(f'"{kind}"' in named for kind in KINDS)
