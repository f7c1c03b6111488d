"""Request parameters a till sends: receipt lines, payments, tags (protocol notes, section 2.7)."""

from __future__ import annotations

from collections.abc import Mapping

NOT_GIVEN = b"\xff" * 5
"""A sum that the device computes."""
PAYMENTS = 16
NAME_BYTES = 128


def le(value: int, size: int) -> bytes:
    """Little-endian number; OverflowError when it does not fit ``size`` bytes or is negative."""
    return value.to_bytes(size, "little")


def tlv(tag: int, value: bytes) -> bytes:
    """One tag on the wire."""
    return le(tag, 2) + le(len(value), 2) + value


def item(
    kind: int = 1,
    micro: int = 1_000_000,
    price_kop: int = 10_000,
    sum_kop: int | None = None,
    rate: int = 0x08,
    department: int = 1,
    method: int = 4,
    subject: int = 1,
    name: str = "Чай",
) -> bytes:
    """Parameters of FF46h: ``kind`` 1 sale, 2 its return, 3 purchase, 4 its return; ``rate`` is the code byte."""
    total = NOT_GIVEN if sum_kop is None else le(sum_kop, 5)
    head = bytes((kind,)) + le(micro, 6) + le(price_kop, 5) + total + NOT_GIVEN
    return head + bytes((rate, department, method, subject)) + name.encode("cp1251", errors="replace")[:NAME_BYTES]


def close(paid: Mapping[int, int], tax_system: int = 1, rounding_kop: int = 0) -> bytes:
    """Parameters of FF45h: ``paid`` is kopecks by payment number 1..16 (1 cash, 2 card); no tax sums, no text."""
    sums = b"".join(le(paid.get(place, 0), 5) for place in range(1, PAYMENTS + 1))
    return sums + bytes((rounding_kop,)) + bytes(6 * 5) + bytes((tax_system,))
