"""Wire types: how one value of a command or an answer looks in bytes.

A record is a frozen dataclass whose attributes say their wire type:

    @dataclass(frozen=True)
    class Feed:
        flags: Annotated[int, U8]
        lines: Annotated[int, U8]

`encode_record` writes the attributes in order, `decode_record` reads them. Bytes after the last attribute
are ignored: newer firmware appends fields. All integers are little-endian (Shtrih-M protocol 2.0, "Notation").
Dates that are not dates (all zeros, a dead clock) read as None.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Generic, TypeVar, get_type_hints

T = TypeVar("T")
R = TypeVar("R")


class FieldError(ValueError):
    """A value does not fit its wire type, or an answer is shorter than its layout."""


class Cursor:
    """Reads a payload from left to right."""

    def __init__(self, payload: bytes) -> None:
        self._payload = payload
        self._at = 0

    @property
    def left(self) -> int:
        """Bytes not read yet."""
        return len(self._payload) - self._at

    def take(self, size: int) -> bytes:
        """Exactly `size` bytes; raises FieldError when fewer are left."""
        if size > self.left:
            raise FieldError(f"{size} bytes wanted, {self.left} left")
        piece = self._payload[self._at : self._at + size]
        self._at += size
        return piece

    def rest(self) -> bytes:
        """Everything not read yet, maybe nothing."""
        return self.take(self.left)


@dataclass(frozen=True)
class Wire(Generic[T]):
    """One wire type: its name for messages, and both directions; bytes of a plain unsigned integer, else 0."""

    name: str
    encode: Callable[[T], bytes]
    decode: Callable[[Cursor], T]
    uint_size: int = 0


def uint(size: int) -> Wire[int]:
    """Unsigned little-endian integer of `size` bytes."""

    def encode(value: int) -> bytes:
        try:
            return value.to_bytes(size, "little")
        except OverflowError as error:
            raise FieldError(f"{value} does not fit {size} bytes") from error

    return Wire(f"u{8 * size}", encode, lambda cursor: int.from_bytes(cursor.take(size), "little"), size)


U8 = uint(1)
U16 = uint(2)
U32 = uint(4)
U48 = uint(6)
U64 = uint(8)
MONEY40 = uint(5)  # kopecks, 0 .. 2^40-1
UINT_REST: Wire[int] = Wire(
    "uint, rest",
    lambda value: value.to_bytes(max(1, (value.bit_length() + 7) // 8), "little"),
    lambda cursor: int.from_bytes(cursor.rest(), "little"),
)


def raw(size: int) -> Wire[bytes]:
    """Exactly `size` bytes as they are."""

    def encode(value: bytes) -> bytes:
        if len(value) != size:
            raise FieldError(f"{len(value)} bytes given, {size} wanted")
        return value

    return Wire(f"raw{size}", encode, lambda cursor: cursor.take(size))


RAW_REST: Wire[bytes] = Wire("raw, rest", bytes, Cursor.rest)


def _cut(encoded: bytes) -> bytes:
    """Up to the first 00, without trailing spaces (Shtrih-M tables: "cut at the first 00, strip spaces")."""
    return encoded.split(b"\0", 1)[0].rstrip(b" ")


def text(size: int, encoding: str = "cp1251") -> Wire[str]:
    """Text of a fixed size, padded with 00. Characters outside the encoding become `?`."""

    def encode(value: str) -> bytes:
        encoded = value.encode(encoding, errors="replace")
        if len(encoded) > size:
            raise FieldError(f"text of {len(encoded)} bytes in a field of {size}")
        return encoded.ljust(size, b"\0")

    return Wire(f"{encoding} text {size}", encode, lambda cursor: _cut(cursor.take(size)).decode(encoding, "replace"))


def text_from(least: int, most: int, encoding: str = "cp1251") -> Wire[str]:
    """Text up to the end of the frame: padded with 00 to `least` bytes, at most `most`."""

    def encode(value: str) -> bytes:
        encoded = value.encode(encoding, errors="replace")
        if len(encoded) > most:
            raise FieldError(f"text of {len(encoded)} bytes, {most} allowed")
        return encoded.ljust(least, b"\0")

    return Wire(f"{encoding} text", encode, lambda cursor: _cut(cursor.rest()).decode(encoding, "replace"))


TEXT_REST = text_from(0, 250)
CP866_REST = text_from(0, 250, "cp866")


def ascii_text(size: int) -> Wire[str]:
    """ASCII of a fixed size, padded with spaces (numbers of FN, INN, RNM)."""

    def encode(value: str) -> bytes:
        if len(value) > size or not value.isascii():
            raise FieldError(f"{value!r} is not ASCII of at most {size}")
        return value.encode("ascii").ljust(size, b" ")

    return Wire(f"ascii {size}", encode, lambda cursor: _cut(cursor.take(size)).decode("ascii", "replace").strip())


def digits(size: int) -> Wire[str]:
    """A number told in exactly `size` ASCII digits; FieldError for anything else."""

    def decode(cursor: Cursor) -> str:
        piece = cursor.take(size)
        if not piece.isdigit():
            raise FieldError(f"{piece!r} is not {size} digits")
        return piece.decode("ascii")

    return Wire(f"{size} digits", ascii_text(size).encode, decode)


def bcd(size: int) -> Wire[int]:
    """Packed decimal, two digits per byte, most significant first."""

    def encode(value: int) -> bytes:
        digits = f"{value:0{2 * size}d}"
        if value < 0 or len(digits) > 2 * size:
            raise FieldError(f"{value} does not fit {2 * size} digits")
        return bytes.fromhex(digits)

    def decode(cursor: Cursor) -> int:
        digits = cursor.take(size).hex()
        if not digits.isdecimal():
            raise FieldError(f"{digits} is not packed decimal")
        return int(digits)

    return Wire(f"bcd{size}", encode, decode)


def _calendar(name: str, size: int, pack: Callable[[R], bytes], unpack: Callable[[bytes], R]) -> Wire[R | None]:
    """A date or time; None stands for zeros, and for any bytes that are no date."""

    def encode(value: R | None) -> bytes:
        return bytes(size) if value is None else pack(value)

    def decode(cursor: Cursor) -> R | None:
        piece = cursor.take(size)
        try:
            return unpack(piece)
        except ValueError:
            return None

    return Wire(name, encode, decode)


DATE_DMY: Wire[date | None] = _calendar(
    "date D M Y", 3, lambda d: bytes((d.day, d.month, d.year - 2000)), lambda b: date(2000 + b[2], b[1], b[0])
)
DATE_YMD: Wire[date | None] = _calendar(
    "date Y M D", 3, lambda d: bytes((d.year - 2000, d.month, d.day)), lambda b: date(2000 + b[0], b[1], b[2])
)
TIME_HMS: Wire[time | None] = _calendar(
    "time h m s", 3, lambda t: bytes((t.hour, t.minute, t.second)), lambda b: time(b[0], b[1], b[2])
)
STAMP_YMDHM: Wire[datetime | None] = _calendar(
    "date-time Y M D h m",
    5,
    lambda d: bytes((d.year - 2000, d.month, d.day, d.hour, d.minute)),
    lambda b: datetime(2000 + b[0], b[1], b[2], b[3], b[4]),  # noqa: DTZ001 - the device's local time has no zone
)


def optional(wire: Wire[T]) -> Wire[T | None]:
    """A trailing field that older firmware leaves out: None when the payload ends before it."""

    def decode(cursor: Cursor) -> T | None:
        return wire.decode(cursor) if cursor.left else None

    return Wire(f"{wire.name}?", lambda value: b"" if value is None else wire.encode(value), decode)


Layout = tuple[tuple[str, Wire[Any]], ...]
_LAYOUTS: dict[type, Layout] = {}


def layout(record: type) -> Layout:
    """Names and wire types of a record's attributes, in wire order."""
    known = _LAYOUTS.get(record)
    if known is None:
        hints = get_type_hints(record, include_extras=True)
        names = [field.name for field in dataclasses.fields(record)]
        known = _LAYOUTS[record] = tuple((name, _wire_of(record, name, hints[name])) for name in names)
    return known


