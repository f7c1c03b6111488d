"""TLV for bytes of unknown origin: every input ends in a tree or in a TlvError, and trees come back byte for byte."""

from __future__ import annotations

import json
import time
import tomllib
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from drivers.fiscal import (
    Tag,
    TlvError,
    build,
    decode,
    encode,
    read_body,
    read_image,
    read_input,
    redacted_tree,
    tag_tree,
)
from drivers.fiscal.containers import MAX_BODY
from drivers.fiscal.describe import document_json, document_lines
from drivers.fiscal.findings import check, check_sequence, check_wrapping
from drivers.fiscal.tags import TagType, all_specs, form_codes

GOLDEN = Path(__file__).parents[1] / "golden" / "fiscal" / "documents.toml"
IMAGES = [bytes.fromhex(e["hex"]) for e in tomllib.loads(GOLDEN.read_text(encoding="utf-8"))["document"]]
PLAIN = [s for s in all_specs().values() if s.type is not TagType.STLV and not s.contextual]
CP866_TEXT = st.text(st.sampled_from("абвгдЖЫЯ 09AZz№+@.-"), max_size=40)

numbers = st.sampled_from(sorted({*all_specs(), *form_codes(), 0, 9999, 65535}))


def frame(number: int, value: bytes) -> bytes:
    return number.to_bytes(2, "little") + len(value).to_bytes(2, "little") + value


tlvs = st.recursive(
    st.builds(frame, numbers, st.binary(max_size=12)),
    lambda inner: st.builds(lambda n, parts: frame(n, b"".join(parts)), numbers, st.lists(inner, max_size=4)),
    max_leaves=12,
)


def check_offset(error: TlvError, size: int) -> None:
    assert 0 <= error.offset <= size
    assert error.message_ru


def survive(buffer: bytes) -> None:
    """Everything a caller may do with an input: nothing but TlvError may come out of it."""
    try:
        document, image = read_image(buffer)
    except TlvError as error:
        check_offset(error, len(buffer))
        return
    assert encode(document.tags) == image.body
    findings = [*check(document), *check_wrapping(document, image), *check_sequence([document])]
    json.dumps(document_json(document, findings))
    json.dumps(redacted_tree(document.tags))
    assert all(line.isprintable() for line in document_lines(document, findings))


@given(st.binary(max_size=400))
@example(b"")
@example(b"\x03\x00\x00\x00")
@example(frame(3, frame(1059, b"\x01")))
def test_garbage_ends_in_a_tree_or_an_error(buffer):
    survive(buffer)


@given(st.lists(tlvs, max_size=6), st.sampled_from([None, 3, 31, 5, 1, 2, 21]))
def test_well_framed_nonsense_is_survived(parts, form):
    body = b"".join(parts)
    survive(body if form is None else frame(form, body))


@given(st.sampled_from(IMAGES), st.data())
def test_damaged_documents_are_survived(image, data):
    damaged = bytearray(image)
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(image) - 1))] = data.draw(st.integers(0, 255))
    survive(bytes(damaged))


@given(st.binary(max_size=200))
def test_text_input_is_survived(content):
    try:
        survive(read_input(content))
    except TlvError as error:
        check_offset(error, len(content))


@given(st.lists(tlvs, max_size=6))
def test_a_tree_comes_back_byte_for_byte(parts):
    buffer = b"".join(parts)
    try:
        tags = decode(buffer)
    except TlvError:
        return
    assert encode(tags) == buffer
    assert rebuilt(tags) == buffer
    assert [branch["tag"] for branch in tag_tree(tags)] == [tag.tag for tag in tags]


def rebuilt(tags: tuple[Tag, ...]) -> bytes:
    """From the leaves up: members of a container together are its value."""
    return b"".join(frame(tag.tag, rebuilt(tag.tags) if tag.tags else tag.raw) for tag in tags)


@given(st.sampled_from(PLAIN), st.data())
def test_values_of_every_type_come_back(spec, data):
    value = data.draw(value_of(spec))
    tag = build(spec.tag, value)
    assert tag.value == (value.rstrip(" ") if isinstance(value, str) else value)
    assert decode(encode([tag]))[0].value == tag.value


def value_of(spec):
    limit = spec.length or spec.max_length or 8
    if spec.type is TagType.STRING:
        exact = spec.length is not None and not spec.pad
        return st.text(st.sampled_from("абЯ0Z№"), min_size=limit if exact else 0, max_size=limit)
    if spec.type is TagType.BYTES:
        return st.binary(min_size=spec.length or 0, max_size=limit)
    if spec.type is TagType.FVLN:
        return st.decimals(0, 10**9, places=6, allow_nan=False).map(Decimal.normalize)
    if spec.type is TagType.UNIXTIME:
        return st.datetimes(datetime.fromisoformat("1970-01-01"), datetime.fromisoformat("2106-01-01")).map(
            lambda at: at.replace(microsecond=0)
        )
    top = {TagType.BYTE: 1, TagType.UINT16: 2, TagType.UINT32: 4, TagType.VLN: limit, TagType.BITS: spec.length or 1}
    return st.integers(0, 1 if spec.type is TagType.FLAG else 256 ** top[spec.type] - 1)


@given(st.integers(0, 2**48 - 1), st.integers(0, 2))
def test_vln_high_zero_bytes_change_nothing(number, zeros):
    raw = number.to_bytes(6, "little").rstrip(b"\0") + b"\0" * zeros
    assert decode(frame(1020, raw))[0].value == number


@given(st.integers(0, 10**9), st.integers(0, 6))
def test_quantities_are_compared_by_value(micro, spare):
    """The same quantity with more decimal places than needed."""
    short = build(1023, Decimal(micro) / 10**6)
    places = 6 + spare // 6
    long = bytes([places]) + (micro * 10 ** (places - 6)).to_bytes(6, "little")
    assert decode(frame(1023, long))[0].value == short.value


@given(st.binary(max_size=60), st.integers(0, 3))
def test_unknown_tags_keep_place_order_and_bytes(raw, copies):
    body = frame(1054, b"\x01") + frame(9999, raw) * copies + frame(1020, b"\x05")
    document = read_body(3, body)
    assert [tag.raw for tag in document.tags if tag.tag == 9999] == [raw] * copies
    assert encode(document.tags) == body


def test_nesting_is_capped():
    buffer = b""
    for _ in range(9):
        buffer = frame(1059, buffer)
    with pytest.raises(TlvError, match="nested deeper") as caught:
        decode(buffer)
    assert caught.value.offset == 9 * 4
    assert decode(buffer[4:])


def test_the_biggest_input_is_survived_in_time():
    """As many tags as the reader accepts, all alike or all lines: work must grow with the size, not its square."""
    started = time.process_time()
    survive(frame(1054, b"") * (MAX_BODY // 4))
    survive(frame(3, frame(1059, b"") * 16000))
    assert time.process_time() - started < 10


@given(CP866_TEXT)
def test_texts_come_back_without_padding(text):
    assert build(1030, text).value == text.rstrip(" ")
