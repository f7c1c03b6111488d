"""Text as the printer can print it: CP1251 without control codes.

Source: Shtrih-M protocol 2.0: 00 ends a line, 01..1F are not printed.
"""

from __future__ import annotations

import unicodedata

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


def printable(text: str, columns: int) -> str:
    """At most `columns` characters, each one byte in CP1251; what it does not have is replaced, never dropped."""
    replaced = "".join(_REPLACED.get(char, char) for char in unicodedata.normalize("NFC", text))
    return "".join(_fit(char) for char in replaced if char >= " " and char != "\x7f")[:columns]


def _fit(char: str) -> str:
    """The character, its base letter without the accent, or a question mark."""
    for candidate in (char, unicodedata.normalize("NFD", char)[0]):
        if candidate.encode("cp1251", errors="ignore"):
            return candidate
    return "?"
