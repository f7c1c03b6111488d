"""A device on the bench: front ends in this process, driven by bytes, with clocks set by hand. For tests."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from emulator import profile as profiles
from emulator.atol.build import DEFAULT_PROFILE
from emulator.atol.fields import bcd
from emulator.atol.front import V3, AtolFront
from emulator.atol.machine import AtolMachine
from emulator.atol.variant import Variant
from emulator.device import Device
from emulator.paper import Tape

PASSWORD = b"\0\0"
SYSTEM_ADMINISTRATOR = 30


@dataclass
class Clocks:
    """Naive local time and monotonic seconds; both stand still until changed."""

    wall: datetime
    monotonic: float = 0.0


@dataclass
class Bench:
    """One port of one device. Commands go to the machine directly; `send` passes bytes through the link."""

    front: AtolFront
    device: Device
    clocks: Clocks

    @property
    def machine(self) -> AtolMachine:
        """The ATOL side that all ports share."""
        return self.front.machine

    def another(self, port: int, protocol: str = V3) -> Bench:
        """One more port of the same device."""
        return Bench(AtolFront(self.machine, port, protocol), self.device, self.clocks)

    def send(self, data: bytes = b"") -> bytes:
        """Bytes of the host at the present reading; returns the device's bytes."""
        return self.front.receive(data, self.clocks.monotonic)

    def wait(self, seconds: float) -> bytes:
        """Let time pass; returns what the device sends of itself."""
        self.clocks.monotonic += seconds
        return self.send()

    def do(self, command: bytes) -> bytes:
        """A command without its password; returns the answer."""
        return self.machine.run(PASSWORD + command, self.front.port).payload

    def ok(self, command: bytes) -> bytes:
        """The same; returns what follows ``55 00`` (and the second byte, if any). ValueError for an error."""
        reply = self.machine.run(PASSWORD + command, self.front.port)
        if reply.failed:
            raise ValueError(f"{command[0]:02X}h: {reply.payload.hex(' ')}")
        return reply.payload[2:]

    def code(self, command: bytes) -> int:
        """The same; returns the result byte."""
        return self.do(command)[1]

    def mode(self, mode: int, password: int = SYSTEM_ADMINISTRATOR) -> None:
        """Leave whatever mode there is and enter another; 0 leaves only."""
        self.ok(b"\x48")
        if mode:
            self.ok(bytes((0x56, mode)) + bcd(password, 4))

    def item(self, price: int, milli: int = 1000, tax: int = 6, name: bytes = b"\x95\xab\xa5\xa1") -> None:
        """EAh and EBh."""
        self.ok(b"\xea\x00\x01\x00")
        self.ok(item_command(price, milli, price * milli // 1000, tax, name))

    def sell(self, price: int = 5990, tax: int = 6) -> None:
        """A whole cash sale in mode 1 (a closed shift is opened by it)."""
        self.ok(b"\x92\x00\x01")
        self.item(price, tax=tax)
        self.ok(b"\x4a\x00\x01" + bytes(5))


def item_command(price: int, milli: int, total: int, tax: int, name: bytes) -> bytes:
    """EBh: subject goods, method full payment."""
    numbers = bcd(price, 7) + bcd(milli, 5) + bcd(total, 7)
    return b"\xeb\x00" + numbers + bytes((tax,)) + bytes(8) + b"\x01\x04" + bytes(10) + name


@dataclass
class Setup:
    """What a bench is built from; ``profile`` changes fields of the shipped profile."""

    variant: Variant = field(default_factory=Variant)
    port: int = 0
    protocol: str = V3
    name: str = DEFAULT_PROFILE
    profile: dict[str, Any] = field(default_factory=dict)


def build(at: datetime, setup: Setup | None = None) -> Bench:
    """A registered device with a closed shift at ``at``."""
    setup = setup or Setup()
    clocks = Clocks(at)
    profile = replace(profiles.load(setup.name), **setup.profile)
    tape = Tape(profile.columns, profile.dots)
    device = Device.open(profile, tape, None, lambda: clocks.wall, monotonic=lambda: clocks.monotonic)
    machine = AtolMachine(device, setup.variant)
    return Bench(AtolFront(machine, setup.port, setup.protocol), device, clocks)
