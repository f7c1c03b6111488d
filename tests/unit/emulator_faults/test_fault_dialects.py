"""Whole-message faults where an exchange looks different: Shtrih protocol 2.0, ATOL layer 2 and transport 3."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from emulator import faults
from emulator.appliance import Appliance, Order
from emulator.atol import bench as atol_bench
from emulator.atol.frame import ACK, ENQ, EOT, NAK
from emulator.atol.frame import pack as pack_v2
from emulator.atol.packet import Packet
from emulator.fault_line import FaultLine
from emulator.faults import Dice, from_table
from emulator.memory_hands import MemoryHands
from emulator.shtrih import bench as shtrih_bench
from emulator.shtrih.frame2 import pack as pack_2
from emulator.shtrih.front import ShtrihFront

from .conftest import NOON

STATUS, SHIFT = b"\x10\x1e\0\0\0", b"\xe0\x1e\0\0\0"
SHIFT_ANSWER = b"\xe0\0\x1e"
OPEN_V2 = b"\0\0\x9a\0"
ASK, GRANT, END, NO = (bytes((byte,)) for byte in (ENQ, ACK, EOT, NAK))


class Dialect:
    """One device behind the line; `send` and `wait` as a host of that protocol would."""

    def __init__(self, protocol: str, *faults: dict[str, object]) -> None:
        self.told: list[str] = []
        if protocol in ("v2", "v3"):
            bench = atol_bench.build(NOON, atol_bench.Setup(protocol=protocol))
            bench.ok(b"\x56\x01\0\0\0\x30")
        else:
            bench = shtrih_bench.build(NOON)
            bench.machine.variant = replace(bench.machine.variant, protocol=protocol)
            bench.front = ShtrihFront(bench.machine, 2)
        self.bench, self.fn = bench, bench.device.fn
        self.hands = MemoryHands(bench.machine, lambda: bench.clocks.monotonic)
        dice = Dice(from_table({"fault": list(faults)}, "test"), 1, 0, self.told.append)
        self.line = FaultLine(bench.front, dice, self.hands)

    def send(self, data: bytes) -> bytes:
        return self.line.receive(data, self.bench.clocks.monotonic)

    def wait(self, seconds: float) -> bytes:
        self.bench.clocks.monotonic += seconds
        return self.line.receive(b"", self.bench.clocks.monotonic)


@pytest.fixture
def speak() -> Callable[..., Dialect]:
    return Dialect


def add(tid: int, task: bytes = OPEN_V2) -> bytes:
    return Packet(tid, bytes((0xC1, 1, tid)) + task).pack()


def result(tid: int, answer: bytes = b"\x55\0\0") -> bytes:
    return Packet(0xF0, bytes((0xA6, tid)) + answer).pack()


IN_PROGRESS = b"\xa2"


@pytest.mark.parametrize("protocol", ["2.0", "auto"])
class TestShtrih2:
    def test_bytes_of_a_frame_are_no_acknowledgements(self, speak, protocol):
        """Number 6, operator 6, a 02h: nothing of it is an ACK to lose, or a frame of 1.0 to storm."""
        one = speak(protocol, {"kind": "ack_lost", "side": "both"})
        for number in range(1, 8):
            request = b"\x10\x06\0\0\0"
            assert one.send(pack_2(number, request))[:1] == b"\x8f"
        assert one.told == []

    def test_a_storm_spoils_whole_frames_and_the_device_is_silent(self, speak, protocol):
        one = speak(protocol, {"kind": "nak_storm", "at": 1, "count": 2})
        one.send(pack_2(1, STATUS))
        assert [one.send(pack_2(2, SHIFT)) for _ in range(2)] == [b"", b""]
        assert not one.fn.shift_open
        assert one.send(pack_2(2, SHIFT)) == pack_2(2, SHIFT_ANSWER)

    def test_a_lost_answer_is_sent_again_for_the_same_number(self, speak, protocol):
        one = speak(protocol, {"kind": "answer_lost", "times": 1})
        assert one.send(pack_2(1, SHIFT)) == b""
        assert one.send(pack_2(1, SHIFT)) == pack_2(1, SHIFT_ANSWER)
        assert one.fn.last_fd == 2

    def test_a_late_and_a_stale_answer(self, speak, protocol):
        one = speak(protocol, {"kind": "answer_late", "times": 1, "seconds": 1.5}, {"kind": "answer_stale", "at": 2})
        assert one.send(pack_2(1, SHIFT)) == b""
        assert one.wait(1.6) == pack_2(1, SHIFT_ANSWER)
        assert one.send(pack_2(2, STATUS)) == pack_2(1, SHIFT_ANSWER)


class TestAtolLayer2:
    def test_without_faults(self, speak):
        one = speak("v2")
        assert one.send(ASK + pack_v2(OPEN_V2)) == GRANT * 2
        assert one.send(END) == ASK
        assert one.send(GRANT) == pack_v2(b"\x55\0\0")
        assert one.send(GRANT) == END

    def test_a_lost_ack_of_the_device_runs_the_command_once(self, speak):
        one = speak("v2", {"kind": "ack_lost", "at": 1})
        assert one.send(ASK + pack_v2(OPEN_V2)) == GRANT, "of ENQ, not of the frame"
        assert one.send(pack_v2(OPEN_V2)) == GRANT
        assert one.send(END) == ASK
        assert one.fn.last_fd == 2

    def test_a_lost_ack_of_the_host_is_that_of_the_answer(self, speak):
        one = speak("v2", {"kind": "ack_lost", "side": "host", "at": 1})
        one.send(ASK + pack_v2(OPEN_V2) + END)
        assert one.send(GRANT) == pack_v2(b"\x55\0\0"), "the ACK of the device's ENQ comes through"
        assert one.send(GRANT) == b""
        assert one.wait(0.6) == pack_v2(b"\x55\0\0"), "T3: the device repeats"
        assert one.send(GRANT) == END

    def test_a_lost_answer_is_repeated_by_the_device(self, speak):
        one = speak("v2", {"kind": "answer_lost", "times": 1})
        assert one.send(ASK + pack_v2(OPEN_V2) + END) == GRANT * 2 + ASK, "ENQ is no answer"
        assert one.send(GRANT) == b""
        assert one.wait(0.6) == pack_v2(b"\x55\0\0")

    def test_a_late_and_a_stale_answer(self, speak):
        one = speak("v2", {"kind": "answer_late", "at": 1, "seconds": 0.2}, {"kind": "answer_stale", "at": 2})
        one.send(ASK + pack_v2(OPEN_V2) + END)
        assert one.send(GRANT) == b""
        assert one.wait(0.3) == pack_v2(b"\x55\0\0")
        one.send(GRANT)
        one.send(ASK + pack_v2(b"\0\0\xa5") + END)
        assert one.send(GRANT) == pack_v2(b"\x55\0\0")

    def test_a_storm_refuses_whole_frames(self, speak):
        """The data holds a masked ETX and a masked DLE: the frame's end is its check byte alone."""
        one = speak("v2", {"kind": "nak_storm", "at": 1, "count": 2})
        one.send(ASK + pack_v2(b"\0\0\x3f") + END + GRANT + GRANT)
        assert one.send(ASK + pack_v2(b"\0\0\x4c\x03\x10")) == GRANT + NO
        assert one.send(pack_v2(OPEN_V2)) == NO
        assert not one.fn.shift_open
        assert one.send(pack_v2(OPEN_V2)) == GRANT
        assert one.send(END) == ASK

    def test_a_command_is_known_by_its_code(self, speak):
        one = speak("v2", {"kind": "slow", "command": "9A", "seconds": 2.0})
        assert one.send(ASK + pack_v2(b"\0\0\x3f") + END) == GRANT * 2 + ASK
        one.send(GRANT + GRANT)
        assert one.send(ASK + pack_v2(OPEN_V2) + END) == GRANT * 2
        assert one.wait(2.1) == ASK
        assert one.told == ["0 #2 9A slow 1"]

    def test_a_command_that_runs_when_a_deadline_passes(self, speak):
        """EOT is lost: T4 lets the command run, with no byte of the host."""
        one = speak("v2")
        assert one.send(ASK + pack_v2(OPEN_V2)) == GRANT * 2
        assert one.wait(0.6) == ASK
        assert one.fn.shift_open


