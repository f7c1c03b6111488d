"""Tap mode on a Shtrih-M line: listening to the till's exchanges, and answering for a device that is busy.

Source: protocol notes, sections 1.2 to 1.4 (link states of the device), 2 (commands), 3.4 (50h: printing).
"""

from __future__ import annotations

from drivers.shtrih.errors import PRINTING
from drivers.shtrih.frame import ACK, ENQ, FILLER, NAK, STX, FrameReader, Reading, code_length, encode_frame
from drivers.tap.side import Side

QUIET_S = 0.05  # between two exchanges of one sequence a till pauses for less
READOUT_S = 2.0  # a readout that is not gone on with for so long is over
LIMIT = 4096

SHORT_STATUS, FULL_STATUS = b"\x10", b"\x11"
MODE_AT = {SHORT_STATUS: 5, FULL_STATUS: 15}  # offset of the mode byte in the answer (2.1)
OPENS = frozenset({b"\x8d", b"\x80", b"\x81", b"\x82", b"\x83", b"\xff\x46", b"\xff\x0d", b"\xff\x35"})
CLOSES = frozenset({b"\x85", b"\x88", b"\xff\x45", b"\xff\x36", b"\xff\x4a", b"\xff\x08"})
REQUEST_TLV, READ_TLV = b"\xff\x3a", b"\xff\x3b"
DOCUMENT_MODE = 8
HARMLESS = frozenset(  # questions that disturb neither a print nor a readout
    {b"\x10", b"\x11", b"\x1a", b"\x1b", b"\x1f", b"\x26", b"\x2d", b"\x2e", b"\x15", b"\xf7", b"\xfc"}
    | {bytes((0xFF, second)) for second in (0x01, 0x02, 0x03, 0x04, 0x09, 0x0A, 0x39, 0x3F, 0x40)}
)


def _code(payload: bytes) -> bytes:
    return payload[: code_length(payload)] if payload else b""


class ShtrihEar:
    """`Ear` for protocol 1.0. What it does not know for certain counts as "not now"."""

    def __init__(self) -> None:
        self._till, self._device = Side(STX, FrameReader), Side(STX, FrameReader)
        self._last = self._last_harmful = 0.0
        self._asked = False  # ENQ or a command without its end
        self._answer_waits = False  # the device holds an answer that nobody acknowledged
        self._receipt_open = False
        self._reading_since: float | None = None

    def heard(self, from_till: bool, data: bytes, now: float) -> None:
        self._last = now
        for one in (self._till if from_till else self._device).split(data):
            if from_till:
                self._of_till(one, now)
            else:
                self._of_device(one, now)

    def between_exchanges(self, now: float) -> bool:
        return not (self._asked or self._answer_waits or self._till.inside or self._device.inside)

    def at_rest(self, now: float, quiet_s: float) -> bool:
        reading = self._reading_since is not None and now - self._reading_since < READOUT_S
        if reading or self._receipt_open or not self.between_exchanges(now):
            return False
        return now - self._last >= QUIET_S and now - self._last_harmful >= quiet_s

    def _of_till(self, one: int | bytes, now: float) -> None:
        if isinstance(one, bytes):
            self._asked = True
            if _code(one) not in HARMLESS:
                self._last_harmful = now
        elif one == ENQ:
            self._asked = True
        elif one == ACK:
            self._asked = self._answer_waits = False

    def _of_device(self, one: int | bytes, now: float) -> None:
        if isinstance(one, bytes):
            self._answer_waits = True
            self._answered(one, now)
        elif one == NAK:  # idle: nothing is stored, and a rejected frame was not executed
            self._asked = self._answer_waits = False

    def _answered(self, payload: bytes, now: float) -> None:
        code = _code(payload)
        result = payload[len(code)] if len(payload) > len(code) else 1
        if code in MODE_AT and result == 0 and len(payload) > MODE_AT[code]:
            self._receipt_open = payload[MODE_AT[code]] & 0x0F == DOCUMENT_MODE
        elif code in OPENS and result == 0:
            self._receipt_open = True
        elif code in CLOSES and result == 0:
            self._receipt_open = False
        goes_on = code == READ_TLV and result == 0 and len(payload) > len(code) + 1
        begins = code == REQUEST_TLV and result == 0
        self._reading_since = now if begins or (goes_on and self._reading_since is not None) else None


class ShtrihStandIn:
    """`StandIn` for protocol 1.0: ENQ is answered "idle", a command is kept, or refused with 50h."""

    def __init__(self) -> None:
        self._frame = bytearray()  # STX and what followed, whole or not
        self._payload: bytes | None = None
        self._stored: bytes | None = None  # our refusal, until it is acknowledged

    def feed(self, data: bytes) -> bytes:
        told = bytearray()
        for byte in data:
            if self._stored is not None:
                told += self._acknowledging(byte)
            elif self._frame and self._payload is None:
                told += self._inside(byte)
            elif self._payload is None:
                told += self._idle(byte)
            # a byte after a whole command: the device, executing, would not hear it
        return bytes(told)

    def waiting(self) -> bool:
        return self._payload is not None

    def harmless(self) -> bool:
        return self._payload is not None and _code(self._payload) in HARMLESS

    def refuse(self) -> bytes:
        payload = self._payload or b""
        self._stored = encode_frame(_code(payload) + bytes((PRINTING,)))
        self._frame.clear()
        self._payload = None
        return bytes((ACK,)) + self._stored

    def talking(self) -> bool:
        return self._stored is not None

    def hand_over(self) -> bytes:
        held, self._payload, self._stored = bytes(self._frame), None, None
        self._frame.clear()
        return held

    def _idle(self, byte: int) -> bytes:
        if byte == STX:
            self._frame.append(byte)
            self._reader = FrameReader()
            return b""
        return bytes((NAK,)) if byte != FILLER else b""

    def _inside(self, byte: int) -> bytes:
        self._frame.append(byte)
        reading = self._reader.feed(byte)
        if reading is Reading.WHOLE:
            self._payload = self._reader.payload
        elif reading is Reading.BROKEN:
            self._frame.clear()
            return bytes((NAK,))
        return b""

    def _acknowledging(self, byte: int) -> bytes:
        """The device after its answer: ACK ends it, ENQ asks for it again, all else is not heard (1.4)."""
        if byte == ACK:
            self._stored = None
        elif byte == ENQ and self._stored is not None:
            return bytes((ACK,)) + self._stored
        return b""

    _reader = FrameReader()
