"""From an address to a closed byte stream."""

from __future__ import annotations

from drivers.discover.address import Address, SerialAddress, TcpAddress
from drivers.streams.byte_stream import ByteStream
from drivers.streams.serial_port import SerialPort
from drivers.streams.tcp import TcpStream
from drivers.streams.usb_bulk import UsbBulkStream


def stream_for(address: Address, baud: int, connect_timeout_s: float = 5.0) -> ByteStream:
    """The stream of an address, not opened. `baud` means nothing on the network."""
    if isinstance(address, TcpAddress):
        return TcpStream(address.host.strip("[]"), address.port, connect_timeout_s)
    if isinstance(address, SerialAddress):
        return SerialPort(address.path, baud)
    return UsbBulkStream(address.vendor, address.product, address.serial, baud)
