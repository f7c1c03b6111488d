"""The printer's side of the wiring: settings in, a driver on its port out, with the tap when there is one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from drivers.atol import errors as atol_errors
from drivers.atol import frame_v2, packet
from drivers.atol.printer import AtolPrinter
from drivers.atol.switches import Switches
from drivers.atol.tap import GUEST, GuestPrinter, shared_line
from drivers.atol.tasks import KeptInFile
from drivers.discover.address import TcpAddress, parse_address
from drivers.discover.stream import stream_for
from drivers.fptr10 import errors as fptr10_errors
from drivers.fptr10.library import LibrarySettings
from drivers.fptr10.printer import Fptr10Printer
from drivers.shtrih import errors as shtrih_errors
from drivers.shtrih.frame import password_bytes
from drivers.shtrih.printer import ShtrihPrinter
from drivers.shtrih.tap import ShtrihEar, ShtrihStandIn
from drivers.streams.byte_stream import ByteStream
from drivers.streams.till_port import till_port
from drivers.streams.trace import TraceRecord, TraceStream
from drivers.tap.router import Router
from drivers.tap.tap import Tap, TapStream
from pos_agent.checkout.settle import Printer
from pos_agent.clock import Clock
from pos_agent.config import Config
from pos_agent.logs import logger
from pos_agent.printing.trace_file import TraceFile

SECOND_PORT = Switches(abort_on_connect=False, ignore_error=True, first_number=0x80)  # the till is on the first one


@dataclass(frozen=True)
class PrinterSide:
    """The driver, not connected; `describe`: the device's refusal in words; `tap`, not started, for a shared line."""

    printer: Printer
    describe: Callable[[int], str]
    tap: Tap | None = None


def printer_side(config: Config, clock: Clock, monotonic: Callable[[], float], *, tapped: bool) -> PrinterSide:
    """The driver for the configured vendor on the configured port. `tapped` False: the port is ours alone."""
    if config.printer.backend == "fptr10":
        return PrinterSide(_vendor_driver(config, clock), lambda code: fptr10_errors.explain(code).ru)
    if config.printer.vendor == "atol":
        printer, tap = _atol(config, clock, monotonic, tapped=tapped)
        return PrinterSide(printer, lambda code: atol_errors.explain(code).ru, tap)
    stream, tap = _stream(config, clock, password_bytes), None
    if tapped and config.tap.port:
        tap = _tap(config, clock, stream, Router(ShtrihEar(), ShtrihStandIn()))
    return PrinterSide(
        _shtrih(config, clock, monotonic, TapStream(tap) if tap else stream),
        lambda code: shtrih_errors.explain(code).ru,
        tap,
    )


def _shtrih(config: Config, clock: Clock, monotonic: Callable[[], float], stream: ByteStream) -> Printer:
    settings = config.printer
    chosen: dict[str, Any] = {"protocol": settings.protocol, **settings.switches}
    return ShtrihPrinter(stream, monotonic, _pausing(clock), settings.password, settings.password, **chosen)


def _tap(config: Config, clock: Clock, stream: ByteStream, router: Router) -> Tap:
    told = _told_of_the_port(config.printer.port)
    return Tap(stream, till_port(config.tap.port), router, clock.monotonic, told)


def _atol(config: Config, clock: Clock, monotonic: Callable[[], float], *, tapped: bool) -> tuple[Printer, Tap | None]:
    protocol = "v3" if isinstance(parse_address(config.printer.port), TcpAddress) else config.printer.protocol
    stream = _stream(config, clock, frame_v2.password_bytes if protocol == "v2" else packet.password_bytes)
    memory = KeptInFile(config.agent.data_dir / f"atol-{config.agent.register_name.replace('/', '-')}.task")
    chosen: dict[str, Any] = dict(config.printer.switches)
    if tapped and config.tap.port:
        router, guest = shared_line(protocol)
        tap, switches = _tap(config, clock, stream, router), replace(GUEST, **chosen)
        return GuestPrinter(guest, TapStream(tap), monotonic, _pausing(clock), memory, switches=switches), tap
    switches = replace(SECOND_PORT if config.printer.second_port else Switches(), **chosen)
    return AtolPrinter(stream, monotonic, _pausing(clock), protocol, switches=switches, memory=memory), None


def _vendor_driver(config: Config, clock: Clock) -> Printer:
    settings = config.printer
    where = LibrarySettings(
        settings.port, settings.baud, wrapper=settings.driver_folder, library=settings.driver_library
    )
    return Fptr10Printer(where, _pausing(clock))


def _stream(config: Config, clock: Clock, hidden: Callable[[bytes], Collection[int]]) -> ByteStream:
    stream = stream_for(parse_address(config.printer.port), config.printer.baud)
    if config.printer.trace_file is None:
        return stream
    return TraceStream(stream, _recorder(config.printer.trace_file), clock.monotonic, hidden)


def _recorder(path: Path) -> Callable[[TraceRecord], None]:
    """Appends each event to a file, passwords blanked, buyers' data not: see `TraceFile`."""
    file = TraceFile(path)
    return lambda event: file.write(event.line())


def _pausing(clock: Clock) -> Callable[[float], None]:
    never = threading.Event()

    def pause(seconds: float) -> None:
        clock.wait(never, seconds)

    return pause


def _told_of_the_port(port: str) -> Callable[[str], None]:
    """Logs what happens to the device's port while the till uses it; only a change is logged."""
    log, last = logger("tap"), [""]

    def tell(why: str) -> None:
        if why != last[0]:
            last[0] = why
            if why:
                log.warning("the printer's port is gone, the till gets no answers", port=port, detail=why)
            else:
                log.info("the printer's port is open for the till", port=port)

    return tell
