"""Types that no worked example shows, in bytes written by hand from the table of the fiscal notes, section 1."""

import pytest

from drivers.fiscal import build, decode, encode

CASES = [
    (1205, 1 << 31, "B5 04 04 00 00 00 00 80"),  # a bit field of 4 bytes, little-endian
    (1205, 0x0102, "B5 04 04 00 02 01 00 00"),
    (1290, 0x010000, "0A 05 04 00 00 00 01 00"),
    (1062, 33, "26 04 01 00 21"),  # a bit field of 1 byte
    (1002, 1, "EA 03 01 00 01"),  # a flag
    (1002, 0, "EA 03 01 00 00"),
]


@pytest.mark.parametrize(("tag", "value", "wire"), CASES)
def test_read_and_written(tag: int, value: int, wire: str) -> None:
    (read,) = decode(bytes.fromhex(wire))
    assert (read.tag, read.value) == (tag, value)
    assert encode([build(tag, value)]).hex(" ").upper() == wire


def test_an_empty_flag_is_no() -> None:
    (read,) = decode(bytes.fromhex("EA 03 00 00"))
    assert read.value == 0
    assert encode([read]) == bytes.fromhex("EA 03 00 00")
