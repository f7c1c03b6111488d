"""Packet of protocol 3, both directions, and the words of its task buffer.

    FEh | Len0 Len1 | Id | masked data | masked CRC

Len counts the data before masking, 7 bits a byte. CRC-8 (polynomial 31h, initial FFh, not reflected, no final XOR;
catalogue name CRC-8/NRSC-5) covers Id and the unmasked data. In data and CRC FEh travels as `FD EE`, FDh as `FD ED`;
the header is never masked, so a bare FEh always begins a packet. Source: protocol notes, section 2.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from drivers.atol import frame_v2

STX = 0xFE
ESC = 0xFD
_ESCAPED = {STX: 0xEE, ESC: 0xED}
_PLAIN = {0xEE: STX, 0xED: ESC}
MAX_DATA = (1 << 14) - 1
ASYNC_ID = 0xF0
FIRST_NUMBER, LAST_NUMBER = 0x01, 0xDE  # packet and task ids: the range every known client stays in


class Buffer(IntEnum):
    """Commands of the host to the task buffer, first data byte."""

    ADD = 0xC1  # flags, tid, task
    ACK = 0xC2  # tid
    REQ = 0xC3  # tid
    ABORT = 0xC4
    ACK_ADD = 0xC5  # tid to acknowledge, flags, tid, task; never needed


class State(IntEnum):
    """Status of the register, first data byte."""

    PENDING = 0xA1
    IN_PROGRESS = 0xA2
    RESULT = 0xA3
    ERROR = 0xA4
    STOPPED = 0xA5  # an earlier task failed, this one was not executed
    ASYNC_RESULT = 0xA6  # Id F0h alone
    ASYNC_ERROR = 0xA7
    WAITING = 0xA8
    OVERFLOW = 0xB1
    ALREADY_EXISTS = 0xB2
    NOT_FOUND = 0xB3
    ILLEGAL_VALUE = 0xB4


NEED_RESULT = 0x01
IGNORE_ERROR = 0x02


def _table() -> tuple[int, ...]:
    table = []
    for value in range(256):
        for _ in range(8):
            value = (value << 1 ^ 0x31) & 0xFF if value & 0x80 else value << 1
        table.append(value)
    return tuple(table)


_CRC = _table()


def crc8(covered: bytes | bytearray) -> int:
    """CRC-8/NRSC-5; `123456789` gives F7h."""
    check = 0xFF
    for byte in covered:
        check = _CRC[check ^ byte]
    return check


def escape(plain: bytes | bytearray) -> bytes:
    """Masked bytes for the wire."""
    masked = bytearray()
    for byte in plain:
        masked += bytes((ESC, _ESCAPED[byte])) if byte in _ESCAPED else bytes((byte,))
    return bytes(masked)


def encode_packet(number: int, data: bytes, crc_of_masked: bool = False) -> bytes:
    """A whole packet. `crc_of_masked`: see `switches`. Raises ValueError when the data is longer than 16383 bytes."""
    if len(data) > MAX_DATA:
        raise ValueError(f"a packet carries at most {MAX_DATA} bytes, not {len(data)}")
    masked = escape(data)
    check = crc8(bytes((number,)) + (masked if crc_of_masked else data))
    return bytes((STX, len(data) & 0x7F, len(data) >> 7, number)) + masked + escape(bytes((check,)))


def following(number: int) -> int:
    """The id after this one, packet or task."""
    return FIRST_NUMBER if number >= LAST_NUMBER else number + 1


@dataclass(frozen=True)
class Packet:
    """One packet as heard. `intact` is False when the CRC is wrong: then nothing of it may be believed."""

    number: int
    data: bytes
    intact: bool = True


class PacketReader:
    """Finds packets in a stream of bytes. A bare FEh restarts; a bad escape or header hunts for the next FEh."""

    def __init__(self, crc_of_masked: bool = False) -> None:
        self._crc_of_masked = crc_of_masked
        self._header: bytearray | None = None  # None: hunting
        self._body = bytearray()
        self._escaped = False
        self.skipped = 0  # bytes that belonged to no packet

    def feed(self, byte: int) -> Packet | None:
        """Take the next byte; a packet when it ended one."""
        if byte == STX:
            self._header, self._escaped = bytearray(), False
            self._body.clear()
            return None
        if self._header is None:
            self.skipped += 1
            return None
        if len(self._header) < 3:
            self._take_header(self._header, byte)
            return None
        if self._escaped:
            self._escaped = False
            if byte not in _PLAIN:
                self._hunt()
                return None
            self._body.append(_PLAIN[byte])
        elif byte == ESC:
            self._escaped = True
            return None
        else:
            self._body.append(byte)
        return self._whole(self._header)

    def _take_header(self, header: bytearray, byte: int) -> None:
        if byte == ESC or (len(header) < 2 and byte > 0x7F):
            self._hunt()
        else:
            header.append(byte)

    def _hunt(self) -> None:
        self.skipped += 1
        self._header = None

    def _whole(self, header: bytearray) -> Packet | None:
        length = header[0] | header[1] << 7
        if len(self._body) <= length:
            return None
        data, check = bytes(self._body[:length]), self._body[length]
        covered = escape(data) if self._crc_of_masked else data
        self._header = None
        return Packet(header[2], data, crc8(bytes((header[2],)) + covered) == check)


def password_bytes(written: bytes) -> frozenset[int]:
    """Indexes to hide in a trace of a written packet: everything after the tid of an Add, when it carries passwords.

    The access password stands first; entering a mode (56h) adds another. The CRC would betray them. A frame of protocol
    2 is known by its STX: both are written on a line whose protocol is still to be found.
    """
    if written[:1] == bytes((frame_v2.STX,)):
        return frame_v2.password_bytes(written)
    if len(written) < 10 or written[0] != STX or written[4] != Buffer.ADD:
        return frozenset()
    hidden = {7, 8, len(written) - 1, len(written) - 2 if written[-2] == ESC else len(written) - 1}
    if written[9] == 0x56:
        hidden |= set(range(11, len(written)))
    return frozenset(hidden)
