"""Frame of the Shtrih low level protocol 1.0: ``STX | N | payload (N bytes) | LRC``.

Source: protocol notes, section 1.2.
"""

from __future__ import annotations

from functools import reduce
from operator import xor

ENQ = 0x05
STX = 0x02
ACK = 0x06
NAK = 0x15
FILLER = 0xFF
"""Byte that network connections of real devices send after the ACK of an answer (section 1.6)."""

MAX_PAYLOAD = 255


def lrc(payload: bytes) -> int:
    """Check byte 0..255: XOR of the length and of every payload byte; STX is not included."""
    return reduce(xor, payload, len(payload))


def pack(payload: bytes) -> bytes:
    """Whole frame around a payload of 1..255 bytes; ``ValueError`` for any other length."""
    if not 1 <= len(payload) <= MAX_PAYLOAD:
        raise ValueError(f"a frame carries 1..{MAX_PAYLOAD} bytes, not {len(payload)}")
    return bytes((STX, len(payload))) + payload + bytes((lrc(payload),))
