"""Frame of the Shtrih low level protocol 2.0: ``8Fh | LEN16 | NUM16 | DATA | CRC16``, stuffed after the first byte.

Source: protocol notes, section 1.8.
"""

from __future__ import annotations

START = 0x8F
ESCAPE = 0x9F
_STUFFED = {START: b"\x9f\x81", ESCAPE: b"\x9f\x83"}
_PLAIN = {0x81: START, 0x83: ESCAPE}

NUMBERS = 0x10000


def crc16(data: bytes) -> int:
    """CRC-16/CCITT of 0..65535: polynomial 1021h, start FFFFh, no reflection, no final XOR."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc


def pack(number: int, payload: bytes = b"") -> bytes:
    """Whole frame with its number 0..65535; without a payload its length field is 2."""
    body = (len(payload) + 2).to_bytes(2, "little") + number.to_bytes(2, "little") + payload
    return framed(body)


def framed(body: bytes) -> bytes:
    """Start byte, stuffed body and stuffed check bytes."""
    whole = body + crc16(body).to_bytes(2, "little")
    return bytes((START,)) + b"".join(_STUFFED.get(byte, bytes((byte,))) for byte in whole)


class Unstuffer:
    """Turns stuffed bytes into plain ones, one at a time."""

    def __init__(self) -> None:
        self._escaped = False

    def take(self, byte: int) -> int | None:
        """The plain byte, None while half of a pair is there. ``ValueError``: a bare 8Fh or an unknown pair."""
        if self._escaped:
            self._escaped = False
            if byte not in _PLAIN:
                raise ValueError(f"9F {byte:02X} stands for nothing")
            return _PLAIN[byte]
        if byte == START:
            raise ValueError("8F inside a frame")
        self._escaped = byte == ESCAPE
        return None if self._escaped else byte
