"""Text for paper and item names: the register's external code page, CP866 with a few changes.

24h is №, FCh is $, 27h is ’, F2h is €, FAh a non-breaking hyphen, FFh ■ (F2h, FAh: two sources, FFh one). TLV
strings are plain CP866. Source: protocol notes, section 5.2.
"""

from __future__ import annotations

import unicodedata

from drivers.fiscal.cp866 import REPLACEMENTS

DOUBLE = 0x09  # before a character: double width (one source)
_MOVED = {"№": 0x24, "$": 0xFC, "’": 0x27, "'": 0x27, "€": 0xF2, "\u2011": 0xFA, "■": 0xFF}
_BACK = {0x24: "№", 0xFC: "$", 0x27: "’", 0xF2: "€", 0xFA: "\u2011", 0xFF: "■"}
_TAKEN = frozenset({0xF2, 0xFA, 0xFC, 0xFF})  # what CP866 has there cannot be written
_REPLACED = {"₽": "р.", "✓": "+", "\t": " ", "\u00a0": " "}
FIRST_PRINTABLE = 0x20
_INTERNAL = {
    **{chr(code): code for code in range(FIRST_PRINTABLE, 0x7F) if code != 0x24},
    **{chr(ord("А") + place): place for place in range(32)},
    **{chr(ord("а") + place): 0x80 + place for place in range(32)},
    "№": 0x24,
    "$": 0xA0,
    "€": 0xA1,
    "Ё": 0xF0,
    "ё": 0xF1,
}
_INTERNAL_BACK = {code: char for char, code in _INTERNAL.items()}


def encode_text(text: str) -> bytes:
    """One byte for each character; what the page lacks becomes its base letter, a plain sign, or `?`."""
    plain = "".join(_REPLACED.get(char, char) for char in unicodedata.normalize("NFC", text))
    return bytes(byte for char in plain for byte in _bytes(char))


def decode_text(raw: bytes) -> str:
    """Every byte is a character."""
    return "".join(_BACK.get(byte) or bytes((byte,)).decode("cp866") for byte in raw)


def encode_internal(text: str) -> bytes:
    """The page of some table texts (switch `internal_tables`): А = 00h, а = 80h; what it lacks becomes `?`."""
    return bytes(_INTERNAL.get(char, 0x3F) for char in unicodedata.normalize("NFC", text))


def decode_internal(raw: bytes) -> str:
    """Bytes without a character become `?`."""
    return "".join(_INTERNAL_BACK.get(byte, "?") for byte in raw)


def double_width(line: bytes) -> bytes:
    """The same line in double width."""
    return bytes(value for byte in line for value in (DOUBLE, byte))


def _bytes(char: str) -> bytes:
    if char in _MOVED:
        return bytes((_MOVED[char],))
    if char < " " or char == "\x7f":
        return b" "
    for candidate in (char, char.translate(REPLACEMENTS), unicodedata.normalize("NFD", char)[0]):
        raw = candidate.encode("cp866", errors="ignore")
        if len(raw) == len(candidate) and not _TAKEN & set(raw):
            return raw
    return b"?"
