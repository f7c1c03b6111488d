"""Values of tags: bytes to Python and back, one pair of functions per type of the order (fiscal notes, section 1).

Money and counters are int, quantities `Decimal` (exact), local times naive `datetime`, texts `str` without padding.
A value whose length does not fit its type is not a value of that type: `decode_value` answers None and the reader
keeps the raw bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from drivers.fiscal.cp866 import decode_text, encode_text
from drivers.fiscal.tags import TagSpec, TagType

Scalar = int | str | bytes | Decimal | datetime

EPOCH = datetime.fromisoformat("1970-01-01T00:00:00")
MICRO = 1_000_000
MAX_VLN = 8
MAX_PLACES = 15  # more decimal places than this is noise, not a quantity
MAX_UINT32 = 2**32 - 1


def decode_value(spec: TagSpec, raw: bytes) -> Scalar | None:
    """The value of `raw`, or None when its length does not fit the type. STLV has no scalar value: None."""
    reader = _READERS.get(spec.type)
    return reader(spec, raw) if reader else None


def encode_value(spec: TagSpec, value: Scalar) -> bytes:
    """Bytes of a scalar value. ValueError: wrong Python type, out of range or too long for the tag."""
    writer = _WRITERS.get(spec.type)
    if writer is None:
        raise ValueError(f"tag {spec.tag} is a container, it has no scalar value")
    raw = writer(spec, value)
    limit = spec.length or spec.max_length
    if (spec.length is not None and len(raw) != spec.length) or (limit is not None and len(raw) > limit):
        raise ValueError(f"tag {spec.tag}: {len(raw)} bytes, allowed {limit}")
    return raw


def quantity_micro(quantity: Decimal) -> int:
    """Quantity in millionths; more than six places are rounded half up (none seen on real documents)."""
    return int((quantity * MICRO).to_integral_value(rounding=ROUND_HALF_UP))


def quantity_text(quantity: Decimal) -> str:
    """`Decimal('2.500')` -> `2.5`: writers differ in zeros, equal quantities must look equal."""
    text = format(quantity, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def printed_fpd(raw: bytes) -> int | None:
    """The number on paper and in the QR: bytes 2..5 of tag 1077, big-endian. None unless 6 bytes.

    Source: fiscal notes, section 3 (bytes 0..1 are technical).
    """
    return int.from_bytes(raw[2:6], "big") if len(raw) == 6 else None


def fpd_from_integer(number: int) -> int:
    """Some OFDs show all 6 bytes of 1077 as one little-endian integer: above 2**32 - 1 it is unpacked.

    ValueError: negative or longer than 48 bits. Source: fiscal notes, section 3.
    """
    if not 0 <= number < 2**48:
        raise ValueError(f"not a fiscal sign: {number}")
    return number if number <= MAX_UINT32 else int.from_bytes(number.to_bytes(6, "little")[2:6], "big")


def _read_text(spec: TagSpec, raw: bytes) -> str:
    return decode_text(raw).rstrip(" \0")


def _read_fixed(size: int) -> Callable[[TagSpec, bytes], int | None]:
    return lambda spec, raw: int.from_bytes(raw, "little") if len(raw) == size else None


def _read_bits(spec: TagSpec, raw: bytes) -> int | None:
    return int.from_bytes(raw, "little") if len(raw) == (spec.length or 1) else None


def _read_flag(spec: TagSpec, raw: bytes) -> int | None:
    return int.from_bytes(raw, "little") if len(raw) <= 1 else None


def _read_vln(spec: TagSpec, raw: bytes) -> int | None:
    return int.from_bytes(raw, "little") if len(raw) <= MAX_VLN else None


def _read_fvln(spec: TagSpec, raw: bytes) -> Decimal | None:
    if not 1 <= len(raw) <= MAX_VLN or raw[0] > MAX_PLACES:
        return None
    return Decimal(int.from_bytes(raw[1:], "little")).scaleb(-raw[0])


def _read_time(spec: TagSpec, raw: bytes) -> datetime | None:
    return EPOCH + timedelta(seconds=int.from_bytes(raw, "little")) if len(raw) == 4 else None


def _write_text(spec: TagSpec, value: Scalar) -> bytes:
    if not isinstance(value, str):
        raise ValueError(f"tag {spec.tag}: text expected")
    raw = encode_text(value)
    return raw.ljust(spec.length, b" ") if spec.pad and spec.length else raw


def _number(spec: TagSpec, value: Scalar, limit: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= limit:
        raise ValueError(f"tag {spec.tag}: a whole number from 0 to {limit} expected, got {value!r}")
    return value


def _write_fixed(size: int) -> Callable[[TagSpec, Scalar], bytes]:
    return lambda spec, value: _number(spec, value, 256**size - 1).to_bytes(size, "little")


def _write_bits(spec: TagSpec, value: Scalar) -> bytes:
    return _write_fixed(spec.length or 1)(spec, value)


def _write_flag(spec: TagSpec, value: Scalar) -> bytes:
    return bytes([_number(spec, int(value) if isinstance(value, bool) else value, 1)])


def _write_vln(spec: TagSpec, value: Scalar) -> bytes:
    return _vln(_number(spec, value, 256 ** (spec.max_length or MAX_VLN) - 1))


def _vln(number: int) -> bytes:
    return number.to_bytes(max(1, (number.bit_length() + 7) // 8), "little")


def _write_fvln(spec: TagSpec, value: Scalar) -> bytes:
    if not isinstance(value, Decimal) or not value.is_finite() or value < 0:
        raise ValueError(f"tag {spec.tag}: a Decimal from 0 expected, got {value!r}")
    _, _, places = quantity_text(value).partition(".")
    if len(places) > MAX_PLACES:
        raise ValueError(f"tag {spec.tag}: more than {MAX_PLACES} decimal places")
    return bytes([len(places)]) + _vln(int(value.scaleb(len(places))))


def _write_time(spec: TagSpec, value: Scalar) -> bytes:
    if not isinstance(value, datetime) or value.tzinfo is not None:
        raise ValueError(f"tag {spec.tag}: a local time without a zone expected")
    seconds = (value - EPOCH) // timedelta(seconds=1)
    return _number(spec, seconds, MAX_UINT32).to_bytes(4, "little")


def _write_bytes(spec: TagSpec, value: Scalar) -> bytes:
    if not isinstance(value, bytes):
        raise ValueError(f"tag {spec.tag}: bytes expected")
    return value


_READERS: dict[TagType, Callable[[TagSpec, bytes], Scalar | None]] = {
    TagType.STRING: _read_text,
    TagType.BYTE: _read_fixed(1),
    TagType.BITS: _read_bits,
    TagType.UINT16: _read_fixed(2),
    TagType.UINT32: _read_fixed(4),
    TagType.FLAG: _read_flag,
    TagType.VLN: _read_vln,
    TagType.FVLN: _read_fvln,
    TagType.UNIXTIME: _read_time,
    TagType.BYTES: lambda spec, raw: raw,
}

_WRITERS: dict[TagType, Callable[[TagSpec, Scalar], bytes]] = {
    TagType.STRING: _write_text,
    TagType.BYTE: _write_fixed(1),
    TagType.BITS: _write_bits,
    TagType.UINT16: _write_fixed(2),
    TagType.UINT32: _write_fixed(4),
    TagType.FLAG: _write_flag,
    TagType.VLN: _write_vln,
    TagType.FVLN: _write_fvln,
    TagType.UNIXTIME: _write_time,
    TagType.BYTES: _write_bytes,
}
