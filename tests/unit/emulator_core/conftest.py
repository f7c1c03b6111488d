from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from emulator.device import Device, ItemInput
from emulator.paper import Tape
from emulator.profile import Profile, load

START = datetime(2026, 11, 21, 9, 0)  # noqa: DTZ001 - a register knows wall-clock time only


@dataclass
class Rig:
    """A device on a clock that stands still, with orders in short."""

    profile: Profile
    path: Path | None = None
    at: datetime = START
    monotonic: float = 0.0
    device: Device = field(init=False)

    def __post_init__(self) -> None:
        self.power()

    def power(self) -> Device:
        """Open the device from its file, as after a restart of the emulator."""
        tape = Tape(self.profile.columns, self.profile.dots)
        self.device = Device.open(self.profile, tape, self.path, lambda: self.at, monotonic=lambda: self.monotonic)
        return self.device

    def restart(self) -> Device:
        self.device.close()
        return self.power()

    def wait(self, **span: float) -> None:
        self.at += timedelta(**span)

    @staticmethod
    def item(price_kop: int = 10000, **changes: Any) -> ItemInput:
        whole = ItemInput(1, 1_000_000, price_kop, None, None, 1, 1, 4, 1, "Хлеб")
        return replace(whole, **changes)

    def sell(self, price_kop: int = 10000, kind: int = 1, **changes: Any) -> Any:
        self.device.open_receipt(kind, 1)
        self.device.add_item(self.item(price_kop, kind=kind, **changes))
        return self.device.close_receipt(cash(self.device.subtotal()), 0, 0, 1)


def cash(kop: int) -> list[int]:
    return [kop] + [0] * 15


@pytest.fixture
def rig() -> Rig:
    return Rig(load("shtrih-m-01f"))


@pytest.fixture
def rig12() -> Rig:
    return Rig(load("shtrih-m-01f-ffd12"))


@pytest.fixture
def rig_of() -> type[Rig]:
    return Rig
