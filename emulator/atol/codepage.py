"""Code pages of texts (protocol notes, section 5.2)."""

from __future__ import annotations

CHANGED = {0x24: "№", 0xFC: "$", 0x27: "’", 0xF0: "Ё", 0xF1: "ё", 0xF2: "€", 0xFA: "\u2011", 0xFF: "■"}
"""External code page: CP866 but for these."""

_EXTERNAL = [CHANGED.get(code, bytes((code,)).decode("cp866")) for code in range(256)]
_EXTERNAL_CODES = {letter: code for code, letter in reversed(list(enumerate(_EXTERNAL)))}

_INTERNAL = (
    {code: chr(code) for code in range(0x20, 0x7F)}
    | {place: chr(ord("А") + place) for place in range(32)}
    | {0x80 + place: chr(ord("а") + place) for place in range(32)}
    | {0x24: "№", 0xA0: "$", 0xA1: "€", 0xF0: "Ё", 0xF1: "ё"}
)
_INTERNAL_CODES = {letter: code for code, letter in _INTERNAL.items()}


def external(data: bytes) -> str:
    """Text of the external code page. Only codes from 20h on are text; the others are left out."""
    return "".join(_EXTERNAL[byte] for byte in data if byte >= 0x20)


def to_external(text: str) -> bytes:
    """Bytes of the external code page; a letter it does not have becomes `?`."""
    return bytes(_EXTERNAL_CODES.get(letter, ord("?")) for letter in text)


def internal(data: bytes) -> str:
    """Text of the internal code page, where А is 00h; unknown codes are left out."""
    return "".join(_INTERNAL.get(byte, "") for byte in data)


def to_internal(text: str) -> bytes:
    """Bytes of the internal code page; a letter it does not have becomes `?`."""
    return bytes(_INTERNAL_CODES.get(letter, ord("?")) for letter in text)
