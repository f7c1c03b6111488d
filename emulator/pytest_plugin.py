"""pytest plugin: a fiscal printer as a fixture, so that a till's own code can be tested against it.

``fiscal_printer`` gives one running printer per test with a serial port (pty) and a network port;
``make_fiscal_printer`` gives as many as a test wants. The marker ``fiscal_printer`` orders what is not usual:

    @pytest.mark.fiscal_printer(profile="shtrih-nano-f", faults="noisy-line", seed=7)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from emulator.appliance import Appliance, Order
from emulator.archive import documents_json
from emulator.console import Console
from emulator.scenario import printed

RECEIPT_FORMS = (3, 4, 31, 41)
MARKER = (
    "fiscal_printer(profile, ffd, seed, faults, device_time, paper_mm, protocol, qr, pace): "
    "what kind of printer the fixture fiscal_printer is"
)


class FiscalPrinter:
    """One running printer. ``port`` is the path of its serial port, ``tcp`` the (host, port) of its network port."""

    def __init__(self, folder: Path, order: dict[str, Any]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._state = folder / "printer.state"
        self._appliance = Appliance(Order([f"pty:{folder / 'printer'}", "tcp:127.0.0.1:0"], state=self._state, **order))
        self._console = Console(self._appliance)

    # --- where it is

    @property
    def endpoints(self) -> list[str]:
        """Addresses: ``pty:PATH`` and ``tcp:HOST:PORT``."""
        return self._appliance.addresses

    @property
    def port(self) -> str:
        """Path of the serial port; another one after ``plug_cable(renamed=True)``."""
        return self.endpoints[0].removeprefix("pty:")

    @property
    def tcp(self) -> tuple[str, int]:
        """Host and number of the network port."""
        host, _, number = self.endpoints[1].removeprefix("tcp:").rpartition(":")
        return host, int(number)

    # --- what it did

    def documents(self) -> list[dict[str, Any]]:
        """Every document of the storage, as ``fiscal-emulator documents --json`` has them (kopecks, ISO times)."""
        with self._appliance.device.lock:
            return documents_json(self._state)

    def receipts(self) -> list[dict[str, Any]]:
        """Receipts and corrections alone."""
        return [document for document in self.documents() if document["form"] in RECEIPT_FORMS]

    def tape(self) -> str:
        """All text lines on the paper."""
        return printed(self._appliance.device.tape)

    def picture(self, path: Path) -> None:
        """Write the paper as PNG."""
        self._appliance.device.tape.png(path)

    def status(self) -> dict[str, Any]:
        """Mode, paper, cover, drawer, last document, shift."""
        return self.console("status")

    @property
    def faults(self) -> list[str]:
        """Faults of the plan that happened, in order: endpoint, command, kind, opportunity."""
        return list(self._appliance.fault_trace)

    # --- hands

    def console(self, line: str) -> dict[str, Any]:
        """Any line of the console (``fiscal-emulator printer --help``). ValueError when the printer will not."""
        reply = self._console.run(line)
        if not reply["ok"]:
            raise ValueError(f"{line}: {reply['error']}")
        return reply

    def paper_out(self, after_lines: int = 0) -> None:
        """The paper ends, now or after so many lines."""
        self.console(f"paper out after {after_lines}" if after_lines else "paper out")

    def paper_in(self) -> None:
        """A new roll; an interrupted print waits for the command B0h."""
        self.console("paper in")

    def cover(self, opened: bool) -> None:
        """The cover."""
        self.console("cover open" if opened else "cover close")

    def power(self, on: bool) -> None:
        """The mains switch."""
        self.console("power on" if on else "power off")

    def cut_power(self, moment: str) -> None:
        """The mains go off at the next write of the storage: ``before`` it or ``after`` it."""
        self.console(f"cut power {moment}")

    def pull_cable(self) -> None:
        """The serial cable is out."""
        self.console("cable pull 1")

    def plug_cable(self, renamed: bool = False) -> None:
        """It is in again; ``renamed``: under another device name, see ``port``."""
        self.console("cable plug 1 renamed" if renamed else "cable plug 1")

    def lose_answer(self, command: str, times: int = 1, kept: bool = False) -> None:
        """The next answers to a command (hex: "FF45") go missing; ``kept``: ENQ can still fetch them."""
        self.console(f"{'mute' if kept else 'lose answer'} {command} {times}")

    def busy(self, seconds: float) -> None:
        """It prints for so long and answers 50h to printing commands."""
        self.console(f"busy {seconds}")

    def pass_hours(self, hours: float) -> None:
        """Its clock goes on: 24 hours make a shift too old."""
        self.console(f"clock {hours}")

    def ofd_confirms(self) -> int:
        """The OFD confirms all documents; returns how many."""
        return int(self.console("ofd")["confirmed"])

    def stop(self) -> None:
        """Close the ports. The fixture does it."""
        self._appliance.stop()


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", MARKER)


@pytest.fixture
def make_fiscal_printer(tmp_path: Path) -> Iterator[Callable[..., FiscalPrinter]]:
    """A maker of printers; keywords as the marker's. All are stopped after the test."""
    running: list[FiscalPrinter] = []

    def make(**order: Any) -> FiscalPrinter:  # noqa: ANN401 - keys of an order
        printer = FiscalPrinter(tmp_path / f"fiscal-printer-{len(running) + 1}", order)
        running.append(printer)
        return printer

    yield make
    for printer in running:
        printer.stop()


@pytest.fixture
def fiscal_printer(request: pytest.FixtureRequest, make_fiscal_printer: Callable[..., FiscalPrinter]) -> FiscalPrinter:
    """A running fiscal printer of the kind that the marker ``fiscal_printer`` asks for."""
    marker = request.node.get_closest_marker("fiscal_printer")
    return make_fiscal_printer(**(marker.kwargs if marker else {}))
