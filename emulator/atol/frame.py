"""Frames of the ATOL link layer 2 (protocol notes, section 1.1): STX, masked data, ETX, check byte."""

from __future__ import annotations

from functools import reduce
from operator import xor

STX, ETX, EOT, ENQ, ACK, DLE, NAK = 0x02, 0x03, 0x04, 0x05, 0x06, 0x10, 0x15


def check_byte(body: bytes) -> int:
    """XOR of all bytes after STX up to and with ETX, masking bytes included."""
    return reduce(xor, body, 0)


def pack(data: bytes) -> bytes:
    """A whole frame. Inside data every 10h and 03h gets a 10h in front of it; the check byte is never masked."""
    masked = bytearray()
    for byte in data:
        if byte in (DLE, ETX):
            masked.append(DLE)
        masked.append(byte)
    body = bytes(masked) + bytes((ETX,))
    return bytes((STX,)) + body + bytes((check_byte(body),))


class FrameReader:
    """Collects the bytes after STX. `feed` one byte at a time until `done`; then `data` and `right` are set."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.done = False
        self.right = False
        self._check = 0
        self._masked = False
        self._ended = False

    def feed(self, byte: int) -> None:
        """One more byte: a masked one is data whatever it is, the first bare ETX ends the data, then the check byte."""
        if self._ended:
            self.done, self.right = True, byte == self._check
            return
        self._check ^= byte
        if self._masked:
            self._masked = False
            self.data.append(byte)
        elif byte == DLE:
            self._masked = True
        elif byte == ETX:
            self._ended = True
        else:
            self.data.append(byte)
