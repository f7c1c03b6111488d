"""The faulty line in front of both protocols: nothing falls over, and the device is whole when the line is."""

from __future__ import annotations

import random

import pytest

from emulator import faults
from emulator.atol.bench import Bench, Setup, build
from emulator.atol.frame import pack
from emulator.atol.packet import Packet
from emulator.fault_line import FaultLine
from emulator.faults import Dice
from emulator.memory_hands import MemoryHands

from .conftest import NOON

COMMANDS = [
    "A5", "3F", "45", "56 01 00 00 00 30", "48", "9A 00", "92 00 01", "EA 00 01 00", "4A 00 01 00 00 00 00 00", "59",
    "EB 00 00 00 00 00 00 59 90 00 00 00 10 00 00 00 00 00 00 59 90 06" + " 00" * 8 + " 01 04" + " 00" * 10 + " 95",
    "4C 41", "A4 30", "A4 45 01 00 00 00", "A4 46", "91 33 00 00",
]  # fmt: skip


def pieces(protocol: str, command: str, number: int) -> list[bytes]:
    task = b"\0\0" + bytes.fromhex(command)
    if protocol == "v2":
        return [b"\x05", pack(task), b"\x04", b"\x06", b"\x06"]
    tid = number % 0xE0
    return [Packet(tid, bytes((0xC1, 3, tid)) + task).pack(), Packet((tid + 1) % 0xE0, bytes((0xC2, tid))).pack()]


@pytest.mark.parametrize("protocol", ["v2", "v3"])
@pytest.mark.parametrize("plan", faults.names())
@pytest.mark.parametrize("seed", [1, 2])
def test_a_faulty_line(protocol: str, plan: str, seed: int):
    bench: Bench = build(NOON, Setup(protocol=protocol))
    hands = MemoryHands(bench.machine, lambda: bench.clocks.monotonic)
    line = FaultLine(bench.front, Dice(faults.load(plan), seed, 0, lambda _told: None), hands)
    hands.front = line
    chance = random.Random(seed)
    for number in range(400):
        for piece in pieces(protocol, chance.choice(COMMANDS), number):
            bench.clocks.monotonic += chance.choice((0.0, 0.05, 0.7))
            hands.settle()
            if hands.powered and hands.plugged:
                line.receive(piece, bench.clocks.monotonic)
    for _ in range(30):
        bench.clocks.monotonic += 5
        hands.settle()
        line.receive(b"", bench.clocks.monotonic)
        bench.send()
    bench.device.paper_in()
    assert bench.do(bytes.fromhex(COMMANDS[1]))[0] == 0x44
    fn = bench.device.fn
    assert sorted(fn.documents) == list(range(1, fn.last_fd + 1))
    if protocol == "v2":
        assert bench.send(b"\x05") == b"\x06"
    else:
        assert bench.send(Packet(9, b"\xc4").pack()) == Packet(9, b"\xa3").pack()
