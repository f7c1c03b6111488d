"""Where to look: the serial ports of the system, USB devices without one, and what is known by its USB ids."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from drivers.discover.address import Address, SerialAddress, TcpAddress, UsbAddress
from drivers.discover.look import Candidate
from drivers.streams.byte_stream import StreamError
from drivers.streams.port_list import ListedPort, listed_ports
from drivers.streams.usb_finding import UsbDevice, usb_devices
from drivers.streams.usb_library import NoLibraryError, library

RNDIS_ADDRESS = TcpAddress("192.168.137.111", 7778)
NETWORK_IDS = frozenset({"18D1:4EE4"})  # Shtrih-M as a network card; protocol notes, section 1.1, one source
FIRMWARE_IDS = frozenset({"1FC9:0089"})  # waits for new firmware; same place, one source


@dataclass(frozen=True)
class Survey:
    """Ports to look at, and what is to be said beside them: `no_libusb`, `usb_unreadable`, `firmware_mode`."""

    candidates: tuple[Candidate, ...]
    notes: tuple[str, ...] = ()


def survey() -> Survey:
    """Look around on this computer. Nothing is opened but the list of USB devices."""
    ports = listed_ports()
    try:
        return put_together(ports, usb_devices(library()))
    except NoLibraryError:
        return Survey(put_together(ports, []).candidates, ("no_libusb",))
    except StreamError:
        return Survey(put_together(ports, []).candidates, ("usb_unreadable",))


def put_together(ports: Iterable[ListedPort], devices: Iterable[UsbDevice]) -> Survey:
    """A device with a tty is looked at through the tty: the kernel's driver stays where it is."""
    listed = list(ports)
    taken = {port.place for port in listed if port.place}
    candidates = [Candidate(SerialAddress(port.path), f"COM {port.ids or port.path}") for port in listed]
    notes = []
    for device in devices:
        if device.ids in FIRMWARE_IDS:
            notes.append("firmware_mode")
        elif device.ids in NETWORK_IDS:
            candidates.append(candidate_for(RNDIS_ADDRESS))
        elif device.cdc and device.place not in taken:
            candidates.append(candidate_for(UsbAddress(device.vendor, device.product, device.serial or "")))
    return Survey(tuple(dict.fromkeys(candidates)), tuple(notes))


def candidate_for(address: Address) -> Candidate:
    """A port that somebody named."""
    if isinstance(address, TcpAddress):
        return Candidate(address, f"TCP {address.host}:{address.port}")
    if isinstance(address, UsbAddress):
        return Candidate(address, f"USB {address.vendor:04X}:{address.product:04X}")
    return Candidate(address, f"COM {address.path}")
