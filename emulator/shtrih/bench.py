"""A device on the bench: one front end in this process, driven by bytes, with clocks set by hand. For tests."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from emulator import profile as profiles
from emulator.device import Device
from emulator.paper import Tape
from emulator.shtrih.frame import ACK, ENQ, NAK, pack
from emulator.shtrih.front import ShtrihFront
from emulator.shtrih.machine import Machine
from emulator.shtrih.variant import PRINT_RESULT, Variant

SHORT_10H = Variant(capabilities=Variant().capabilities - {PRINT_RESULT})
"""A device whose 10h answers 16 bytes."""


@dataclass
class Clocks:
    """Naive local time and monotonic seconds; both stand still until changed."""

    wall: datetime
    monotonic: float = 0.0


@dataclass
class Bench:
    """One endpoint of one device."""

    front: ShtrihFront
    device: Device
    clocks: Clocks

    @property
    def machine(self) -> Machine:
        """The Shtrih side that all endpoints share."""
        return self.front.machine

    def another(self, port: int) -> Bench:
        """One more endpoint of the same device, idle."""
        bench = Bench(ShtrihFront(self.machine, port), self.device, self.clocks)
        bench.wake()
        return bench

    def send(self, data: bytes) -> bytes:
        """Bytes of the host at the present reading; returns the device's bytes."""
        return self.front.receive(data, self.clocks.monotonic)

    def wake(self) -> None:
        """ENQ, and the NAK of an idle device."""
        if self.send(bytes((ENQ,)))[-1:] != bytes((NAK,)):
            raise ValueError("the device is not idle")

    def ask(self, payload: bytes) -> bytes:
        """One exchange from idle to idle; returns the answer's payload. ValueError when it is not framed right."""
        out = self.send(pack(payload))
        answer = out[3:-1]
        if out != bytes((ACK,)) + pack(answer):
            raise ValueError(f"not an answer: {out.hex(' ')}")
        self.send(bytes((ACK,)))
        return answer

    def do(self, code: int, parameters: bytes = b"", password: int = 30) -> bytes:
        """A command (FF46h is 0xFF46) with its password; returns the answer after the command bytes."""
        head = bytes((0xFF, code & 0xFF)) if code > 0xFF else bytes((code,))
        return self.ask(head + password.to_bytes(4, "little") + parameters).removeprefix(head)

    def ok(self, code: int, parameters: bytes = b"", password: int = 30) -> bytes:
        """The same; returns the answer after the result, ValueError when the result is an error."""
        answer = self.do(code, parameters, password)
        if answer[0]:
            raise ValueError(f"{code:X}h: error {answer[0]:02X}h")
        return answer[1:]

    def code(self, code: int, parameters: bytes = b"", password: int = 30) -> int:
        """The same; returns the result byte."""
        return self.do(code, parameters, password)[0]


@dataclass
class Setup:
    """What a bench is built from; ``profile`` changes fields of the shipped profile ``shtrih-m-01f``."""

    variant: Variant = SHORT_10H
    port: int = 2
    tables: Path | None = None
    profile: dict[str, Any] = field(default_factory=dict)


def build(at: datetime, setup: Setup | None = None) -> Bench:
    """A registered device with a closed shift at ``at``, its link idle."""
    setup = setup or Setup()
    clocks = Clocks(at)
    profile = replace(profiles.load("shtrih-m-01f"), **setup.profile)
    tape = Tape(profile.columns, profile.dots)
    device = Device.open(profile, tape, None, lambda: clocks.wall, monotonic=lambda: clocks.monotonic)
    bench = Bench(ShtrihFront(Machine(device, setup.variant, setup.tables), setup.port), device, clocks)
    bench.wake()
    return bench
