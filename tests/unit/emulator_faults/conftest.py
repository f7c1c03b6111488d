"""A device behind a faulty line, in memory, on a clock set by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from emulator.fault_line import FaultLine
from emulator.faults import Dice, FaultPlan, from_table
from emulator.memory_hands import MemoryHands
from emulator.shtrih.bench import Bench, build

NOON = datetime(2026, 11, 21, 12, 30)  # noqa: DTZ001 - a register shows local time without a zone


class Rig:
    """`bench` reaches the device without the line; `send` goes through it."""

    def __init__(self, plan: FaultPlan, seed: int) -> None:
        self.bench: Bench = build(NOON)
        self.told: list[str] = []
        self.hands = MemoryHands(self.bench.machine, lambda: self.bench.clocks.monotonic)
        self.line = FaultLine(self.bench.front, Dice(plan, seed, 0, self.told.append), self.hands)
        self.hands.front = self.line

    @property
    def device(self):
        return self.bench.device

    def send(self, data: bytes) -> bytes:
        return self.line.receive(data, self.bench.clocks.monotonic)

    def wait(self, seconds: float) -> bytes:
        self.bench.clocks.monotonic += seconds
        self.hands.settle()
        return self.line.tick(self.bench.clocks.monotonic)


@pytest.fixture
def rig() -> Callable[..., Rig]:
    def make(*faults: dict[str, object], seed: int = 1, commands: int | None = None) -> Rig:
        table: dict[str, object] = {"fault": list(faults)}
        if commands is not None:
            table["commands"] = commands
        return Rig(from_table(table, "test"), seed)

    return make


@pytest.fixture
def rig_of() -> Callable[[FaultPlan, int], Rig]:
    return Rig
