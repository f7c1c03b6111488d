"""The driver alone against a bare loop that replays the same bytes on the same pty, in turns.

A sale of 20 lines at the speed of a real line; then status queries as fast as an unpaced pty goes.
"""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kit.register import Register

from bench import wire
from bench.table import Row
from drivers.api import Done, Outcome
from drivers.selling import FiscalItem, ReceiptKind, Tender
from drivers.shtrih.printer import ShtrihPrinter
from drivers.streams.byte_stream import ByteStream
from drivers.streams.serial_port import SerialPort
from drivers.streams.trace import TraceRecord, TraceStream

BAUD = 115_200
LINES = 20
SALES = 60  # the pty and the emulator are as restless as the difference is small
QUERIES = 1500
ITEMS = [FiscalItem(f"Товар {n}", 10_000 + n, 1_000_000, 10_000 + n, 11) for n in range(LINES)]
TOTAL = sum(item.sum_kop for item in ITEMS)
Event = tuple[str, bytes]
NEEDED = ("10", "FF 01", "8D", *["FF 46"] * LINES, "FF 45", "10")  # one exchange each


@contextmanager
def printer(*args: str) -> Iterator[Path]:
    """An emulated register on a pty; the path a client opens."""
    with tempfile.TemporaryDirectory(prefix="pos-agent-bench-") as name:
        register = Register(Path(name))
        register.start_printer(*args)
        try:
            yield Path(name) / "agent"
        finally:
            register.close()


def rows() -> list[Row]:
    """Time of a sale, bytes of a sale, queries per second."""
    return [*_sale_rows(), *_query_rows()]


def _sale_rows() -> list[Row]:
    with printer("--pace", str(BAUD)) as path:
        port = SerialPort(str(path))
        events = _recorded(port, _sell, open_shift=True)
        driver = _connected(port)
        pairs = [(_timed(lambda: _sell(driver)), _timed(lambda: _replay(port, events))) for _ in range(SALES)]
    driver_s, bare_s = (statistics.median(times) for times in zip(*pairs, strict=True))
    limit = wire.seconds(sum(len(data) for _, data in events), BAUD)
    sent, least = sum(len(data) for direction, data in events if direction == ">"), _least(events)
    ours = f"{driver_s * 1e3:.1f} ms"
    return [
        Row(f"driver: sale of {LINES} lines", ours, f"replay: {bare_s * 1e3:.1f} ms", driver_s / bare_s, 1.03),
        Row("  the same against the wire limit", ours, f"{limit * 1e3:.1f} ms", driver_s / limit),
        Row("  bytes sent against the least possible", f"{sent}", f"{least}", sent / least, 1.05),
    ]


def _query_rows() -> list[Row]:
    with printer() as path:
        port = SerialPort(str(path))
        events = _recorded(port, lambda driver: _done(driver.status()))
        driver = _connected(port)
        pairs = [
            (_timed(lambda: _done(driver.status())), _timed(lambda: _replay(port, events))) for _ in range(QUERIES)
        ]
    ours, bare = (statistics.median(times) for times in zip(*pairs, strict=True))
    told = f"raw loop: {1 / bare:.0f}/s"
    return [Row("driver: status queries, unpaced pty", f"{1 / ours:.0f}/s", told, ours / bare)]


def _recorded(port: SerialPort, work: Callable[[ShtrihPrinter], object], open_shift: bool = False) -> list[Event]:
    """What passes on the wire while the driver does it once; the port is closed afterwards."""
    events: list[Event] = []

    def record(event: TraceRecord) -> None:
        if event.direction in "<>":
            events.append((event.direction, bytes.fromhex(event.text.replace(" ", ""))))

    driver = _connected(TraceStream(port, record, time.monotonic))
    if open_shift:
        _done(driver.shift_open())
    events.clear()
    work(driver)
    driver.disconnect()
    return events


def _connected(stream: ByteStream) -> ShtrihPrinter:
    driver = ShtrihPrinter(stream, time.monotonic, time.sleep)
    _done(driver.connect())
    return driver


def _sell(driver: ShtrihPrinter) -> None:
    _done(driver.status())
    _done(driver.storage())
    _done(driver.receipt_open(ReceiptKind.SALE))
    for item in ITEMS:
        _done(driver.receipt_item(ReceiptKind.SALE, item))
    _done(driver.receipt_close(Tender(cash_kop=TOTAL), 1))
    _done(driver.status())


def _replay(port: SerialPort, events: list[Event]) -> None:
    """Write what was written, read as many bytes as came."""
    for direction, data in events:
        if direction == ">":
            port.write(data)
            continue
        left = len(data)
        while left:
            left -= len(port.read(left, 5.0))


def _least(events: list[Event]) -> int:
    """ENQ, frame and ACK of each exchange that a sale needs."""
    frames = [data for direction, data in events if direction == ">" and data[:1] == b"\x02"]
    size = {data[2:4].hex(" ").upper() if data[2] == 0xFF else f"{data[2]:02X}": len(data) for data in frames}
    items = [len(data) for data in frames if data[2:4] == b"\xff\x46"]
    return sum(size[code] + 2 for code in NEEDED if code != "FF 46") + sum(items) + 2 * len(items)


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _done(outcome: Outcome[object]) -> None:
    assert isinstance(outcome, Done), outcome
