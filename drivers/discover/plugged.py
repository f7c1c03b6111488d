"""Which USB devices are plugged in, by the system's own list: no device is asked, so a look disturbs none.

Source: Linux, Documentation/ABI/stable/sysfs-bus-usb: a folder for each device (`1-2.3`) with its ids and serial
number as text, and in it one for each interface of the configuration in force (`1-2.3:1.0`) with its class.
"""

from __future__ import annotations

from pathlib import Path

from drivers.streams.usb_finding import UsbDevice

HUB, DATA = "09", "0a"  # classes: of a device, and of the interface through which a serial port's bytes go
DEVICES = Path("/sys/bus/usb/devices")


def plugged(devices: Path = DEVICES) -> list[UsbDevice]:
    """Everything plugged in that is no hub, by place. A device that goes away meanwhile is left out."""
    folders = sorted(devices.iterdir()) if devices.is_dir() else []
    found = (_device(each) for each in folders if ":" not in each.name and "-" in each.name)
    return [each for each in found if each is not None]


def _device(folder: Path) -> UsbDevice | None:
    try:
        if _said(folder / "bDeviceClass") == HUB:
            return None
        vendor, product = (int(_said(folder / name), 16) for name in ("idVendor", "idProduct"))
        classes = [_said(each) for each in folder.glob(f"{folder.name}:*/bInterfaceClass")]
        serial = folder / "serial"
        return UsbDevice(vendor, product, _said(serial) if serial.exists() else "", folder.name, DATA in classes)
    except (OSError, ValueError):
        return None


def _said(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace").strip()
