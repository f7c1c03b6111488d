"""A serial port inside a USB device, driven without the kernel's serial driver: CDC bulk endpoints through pyusb.

For a register whose port the kernel does not offer, or where its name keeps changing: the device is found by vendor and
product id (and serial number) at each `open`, wherever it is plugged. Ids: protocol notes, section 1.1.
"""

from __future__ import annotations

import contextlib
import errno
import math
from array import array
from collections.abc import Callable
from typing import Any

import usb.core
import usb.util

from drivers.api import LinkFault
from drivers.streams.byte_stream import StreamError
from drivers.streams.usb_finding import find, place_of, usb_fault
from drivers.streams.usb_holder import holder_of
from drivers.streams.usb_layout import CdcPort, cdc_ports
from drivers.streams.usb_library import library

WRITE_TIMEOUT_MS = 5000  # a frame of 258 bytes takes milliseconds; more means the device takes nothing
CONTROL_TIMEOUT_MS = 1000
LEAST_TIMEOUT_MS = 1  # 0 means "for ever" to libusb
READ_PACKETS = 64
DRAIN_LIMIT = 1 << 16  # a device that babbles for ever must not hold `drain_input`

TO_INTERFACE = 0x21  # class request, host to device, recipient: interface
SET_LINE_CODING, SET_CONTROL_LINE_STATE = 0x20, 0x22
READY, NOT_READY = 3, 0  # DTR and RTS


