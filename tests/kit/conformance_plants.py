"""Three ways to an emulated device for the same stories: Shtrih bytes, ATOL bytes, the stand-in of ATOL's driver.

A plant is the device's side of one printer and the hands that make trouble where the sale is closed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import standin

from drivers.atol.errors import explain as atol_words
from drivers.atol.printer import AtolPrinter
from drivers.atol.tasks import KeptInFile
from drivers.fptr10.errors import explain as fptr10_words
from drivers.fptr10.library import LibrarySettings
from drivers.fptr10.printer import Fptr10Printer
from drivers.shtrih.errors import explain as shtrih_words
from drivers.shtrih.printer import ShtrihPrinter
from emulator.atol.front import AtolFront
from emulator.atol.machine import AtolMachine
from emulator.device import Device
from emulator.device_core import no_probe
from emulator.shtrih.front import ShtrihFront
from emulator.shtrih.machine import Machine
from emulator.shtrih.silence import Fate
from emulator.shtrih.variant import from_profile
from kit.conformance_wire import AnyWire, UsbWire
from kit.faulty_wire import nobody

if TYPE_CHECKING:
    from kit.conformance_register import ConformanceRegister

RECEIPT = 3
SERIAL, NETWORK = 2, 128
SHTRIH_CLOSE, ATOL_CLOSE = b"\xff\x45", b"\x00\x00\x4a"


@dataclass(frozen=True)
class Kind:
    """How a printer is reached. `protocol`: the link's; `usb`: through pyusb; `marking`: it registers marked goods."""

    name: str
    vendor: str
    protocol: str = ""
    port: int = SERIAL
    usb: bool = False
    profile: str = "shtrih-m-01f"

    @property
    def marking(self) -> bool:
        return self.vendor != "atol"


KINDS = (
    Kind("shtrih-1.0", "shtrih", "1.0"),
    Kind("shtrih-2.0", "shtrih", "2.0"),
    Kind("shtrih-tcp", "shtrih", "1.0", NETWORK),
    Kind("shtrih-usb", "shtrih", "1.0", usb=True),
    Kind("atol-v2", "atol", "v2", profile="atol-91f"),
    Kind("atol-v3", "atol", "v3", profile="atol-91f"),
    Kind("atol-v3-tcp", "atol", "v3", NETWORK, profile="atol-91f"),
    Kind("fptr10", "fptr10", profile="atol-91f"),
)
BY_NAME = {kind.name: kind for kind in KINDS}


def after_receipt(device: Device, act: Callable[[], object]) -> None:
    """`act` once the storage has written the next receipt, before anything of it is printed or told."""

    def probe(instant: str) -> None:
        if instant == "after-commit" and device.fn.documents[device.fn.last_fd].form == RECEIPT:
            device.probe = no_probe
            act()

    device.probe = probe


class WirePlant:
    """A front end on a faulty wire."""

    def __init__(self, register: ConformanceRegister, kind: Kind) -> None:
        self.register, self.kind = register, kind
        device = register.device
        self.machine: Machine | AtolMachine
        if kind.vendor == "shtrih":
            variant = replace(from_profile(device.profile.shtrih), protocol=kind.protocol)
            self.machine = Machine(device, variant)
            self.front: ShtrihFront | AtolFront = ShtrihFront(self.machine, kind.port)
            self.marker, self.code = SHTRIH_CLOSE, 0xFF45
        else:
            self.machine = AtolMachine(device)
            self.front = AtolFront(self.machine, kind.port, kind.protocol)
            self.marker, self.code = ATOL_CLOSE, 0x4A
        self.wire = (UsbWire if kind.usb else AnyWire)(self.front, register.clock, register.mains)

    def printer(self, folder: Path) -> ShtrihPrinter | AtolPrinter:
        """A driver that knows nothing yet, as in an agent just started."""
        clock = self.register.clock
        self.wire.unplug()
        if self.kind.vendor == "shtrih":
            return ShtrihPrinter(self.wire, clock.monotonic, clock.advance, protocol=self.kind.protocol)
        memory = KeptInFile(folder / "atol.task")
        return AtolPrinter(self.wire, clock.monotonic, clock.advance, self.kind.protocol, memory=memory)

    def describe(self, code: int) -> str:
        return (shtrih_words if self.kind.vendor == "shtrih" else atol_words)(code).ru

    def power_lost(self) -> None:
        self.machine.power_lost()
        self.front.power_off()

    def calm(self) -> None:
        self.wire.calm()

    @property
    def spent(self) -> bool:
        """No trouble that was ordered still waits for its moment."""
        probe, silence = self.register.device.probe, self.machine.silence
        return probe is no_probe and self.wire.before is nobody and not silence.waiting()

    # ------------------------------------------------------------------ hands

    def lose_close(self, seconds: float) -> None:
        """The cable comes off just before the next "close" arrives, for so long."""

        def before(number: int, message: bytes) -> None:
            if self.marker in message:
                self.wire.reset()
                self.wire.cut(seconds)

        self.wire.before = before

    def lose_answer(self, seconds: float) -> None:
        """The storage writes the receipt, then the cable comes off before the device could tell."""
        after_receipt(self.register.device, lambda: self.wire.cut(seconds))

    def swallow_answer(self) -> None:
        """The device does it and its answer is gone; the line stays."""
        self.machine.silence.ask(self.code, Fate.LOST, 1)

    def paper_ends_at_close(self, lines: int) -> None:
        """The paper ends so many lines into the receipt that the storage has accepted."""
        after_receipt(self.register.device, lambda: self.register.device.paper_out(lines))


class StandInPlant:
    """The vendor's driver as a stand-in, which has the device itself in its hands."""

    def __init__(self, register: ConformanceRegister, kind: Kind) -> None:
        self.register, self.kind = register, kind
        self.address = f"/dev/standin-{id(register):x}"
        self.port = standin.register(self.address, register.device, wait=register.clock.advance)

    def printer(self, folder: Path) -> Fptr10Printer:
        self.port.plugged = True
        settings = LibrarySettings(self.address, wrapper=str(standin.FOLDER))
        return Fptr10Printer(settings, self.register.clock.advance)

    def describe(self, code: int) -> str:
        return fptr10_words(code).ru

    def power_lost(self) -> None:
        self.port.mark_checked, self.port.marks_accepted = None, {}

    def calm(self) -> None:
        self.port.breaks.clear()
        self.port.plugged = True

    @property
    def spent(self) -> bool:
        return self.register.device.probe is no_probe and not self.port.breaks

    # ------------------------------------------------------------------ hands

    def lose_close(self, seconds: float) -> None:
        self.port.lose_link("before", "sell")

    def lose_answer(self, seconds: float) -> None:
        self.port.lose_link("after", "sell")

    def swallow_answer(self) -> None:
        self.port.lose_link("after", "sell")

    def paper_ends_at_close(self, lines: int) -> None:
        after_receipt(self.register.device, lambda: self.register.device.paper_out(lines))
