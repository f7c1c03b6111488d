"""Frame of the alternative low level ("protocol 2.0"), both directions.

    8Fh | LEN, 2 bytes | NUM, 2 bytes | data | CRC, 2 bytes        all little-endian

LEN counts NUM and data. 0: no number, the host asks for it. 2: a number and no data, the device has executed nothing
since power-up. After the first byte 8Fh is written 9Fh 81h and 9Fh is written 9Fh 83h. CRC: CCITT 1021h, initial
FFFFh, over LEN, NUM and data. Source: Shtrih-M protocol 2.0, alternative lower level; protocol notes, section 1.8.
"""

from __future__ import annotations

from dataclasses import dataclass

from drivers.shtrih.frame import Reading

START = 0x8F
ESCAPE = 0x9F
_STUFFED = {START: b"\x9f\x81", ESCAPE: b"\x9f\x83"}
_UNSTUFFED = {0x81: START, 0x83: ESCAPE}

NUMBER_BYTES = 2
MAX_PAYLOAD = 0xFFFF - NUMBER_BYTES
NUMBERS = 0x10000  # numbers count modulo this


def crc16(body: bytes | bytearray) -> int:
    """CRC over LEN, NUM and data, before stuffing."""
    check = 0xFFFF
    for byte in body:
        check ^= byte << 8
        for _ in range(8):
            check = (check << 1 ^ 0x1021 if check & 0x8000 else check << 1) & 0xFFFF
    return check


def _whole(body: bytes) -> bytes:
    body += crc16(body).to_bytes(2, "little")
    return bytes((START,)) + b"".join(_STUFFED.get(byte, bytes((byte,))) for byte in body)


QUESTION = _whole(b"\0\0")  # the empty frame: which number was the last?


def encode_frame2(number: int, payload: bytes) -> bytes:
    """A whole frame. Raises ValueError when the payload fits none."""
    if not 1 <= len(payload) <= MAX_PAYLOAD:
        raise ValueError(f"a frame carries 1..{MAX_PAYLOAD} bytes, not {len(payload)}")
    length = (len(payload) + NUMBER_BYTES).to_bytes(2, "little")
    return _whole(length + number.to_bytes(2, "little") + payload)


@dataclass(frozen=True)
class Frame2:
    """A frame that was read. `number` is None in an empty frame; `payload` b"" = a number alone."""

    number: int | None
    payload: bytes


class FrameReader2:
    """Collects what follows 8Fh, byte by byte; at most `limit` bytes are kept."""

    def __init__(self, limit: int = 4096) -> None:
        self._body = bytearray()
        self._escaped = False
        self._limit = limit

    def feed(self, byte: int) -> Reading:
        """Take the next byte, never 8Fh (that starts another frame). After WHOLE read `frame`."""
        if self._escaped:
            if byte not in _UNSTUFFED:
                return Reading.BROKEN
            byte, self._escaped = _UNSTUFFED[byte], False
        elif byte == ESCAPE:
            self._escaped = True
            return Reading.MORE
        self._body.append(byte)
        return self._judge()

    def _judge(self) -> Reading:
        if len(self._body) < 2:
            return Reading.MORE
        length = int.from_bytes(self._body[:2], "little")
        if length == 1 or length > self._limit:
            return Reading.BROKEN
        if len(self._body) < length + 4:
            return Reading.MORE
        check = int.from_bytes(self._body[-2:], "little")
        return Reading.WHOLE if crc16(self._body[:-2]) == check else Reading.BROKEN

    @property
    def frame(self) -> Frame2:
        """The frame after WHOLE."""
        content = bytes(self._body[2:-2])
        if not content:
            return Frame2(None, b"")
        return Frame2(int.from_bytes(content[:NUMBER_BYTES], "little"), content[NUMBER_BYTES:])
