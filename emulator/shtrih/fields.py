"""Parameters of a request and the little-endian numbers of an answer.

A layout is one line of ``name:size`` words in wire order (protocol notes, section 2):

* ``lines:1``: an unsigned little-endian number of so many bytes;
* ``date:3b``: so many raw bytes;
* ``text:*``: raw bytes, all that are left (may be none);
* a ``?`` after a size: the field may be absent, and then everything after it too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from emulator.shtrih.errors import WRONG_LENGTH, CommandError


@dataclass(frozen=True)
class FieldSpec:
    """One parameter: ``size`` in bytes, None for "all that is left"."""

    name: str
    size: int | None
    raw: bool
    optional: bool


@cache
def layout(text: str) -> tuple[FieldSpec, ...]:
    """Parse a layout line; ``ValueError`` when a word of it is not understood."""
    return tuple(_spec(word) for word in text.split())


def _spec(word: str) -> FieldSpec:
    name, _, size = word.partition(":")
    if size == "*":
        return FieldSpec(name, None, raw=True, optional=True)
    optional = size.endswith("?")
    size = size.removesuffix("?")
    raw = size.endswith("b")
    return FieldSpec(name, int(size.removesuffix("b")), raw, optional)


class Fields:
    """Decoded parameters by name. Asking for an absent optional number gives the default."""

    def __init__(self, text: str, body: bytes) -> None:
        """Cut ``body`` by the layout; a length that does not fit is refused with 7Eh."""
        self._values: dict[str, bytes] = {}
        for spec in layout(text):
            size = len(body) if spec.size is None else spec.size
            if len(body) < size:
                if spec.optional and not body:
                    break
                raise CommandError(WRONG_LENGTH)
            self._values[spec.name], body = body[:size], body[size:]
        if body:
            raise CommandError(WRONG_LENGTH)

    def num(self, name: str, default: int = 0) -> int:
        """Unsigned little-endian number."""
        return int.from_bytes(self._values[name], "little") if name in self._values else default

    def raw(self, name: str) -> bytes:
        """Bytes as they came; b"" when absent."""
        return self._values.get(name, b"")

    def text(self, name: str) -> str:
        """CP1251 text up to the first zero, without codes 01h..1Fh (section 6.2)."""
        return printable(self.raw(name))

    def all_ones(self, name: str) -> bool:
        """True when every byte is FFh, the mark of "not given"."""
        return all(byte == 0xFF for byte in self.raw(name))


def printable(raw: bytes) -> str:
    """CP1251 text up to the first zero; control codes other than 0Ah are not printed."""
    visible = bytes(byte for byte in raw.split(b"\0", 1)[0] if byte >= 0x20 or byte == 0x0A)
    return visible.decode("cp1251", errors="replace")


def le(value: int, size: int) -> bytes:
    """Unsigned little-endian number cut to ``size`` bytes, as counters of the device wrap."""
    return (value & ((1 << (8 * size)) - 1)).to_bytes(size, "little")


def fixed(text: str, size: int) -> bytes:
    """CP1251 text padded with zeros to ``size`` bytes."""
    return text.encode("cp1251", errors="replace")[:size].ljust(size, b"\0")


def ascii_padded(text: str, size: int) -> bytes:
    """ASCII text padded with spaces, the form of INN and registration number in FN answers."""
    return text.encode("ascii", errors="replace")[:size].ljust(size, b" ")


def dmy(day: date) -> bytes:
    """Date of base commands: day, month, year - 2000."""
    return bytes((day.day, day.month, day.year - 2000))


def ymd(day: date) -> bytes:
    """Date of FN commands: year - 2000, month, day."""
    return bytes((day.year - 2000, day.month, day.day))


def fn_moment(at: datetime) -> bytes:
    """Date-time of FN commands: year - 2000, month, day, hour, minute."""
    return ymd(at) + bytes((at.hour, at.minute))
