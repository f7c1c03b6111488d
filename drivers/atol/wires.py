"""Wire types that only ATOL registers use: packed dates, numbers with the high byte first, text of their code page.

Packed decimal has its most significant byte first; FN data (A4h) are little-endian and in `drivers.fields`.
Source: protocol notes, sections 3.0, 3.6 and 5.2.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time

from drivers.atol.code_page import FIRST_PRINTABLE
from drivers.fields import Cursor, FieldError, Wire, bcd

THOUSANDTHS = 1000  # millionths in one

U16BE: Wire[int] = Wire(
    "u16, high byte first",
    lambda value: _high_first(value, 2),
    lambda cursor: int.from_bytes(cursor.take(2), "big"),
)
KOP5, KOP6, KOP7 = bcd(5), bcd(6), bcd(7)


def order_of_two(value: int, high_first: bool) -> int:
    """A number for U16BE that arrives in the other order: some fields' order has no source (`switches`)."""
    return value if high_first else int.from_bytes(value.to_bytes(2, "little"), "big")


def _high_first(value: int, size: int) -> bytes:
    try:
        return value.to_bytes(size, "big")
    except OverflowError as error:
        raise FieldError(f"{value} does not fit {size} bytes") from error


def _quantity() -> Wire[int]:
    """Millionths for us, packed thousandths on the wire: finer quantities do not fit."""
    thousandths = bcd(5)

    def encode(micro: int) -> bytes:
        if micro % THOUSANDTHS:
            raise FieldError(f"quantity {micro} millionths is finer than thousandths")
        return thousandths.encode(micro // THOUSANDTHS)

    return Wire("thousandths, bcd5", encode, lambda cursor: thousandths.decode(cursor) * THOUSANDTHS)


QUANTITY = _quantity()


def _two(raw: bytes) -> list[int]:
    """Packed bytes as numbers 0..99; ValueError when a digit is none."""
    digits = raw.hex()
    if not digits.isdecimal():
        raise ValueError(f"{digits} is not packed decimal")
    return [int(digits[at : at + 2]) for at in range(0, len(digits), 2)]


def _pack(*numbers: int) -> bytes:
    return bytes.fromhex("".join(f"{number % 100:02d}" for number in numbers))


def _moment(
    name: str, size: int, pack: Callable[[datetime], bytes], build: Callable[[list[int]], datetime]
) -> Wire[datetime | None]:
    """A packed local time; None stands for zeros and for anything that is no date."""

    def decode(cursor: Cursor) -> datetime | None:
        raw = cursor.take(size)
        try:
            return build(_two(raw))
        except ValueError:
            return None

    return Wire(name, lambda value: bytes(size) if value is None else pack(value), decode)


def _at(year: int, month: int, day: int, hour: int, minute: int, second: int = 0) -> datetime:
    return datetime.combine(date(2000 + year, month, day), time(hour, minute, second))


STAMP_YMDHMS = _moment(
    "packed Y M D h m s",
    6,
    lambda at: _pack(at.year, at.month, at.day, at.hour, at.minute, at.second),
    lambda n: _at(*n),
)
STAMP_DMYHM = _moment(
    "packed D M Y h m",
    5,
    lambda at: _pack(at.day, at.month, at.year, at.hour, at.minute),
    lambda n: _at(n[2], n[1], n[0], *n[3:]),
)
STAMP_DMYHMS = _moment(
    "packed D M Y h m s",
    6,
    lambda at: _pack(at.day, at.month, at.year, at.hour, at.minute, at.second),
    lambda n: _at(n[2], n[1], n[0], *n[3:]),
)


def item_name(most: int) -> Wire[bytes]:
    """An item's name as `code_page` made it, up to the end of the frame, no terminator."""

    def encode(value: bytes) -> bytes:
        if len(value) > most or any(byte < FIRST_PRINTABLE for byte in value):
            raise FieldError(f"a name of {len(value)} bytes, {most} allowed, from 20h on")
        return value

    return Wire("name", encode, Cursor.rest)


def printed_line(most: int) -> Wire[bytes]:
    """Bytes of a line as `code_page` made them: a line may hold 09h before characters."""

    def encode(value: bytes) -> bytes:
        if len(value) > most or any(byte < FIRST_PRINTABLE and byte != 0x09 for byte in value):
            raise FieldError(f"a line of {len(value)} bytes, {most} allowed, from 20h on")
        return value

    return Wire("line", encode, Cursor.rest)


def cp866_name() -> Wire[str]:
    """A model name up to the end of the answer, plain CP866."""
    return Wire(
        "cp866",
        lambda value: value.encode("cp866", "replace"),
        lambda cursor: cursor.rest().split(b"\0", 1)[0].decode("cp866").strip(),
    )