def _wire_of(record: type, name: str, hint: object) -> Wire[Any]:
    for extra in getattr(hint, "__metadata__", ()):
        if isinstance(extra, Wire):
            return extra
    raise TypeError(f"{record.__name__}.{name} has no wire type")


def encode_record(record: object) -> bytes:
    """Bytes of a record (a dataclass with wire types). Raises FieldError when a value does not fit."""
    pieces = []
    name = ""
    try:
        for name, wire in layout(type(record)):
            value = getattr(record, name)
            if wire.uint_size and 0 <= value < 1 << 8 * wire.uint_size:  # most fields are; a sale waits for these lines
                pieces.append(value.to_bytes(wire.uint_size, "little"))
            else:
                pieces.append(wire.encode(value))
    except FieldError as error:
        raise FieldError(f"{type(record).__name__}.{name}: {error}") from error
    return b"".join(pieces)


def decode_record(record: type[R], payload: bytes) -> R:
    """A record from bytes; bytes beyond its layout are ignored. Raises FieldError when it is too short."""
    cursor = Cursor(payload)
    values = {}
    for name, wire in layout(record):
        try:
            values[name] = wire.decode(cursor)
        except FieldError as error:
            raise FieldError(f"{record.__name__}.{name}: {error}") from error
    return record(**values)
