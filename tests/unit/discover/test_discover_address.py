"""How ports are written, and that the settings and the composition root understand the same."""

import pytest

from drivers.discover.address import SerialAddress, TcpAddress, UsbAddress, parse_address
from drivers.discover.stream import stream_for
from drivers.streams.serial_port import SerialPort
from drivers.streams.tcp import TcpStream
from drivers.streams.usb_bulk import UsbBulkStream
from pos_agent.config_printer import PrinterSection

GOOD = {
    "/dev/ttyACM0": (SerialAddress("/dev/ttyACM0"), SerialPort),
    "tcp:192.168.137.111:7778": (TcpAddress("192.168.137.111", 7778), TcpStream),
    "tcp:[::1]:7778": (TcpAddress("[::1]", 7778), TcpStream),
    "usb:1FC9:0083": (UsbAddress(0x1FC9, 0x0083), UsbBulkStream),
    "usb:ABCD:1980:00:12/3": (UsbAddress(0xABCD, 0x1980, "00:12/3"), UsbBulkStream),
}
BAD = ("", "COM1", "tcp:h", "tcp::1", "tcp:h:0", "tcp:h:65536", "tcp:h:²", "usb:", "usb:1FC9", "usb:1FC9:83",
       "usb:1FC9:0083:", "usb:GGGG:0083", "usb:1FC9:0083:a b")  # fmt: skip


@pytest.mark.parametrize("text", GOOD)
def test_written_and_read_back(text: str) -> None:
    address, stream = GOOD[text]
    assert parse_address(text) == address
    assert str(address) == text
    assert isinstance(stream_for(address, 115200), stream)
    assert PrinterSection(port=text).port == text


def test_ids_are_read_in_either_case() -> None:
    assert parse_address("usb:1fc9:0083") == UsbAddress(0x1FC9, 0x0083)


@pytest.mark.parametrize("text", BAD)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not"):
        parse_address(text)
    with pytest.raises(ValueError, match="port"):
        PrinterSection(port=text)


def test_the_settings_say_how_usb_is_written() -> None:
    with pytest.raises(ValueError, match="port_usb"):
        PrinterSection(port="usb:83")
