"""Tag-length-value codec of fiscal documents (FFD order: TLV objects; protocol notes on 54-FZ, section 1).

`tag: u16 LE, length: u16 LE, value`. The kind of each value (string, VLN, time, nested list...) is a fact kept in
drivers/spec/ffd_tags.toml; a tag that is not there stays raw bytes. Times are local wall clock coded as if in UTC.
"""

from __future__ import annotations

import struct
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

MAX_DEPTH = 8
MICRO = 10**6
FORMS = {
    1: "Отчёт о регистрации",
    2: "Отчёт об открытии смены",
    3: "Кассовый чек",
    4: "БСО",
    5: "Отчёт о закрытии смены",
    6: "Отчёт о закрытии ФН",
    7: "Подтверждение оператора",
    11: "Отчёт об изменении параметров регистрации",
    21: "Отчёт о текущем состоянии расчётов",
    31: "Кассовый чек коррекции",
    41: "БСО коррекции",
}


class TlvError(ValueError):
    """The bytes are not whole TLVs, or a value does not fit its tag."""


def _power(places: int) -> int:
    return int(10**places)


@dataclass(frozen=True)
class Quantity:
    """FVLN: mantissa / 10**places. Compare with `same_as` (1 and 1.000 differ in bytes only)."""

    mantissa: int
    places: int

    @classmethod
    def of_micro(cls, micro: int) -> Quantity:
        """Shortest form of a quantity in millionths: 2000000 -> 2 / 10**0."""
        places = 6
        while places and micro % 10 == 0:
            micro //= 10
            places -= 1
        return cls(micro, places)

    @property
    def micro(self) -> int:
        """Millionths, digits beyond the sixth cut off."""
        return self.mantissa * MICRO // _power(self.places)

    def __str__(self) -> str:
        return str(Decimal(self.mantissa).scaleb(-self.places))

    def same_as(self, other: Quantity) -> bool:
        return self.mantissa * _power(other.places) == other.mantissa * _power(self.places)


@dataclass(frozen=True)
class Tlv:
    """One tag: `raw` is the value's bytes, `value` what they mean (`list[Tlv]` for a nested one)."""

    tag: int
    raw: bytes
    value: int | str | bytes | Quantity | datetime | list[Tlv]

    @property
    def whole(self) -> bytes:
        """Header and value."""
        return struct.pack("<HH", self.tag, len(self.raw)) + self.raw


@dataclass(frozen=True)
class TagKind:
    """How a tag is written. `length`: exact bytes, `limit`: most bytes (0: not known), `pad`: blanks up to `length`."""

    kind: str
    length: int = 0
    limit: int = 0
    pad: bool = False
    name: str = ""
    money: bool = False


UNKNOWN = TagKind("bytes")


@cache
def kinds() -> dict[int, TagKind]:
    """The table of known tags: number -> kind."""
    table = tomllib.loads(files("drivers.spec").joinpath("ffd_tags.toml").read_text("utf-8"))
    documents = {form: TagKind("stlv", name=name) for form, name in FORMS.items()}
    return documents | {int(tag): _kind(row) for tag, row in table.items() if tag.isdigit()}


def _kind(row: dict[str, Any]) -> TagKind:
    length, limit = row.get("length", 0), row.get("max", 0)
    return TagKind(row["type"], length, limit or length, row.get("pad", False), row["name"], row.get("unit") == "kop")


def decode(body: bytes, depth: int = 0) -> list[Tlv]:
    """Whole TLVs -> list in the order found. Raises TlvError on a length past the end or nesting deeper than 8."""
    if depth > MAX_DEPTH:
        raise TlvError("nesting too deep")
    found: list[Tlv] = []
    at = 0
    while at < len(body):
        if at + 4 > len(body):
            raise TlvError("a header is cut off")
        tag, size = struct.unpack_from("<HH", body, at)
        raw = body[at + 4 : at + 4 + size]
        if len(raw) != size:
            raise TlvError(f"tag {tag}: {size} bytes announced, {len(raw)} there")
        found.append(Tlv(tag, raw, _read(tag, raw, depth)))
        at += 4 + size
    return found


def _read(tag: int, raw: bytes, depth: int) -> int | str | bytes | Quantity | datetime | list[Tlv]:
    kind = kinds().get(tag, UNKNOWN).kind
    if kind == "stlv":
        return decode(raw, depth + 1)
    if kind == "string":
        return raw.decode("cp866").rstrip(" ")
    if kind in ("byte", "bits", "flag", "uint16", "uint32", "vln"):
        return int.from_bytes(raw, "little")
    if kind == "fvln":
        return Quantity(int.from_bytes(raw[1:], "little"), raw[0] if raw else 0)
    if kind == "unixtime":
        seconds = int.from_bytes(raw, "little")
        return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
    return raw


def encode(tlvs: Iterable[Tlv]) -> bytes:
    """Exactly the bytes the TLVs were read from or made of."""
    return b"".join(tlv.whole for tlv in tlvs)


def make(tag: int, value: int | str | bytes | Quantity | datetime | list[Tlv]) -> Tlv:
    """A TLV of a known tag in its shortest legal form. Raises TlvError when the value does not fit."""
    kind = kinds().get(tag)
    if kind is None:
        raise TlvError(f"tag {tag} is not in the table")
    raw = _write(tag, kind, value)
    if kind.limit and len(raw) > kind.limit:
        raise TlvError(f"tag {tag}: {len(raw)} bytes, at most {kind.limit}")
    return Tlv(tag, raw, value)


_FIXED = {"byte": 1, "flag": 1, "uint16": 2, "uint32": 4}


def _write(tag: int, kind: TagKind, value: int | str | bytes | Quantity | datetime | list[Tlv]) -> bytes:
    if isinstance(value, list):
        return encode(value)
    if isinstance(value, bytes):
        return value
    if isinstance(value, Quantity):
        return bytes([value.places]) + _vln(value.mantissa)
    if isinstance(value, datetime):
        return int(value.replace(tzinfo=UTC).timestamp()).to_bytes(4, "little")
    if isinstance(value, str):
        return value.encode("cp866", "replace").ljust(kind.length if kind.pad else 0)
    size = (kind.length or 1) if kind.kind == "bits" else _FIXED.get(kind.kind)
    try:
        return _vln(value) if size is None else value.to_bytes(size, "little")
    except OverflowError as error:
        raise TlvError(f"tag {tag}: {value} does not fit") from error


def _vln(value: int) -> bytes:
    return value.to_bytes(max(1, (value.bit_length() + 7) // 8), "little")


def first(tlvs: Iterable[Tlv], tag: int) -> Tlv | None:
    """The first TLV with this tag, or None."""
    return next((tlv for tlv in tlvs if tlv.tag == tag), None)


def number(tlvs: Iterable[Tlv], tag: int, default: int = 0) -> int:
    """The integer value of the first TLV with this tag; `default` when absent."""
    found = first(tlvs, tag)
    return found.value if found and isinstance(found.value, int) else default


def members(tlvs: Iterable[Tlv], tag: int) -> list[Tlv]:
    """What is nested in the first TLV with this tag; empty when absent."""
    found = first(tlvs, tag)
    return found.value if found and isinstance(found.value, list) else []
