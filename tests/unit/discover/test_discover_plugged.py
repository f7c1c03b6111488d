"""USB devices as the system's own folders list them."""

from __future__ import annotations

from pathlib import Path

from drivers.discover.plugged import plugged
from drivers.streams.usb_finding import UsbDevice


def device(devices: Path, place: str, said: dict[str, str], *classes: str) -> None:
    folder = devices / place
    folder.mkdir(parents=True)
    for name, text in said.items():
        (folder / name).write_text(text + "\n", encoding="utf-8")
    for number, kind in enumerate(classes):
        inside = folder / f"{place}:1.{number}"
        inside.mkdir()
        (inside / "bInterfaceClass").write_text(kind + "\n", encoding="utf-8")
        (devices / inside.name).symlink_to(inside)


def test_ids_place_serial_and_whether_it_has_a_serial_port(tmp_path: Path) -> None:
    printer = {"idVendor": "1fc9", "idProduct": "0083", "bDeviceClass": "02", "serial": "A1"}
    device(tmp_path, "1-2.3", printer, "02", "0a")
    device(tmp_path, "1-4", {"idVendor": "046d", "idProduct": "c31c", "bDeviceClass": "00"}, "03")
    device(tmp_path, "1-1", {"idVendor": "05e3", "idProduct": "0608", "bDeviceClass": "09"}, "09")
    device(tmp_path, "usb1", {"idVendor": "1d6b", "idProduct": "0002", "bDeviceClass": "09"}, "09")
    assert plugged(tmp_path) == [
        UsbDevice(0x1FC9, 0x0083, "A1", "1-2.3", True),
        UsbDevice(0x046D, 0xC31C, "", "1-4", False),
    ]


def test_what_goes_away_meanwhile_and_a_computer_without_usb(tmp_path: Path) -> None:
    device(tmp_path, "1-5", {"idVendor": "1fc9"})
    device(tmp_path, "1-6", {"idVendor": "no", "idProduct": "0083", "bDeviceClass": "00"})
    assert plugged(tmp_path) == []
    assert plugged(tmp_path / "none") == []