class TestAtolTransport3:
    def test_without_faults(self, speak):
        one = speak("v3")
        assert one.send(add(1)) == Packet(1, IN_PROGRESS).pack() + result(1)

    def test_a_lost_ack_of_the_device_is_its_word_that_the_task_runs(self, speak):
        one = speak("v3", {"kind": "ack_lost", "at": 1})
        assert one.send(add(1)) == result(1)
        assert one.fn.shift_open

    def test_a_lost_ack_of_the_host_keeps_the_result(self, speak):
        one = speak("v3", {"kind": "ack_lost", "side": "host", "at": 1})
        one.send(add(1))
        assert one.send(Packet(2, b"\xc2\x01").pack()) == b""
        assert one.send(Packet(3, b"\xc3\x01").pack()) == Packet(3, b"\xa3\x55\0\0").pack()

    def test_a_lost_answer_is_there_to_ask_for(self, speak):
        one = speak("v3", {"kind": "answer_lost", "times": 1})
        assert one.send(add(1)) == Packet(1, IN_PROGRESS).pack()
        assert one.send(Packet(3, b"\xc3\x01").pack()) == Packet(3, b"\xa3\x55\0\0").pack()

    def test_a_late_and_a_stale_answer(self, speak):
        one = speak("v3", {"kind": "answer_late", "at": 1, "seconds": 1.0}, {"kind": "answer_stale", "at": 2})
        assert one.send(add(1)) == Packet(1, IN_PROGRESS).pack()
        assert one.wait(1.1) == result(1)
        assert one.send(add(2, b"\0\0\xa5")) == Packet(2, IN_PROGRESS).pack() + result(1)

    def test_a_storm_spoils_whole_packets(self, speak):
        one = speak("v3", {"kind": "nak_storm", "at": 1, "count": 2})
        one.send(add(1, b"\0\0\xa5"))
        refused = [one.send(add(2)) for _ in range(2)]
        assert all(not answer or answer == Packet(2, b"").pack() for answer in refused)
        assert not one.fn.shift_open
        assert one.send(add(2)) == Packet(2, IN_PROGRESS).pack() + result(2)

    def test_queued_tasks_run_one_after_another(self, speak):
        """The second task becomes ready when the first has answered: no byte of the host lets it start."""
        one = speak("v3", {"kind": "slow", "seconds": 1.0})
        one.send(add(1))
        assert one.send(add(2, b"\0\0\xa5")) == Packet(2, b"\xa1").pack()
        assert one.wait(1.1) == result(1)
        assert one.wait(1.1)[:5] == result(2)[:1] + one_header()
        assert [line.split()[2] for line in one.told] == ["9A", "A5"]


def one_header() -> bytes:
    """Length, id F0h and kind of an A5h answer as the device gives it."""
    answer = atol_bench.build(NOON).do(b"\xa5")
    return result(2, answer)[1:5]


@pytest.mark.parametrize("name", faults.names())
def test_every_plan_fits_every_model(name):
    appliance = Appliance(Order([], model="atol", faults=name))
    appliance.stop()
