"""Packets of the ATOL transport 3 (protocol notes, section 2.1): FEh, length, id, masked data, masked CRC-8."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

START, ESCAPE = 0xFE, 0xFD
ESCAPED = {START: 0xEE, ESCAPE: 0xED}
UNESCAPED = {after: byte for byte, after in ESCAPED.items()}
ASYNC_ID = 0xF0
POLYNOMIAL = 0x31
MOST_DATA = 0x3FFF


@cache
def _crc_of(byte: int) -> int:
    for _ in range(8):
        byte = (byte << 1 ^ POLYNOMIAL if byte & 0x80 else byte << 1) & 0xFF
    return byte


def crc8(data: bytes) -> int:
    """CRC-8/NRSC-5: polynomial 31h, start FFh, not reflected (F7h for "123456789")."""
    crc = 0xFF
    for byte in data:
        crc = _crc_of(crc ^ byte)
    return crc


def mask(data: bytes) -> bytes:
    """FEh becomes FD EE, FDh becomes FD ED."""
    out = bytearray()
    for byte in data:
        out += bytes((ESCAPE, ESCAPED[byte])) if byte in ESCAPED else bytes((byte,))
    return bytes(out)


@dataclass(frozen=True)
class Packet:
    """What a packet carries; `data` is empty in a request to repeat."""

    id: int
    data: bytes

    def crc(self, masked: bool = False) -> int:
        """Over the id and the data before masking; `masked`: over masked data, as one client does [conflict]."""
        return crc8(bytes((self.id,)) + (mask(self.data) if masked else self.data))

    def pack(self, masked_crc: bool = False) -> bytes:
        """The packet's bytes. The length counts unmasked data; the header is never masked, the CRC byte is."""
        size = len(self.data)
        head = bytes((START, size & 0x7F, size >> 7, self.id))
        return head + mask(self.data + bytes((self.crc(masked_crc),)))


@dataclass(frozen=True)
class Received:
    """A packet that came, its CRC byte and whether that is right."""

    packet: Packet
    crc: int

    def right(self, masked_crc: bool = False) -> bool:
        """The CRC is that of the packet."""
        return self.crc == self.packet.crc(masked_crc)


class PacketReader:
    """Finds packets in a stream cut anyhow: a bare FEh always starts one, any other breach waits for the next FEh.

    `limit`: longest data this side takes, bytes.
    """

    def __init__(self, limit: int = MOST_DATA) -> None:
        self._limit = limit
        self._inside = False
        self._head = bytearray()
        self._body = bytearray()
        self._escaped = False

    def feed(self, byte: int) -> Received | None:
        """One more byte; returns the packet it completes."""
        if byte == START:
            self._begin()
            return None
        if not self._inside:
            return None
        if len(self._head) < 3:
            self._header(byte)
            return None
        return self._collect(byte)

    def forget(self) -> None:
        """Wait for the next FEh."""
        self._inside = False

    def _begin(self) -> None:
        self._inside, self._escaped = True, False
        self._head, self._body = bytearray(), bytearray()

    def _header(self, byte: int) -> None:
        length_byte = len(self._head) < 2
        self._head.append(byte)
        if byte == ESCAPE or (length_byte and byte > 0x7F) or self._size > self._limit:
            self.forget()

    @property
    def _size(self) -> int:
        return self._head[0] | (self._head[1] << 7 if len(self._head) > 1 else 0)

    def _collect(self, byte: int) -> Received | None:
        if self._escaped:
            self._escaped = False
            if byte not in UNESCAPED:
                self.forget()
                return None
            byte = UNESCAPED[byte]
        elif byte == ESCAPE:
            self._escaped = True
            return None
        if len(self._body) < self._size:
            self._body.append(byte)
            return None
        self.forget()
        return Received(Packet(self._head[2], bytes(self._body)), byte)
