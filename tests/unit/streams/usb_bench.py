"""An emulated USB device under pyusb: plain descriptors, a bus to plug it into, a peer behind its endpoints."""

from __future__ import annotations

import errno
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import usb.core
from usb.backend import IBackend

PACKET = 64
IN, OUT, NOTIFY = 0x82, 0x03, 0x81
CONTROL_INTERFACE, DATA_INTERFACE = 0, 1
UNION = bytes((5, 0x24, 0x06, CONTROL_INTERFACE, DATA_INTERFACE))
HEADER = bytes((5, 0x24, 0x00, 0x10, 0x01))


def endpoint(address: int, attributes: int = 2) -> SimpleNamespace:
    return SimpleNamespace(
        bLength=7, bDescriptorType=5, bEndpointAddress=address, bmAttributes=attributes, wMaxPacketSize=PACKET,
        bInterval=0, bRefresh=0, bSynchAddress=0, extra_descriptors=[],
    )  # fmt: skip


def interface(number: int, kind: int, endpoints: list[SimpleNamespace], extra: bytes = b"") -> SimpleNamespace:
    return SimpleNamespace(
        bLength=9, bDescriptorType=4, bInterfaceNumber=number, bAlternateSetting=0, bNumEndpoints=len(endpoints),
        bInterfaceClass=kind, bInterfaceSubClass=2 if kind == 2 else 0, bInterfaceProtocol=0, iInterface=0,
        extra_descriptors=list(extra), endpoints=endpoints,
    )  # fmt: skip


def cdc_interfaces() -> list[SimpleNamespace]:
    return [
        interface(CONTROL_INTERFACE, 0x02, [endpoint(NOTIFY, 3)], HEADER + UNION),
        interface(DATA_INTERFACE, 0x0A, [endpoint(IN), endpoint(OUT)]),
    ]


class Peripheral:
    """A device: what it says about itself, what it was told, who holds it. `peer` gets bytes and returns the answer."""

    def __init__(
        self, vendor: int, product: int, serial: str = "", interfaces: list[SimpleNamespace] | None = None
    ) -> None:
        self.interfaces = cdc_interfaces() if interfaces is None else interfaces
        self.serial = serial
        self.descriptor = SimpleNamespace(
            bLength=18, bDescriptorType=1, bcdUSB=0x200, bDeviceClass=0, bDeviceSubClass=0, bDeviceProtocol=0,
            bMaxPacketSize0=64, idVendor=vendor, idProduct=product, bcdDevice=0x100, iManufacturer=0, iProduct=0,
            iSerialNumber=1 if serial else 0, bNumConfigurations=1, address=0, bus=1, port_number=2,
            port_numbers=(2,), speed=2,
        )  # fmt: skip
        self.configured = True
        self.plugged = False
        self.kernel: set[int] = set()  # interfaces that the kernel's driver holds
        self.claimed: set[int] = set()
        self.foreign_claim = False
        self.permitted = True
        self.controls: list[tuple[int, int, int, bytes]] = []
        self.stalls = False  # refuses class requests
        self.halted: set[int] = set()
        self.outbox = bytearray()
        self.take_at_most = 1 << 16
        self.peer: Callable[[bytes], bytes] = lambda asked: b""
        self.log: list[str] = []


