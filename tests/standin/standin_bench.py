"""A device of platform 5 in this process, its port registered, and a handle of the stand-in. For tests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from emulator import profile as profiles
from emulator.device import Device
from emulator.paper import Tape
from standin.libfptr10 import IFptr
from standin.standin_habits import Habits
from standin.standin_ports import Port, register

ADDRESS = "/dev/ttyACM0"
START = datetime.fromisoformat("2026-11-21T10:00")
PLATFORM_5: dict[str, Any] = {
    "ffd": "1.2",
    "kkt_version": "003",
    "title": "АТОЛ 91Ф (платформа 5)",
    "tax_systems": 0b11,
}


@dataclass
class Clocks:
    """Naive local time and monotonic seconds; both stand still until changed."""

    wall: datetime = START
    monotonic: float = 0.0

    def wait(self, seconds: float) -> None:
        self.monotonic += seconds


def open_device(clocks: Clocks, state: Path | None = None, **changes: Any) -> Device:
    """An ATOL 91F with FFD 1.2; ``changes`` are fields of its profile."""
    profile = replace(profiles.load("atol-91f"), **(PLATFORM_5 | changes))
    tape = Tape(profile.columns, profile.dots)
    return Device.open(profile, tape, state, lambda: clocks.wall, monotonic=lambda: clocks.monotonic)


@dataclass
class Bench:
    """One handle on one device."""

    clocks: Clocks
    port: Port
    fptr: IFptr

    @property
    def device(self) -> Device:
        return self.port.device

    def do(self, task: Mapping[str, Any] | str) -> dict[str, Any]:
        """A task that must go well; its result, numbers as decimals."""
        text = task if isinstance(task, str) else json.dumps(task)
        self.fptr.setParam(IFptr.LIBFPTR_PARAM_JSON_DATA, text)
        if self.fptr.processJson() != 0:
            raise ValueError(f"{self.fptr.errorCode()}: {self.fptr.errorDescription()}")
        result: dict[str, Any] = json.loads(
            self.fptr.getParamString(IFptr.LIBFPTR_PARAM_JSON_DATA), parse_float=Decimal
        )
        return result

    def refused(self, task: Mapping[str, Any] | str) -> int:
        """A task that must fail; the error's number."""
        text = task if isinstance(task, str) else json.dumps(task)
        if self.fptr.processJson(text) != -1:
            raise ValueError("the task went well")
        return self.fptr.errorCode()

    def connect(self) -> int:
        """Open the port again."""
        return connect(self.fptr)

    def state(self) -> tuple[bool, bool]:
        """DOCUMENT_CLOSED and DOCUMENT_PRINTED."""
        if self.fptr.checkDocumentClosed() != 0:
            raise ValueError(self.fptr.errorDescription())
        read = self.fptr.getParamBool
        return read(IFptr.LIBFPTR_PARAM_DOCUMENT_CLOSED), read(IFptr.LIBFPTR_PARAM_DOCUMENT_PRINTED)


def connect(fptr: IFptr, address: str = ADDRESS) -> int:
    """Set a serial port and open it."""
    fptr.setSingleSetting(IFptr.LIBFPTR_SETTING_PORT, str(IFptr.LIBFPTR_PORT_COM))
    fptr.setSingleSetting(IFptr.LIBFPTR_SETTING_COM_FILE, address)
    fptr.applySingleSettings()
    return fptr.open()


def build(habits: Habits | None = None, state: Path | None = None, **changes: Any) -> Bench:
    """A registered device with a closed shift at `START`, its port open. Call `standin.reset` afterwards."""
    clocks = Clocks()
    port = register(ADDRESS, open_device(clocks, state, **changes), habits=habits or Habits(), wait=clocks.wait)
    fptr = IFptr("")
    connect(fptr)
    return Bench(clocks, port, fptr)