class UsbBulkStream:
    """A `ByteStream` over the bulk endpoints of one CDC port, held exclusively.

    `port` counts the device's serial ports from 0. The kernel's driver is taken off at `open` and put back at `close`,
    but never from under a program that has its tty open: that is BUSY. `backend` is pyusb's, default: libusb;
    `holder(place)` names the program that has a tty of the device at this place open, "" = nobody.
    """

    def __init__(
        self,
        vendor: int,
        product: int,
        serial: str = "",
        baud: int = 115200,
        *,
        port: int = 0,
        backend: Any = None,  # noqa: ANN401 - pyusb has no types
        holder: Callable[[str], str] = holder_of,
    ) -> None:
        self._ids = (vendor, product, serial)
        self._baud = baud
        self._number = port
        self._backend = backend
        self._holder = holder
        self._device: Any = None
        self._layout = CdcPort(None, 0, 0, 0, 64)
        self._detached: list[int] = []
        self._inbox = bytearray()

    def open(self) -> None:
        self.close()
        backend = self._backend or library()
        self._device = find(backend, *self._ids)
        try:
            self._layout = self._find_port()
            self._take_from_kernel()
            for number in self._layout.interfaces:
                usb.util.claim_interface(self._device, number)
            self._set_line()
        except StreamError:
            self.close()
            raise
        except (usb.core.USBError, NotImplementedError) as error:
            self.close()
            raise StreamError(usb_fault(error), f"{self}: {error}") from error

    def _find_port(self) -> CdcPort:
        try:
            configuration = self._device.get_active_configuration()
        except usb.core.USBError as error:
            if usb_fault(error) is not LinkFault.NO_PORT:
                raise
            self._device.set_configuration()  # just plugged and nobody chose: otherwise never touched
            configuration = self._device.get_active_configuration()
        ports = cdc_ports(configuration)
        if self._number >= len(ports):
            raise StreamError(LinkFault.NO_PORT, f"{self} has {len(ports)} serial ports, number {self._number} wanted")
        return ports[self._number]

    def _take_from_kernel(self) -> None:
        active = [number for number in self._layout.interfaces if self._has_kernel_driver(number)]
        if not active:
            return
        name = self._holder(place_of(self._device))
        if name:
            raise StreamError(LinkFault.BUSY, f"{self}: {name} holds its serial port")
        for number in active:
            try:
                self._device.detach_kernel_driver(number)
            except usb.core.USBError as error:
                if error.errno in (errno.ENOENT, errno.ENODATA):  # gone together with the control interface
                    continue
                raise
            self._detached.append(number)

    def _has_kernel_driver(self, number: int) -> bool:
        try:
            return bool(self._device.is_kernel_driver_active(number))
        except NotImplementedError:  # a system where there is nothing to take off
            return False

    def _set_line(self) -> None:
        """Speed, 8 data bits, no parity, 1 stop bit, and "the host is ready", as the kernel's driver would do."""
        control = self._layout.control
        if control is None:
            return
        coding = self._baud.to_bytes(4, "little") + bytes((0, 0, 8))
        self._control(SET_LINE_CODING, 0, control, coding)
        self._control(SET_CONTROL_LINE_STATE, READY, control)

    def _control(self, request: int, value: int, control: int, content: bytes = b"") -> None:
        """A device that has no use for the request refuses it (stalls), which costs nothing."""
        try:
            self._device.ctrl_transfer(TO_INTERFACE, request, value, control, content, CONTROL_TIMEOUT_MS)
        except usb.core.USBError as error:
            if error.errno != errno.EPIPE:
                raise

    def close(self) -> None:
        device, self._device = self._device, None
        detached, self._detached = self._detached, []
        self._inbox.clear()
        if device is None:
            return
        control = self._layout.control
        with contextlib.suppress(usb.core.USBError, NotImplementedError, ValueError):  # a device that is gone
            if control is not None:
                device.ctrl_transfer(TO_INTERFACE, SET_CONTROL_LINE_STATE, NOT_READY, control, b"", CONTROL_TIMEOUT_MS)
        for number in reversed(self._layout.interfaces):
            with contextlib.suppress(usb.core.USBError):
                usb.util.release_interface(device, number)
        for number in detached:  # the control interface first: the driver takes the data interface with it
            with contextlib.suppress(usb.core.USBError, NotImplementedError):
                device.attach_kernel_driver(number)
        with contextlib.suppress(usb.core.USBError):
            usb.util.dispose_resources(device)

    def read(self, max_bytes: int, timeout_s: float) -> bytes:
        device = self._opened()
        if not self._inbox:
            # Whole packets: a device that sends more than was asked for is an overflow, and its bytes are lost.
            buffer = array("B", bytes(self._layout.packet * READ_PACKETS))
            wait_ms = max(LEAST_TIMEOUT_MS, math.ceil(timeout_s * 1000))
            try:
                count = int(device.read(self._layout.inlet, buffer, wait_ms))
            except usb.core.USBError as error:
                if _is_silence(error):
                    return b""
                raise self._lost(device, self._layout.inlet, error) from error
            self._inbox += buffer[:count].tobytes()
        piece = bytes(self._inbox[:max_bytes])
        del self._inbox[:max_bytes]
        return piece

    def write(self, payload: bytes) -> None:
        device, at = self._opened(), 0
        while at < len(payload):
            try:
                taken = int(device.write(self._layout.outlet, payload[at:], WRITE_TIMEOUT_MS))
            except usb.core.USBError as error:
                raise self._lost(device, self._layout.outlet, error) from error
            if not taken:
                raise StreamError(LinkFault.LOST, f"{self} takes no bytes")
            at += taken

    def drain_input(self) -> None:
        dropped = 0
        while dropped < DRAIN_LIMIT:
            piece = self.read(DRAIN_LIMIT, 0.0)
            if not piece:
                return
            dropped += len(piece)

    def _opened(self) -> Any:  # noqa: ANN401 - a pyusb device
        if self._device is None:
            raise StreamError(LinkFault.LOST, f"{self} is not open")
        return self._device

    def _lost(self, device: Any, endpoint: int, error: Exception) -> StreamError:  # noqa: ANN401 - as above
        """Any error ends the connection. A halted endpoint is woken, or it would refuse the next one as well."""
        if getattr(error, "errno", None) == errno.EPIPE:
            with contextlib.suppress(usb.core.USBError):
                device.clear_halt(endpoint)
        return StreamError(LinkFault.LOST, f"{self}: {error}")

    def __str__(self) -> str:
        vendor, product, _ = self._ids  # the serial number stays out of logs
        return f"USB {vendor:04X}:{product:04X}"


def _is_silence(error: usb.core.USBError) -> bool:
    return isinstance(error, usb.core.USBTimeoutError) or error.errno == errno.ETIMEDOUT
