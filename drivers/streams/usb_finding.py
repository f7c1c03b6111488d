"""Which USB devices are plugged in, and which of them is meant. Ids and serial number stay, the address changes."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import usb.core
import usb.util

from drivers.api import LinkFault
from drivers.streams.byte_stream import StreamError
from drivers.streams.usb_layout import cdc_ports

_FAULTS = {
    errno.EACCES: LinkFault.NO_PERMISSION,
    errno.EPERM: LinkFault.NO_PERMISSION,
    errno.EBUSY: LinkFault.BUSY,
    errno.EAGAIN: LinkFault.BUSY,
}


@dataclass(frozen=True)
class UsbDevice:
    """A plugged device. `serial` is "" when it has none, None when we may not ask it; `place` as the kernel names it
    (`1-2.3`), "" when unknown; `cdc` says whether it has a serial port to read and write."""

    vendor: int
    product: int
    serial: str | None
    place: str
    cdc: bool

    @property
    def ids(self) -> str:
        """`1FC9:0083`."""
        return f"{self.vendor:04X}:{self.product:04X}"


def usb_devices(backend: Any) -> list[UsbDevice]:  # noqa: ANN401 - pyusb has no types
    """Everything plugged in that is no hub. Raises StreamError when the bus cannot be read."""
    return [_described(device) for device in _matching(backend) if device.bDeviceClass != 0x09]


def find(backend: Any, vendor: int, product: int, serial: str) -> Any:  # noqa: ANN401 - a pyusb device
    """The one device with these ids, and this serial number when one is given.

    Raises StreamError: NO_PORT when there is none, or several and no serial number to choose by; NO_PERMISSION when
    the only candidates would not tell their serial number.
    """
    candidates = list(_matching(backend, idVendor=vendor, idProduct=product))
    told = f"USB {vendor:04X}:{product:04X}"
    if serial:
        known = [(device, serial_of(device)) for device in candidates]
        mute = any(said is None for _, said in known)
        candidates = [device for device, said in known if said == serial]
        if mute and not candidates:
            raise StreamError(LinkFault.NO_PERMISSION, f"{told}: no permission to ask for the serial number")
    if not candidates:
        raise StreamError(LinkFault.NO_PORT, f"{told} is not plugged in")
    if len(candidates) > 1:
        raise StreamError(LinkFault.NO_PORT, f"{told}: {len(candidates)} such devices, name one by its serial number")
    return candidates[0]


def serial_of(device: Any) -> str | None:  # noqa: ANN401 - a pyusb device
    """Its serial number, "" when it has none, None when it cannot be asked (permission)."""
    if not device.iSerialNumber:
        return ""
    try:
        return str(device.serial_number or "")
    except (usb.core.USBError, ValueError, NotImplementedError):  # ValueError: pyusb's way to say "no permission"
        return None
    finally:
        usb.util.dispose_resources(device)


def place_of(device: Any) -> str:  # noqa: ANN401 - a pyusb device
    """`1-2.3`: bus and sockets, the name of the device's folder under /sys/bus/usb/devices."""
    ports = device.port_numbers
    return f"{device.bus}-{'.'.join(map(str, ports))}" if ports and device.bus else ""


def usb_fault(error: Exception) -> LinkFault:
    """What an error of opening means for people."""
    code = getattr(error, "errno", None)
    return _FAULTS.get(code, LinkFault.NO_PORT) if isinstance(code, int) else LinkFault.NO_PORT


def _matching(backend: Any, **ids: int) -> Iterator[Any]:  # noqa: ANN401 - as above
    try:
        yield from usb.core.find(find_all=True, backend=backend, **ids)
    except usb.core.USBError as error:
        raise StreamError(usb_fault(error), f"the USB bus cannot be read: {error}") from error


def _described(device: Any) -> UsbDevice:  # noqa: ANN401 - as above
    try:
        cdc = any(cdc_ports(configuration) for configuration in device)
    except usb.core.USBError:
        cdc = False
    vendor, product = int(device.idVendor), int(device.idProduct)
    return UsbDevice(vendor, product, serial_of(device), place_of(device), cdc)
