"""Where to look: ports of the system and USB devices, each device once."""

from pathlib import Path

from drivers.discover.address import SerialAddress, UsbAddress
from drivers.discover.ports import RNDIS_ADDRESS, put_together
from drivers.streams.port_list import ListedPort, stable_name
from drivers.streams.usb_finding import UsbDevice

ACM = ListedPort("/dev/ttyACM0", "1FC9:0083", "1-2")
PLAIN = ListedPort("/dev/ttyS0", "", "")


def test_a_device_with_a_tty_is_looked_at_through_it() -> None:
    same = UsbDevice(0x1FC9, 0x0083, "0001", "1-2", True)
    other = UsbDevice(0xABCD, 0x1980, "0002", "1-3", True)
    seen = put_together([ACM, PLAIN], [same, other])
    assert [each.address for each in seen.candidates] == [
        SerialAddress("/dev/ttyACM0"),
        SerialAddress("/dev/ttyS0"),
        UsbAddress(0xABCD, 0x1980, "0002"),
    ]
    assert [each.label for each in seen.candidates] == ["COM 1FC9:0083", "COM /dev/ttyS0", "USB ABCD:1980"]


def test_what_is_no_serial_port_is_known_by_its_ids() -> None:
    network = UsbDevice(0x18D1, 0x4EE4, "", "1-1", False)
    firmware = UsbDevice(0x1FC9, 0x0089, "", "1-2", False)
    keyboard = UsbDevice(0x046D, 0xC31C, None, "1-3", False)
    seen = put_together([], [network, firmware, keyboard])
    assert [each.address for each in seen.candidates] == [RNDIS_ADDRESS]
    assert seen.notes == ("firmware_mode",)


def test_the_name_that_outlives_a_replug_is_preferred(tmp_path: Path) -> None:
    port = tmp_path / "ttyACM0"
    port.touch()
    fiscal, by_id = tmp_path / "fiscal", tmp_path / "by-id"
    by_id.mkdir()
    (by_id / "usb-1").symlink_to(port)
    folders = (fiscal, by_id)
    assert stable_name(str(port), folders) == str(by_id / "usb-1")
    fiscal.mkdir()
    (fiscal / "shtrih-1").symlink_to(port)
    assert stable_name(str(port), folders) == str(fiscal / "shtrih-1")
    assert stable_name(str(tmp_path / "ttyS0"), folders) == str(tmp_path / "ttyS0")
