"""Texts of fiscal documents: pure CP866 without a terminator (fiscal notes, section 1)."""

from __future__ import annotations

# Characters tills use that CP866 lacks -> what to write instead. № is in CP866 (0xFC) and stays.
REPLACEMENTS = str.maketrans(
    {
        "«": '"',
        "»": '"',
        "“": '"',
        "”": '"',
        "„": '"',
        "‘": "'",
        "’": "'",
        "–": "-",
        "—": "-",
        "−": "-",
        "…": "...",
        "×": "x",
        "₽": "р",
        "²": "2",
        "³": "3",
        "\u202f": " ",
        "\u2009": " ",
    }
)


def decode_text(raw: bytes) -> str:
    """Every byte is a character of CP866: nothing can fail."""
    return raw.decode("cp866")


def encode_text(text: str) -> bytes:
    """CP866 bytes; typographic characters become plain ones, anything else unknown becomes `?`."""
    return text.translate(REPLACEMENTS).encode("cp866", errors="replace")


def lost_characters(text: str) -> str:
    """Characters of `text` that CP866 cannot carry, in order, once each: what `encode_text` would change."""
    return "".join(dict.fromkeys(char for char in text if not _fits(char)))


def _fits(char: str) -> bool:
    try:
        char.encode("cp866")
    except UnicodeEncodeError:
        return False
    return True
