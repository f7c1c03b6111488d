"""The codec against worked bytes of the notes (54-FZ, sections 1 and 2.12) and against itself."""

from __future__ import annotations

import tomllib
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.tlv import Quantity, Tlv, TlvError, decode, encode, first, make, members, number

IMAGES = tomllib.loads(Path(__file__).with_name("fiscal_images.toml").read_text("utf-8"))
MOMENT = datetime(2026, 11, 21, 18, 5)  # noqa: DTZ001

WRITTEN = [
    (1054, 1, "1E 04 01 00 01"),
    (1038, 57, "0E 04 04 00 39 00 00 00"),
    (1040, 4711, "10 04 04 00 67 12 00 00"),
    (1012, MOMENT, "F4 03 04 00 4C DD 01 6B"),
    (1018, "7707083893", "FA 03 0C 00 37 37 30 37 30 38 33 38 39 33 20 20"),
    (1041, "9999078902001234", "11 04 10 00 39 39 39 39 30 37 38 39 30 32 30 30 31 32 33 34"),
    (1020, 5, "FC 03 01 00 05"),
    (1020, 255, "FC 03 01 00 FF"),
    (1020, 256, "FC 03 02 00 00 01"),
    (1020, 150000, "FC 03 03 00 F0 49 02"),
    (1081, 0, "39 04 01 00 00"),
    (1023, Quantity(1, 0), "FF 03 02 00 00 01"),
    (1023, Quantity.of_micro(238_000), "FF 03 02 00 03 EE"),
    (1023, Quantity.of_micro(2_500_000), "FF 03 02 00 01 19"),
    (1023, Quantity.of_micro(12_345_678), "FF 03 04 00 06 4E 61 BC"),
    (1030, "Кофе 250 г", "06 04 0A 00 8A AE E4 A5 20 32 35 30 20 A3"),
    (1077, bytes.fromhex("31040ABCDEF0"), "35 04 06 00 31 04 0A BC DE F0"),
    (1104, 0, "50 04 01 00 00"),
    (
        1115,
        [make(1119, [make(1199, 11), make(1120, 16213)])],
        "5B 04 0F 00 5F 04 0B 00 AF 04 01 00 0B 60 04 02 00 55 3F",
    ),
]


@pytest.mark.parametrize(("tag", "value", "wire"), WRITTEN)
def test_a_worked_example_is_written_and_read(tag: int, value: object, wire: str) -> None:
    raw = bytes.fromhex(wire)
    assert make(tag, value).whole == raw
    (read,) = decode(raw)
    assert (read.tag, read.value) == (tag, value)


def test_a_line_is_written_as_in_the_notes() -> None:
    line = [
        make(1030, "Кофе 250 г"),
        make(1079, 44955),
        make(1023, Quantity(2, 0)),
        make(2108, 0),
        make(1043, 89910),
        make(1199, 11),
        make(1214, 4),
        make(1212, 1),
    ]
    expected = """23 04 35 00 06 04 0A 00 8A AE E4 A5 20 32 35 30 20 A3 37 04 02 00 9B AF FF 03 02 00 00 02
        3C 08 01 00 00 13 04 03 00 36 5F 01 AF 04 01 00 0B BE 04 01 00 04 BC 04 01 00 01"""
    assert make(1059, line).whole == bytes.fromhex(expected)


@pytest.mark.parametrize("wire", ["FF 03 02 00 00 01", "FF 03 03 00 03 E8 03", "FF 03 04 00 06 40 42 0F"])
def test_every_spelling_of_quantity_one_is_one(wire: str) -> None:
    (read,) = decode(bytes.fromhex(wire))
    assert isinstance(read.value, Quantity)
    assert read.value.same_as(Quantity(1, 0))
    assert read.value.micro == 1_000_000


def test_an_empty_sum_is_zero() -> None:
    assert number(decode(bytes.fromhex("39 04 00 00")), 1081) == 0


@pytest.mark.parametrize("name", IMAGES)
def test_an_image_is_decoded_and_written_again_byte_for_byte(name: str) -> None:
    image = bytes.fromhex(IMAGES[name]["hex"])
    (document,) = decode(image)
    tags = members([document], document.tag)
    assert len(document.raw) == IMAGES[name]["length"]
    assert [tlv.tag for tlv in tags] == IMAGES[name]["tags"]
    assert encode([document]) == image
    assert encode([remade(tlv) for tlv in tags]) == document.raw


def remade(tlv: Tlv) -> Tlv:
    """The same TLV from its value, nested ones too."""
    value = [remade(inner) for inner in tlv.value] if isinstance(tlv.value, list) else tlv.value
    return make(tlv.tag, value)


@pytest.mark.parametrize("size", range(1, 8))
def test_a_cut_off_tag_is_an_error(size: int) -> None:
    with pytest.raises(TlvError):
        decode(make(1054, 1).whole + make(1038, 1).whole[:size])


def test_nesting_has_a_limit() -> None:
    body = b""
    for _ in range(12):
        body = Tlv(1059, body, []).whole
    with pytest.raises(TlvError, match="deep"):
        decode(body)


@pytest.mark.parametrize(("tag", "value"), [(1054, 256), (1038, 2**32), (1020, 2**48), (1191, "x" * 65), (9, 1)])
def test_a_value_that_does_not_fit_is_refused(tag: int, value: int | str) -> None:
    with pytest.raises(TlvError):
        make(tag, value)


@given(st.lists(st.tuples(st.integers(3000, 65535), st.binary(max_size=40))))
def test_unknown_tags_stay_raw(pairs: list[tuple[int, bytes]]) -> None:
    body = encode(Tlv(tag, raw, raw) for tag, raw in pairs)
    assert [(tlv.tag, tlv.value) for tlv in decode(body)] == pairs


@given(st.integers(0, 10**12))
def test_a_quantity_in_millionths_survives(micro: int) -> None:
    (read,) = decode(make(1023, Quantity.of_micro(micro)).whole)
    assert isinstance(read.value, Quantity)
    assert read.value.micro == micro
    assert len(read.raw) == 1 or read.raw[-1:] != bytes(1) or read.value.mantissa == 0


def test_the_first_of_several_is_found() -> None:
    tags = [make(1038, 1), make(1059, []), make(1038, 2)]
    assert number(tags, 1038) == 1
    assert first(tags, 1040) is None
    assert number(tags, 1040, 7) == 7
