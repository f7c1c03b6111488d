"""Frame of protocol 2, both directions.

    STX 02h | masked data | ETX 03h | CRC

Inside the data 10h travels as `10 10` and 03h as `10 03`; nothing else is masked. CRC is the XOR of every byte after
STX up to and including ETX, masking bytes included; it is never masked and may equal any control byte.
Source: protocol notes, section 1.1.
"""

from __future__ import annotations

from enum import Enum

STX = 0x02
ETX = 0x03
EOT = 0x04
ENQ = 0x05
ACK = 0x06
DLE = 0x10
NAK = 0x15

MAX_DATA = 255  # bytes before masking, password and command included (one source)
MAX_ANSWER = 1024  # taken of one frame before it is called broken


def _xor(body: bytes | bytearray) -> int:
    check = 0
    for byte in body:
        check ^= byte
    return check


def encode_frame(data: bytes) -> bytes:
    """A whole frame. Raises ValueError when there are not 1..255 bytes of data."""
    if not 1 <= len(data) <= MAX_DATA:
        raise ValueError(f"a frame carries 1..{MAX_DATA} bytes, not {len(data)}")
    body = bytearray()
    for byte in data:
        if byte in (DLE, ETX):
            body.append(DLE)
        body.append(byte)
    body.append(ETX)
    return bytes((STX, *body, _xor(body)))


class Reading(Enum):
    """What a byte did to the frame being read."""

    MORE = "more"
    WHOLE = "whole"
    BROKEN = "broken"  # wrong CRC, no data
    TOO_LONG = "too_long"


class FrameReader:
    """Collects what follows STX, byte by byte."""

    def __init__(self) -> None:
        self._body = bytearray()
        self._data = bytearray()
        self._masked = False
        self._ended = False

    @property
    def payload(self) -> bytes:
        """The data after WHOLE, unmasked."""
        return bytes(self._data)

    def feed(self, byte: int) -> Reading:
        """Take the next byte. A masked byte is data whatever its value; one byte after the bare ETX is the CRC."""
        if self._ended:
            return Reading.WHOLE if self._data and _xor(self._body) == byte else Reading.BROKEN
        self._body.append(byte)
        if self._masked:
            self._masked = False
            self._data.append(byte)
        elif byte == DLE:
            self._masked = True
        elif byte == ETX:
            self._ended = True
        else:
            self._data.append(byte)
        return Reading.TOO_LONG if len(self._body) > MAX_ANSWER else Reading.MORE


def password_bytes(written: bytes) -> frozenset[int]:
    """Indexes to hide in a trace of a written frame: passwords, and the CRC that would betray them."""
    if len(written) < 6 or written[0] != STX:
        return frozenset()
    hidden, unmasked, masked = {len(written) - 1}, 0, False
    enters_mode = False
    for index, byte in enumerate(written[1:-2], 1):
        if byte == DLE and not masked:
            masked = True
            continue
        masked = False
        enters_mode = enters_mode or (unmasked == 2 and byte == 0x56)
        if unmasked < 2 or (enters_mode and unmasked > 3):
            hidden.add(index)
        unmasked += 1
    return frozenset(hidden)
