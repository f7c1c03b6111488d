"""Parameters of a request and the numbers of an answer (protocol notes, section 3.0).

A layout is one line of ``name:size`` words in wire order. A size is bytes and a letter:

* ``sum:5d`` BCD, most significant byte first; ``page:1`` one byte; ``row:2h`` binary, high byte first;
* ``fd:4l`` binary, low byte first (what goes to the storage); ``raw:3b`` bytes; ``text:*`` all that is left;
* a ``?`` at the end: the field may be absent, and then all after it too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from emulator.atol.errors import WRONG_FORMAT, WRONG_LENGTH, CommandError


def from_bcd(raw: bytes) -> int:
    """Packed decimal digits to a number; 13h for a half byte above 9."""
    digits = raw.hex()
    if not digits.isdigit():
        raise CommandError(WRONG_FORMAT)
    return int(digits)


def bcd(value: int, size: int) -> bytes:
    """The last 2 * size decimal digits, packed, as counters of the device wrap."""
    return bytes.fromhex(f"{value % 10 ** (2 * size):0{2 * size}d}")


def le(value: int, size: int) -> bytes:
    """Binary, low byte first."""
    return value.to_bytes(size, "little")


_READ: dict[str, Callable[[bytes], int]] = {
    "d": from_bcd,
    "h": lambda raw: int.from_bytes(raw, "big"),
    "l": lambda raw: int.from_bytes(raw, "little"),
    "b": lambda raw: int.from_bytes(raw, "big"),
}


@dataclass(frozen=True)
class FieldSpec:
    """One parameter: ``size`` in bytes, None for "all that is left"."""

    name: str
    size: int | None
    form: str
    optional: bool


@cache
def layout(text: str) -> tuple[FieldSpec, ...]:
    """Parse a layout line; ``ValueError`` when a word of it is not understood."""
    return tuple(_spec(word) for word in text.split())


def _spec(word: str) -> FieldSpec:
    name, _, size = word.partition(":")
    if size == "*":
        return FieldSpec(name, None, "b", optional=True)
    optional = size.endswith("?")
    size = size.removesuffix("?")
    form = size[-1] if size[-1] in _READ else "h"
    return FieldSpec(name, int(size.removesuffix(form)), form, optional)


class Fields:
    """Decoded parameters by name. Asking for an absent optional number gives the default."""

    def __init__(self, text: str, body: bytes) -> None:
        """Cut ``body`` by the layout; a length that does not fit is refused with 14h."""
        self._values: dict[str, tuple[bytes, str]] = {}
        for spec in layout(text):
            size = len(body) if spec.size is None else spec.size
            if len(body) < size:
                if spec.optional and not body:
                    break
                raise CommandError(WRONG_LENGTH)
            self._values[spec.name] = (body[:size], spec.form)
            body = body[size:]
        if body:
            raise CommandError(WRONG_LENGTH)

    def num(self, name: str, default: int = 0) -> int:
        """The number by its form; 13h for broken BCD."""
        if name not in self._values:
            return default
        raw, form = self._values[name]
        return _READ[form](raw)

    def raw(self, name: str) -> bytes:
        """Bytes as they came; b"" when absent."""
        return self._values.get(name, (b"", "b"))[0]

    def bit(self, name: str, number: int) -> bool:
        """One bit of a flags byte."""
        return bool(self.num(name) >> number & 1)


def dmy(at: datetime) -> bytes:
    """Day, month, year - 2000, hour, minute, second, BCD."""
    return bytes.fromhex(f"{at:%d%m%y%H%M%S}")


def ymd_hms(at: datetime) -> bytes:
    """Year - 2000, month, day, hour, minute, second, BCD: the order of 3Fh."""
    return bytes.fromhex(f"{at:%y%m%d%H%M%S}")


def fn_day(day: date) -> bytes:
    """Year - 2000, month, day, binary: the storage's own form."""
    return bytes((day.year - 2000, day.month, day.day))


def fn_moment(at: datetime | None) -> bytes:
    """The same with hour and minute; zeros when there is no moment."""
    return fn_day(at) + bytes((at.hour, at.minute)) if at else bytes(5)
