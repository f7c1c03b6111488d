"""Where the bytes go inside a USB device: the interfaces and endpoints of a CDC serial port.

Source: USB class definitions for communication devices (CDC 1.2, PSTN 1.2): a control interface (class 02h) and a
data interface (class 0Ah) with one bulk endpoint each way; a union descriptor of the control interface says which data
interface is its own. A device may hold several such ports (ATOL has two).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

COMMUNICATION, DATA = 0x02, 0x0A
ENDPOINT_IN, TRANSFER_KIND, BULK = 0x80, 0x03, 0x02
CLASS_INTERFACE, UNION = 0x24, 0x06  # type and subtype of the union descriptor


@dataclass(frozen=True)
class CdcPort:
    """One serial port of a device. `control` is None when the device has no control interface: then it has no speed.
    `packet`: size of one bulk packet of the device, bytes."""

    control: int | None
    data: int
    inlet: int  # address of the endpoint we read
    outlet: int  # address of the endpoint we write
    packet: int

    @property
    def interfaces(self) -> tuple[int, ...]:
        """The control interface first: the kernel's driver holds both through it."""
        return (self.data,) if self.control is None else (self.control, self.data)


def cdc_ports(interfaces: Iterable[Any]) -> list[CdcPort]:
    """The serial ports among the interfaces of one configuration (pyusb's objects), in the order of their numbers."""
    known = [each for each in interfaces if each.bAlternateSetting == 0]
    owners = _owners(known)
    found = []
    for interface in sorted(known, key=lambda each: int(each.bInterfaceNumber)):
        if interface.bInterfaceClass != DATA:
            continue
        bulk = [each for each in interface.endpoints() if each.bmAttributes & TRANSFER_KIND == BULK]
        inlets = [each for each in bulk if each.bEndpointAddress & ENDPOINT_IN]
        outlets = [each for each in bulk if not each.bEndpointAddress & ENDPOINT_IN]
        if inlets and outlets:
            number = int(interface.bInterfaceNumber)
            inlet, outlet = int(inlets[0].bEndpointAddress), int(outlets[0].bEndpointAddress)
            found.append(CdcPort(owners.get(number), number, inlet, outlet, int(inlets[0].wMaxPacketSize)))
    return found


def _owners(interfaces: list[Any]) -> dict[int, int]:
    """Data interface -> its control interface, by the union descriptors; without one, the number just below."""
    controls = [each for each in interfaces if each.bInterfaceClass == COMMUNICATION]
    owners = {int(each.bInterfaceNumber) + 1: int(each.bInterfaceNumber) for each in controls}
    for each in controls:
        for data in _united(bytes(each.extra_descriptors or ())):
            owners[data] = int(each.bInterfaceNumber)
    return owners


def _united(descriptors: bytes) -> list[int]:
    """Data interfaces that a union descriptor names; nothing when the bytes are no descriptors."""
    at = 0
    while at + 4 < len(descriptors):
        size, kind, subtype = descriptors[at : at + 3]
        if size < 3:
            return []
        if (kind, subtype) == (CLASS_INTERFACE, UNION):
            return list(descriptors[at + 4 : at + size])
        at += size
    return []
