"""An ATOL register to be driven whole: v3 over memory on a clock set by hand, v2 over a pty in real time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from drivers.api import Done
from drivers.atol.printer import AtolPrinter
from drivers.atol.switches import Switches
from drivers.selling import FiscalItem, ReceiptKind, Registered, Tender
from drivers.streams.byte_stream import StreamError
from drivers.streams.serial_port import SerialPort
from emulator.appliance import Appliance, Order
from emulator.atol import bench as benches
from emulator.atol.machine import AtolMachine
from emulator.atol.variant import Variant, from_words
from emulator.device import Device

AT = datetime.fromisoformat("2026-11-21T18:05")
STEP_S = 0.01
V2, V3 = "v2", "v3"
COFFEE = FiscalItem("Кофе", 5990, 1_000_000, 5990, vat=6)
CASH = Tender(cash_kop=5990)


class MemoryWire:
    """A `ByteStream` over a bench; time is virtual and moves only when somebody waits."""

    def __init__(self, bench: benches.Bench) -> None:
        self._bench = bench
        self._inbox = bytearray()
        self.broken = False

    def monotonic(self) -> float:
        return self._bench.clocks.monotonic

    def pause(self, seconds: float) -> None:
        self._bench.clocks.monotonic += seconds
        self._inbox += self._bench.front.tick(self.monotonic())

    def open(self) -> None:
        if self.broken:
            raise StreamError("no port")

    def close(self) -> None:
        self._inbox.clear()

    def write(self, payload: bytes) -> None:
        self._inbox += self._bench.send(payload)

    def read(self, max_bytes: int, timeout_s: float) -> bytes:
        end = self.monotonic() + timeout_s
        while not self._inbox and self.monotonic() < end:
            self.pause(min(STEP_S, end - self.monotonic()))
        piece = bytes(self._inbox[:max_bytes])
        del self._inbox[:max_bytes]
        return piece

    def drain_input(self) -> None:
        self._inbox.clear()


@dataclass
class Desk:
    """A connected driver and what stands behind it."""

    printer: AtolPrinter
    device: Device
    machine: AtolMachine

    def paper(self, act: Callable[[AtolPrinter], object]) -> str:
        """What is on paper after `act`, and was not before."""
        since = len(self.device.tape.marks)
        act(self.printer)
        return self.device.tape.text(since)


@contextmanager
def desk(protocol: str, folder: Path, words: tuple[str, ...] = (), **switches: Any) -> Iterator[Desk]:
    """`words`: switches of the emulated device as `name=value`; `switches`: of the driver."""
    if protocol == V3:
        bench = benches.build(AT, benches.Setup(from_words(words, Variant())))
        wire = MemoryWire(bench)
        printer = AtolPrinter(wire, wire.monotonic, wire.pause, V3, switches=Switches(**switches))
        assert isinstance(printer.connect(), Done)
        yield Desk(printer, bench.device, bench.machine)
        return
    appliance = Appliance(Order([f"pty:{folder / 'kkt'}"], model="atol", protocol=V2, switches=words))
    try:
        port = SerialPort(str(folder / "kkt"), 115200)
        printer = AtolPrinter(port, time.monotonic, time.sleep, V2, switches=Switches(**switches))
        assert isinstance(printer.connect(), Done)
        machine = appliance.machine
        assert isinstance(machine, AtolMachine)
        yield Desk(printer, appliance.device, machine)
        printer.disconnect()
    finally:
        appliance.stop()


def sell(printer: AtolPrinter, tender: Tender = CASH) -> Registered:
    assert printer.receipt_open(ReceiptKind.SALE) == Done(None)
    assert printer.receipt_item(ReceiptKind.SALE, COFFEE) == Done(None)
    closed = printer.receipt_close(tender, 0)
    assert isinstance(closed, Done)
    return closed.reply
