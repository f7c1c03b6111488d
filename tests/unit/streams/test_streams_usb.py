"""USB bulk stream against an emulated device under pyusb's own backend interface."""

import errno

import pytest
import usb.core
from unit.streams.usb_bench import (
    CONTROL_INTERFACE,
    DATA_INTERFACE,
    IN,
    OUT,
    Bus,
    Peripheral,
    cdc_interfaces,
    endpoint,
    interface,
)

from drivers.api import LinkFault
from drivers.streams import usb_library
from drivers.streams.byte_stream import StreamError
from drivers.streams.usb_bulk import UsbBulkStream
from drivers.streams.usb_finding import UsbDevice, usb_devices
from drivers.streams.usb_layout import cdc_ports

IDS = (0x1FC9, 0x0083)


def free(place: str) -> str:
    return ""


def stream(bus: Bus, serial: str = "", **more) -> UsbBulkStream:
    return UsbBulkStream(*IDS, serial, backend=bus, holder=more.pop("holder", free), **more)


@pytest.fixture
def bus() -> Bus:
    return Bus()


def fault_of(action) -> LinkFault:
    with pytest.raises(StreamError) as caught:
        action()
    return caught.value.fault


def test_bytes_both_ways_and_the_line_is_set(bus: Bus) -> None:
    device = bus.plug(Peripheral(*IDS))
    device.peer = lambda asked: asked[::-1]
    port = stream(bus, baud=57600)
    port.open()
    port.write(b"\x01\x02\x03")
    assert port.read(2, 0.5) == b"\x03\x02"
    assert port.read(9, 0.5) == b"\x01", "what one packet brought is handed out in pieces"
    assert port.read(9, 0.0) == b""
    assert device.controls == [
        (0x20, 0, CONTROL_INTERFACE, (57600).to_bytes(4, "little") + b"\x00\x00\x08"),
        (0x22, 3, CONTROL_INTERFACE, b""),
    ]
    assert device.claimed == {CONTROL_INTERFACE, DATA_INTERFACE}
    port.close()
    port.close()
    assert device.controls[-1] == (0x22, 0, CONTROL_INTERFACE, b"")
    assert not device.claimed


def test_the_kernel_driver_is_taken_off_and_put_back(bus: Bus) -> None:
    device = bus.plug(Peripheral(*IDS))
    device.kernel = {CONTROL_INTERFACE, DATA_INTERFACE}
    port = stream(bus)
    port.open()
    assert device.log == [f"detached {CONTROL_INTERFACE}"]
    port.close()
    assert device.log[1:] == [f"attached {CONTROL_INTERFACE}"]
    assert device.kernel == {CONTROL_INTERFACE, DATA_INTERFACE}


def test_a_port_without_a_kernel_driver_gets_none(bus: Bus) -> None:
    device = bus.plug(Peripheral(*IDS))
    port = stream(bus)
    port.open()
    port.close()
    assert device.log == []


def test_the_tty_of_a_running_program_is_not_torn_away(bus: Bus) -> None:
    device = bus.plug(Peripheral(*IDS))
    device.kernel = {CONTROL_INTERFACE, DATA_INTERFACE}
    asked = []
    port = stream(bus, holder=lambda place: asked.append(place) or "till")
    with pytest.raises(StreamError) as caught:
        port.open()
    assert caught.value.fault is LinkFault.BUSY
    assert "till" in caught.value.detail
    assert asked == ["1-2"]
    assert device.kernel, "the till keeps its port"
    assert not device.claimed


def test_busy_and_no_permission_leave_the_device_as_it_was(bus: Bus) -> None:
    device = bus.plug(Peripheral(*IDS))
    device.kernel = {CONTROL_INTERFACE, DATA_INTERFACE}
    device.foreign_claim = True
    assert fault_of(stream(bus).open) is LinkFault.BUSY
    assert device.kernel == {CONTROL_INTERFACE, DATA_INTERFACE}
    device.foreign_claim, device.permitted = False, False
    assert fault_of(stream(bus).open) is LinkFault.NO_PERMISSION


def test_two_streams_cannot_hold_one_device(bus: Bus) -> None:
    bus.plug(Peripheral(*IDS))
    first, second = stream(bus), stream(bus)
    first.open()
    assert fault_of(second.open) is LinkFault.BUSY
    first.close()
    second.open()


def test_replugged_under_another_address_it_is_found_again(bus: Bus) -> None:
    device = bus.plug(Peripheral(*IDS, "0001"))
    device.peer = lambda asked: asked
    port = stream(bus, "0001")
    port.open()
    port.write(b"\x05")
    bus.unplug(device)
    assert fault_of(lambda: port.write(b"\x05")) is LinkFault.LOST
    assert fault_of(lambda: port.read(1, 0.1)) is LinkFault.LOST
    assert fault_of(port.open) is LinkFault.NO_PORT
    port.close()
    before = device.descriptor.address
    bus.plug(device)
    assert device.descriptor.address != before
    port.open()
    assert port.read(1, 0.0) == b"", "bytes of the connection before are gone"
    port.write(b"\x06")
    assert port.read(1, 0.1) == b"\x06"


