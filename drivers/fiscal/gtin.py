"""GTIN of a receipt line as a 14-digit string, from the product code tags 1162 and 1163.

Source: fiscal notes, section 2.4 (1162: 44 4D, 6-byte GTIN big-endian, serial; 1163: one child by code kind).
"""

from __future__ import annotations

from drivers.fiscal.tlv import Tag

GTIN_DIGITS = 14
_DATA_MATRIX = b"\x44\x4d"
_PLAIN = (1301, 1302, 1303)  # EAN-8, EAN-13, ITF-14
_GS1 = (1304, 1305)  # application identifier 01, then 14 digits
_MARKED = (1305, 1306, 1307, 1308, 1309)


def gtin(item: tuple[Tag, ...]) -> str:
    """14 digits, or "" when the line has no product code or its code carries none."""
    for tag in item:
        found = ""
        if tag.tag == 1162:
            found = _from_bytes(tag.raw)
        elif tag.tag == 1163:
            found = next(filter(None, map(_from_child, tag.tags)), "")
        if found:
            return found
    return ""


def product_code(item: tuple[Tag, ...]) -> bytes:
    """The whole code of the line, number of its kind included, for telling two codes apart; b"" = none."""
    for tag in item:
        if tag.tag == 1162:
            return tag.raw
        if tag.tag == 1163 and tag.tags:
            return tag.raw
    return b""


def is_unique_code(item: tuple[Tag, ...]) -> bool:
    """True when the code names one piece (a marking code) and not the kind of goods."""
    for tag in item:
        if tag.tag == 1162:
            return tag.raw[:2] == _DATA_MATRIX and len(tag.raw) > 8
        if tag.tag == 1163:
            return any(child.tag in _MARKED for child in tag.tags)
    return False


def _from_bytes(raw: bytes) -> str:
    if raw[:2] != _DATA_MATRIX or len(raw) < 8:
        return ""
    number = int.from_bytes(raw[2:8], "big")
    return f"{number:014d}" if number < 10**GTIN_DIGITS else ""


def _from_child(child: Tag) -> str:
    text = child.value if isinstance(child.value, str) else ""
    if child.tag in _PLAIN:
        digits = text
    elif child.tag in _GS1 and text.startswith("01"):
        digits = text[2 : 2 + GTIN_DIGITS]
        if len(digits) != GTIN_DIGITS:
            return ""
    else:
        return ""
    return digits.zfill(GTIN_DIGITS) if digits.isascii() and digits.isdigit() else ""
