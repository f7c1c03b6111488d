"""What the tap adds to one exchange of the till: the same status query, direct and through it, in turns."""

import statistics
import tempfile
import time
from pathlib import Path

from kit.register import Register

from bench.table import Row
from drivers.api import Done
from drivers.shtrih.printer import ShtrihPrinter
from drivers.shtrih.tap import ShtrihEar, ShtrihStandIn
from drivers.streams.serial_port import SerialPort
from drivers.streams.till_port import till_port
from drivers.tap.router import Router
from drivers.tap.tap import Tap

ROUNDS = 400


def rows() -> list[Row]:
    """Unpaced ptys, so that nothing but our own work is measured."""
    with tempfile.TemporaryDirectory(prefix="pos-agent-bench-") as name:
        folder = Path(name)
        register = Register(folder)
        register.start_printer()
        device = SerialPort(str(folder / "agent"))
        tap = Tap(device, till_port(f"pty:{folder}/tap"), Router(ShtrihEar(), ShtrihStandIn()), time.monotonic)
        tap.start()
        try:
            direct, through = _client(folder / "till"), _client(folder / "tap")
            pairs = [(_query(direct), _query(through)) for _ in range(ROUNDS)]
        finally:
            tap.stop()
            register.close()
    bare, tapped = (statistics.median(times) for times in zip(*pairs, strict=True))
    told = f"direct: {bare * 1e6:.0f} µs"
    return [Row("status query of the till through the tap", f"{tapped * 1e6:.0f} µs", told, tapped / bare)]


def _client(path: Path) -> ShtrihPrinter:
    printer = ShtrihPrinter(SerialPort(str(path)), time.monotonic, time.sleep)
    assert isinstance(printer.connect(), Done)
    return printer


def _query(printer: ShtrihPrinter) -> float:
    begun = time.perf_counter()
    assert isinstance(printer.status(), Done)
    return time.perf_counter() - begun
