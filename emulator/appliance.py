"""One emulated printer put together: the device, its Shtrih or ATOL side, its endpoints, its mains switch."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from emulator import device_time
from emulator import faults as fault_plans
from emulator import profile as profiles
from emulator.atol import build as atol
from emulator.atol.commands import COMMANDS as ATOL_COMMANDS
from emulator.atol.machine import AtolMachine
from emulator.device import Device
from emulator.device_core import PowerCutError, no_probe, nothing
from emulator.endpoints import Endpoint, Front, is_network, open_port
from emulator.fault_line import FaultLine, FrontEnd
from emulator.faults import Dice, FaultPlan
from emulator.paper import Tape
from emulator.shtrih.commands import COMMANDS as SHTRIH_COMMANDS
from emulator.shtrih.front import ShtrihFront
from emulator.shtrih.machine import Machine
from emulator.shtrih.ports import FIRST_SERIAL, TCP
from emulator.shtrih.variant import Variant, from_profile
from emulator.timed_hands import TimedHands

DEFAULT_PROFILE = "shtrih-m-01f"
FFD_VERSIONS = ("1.05", "1.1", "1.2")
SHTRIH, ATOL = "shtrih", "atol"
DEFAULT_PROFILES = {SHTRIH: DEFAULT_PROFILE, ATOL: atol.DEFAULT_PROFILE}


@dataclass(frozen=True)
class Order:
    """What to build. ``listen``: addresses; ``state`` and ``tape``: None keeps the device and its paper in memory.

    ``variant``: None takes the profile's; ``protocol`` "1.0", "2.0" or "auto", ``qr`` and ``ffd`` None leave the
    profile's word. ``seed`` is the key of the fiscal signs and of the ``faults`` (a plan's name or file).
    ``device_time``: name or file. ``paper_mm``: length of the first roll of a new device, None for an endless one.
    ``model`` "shtrih" or "atol"; ``profile`` "" takes the model's own. ATOL: ``protocol`` "v2" or "v3", ``switches``
    "name=value" of `emulator.atol.variant.Variant`.
    """

    listen: Sequence[str]
    profile: str = ""
    state: Path | None = None
    tape: Path | None = None
    seed: int = 0
    pace: int | None = None
    ffd: str | None = None
    variant: Variant | None = None
    qr: bool | None = None
    protocol: str | None = None
    faults: str | None = None
    device_time: str | None = None
    paper_mm: int | None = None
    model: str = SHTRIH
    switches: Sequence[str] = ()

    def register(self) -> profiles.Profile:
        """The profile. FileNotFoundError; ValueError for an unknown model, FFD, or another vendor's profile."""
        if self.model not in DEFAULT_PROFILES:
            raise ValueError(f"model {self.model!r} is not one of {', '.join(DEFAULT_PROFILES)}")
        name = self.profile or DEFAULT_PROFILES[self.model]
        if name in profiles.names() and not name.startswith(self.model):
            raise ValueError(f"profile {name} is not of model {self.model}")
        profile = profiles.load(name)
        if self.ffd is not None:
            profile = with_ffd(profile, self.ffd)
        if self.model == ATOL:
            atol.check(profile, self.protocol)
        elif profile.ffd == "1.1" or self.switches:
            raise ValueError("FFD 1.1 and --switch are for --model atol")
        return profile

    def variant_of(self, profile: profiles.Profile) -> Variant:
        """The variant with what was ordered apart from the profile. ValueError for an unknown protocol."""
        variant = self.variant or from_profile(profile.shtrih)
        changes: dict[str, Any] = {"qr": self.qr, "protocol": self.protocol}
        return replace(variant, **{name: value for name, value in changes.items() if value is not None})


def local_now() -> datetime:
    """The host's wall clock as naive local time, which is what a register's clock shows."""
    return datetime.now().astimezone().replace(tzinfo=None)


def tape_folder(state: Path) -> Path:
    """Where the paper of a device lies when nothing else is asked: next to its state file."""
    return state.with_name(f"{state.name}.tape")


def tables_file(state: Path) -> Path:
    """Where changed table fields of a device lie."""
    return state.with_name(f"{state.name}.tables.json")


