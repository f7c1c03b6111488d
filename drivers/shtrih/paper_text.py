"""Text as the printer can print it, and item names as the fiscal storage can keep them: without control codes.

Source: Shtrih-M protocol 2.0: CP1251, 00 ends a text, 01..1F are not printed; inside TLV CP866.
"""

from __future__ import annotations

import unicodedata

from drivers.fiscal.cp866 import REPLACEMENTS

_REPLACED = {
    "₽": "р.",
    "−": "-",
    "×": "x",
    "✓": "+",
    "\u2009": " ",
    "\u202f": " ",
    "\u2011": "-",
    "\t": " ",
}

_IN_BOTH = frozenset(bytes(range(0x20, 0x7F)).decode("ascii")) | {
    char for char in bytes(range(0xC0, 0x100)).decode("cp1251") if char.encode("cp866")
}


def printable(text: str, columns: int) -> str:
    """At most `columns` characters, each one byte in CP1251; what it does not have is replaced, never dropped."""
    replaced = "".join(_REPLACED.get(char, char) for char in unicodedata.normalize("NFC", text))
    return "".join(_fit(char, "cp1251") for char in replaced if _is_seen(char))[:columns]


def item_name(text: str) -> str:
    """A name of FF46h: sent in CP1251, kept in CP866 (tag 1030), so only what both have. Control codes turn to spaces.

    Without it a real device decides what becomes of the quotation marks of a name. Not cut: see `seller`.
    """
    if _IN_BOTH.issuperset(text):  # nearly every name, and a sale waits for this one
        return text
    plain = unicodedata.normalize("NFC", text).translate(REPLACEMENTS)
    return "".join(_fit(char, "cp1251", "cp866") if _is_seen(char) else " " for char in plain)


def _is_seen(char: str) -> bool:
    return char >= " " and char != "\x7f"


def _fit(char: str, *encodings: str) -> str:
    """The character, its base letter without the accent, or a question mark."""
    for candidate in (char, unicodedata.normalize("NFD", char)[0]):
        if all(candidate.encode(encoding, errors="ignore") for encoding in encodings):
            return candidate
    return "?"
