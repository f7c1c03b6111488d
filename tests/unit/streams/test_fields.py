"""Wire types: bytes from the notes, limits, and that whatever is written reads back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers import fields
from drivers.fields import Cursor, FieldError, Wire, decode_record, encode_record


@pytest.mark.parametrize(
    ("wire", "value", "written"),
    [
        (fields.U8, 30, "1E"),
        (fields.U16, 308, "34 01"),
        (fields.U32, 45817, "F9 B2 00 00"),
        (fields.U48, 1_000_000, "40 42 0F 00 00 00"),
        (fields.MONEY40, 150000, "F0 49 02 00 00"),
        (fields.UINT_REST, 0x0102, "02 01"),
        (fields.DATE_DMY, date(2026, 11, 21), "15 0B 1A"),
        (fields.DATE_YMD, date(2026, 11, 21), "1A 0B 15"),
        (fields.TIME_HMS, time(7, 45, 23), "07 2D 17"),
        (fields.STAMP_YMDHM, datetime(2018, 6, 21, 6, 37), "12 06 15 06 25"),  # noqa: DTZ001
        (fields.STAMP_YMDHM, None, "00 00 00 00 00"),
        (fields.text(6), "Кофе", "CA EE F4 E5 00 00"),
        (fields.text_from(6, 10), "Кофе", "CA EE F4 E5 00 00"),
        (fields.CP866_REST, "Кофе", "8A AE E4 A5"),
        (fields.ascii_text(4), "C1", "43 31 20 20"),
        (fields.bcd(3), 12345, "01 23 45"),
        (fields.raw(2), b"\x01\x02", "01 02"),
        (fields.RAW_REST, b"\x01\x02\x03", "01 02 03"),
        (fields.optional(fields.U8), None, ""),
        (fields.optional(fields.U8), 5, "05"),
    ],
    ids=lambda value: value.name if isinstance(value, Wire) else None,
)
def test_both_directions(wire: Wire[Any], value: Any, written: str) -> None:
    assert wire.encode(value) == bytes.fromhex(written)
    assert wire.decode(Cursor(bytes.fromhex(written))) == value


@pytest.mark.parametrize(
    ("wire", "value"),
    [
        (fields.U8, 256),
        (fields.U8, -1),
        (fields.MONEY40, 1 << 40),
        (fields.text(3), "Кофе"),
        (fields.text_from(0, 3), "Кофе"),
        (fields.ascii_text(3), "1234"),
        (fields.ascii_text(3), "я"),
        (fields.bcd(1), 100),
        (fields.bcd(1), -1),
        (fields.raw(2), b"123"),
    ],
)
def test_what_does_not_fit(wire: Wire[Any], value: Any) -> None:
    with pytest.raises(FieldError):
        wire.encode(value)


@pytest.mark.parametrize("written", ["FF FF FF", "1F 02 1A", "00 00 00", "01 0D 1A"])
def test_a_date_that_is_none(written: str) -> None:
    assert fields.DATE_DMY.decode(Cursor(bytes.fromhex(written))) is None


def test_letters_outside_the_code_page_become_question_marks() -> None:
    assert fields.text(3).encode("a中b") == b"a?b"


@dataclass(frozen=True)
class Sample:
    number: Annotated[int, fields.U16]
    name: Annotated[str, fields.text(8)]
    newer: Annotated[int | None, fields.optional(fields.U8)] = None


def test_record() -> None:
    assert encode_record(Sample(1, "ab")) == b"\x01\x00ab\0\0\0\0\0\0"
    assert decode_record(Sample, b"\x01\x00ab\0\0\0\0\0\0\x07 newer firmware") == Sample(1, "ab", 7)
    with pytest.raises(FieldError, match=r"Sample\.name"):
        decode_record(Sample, b"\x01\x00ab")
    with pytest.raises(FieldError, match=r"Sample\.number"):
        encode_record(Sample(1 << 16, ""))


def test_record_without_wire_types_is_our_bug() -> None:
    @dataclass(frozen=True)
    class Bare:
        number: int

    with pytest.raises(TypeError, match=r"number has no wire type"):
        encode_record(Bare(1))


@given(st.integers(0, 65535), st.text(st.characters(codec="cp1251", min_codepoint=0x21), max_size=8))
def test_written_records_read_back(number: int, name: str) -> None:
    sample = Sample(number, name, 3)
    assert decode_record(Sample, encode_record(sample)) == sample


@given(st.binary(max_size=30))
def test_any_bytes_decode_or_are_refused(payload: bytes) -> None:
    try:
        decode_record(Sample, payload)
    except FieldError:
        assert len(payload) < 10
