"""One emulated printer put together: the device, its Shtrih side, its endpoints, its mains switch."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from emulator import profile as profiles
from emulator.device import Device
from emulator.device_core import PowerCutError, no_probe
from emulator.endpoints import Endpoint, is_network, open_port
from emulator.paper import Tape
from emulator.shtrih.front import ShtrihFront
from emulator.shtrih.machine import Machine
from emulator.shtrih.ports import FIRST_SERIAL, TCP
from emulator.shtrih.variant import Variant

DEFAULT_PROFILE = "shtrih-m-01f"
FFD_VERSIONS = ("1.05", "1.2")


@dataclass(frozen=True)
class Order:
    """What to build. ``listen``: addresses; ``state`` and ``tape``: None keeps the device and its paper in memory."""

    listen: Sequence[str]
    profile: str = DEFAULT_PROFILE
    state: Path | None = None
    tape: Path | None = None
    seed: int = 0
    pace: int | None = None
    ffd: str | None = None
    variant: Variant = field(default_factory=Variant)


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
        profile = profiles.load(order.profile)
        if order.ffd is not None:
            profile = with_ffd(profile, order.ffd)
        folder = order.tape or (tape_folder(order.state) if order.state else None)
        self._monotonic = time.monotonic
        self.device = Device.open(
            profile, Tape(profile.columns, profile.dots, folder), order.state, clock, order.seed, self._monotonic
        )
        self.machine = Machine(self.device, order.variant, tables_file(order.state) if order.state else None)
        self.endpoints: list[Endpoint] = []
        try:
            for number, address in enumerate(order.listen):
                self._add_endpoint(address, number, order.pace)
        except (OSError, ValueError):
            self.stop()
            raise

    def _add_endpoint(self, address: str, number: int, pace: int | None) -> None:
        port_number = TCP if is_network(address) else FIRST_SERIAL + number
        port = open_port(address, lambda: self.machine.ports.baud(port_number))
        endpoint = Endpoint(ShtrihFront(self.machine, port_number), port, pace, self._monotonic)
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

    def cut_power(self, instant: str | None) -> None:
        """The mains go off by themselves at the next "before-commit" or "after-commit" of the FN; None: they do not."""

        def cut(now: str) -> None:
            if now == instant:
                self.device.probe = no_probe
                self.power(False)
                raise PowerCutError(instant)

        with self.device.lock:
            self.device.probe = cut if instant else no_probe

    def busy(self, seconds: float) -> None:
        """Let the device print for so many seconds from now."""
        with self.device.lock:
            self.device.head.busy_until = self._monotonic() + seconds

    def stop(self) -> None:
        """Close every port and the state file."""
        for endpoint in self.endpoints:
            endpoint.stop()
        self.device.close()
