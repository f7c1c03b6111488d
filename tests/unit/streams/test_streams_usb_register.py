"""A whole register behind the USB cable: the driver, pyusb and an emulated device with an emulated Shtrih in it."""

from datetime import datetime

import pytest
from unit.streams.usb_bench import Bus, Peripheral

from drivers.api import Done, LinkFault, NotSent, OutcomeUnknown
from drivers.discover.address import UsbAddress
from drivers.discover.look import Verdict, look
from drivers.discover.ports import put_together
from drivers.discover.shtrih import ShtrihProber
from drivers.fiscal.tlv import decode
from drivers.shtrih.printer import ShtrihPrinter
from drivers.streams.usb_bulk import UsbBulkStream
from drivers.streams.usb_finding import usb_devices
from emulator.shtrih.bench import Bench, build

IDS = (0xABCD, 0x1980)
AT = datetime.fromisoformat("2026-11-21T18:05")


class Desk:
    """A register on a USB bus. The emulated device's clock moves when the host waits."""

    def __init__(self) -> None:
        self.bench: Bench = build(AT)
        self.bus = Bus(self._advance)
        self.device = self.bus.plug(Peripheral(*IDS, "0000000000012345"))
        self.device.kernel = {0, 1}
        self.device.peer = self._peer
        stream = UsbBulkStream(*IDS, backend=self.bus, holder=lambda place: "")
        self.printer = ShtrihPrinter(stream, lambda: self.bench.clocks.monotonic, self._advance)

    def _advance(self, seconds: float) -> None:
        self.bench.clocks.monotonic += seconds

    def _peer(self, asked: bytes) -> bytes:
        front, now = self.bench.front, self.bench.clocks.monotonic
        return front.receive(asked, now) if asked else front.tick(now)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_storage_status_and_every_document_are_read_over_usb(desk: Desk) -> None:
    desk.bench.ok(0xE0)  # the till opened a shift
    printer = desk.printer
    connected = printer.connect()
    assert isinstance(connected, Done), connected
    assert connected.reply.vendor == "shtrih-m"
    storage = printer.storage()
    assert isinstance(storage, Done)
    assert storage.reply.last_fd == 2, "registration and the opened shift"
    numbers = []
    for number in range(1, storage.reply.last_fd + 1):
        outcome = printer.read_document(number)
        assert isinstance(outcome, Done)
        assert outcome.reply is not None
        numbers.append(next(tag.value for tag in decode(outcome.reply.tlv) if tag.tag == 1040))
    assert numbers == [1, 2]
    printer.disconnect()
    assert desk.device.kernel == {0, 1}, "the kernel has its port back"


def test_the_cable_out_and_back_under_another_address(desk: Desk) -> None:
    assert isinstance(desk.printer.connect(), Done)
    desk.bus.unplug(desk.device)
    lost = desk.printer.storage()
    assert isinstance(lost, NotSent | OutcomeUnknown)
    assert lost.fault is LinkFault.LOST
    assert desk.printer.connect() == NotSent(LinkFault.NO_PORT, "USB ABCD:1980 is not plugged in")
    desk.bus.plug(desk.device)
    assert isinstance(desk.printer.connect(), Done)
    assert isinstance(desk.printer.storage(), Done)


def test_probing_finds_it_over_usb(desk: Desk) -> None:
    def opener(address: UsbAddress, baud: int) -> UsbBulkStream:
        return UsbBulkStream(
            address.vendor, address.product, address.serial, baud, backend=desk.bus, holder=lambda place: ""
        )

    (seen,) = put_together([], usb_devices(desk.bus)).candidates
    finding = look(seen, [ShtrihProber()], opener, lambda: desk.bench.clocks.monotonic)
    assert finding.verdict is Verdict.READY
    assert str(finding.candidate.address) == "usb:ABCD:1980:0000000000012345"
    assert desk.device.kernel == {0, 1}
