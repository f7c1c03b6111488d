"""Frame of the standard low level ("protocol 1.0"), both directions.

    STX 02h | N | payload, N bytes | LRC

N is 1..255 and counts the payload alone; LRC is the XOR of N and all payload bytes.
Source: Shtrih-M protocol 2.0, chapter on the lower level; protocol notes, section 1.2.
"""

from __future__ import annotations

from enum import Enum
from functools import reduce
from operator import xor

ENQ = 0x05
STX = 0x02
ACK = 0x06
NAK = 0x15
FILLER = 0xFF  # sent by the device on TCP and Bluetooth after our ACK (protocol notes, section 1.6)

MAX_PAYLOAD = 255


def lrc(body: bytes | bytearray) -> int:
    """XOR of all bytes; `body` is N and the payload."""
    return reduce(xor, body, 0)


def encode_frame(payload: bytes) -> bytes:
    """A whole frame. Raises ValueError when the payload is not 1..255 bytes."""
    if not 1 <= len(payload) <= MAX_PAYLOAD:
        raise ValueError(f"a frame carries 1..{MAX_PAYLOAD} bytes, not {len(payload)}")
    body = bytes((len(payload),)) + payload
    return bytes((STX,)) + body + bytes((lrc(body),))


class Reading(Enum):
    """What a byte did to the frame being read."""

    MORE = "more"
    WHOLE = "whole"
    BROKEN = "broken"


class FrameReader:
    """Collects what follows STX, byte by byte; at most 257 bytes are kept."""

    def __init__(self) -> None:
        self._body = bytearray()

    def feed(self, byte: int) -> Reading:
        """Take the next byte, as `fill`."""
        return self.fill(bytearray((byte,)))

    def fill(self, inbox: bytearray) -> Reading:
        """Take from the start of `inbox`, which is not empty, what the frame still wants; the rest stays there.

        After WHOLE read `payload`; BROKEN is a zero length or a wrong LRC.
        """
        body = self._body
        if not body:
            body.append(inbox.pop(0))
        length = body[0]
        if length == 0:
            return Reading.BROKEN
        wanted = length + 2 - len(body)
        body += inbox[:wanted]
        del inbox[:wanted]
        if len(body) < length + 2:
            return Reading.MORE
        return Reading.WHOLE if lrc(body) == 0 else Reading.BROKEN

    @property
    def payload(self) -> bytes:
        """The payload after WHOLE."""
        return bytes(self._body[1:-1])


def code_length(payload: bytes) -> int:
    """Bytes of the command code at the start of a payload: FF commands have two."""
    return 2 if payload[0] == FILLER and len(payload) > 1 else 1


def answers(request: bytes, reply: bytes) -> bool:
    """True when `reply` echoes the command code of `request`.

    A device may answer an FF command it does not know with `FF error`, two bytes
    (protocol notes, section 2, notation).
    """
    size = code_length(request)
    if size == 2 and len(reply) == 2 and reply[0] == FILLER:
        return True
    return len(reply) > size and reply[:size] == request[:size]


NO_PASSWORD_CODES = frozenset({0xFC, 0xF7, 0x6B})


def password_bytes(written: bytes) -> frozenset[int]:
    """Indexes to hide in a trace of a written frame: the password, and the LRC that would betray it."""
    if written[:1] == b"\x8f":
        return _password_bytes_2(written)
    if len(written) < 8 or written[0] != STX or written[2] in NO_PASSWORD_CODES:
        return frozenset()
    start = 2 + code_length(written[2:])
    return frozenset({*range(start, start + 4), len(written) - 1})


def _password_bytes_2(written: bytes) -> frozenset[int]:
    """The same in a frame of protocol 2.0: bytes may be stuffed, so positions are counted along the way."""
    places: list[list[int]] = []  # of each byte of LEN, NUM, data and CRC
    for at in range(1, len(written)):
        if places and written[at - 1] == 0x9F and len(places[-1]) == 1:
            places[-1].append(at)
        else:
            places.append([at])
    content = bytes(written[where[0]] for where in places)
    if len(content) < 11 or content[4] in NO_PASSWORD_CODES:
        return frozenset()
    start = 4 + code_length(content[4:])
    return frozenset(at for where in (*places[start : start + 4], *places[-2:]) for at in where)