class Bus(IBackend):
    """pyusb's backend over peripherals that are plugged into it. `advance(seconds)`: a read that timed out."""

    def __init__(self, advance: Callable[[float], None] = lambda seconds: None) -> None:
        self.advance = advance
        self.devices: list[Peripheral] = []
        self._addresses = 0

    def plug(self, device: Peripheral) -> Peripheral:
        """Each time under the next address."""
        self._addresses += 1
        device.descriptor.address = self._addresses
        device.plugged, device.claimed, device.halted = True, set(), set()
        device.outbox.clear()
        self.devices.append(device)
        return device

    def unplug(self, device: Peripheral) -> None:
        device.plugged = False
        self.devices.remove(device)

    # ------------------------------------------------------------------ IBackend

    def enumerate_devices(self) -> list[Peripheral]:
        return list(self.devices)

    def get_parent(self, dev: Peripheral) -> None:
        return None

    def get_device_descriptor(self, dev: Peripheral) -> SimpleNamespace:
        return dev.descriptor

    def get_configuration_descriptor(self, dev: Peripheral, config: int) -> SimpleNamespace:
        if config:
            raise IndexError
        return SimpleNamespace(
            bLength=9, bDescriptorType=2, wTotalLength=0, bNumInterfaces=len(dev.interfaces), bConfigurationValue=1,
            iConfiguration=0, bmAttributes=0xC0, bMaxPower=50, extra_descriptors=[],
        )  # fmt: skip

    def get_interface_descriptor(self, dev: Peripheral, intf: int, alt: int, config: int) -> SimpleNamespace:
        if alt or intf >= len(dev.interfaces):
            raise IndexError
        return dev.interfaces[intf]

    def get_endpoint_descriptor(self, dev: Peripheral, ep: int, intf: int, alt: int, config: int) -> SimpleNamespace:
        return dev.interfaces[intf].endpoints[ep]

    def open_device(self, dev: Peripheral) -> Peripheral:
        self._alive(dev)
        if not dev.permitted:
            raise _failed(errno.EACCES)
        return dev

    def close_device(self, dev_handle: Peripheral) -> None:
        return None

    def set_configuration(self, dev_handle: Peripheral, config_value: int) -> None:
        dev_handle.configured = True
        dev_handle.log.append("configured")

    def get_configuration(self, dev_handle: Peripheral) -> int:
        return 1 if dev_handle.configured else 0

    def is_kernel_driver_active(self, dev_handle: Peripheral, intf: int) -> bool:
        self._alive(dev_handle)
        return intf in dev_handle.kernel

    def detach_kernel_driver(self, dev_handle: Peripheral, intf: int) -> None:
        if intf not in dev_handle.kernel:
            raise _failed(errno.ENOENT)
        dev_handle.kernel.clear()  # cdc_acm lets go of both when it is taken off one
        dev_handle.log.append(f"detached {intf}")

    def attach_kernel_driver(self, dev_handle: Peripheral, intf: int) -> None:
        self._alive(dev_handle)
        assert not dev_handle.claimed, "the kernel cannot bind what is claimed"
        dev_handle.kernel = {CONTROL_INTERFACE, DATA_INTERFACE}
        dev_handle.log.append(f"attached {intf}")

    def claim_interface(self, dev_handle: Peripheral, intf: int) -> None:
        self._alive(dev_handle)
        if dev_handle.foreign_claim or intf in dev_handle.kernel or intf in dev_handle.claimed:
            raise _failed(errno.EBUSY)
        dev_handle.claimed.add(intf)

    def release_interface(self, dev_handle: Peripheral, intf: int) -> None:
        dev_handle.claimed.discard(intf)
        self._alive(dev_handle)

    def ctrl_transfer(
        self, dev_handle: Peripheral, request_type: int, request: int, value: int, index: int, data: Any, timeout: int
    ) -> int:
        self._alive(dev_handle)
        if request_type == 0x80 and request == 6:
            return self._string(dev_handle, value & 0xFF, data)
        if dev_handle.stalls:
            raise _failed(errno.EPIPE)
        dev_handle.controls.append((request, value, index, bytes(data)))
        return len(data)

    def _string(self, dev: Peripheral, index: int, buffer: Any) -> int:
        text = (0x0409).to_bytes(2, "little") if index == 0 else dev.serial.encode("utf-16-le")
        answer = bytes((len(text) + 2, 3)) + text
        for at, byte in enumerate(answer):
            buffer[at] = byte
        return len(answer)

    def bulk_write(self, dev_handle: Peripheral, ep: int, intf: int, data: Any, timeout: int) -> int:
        self._alive(dev_handle)
        assert (ep, intf) == (OUT, DATA_INTERFACE)
        assert intf in dev_handle.claimed
        taken = bytes(data)[: dev_handle.take_at_most]
        dev_handle.outbox += dev_handle.peer(taken)
        return len(taken)

    def bulk_read(self, dev_handle: Peripheral, ep: int, intf: int, buff: Any, timeout: int) -> int:
        self._alive(dev_handle)
        assert (ep, intf) == (IN, DATA_INTERFACE)
        assert timeout > 0, "0 waits for ever"
        assert len(buff) % PACKET == 0, "a part of a packet overflows"
        if ep in dev_handle.halted:
            raise _failed(errno.EPIPE)
        if not dev_handle.outbox:
            self.advance(timeout / 1000)
            dev_handle.outbox += dev_handle.peer(b"")
        if not dev_handle.outbox:
            raise usb.core.USBTimeoutError("timed out", -7, errno.ETIMEDOUT)
        piece = dev_handle.outbox[: len(buff)]
        del dev_handle.outbox[: len(piece)]
        for at, byte in enumerate(piece):
            buff[at] = byte
        return len(piece)

    def clear_halt(self, dev_handle: Peripheral, ep: int) -> None:
        dev_handle.halted.discard(ep)

    def _alive(self, dev: Peripheral) -> None:
        if not dev.plugged:
            raise _failed(errno.ENODEV)


def _failed(code: int) -> usb.core.USBError:
    return usb.core.USBError(errno.errorcode[code], -1, code)