def with_ffd(profile: profiles.Profile, ffd: str) -> profiles.Profile:
    """The same register with another version of FFD, "1.05" or "1.2"; ``ValueError`` for others."""
    if ffd not in FFD_VERSIONS:
        raise ValueError(f"FFD {ffd!r} is not one of {', '.join(FFD_VERSIONS)}")
    return replace(profile, ffd=ffd)


class Appliance:
    """A running printer. Raises FileNotFoundError or ValueError on a wrong order, OSError when a port is taken."""

    def __init__(self, order: Order, clock: Callable[[], datetime] = local_now) -> None:
        profile = order.register()
        plan = fault_plans.load(order.faults) if order.faults else FaultPlan()
        times = device_time.load(order.device_time) if order.device_time else device_time.AT_ONCE
        folder = order.tape or (tape_folder(order.state) if order.state else None)
        self._monotonic = time.monotonic
        self.device = Device.open(
            profile, Tape(profile.columns, profile.dots, folder), order.state, clock, order.seed, self._monotonic
        )
        try:
            self.machine = self._machine(order)
        except ValueError:
            self.device.close()
            raise
        if order.device_time:
            self.machine.time = times
        self.hands = TimedHands(self)
        self.fault_trace: list[str] = []
        self.endpoints: list[Endpoint] = []
        if order.paper_mm is not None and self.device.fn.last_fd == 1:
            self.device.paper_in(order.paper_mm)
        try:
            for number, address in enumerate(order.listen):
                dice = Dice(plan, order.seed, number, self.fault_trace.append)
                self._add_endpoint(address, number, order, dice)
        except (OSError, ValueError):
            self.stop()
            raise

    def _machine(self, order: Order) -> Machine | AtolMachine:
        tables = tables_file(order.state) if order.state else None
        if order.model == ATOL:
            return atol.build(self.device, tables, order.qr, order.switches)
        return Machine(self.device, order.variant_of(self.device.profile), tables)

    def _front(self, address: str, number: int, protocol: str | None) -> tuple[FrontEnd, Callable[[], int]]:
        """The front end of a port and what tells the speed of its line."""
        machine, network = self.machine, is_network(address)
        if isinstance(machine, AtolMachine):
            speed = machine.variant.baud
            return atol.front(machine, number, network, protocol), lambda: speed
        ports, port_number = machine.ports, TCP if network else FIRST_SERIAL + number
        return ShtrihFront(machine, port_number), lambda: ports.baud(port_number)

    @property
    def codes(self) -> tuple[int, ...]:
        """Codes of all commands the device knows."""
        return (ATOL_COMMANDS if isinstance(self.machine, AtolMachine) else SHTRIH_COMMANDS).codes()

    def _add_endpoint(self, address: str, number: int, order: Order, dice: Dice) -> None:
        plain, baud = self._front(address, number, order.protocol)
        port = open_port(address, baud)
        front: Front = FaultLine(plain, dice, self.hands) if dice.plan.faults else plain
        endpoint = Endpoint(front, port, order.pace, self._monotonic)
        endpoint.start()
        self.endpoints.append(endpoint)

    @property
    def addresses(self) -> list[str]:
        """Addresses clients can use, with real TCP port numbers."""
        return [endpoint.port.address for endpoint in self.endpoints]

    def power(self, on: bool) -> None:
        """The mains switch."""
        with self.device.lock:
            if on:
                self.device.power_on()
            else:
                self.device.power_off()
                self.machine.power_lost()
            for endpoint in self.endpoints:
                endpoint.power(on)

    def cut_power(self, instant: str | None, then: Callable[[], None] = nothing) -> None:
        """The mains go off by themselves at the next "before-commit" or "after-commit" of the FN; None: they do not.

        ``then`` is called when they have gone off.
        """

        def cut(now: str) -> None:
            if now == instant:
                self.device.probe = no_probe
                self.power(False)
                then()
                raise PowerCutError(instant)

        with self.device.lock:
            self.device.probe = cut if instant else no_probe

    def busy(self, seconds: float, long_report: bool = False) -> None:
        """Let the device print for so many seconds from now."""
        with self.device.lock:
            self.device.head.keep_busy(seconds, long_report)

    def stop(self) -> None:
        """Close every port and the state file."""
        self.hands.stop()
        for endpoint in self.endpoints:
            endpoint.stop()
        self.device.close()
