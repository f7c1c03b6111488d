"""Switches of the front end: where models differ or the sources disagree (protocol notes, sections 1.6 to 3.5)."""

from __future__ import annotations

from dataclasses import dataclass

CUTTER = 13
DRAWER_SENSOR = 15
REVERSED_C5 = 26
LINE_BREAKS = 29
PRINT_RESULT = 34
BLOCK_LOAD = 35
ERROR_TEXT = 36
GRAPHICS_512 = 42


@dataclass(frozen=True)
class Variant:
    """How this device answers where real ones differ.

    ``capabilities``: bits of F7h (section 3.5); bit 34 also makes the answer of 10h 17 bytes long.
    ``qr``: False answers 37h to DDh and DEh, as models without 2D printing do.
    ``long_qr_answer``: newer firmware tells the size of the symbol in the answer of DEh (one source).
    ``unconfirmed_width``: bytes of the counter of FF3Fh, 2 or 4 (the sources disagree).
    ``graphics_base``: number of the first loaded graphics line, 0 or 1 by model; printing counts from 1.
    ``fonts``, ``font_heights``: what 26h tells: number of fonts, heights in dots of font 1 and of the double font 2.
    ``unsupported``: commands that this model answers 37h, for example 13h on smart-POS units.
    ``baud``: speed of the serial line; ``filler``: FFh after an ACK on network connections (section 1.6).
    """

    capabilities: frozenset[int] = frozenset(
        {CUTTER, DRAWER_SENSOR, LINE_BREAKS, PRINT_RESULT, BLOCK_LOAD, ERROR_TEXT, GRAPHICS_512}
    )
    qr: bool = True
    long_qr_answer: bool = False
    unconfirmed_width: int = 4
    graphics_base: int = 1
    fonts: int = 7
    font_heights: tuple[int, int] = (24, 45)
    unsupported: frozenset[int] = frozenset()
    protocol_version: tuple[int, int] = (1, 14)
    baud: int = 115200
    byte_timeout_ms: int = 100
    ack_timeout: float = 0.5
    filler: bool = True

    def has(self, bit: int) -> bool:
        """True when F7h reports this capability."""
        return bit in self.capabilities

    @property
    def capability_word(self) -> int:
        """The 64-bit field of F7h."""
        return sum(1 << bit for bit in self.capabilities)
