"""What the tap adds to one exchange of the till: the same query, direct and through it, in turns, on each protocol."""

import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kit.register import Register

from bench.table import Row
from drivers.api import Done
from drivers.atol.printer import AtolPrinter
from drivers.atol.tap import shared_line
from drivers.shtrih.printer import ShtrihPrinter
from drivers.shtrih.tap import ShtrihEar, ShtrihStandIn
from drivers.streams.serial_port import SerialPort
from drivers.streams.till_port import till_port
from drivers.tap.router import Router
from drivers.tap.tap import Tap

ROUNDS = 400
Client = ShtrihPrinter | AtolPrinter


@dataclass(frozen=True)
class Line:
    """One protocol: the emulator's arguments, the router, and a driver in the till's place."""

    name: str
    emulator: tuple[str, ...]
    router: Callable[[], Router]
    client: Callable[[SerialPort], Client]


def _atol(protocol: str) -> Line:
    return Line(
        f"ATOL {protocol}",
        ("--model", "atol", "--protocol", protocol),
        lambda: shared_line(protocol)[0],
        lambda port: AtolPrinter(port, time.monotonic, time.sleep, protocol),
    )


LINES = (
    Line(
        "Shtrih-M 1.0",
        (),
        lambda: Router(ShtrihEar(), ShtrihStandIn()),
        lambda port: ShtrihPrinter(port, time.monotonic, time.sleep),
    ),
    _atol("v2"),
    _atol("v3"),
)


def rows() -> list[Row]:
    """Unpaced ptys, so that nothing but our own work is measured."""
    return [_row(line) for line in LINES]


def _row(line: Line) -> Row:
    with tempfile.TemporaryDirectory(prefix="pos-agent-bench-") as name:
        folder = Path(name)
        register = Register(folder)
        register.start_printer(*line.emulator)
        device = SerialPort(str(folder / "agent"))
        tap = Tap(device, till_port(f"pty:{folder}/tap"), line.router(), time.monotonic)
        tap.start()
        try:
            direct, through = _connected(line, folder / "till"), _connected(line, folder / "tap")
            pairs = [(_query(direct), _query(through)) for _ in range(ROUNDS)]
        finally:
            tap.stop()
            register.close()
    bare, tapped = (statistics.median(times) for times in zip(*pairs, strict=True))
    told = f"direct: {bare * 1e6:.0f} µs"
    return Row(f"till's query through the tap, {line.name}", f"{tapped * 1e6:.0f} µs", told, tapped / bare)


def _connected(line: Line, path: Path) -> Client:
    printer = line.client(SerialPort(str(path)))
    assert isinstance(printer.connect(), Done)
    return printer


def _query(printer: Client) -> float:
    begun = time.perf_counter()
    assert isinstance(printer.storage(), Done)
    return time.perf_counter() - begun