def test_a_serial_number_chooses_between_twins(bus: Bus) -> None:
    bus.plug(Peripheral(*IDS, "0001"))
    wanted = bus.plug(Peripheral(*IDS, "0002"))
    assert fault_of(stream(bus).open) is LinkFault.NO_PORT, "two printers and no way to choose"
    assert fault_of(stream(bus, "0003").open) is LinkFault.NO_PORT
    port = stream(bus, "0002")
    port.open()
    assert wanted.claimed
    wanted.permitted = False
    assert fault_of(stream(bus, "0002").open) is LinkFault.NO_PERMISSION


def test_other_failures_of_a_transfer_end_the_connection(bus: Bus) -> None:
    device = bus.plug(Peripheral(*IDS))
    port = stream(bus)
    port.open()
    device.halted.add(IN)
    assert fault_of(lambda: port.read(1, 0.1)) is LinkFault.LOST
    assert not device.halted, "a halted endpoint is woken for the next connection"
    assert fault_of(lambda: stream(bus).read(1, 0.1)) is LinkFault.LOST, "not open"
    device.take_at_most = 0
    assert fault_of(lambda: port.write(b"\x05")) is LinkFault.LOST


def test_writes_go_on_until_all_is_taken(bus: Bus) -> None:
    device = bus.plug(Peripheral(*IDS))
    taken = bytearray()
    device.peer = lambda asked: taken.extend(asked) or b""
    device.take_at_most = 3
    port = stream(bus)
    port.open()
    port.write(bytes(range(10)))
    assert bytes(taken) == bytes(range(10))


def test_draining_ends_even_when_the_device_babbles(bus: Bus) -> None:
    device = bus.plug(Peripheral(*IDS))
    port = stream(bus)
    port.open()
    device.outbox += b"old"
    port.drain_input()
    assert port.read(9, 0.0) == b""
    device.peer = lambda asked: b"\xff" * 5000
    port.drain_input()


def test_a_device_may_refuse_line_requests_and_start_unconfigured(bus: Bus) -> None:
    device = bus.plug(Peripheral(*IDS))
    device.stalls, device.configured = True, False
    stream(bus).open()
    assert device.log == ["configured"]


def test_a_device_without_a_serial_port_says_so(bus: Bus) -> None:
    bus.plug(Peripheral(*IDS, interfaces=[interface(0, 0x03, [endpoint(0x81, 3)])]))
    with pytest.raises(StreamError) as caught:
        stream(bus).open()
    assert caught.value.fault is LinkFault.NO_PORT
    assert "0 serial ports" in caught.value.detail


def test_the_second_port_of_a_device_can_be_named(bus: Bus) -> None:
    second = [interface(2, 0x02, []), interface(3, 0x0A, [endpoint(0x84), endpoint(0x05)])]
    device = bus.plug(Peripheral(*IDS, interfaces=[*cdc_interfaces(), *second]))
    port = stream(bus, port=1)
    port.open()
    assert device.claimed == {2, 3}


def test_union_descriptor_wins_over_the_neighbour() -> None:
    class Told:
        def __init__(self, plain) -> None:
            self.__dict__.update(plain.__dict__)
            self.endpoints = lambda: plain.endpoints

    far = interface(5, 0x02, [], bytes((4, 0x24, 0x02, 2, 5, 0x24, 0x06, 5, 1)))
    near = interface(0, 0x02, [], b"\x00\x00\x00\x00\x00\x00")
    data = interface(1, 0x0A, [endpoint(IN), endpoint(OUT)])
    (port,) = cdc_ports([Told(near), Told(data), Told(far)])
    assert (port.control, port.data, port.inlet, port.outlet) == (5, 1, IN, OUT)


def test_listing_tells_what_is_plugged_in(bus: Bus) -> None:
    bus.plug(Peripheral(*IDS, "0001"))
    shy = bus.plug(Peripheral(0xABCD, 0x1980, "0002", interfaces=[interface(0, 3, [])]))
    shy.permitted = False
    assert usb_devices(bus) == [
        UsbDevice(0x1FC9, 0x0083, "0001", "1-2", True),
        UsbDevice(0xABCD, 0x1980, None, "1-2", False),
    ]


def test_without_libusb_there_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usb_library, "_packaged", lambda: None)
    monkeypatch.setattr(usb_library.usb.backend.libusb1, "get_backend", lambda: None)
    usb_library.library.cache_clear()
    with pytest.raises(StreamError) as caught:
        UsbBulkStream(*IDS).open()
    usb_library.library.cache_clear()
    assert caught.value.fault is LinkFault.NO_PORT
    assert "libusb-1.0-0" in caught.value.detail


def test_a_bus_that_cannot_be_read_is_a_stream_error(bus: Bus, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> list[Peripheral]:
        raise usb.core.USBError("no", -3, errno.EACCES)

    monkeypatch.setattr(bus, "enumerate_devices", refuse)
    assert fault_of(lambda: usb_devices(bus)) is LinkFault.NO_PERMISSION
