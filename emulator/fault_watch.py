"""Where messages begin and end on a line, in each protocol a front end speaks: what whole-message faults need to know.

A watch follows both directions and alters nothing. It says of the host's next byte whether it ends a message or is an
acknowledgement, and cuts what the device sends into answers, acknowledgements and the rest.

What is an acknowledgement, and what an answer (protocol notes, Shtrih 1.2 to 1.8, ATOL 1.2 and 2.2 to 2.5):

* Shtrih 1.0: ACK after a frame; the frame with the command's result
* Shtrih 2.0: there is none; every frame of the device
* ATOL layer 2: ACK after a frame (never the one that grants an ENQ); the frame with the command's result
* ATOL transport 3: the device's reply to Add while the task runs, the host's Ack; a packet that holds a task's result
"""

from __future__ import annotations

from enum import Enum, Flag
from typing import Protocol

from emulator.atol.frame import ACK, STX, FrameReader
from emulator.atol.link_packets import BufferCommand
from emulator.atol.packet import START as START_3
from emulator.atol.packet import Packet, PacketReader
from emulator.atol.tasks import Status
from emulator.shtrih.frame2 import START as START_2
from emulator.shtrih.frame2 import Unstuffer

LENGTH_2 = 2  # bytes of LEN16, and of CRC16
ADDING = (BufferCommand.ADD, BufferCommand.ACK_ADD)
RESULTS = (Status.RESULT, Status.ERROR)
RESULTS_UNASKED = (Status.ASYNC_RESULT, Status.ASYNC_ERROR)


class Spot(Flag):
    """What a byte of the host is."""

    WITHIN = 0
    END = 1
    """The last byte of a frame."""
    ACK = 2
    """An acknowledgement of an answer, or its last byte."""


class Piece(Enum):
    """What bytes of the device are."""

    OTHER = "other"
    ACK = "ack"
    """That a command has come."""
    ANSWER = "answer"


class Reader(Protocol):
    """Finds frames in one direction. ``inside``: a frame has begun and is not whole."""

    inside: bool

    def ends(self, byte: int) -> bool:
        """Take the next byte; True when it is the last one of a frame."""
        ...


class Reader1:
    """Shtrih 1.0: STX, length, payload, check byte."""

    def __init__(self) -> None:
        self.inside = False
        self._left: int | None = 0

    def ends(self, byte: int) -> bool:
        if not self.inside:
            self.inside, self._left = byte == STX, None
            return False
        if self._left is None:
            self._left = byte + 1
            self.inside = byte > 0
            return False
        self._left -= 1
        self.inside = self._left > 0
        return not self.inside


class Reader2:
    """Shtrih 2.0: 8Fh, then length, number, data and check bytes, stuffed."""

    def __init__(self) -> None:
        self.inside = False
        self._unstuffer = Unstuffer()
        self._plain = bytearray()

    def ends(self, byte: int) -> bool:
        if byte == START_2:
            self.inside, self._unstuffer, self._plain = True, Unstuffer(), bytearray()
            return False
        return self.inside and self._whole(byte)

    def _whole(self, byte: int) -> bool:
        try:
            plain = self._unstuffer.take(byte)
        except ValueError:
            self.inside = False
            return False
        if plain is None:
            return False
        self._plain.append(plain)
        length = int.from_bytes(self._plain[:LENGTH_2], "little")
        whole = len(self._plain) == LENGTH_2 + length + LENGTH_2
        self.inside = not whole
        return whole


class ReaderA2:
    """ATOL layer 2: STX, masked data, ETX, check byte."""

    def __init__(self) -> None:
        self.inside = False
        self._frame = FrameReader()

    def ends(self, byte: int) -> bool:
        if not self.inside:
            self.inside, self._frame = byte == STX, FrameReader()
            return False
        self._frame.feed(byte)
        self.inside = not self._frame.done
        return self._frame.done


class ReaderA3:
    """ATOL transport 3; ``packet`` is the last whole one."""

    def __init__(self) -> None:
        self.inside = False
        self.packet = Packet(0, b"")
        self._reader = PacketReader()

    def ends(self, byte: int) -> bool:
        self.inside = self.inside or byte == START_3
        received = self._reader.feed(byte)
        if received is None:
            return False
        self.packet, self.inside = received.packet, False
        return True


class Watch:
    """Shtrih 1.0 and 2.0, and what the others have in common: two readers and the last things they saw."""

    def __init__(self, host: Reader, device: Reader) -> None:
        self._host, self._device = host, device
        self._frame_ended = False
        self._answered = False

    def host(self, byte: int) -> Spot:
        """What the host's next byte is."""
        within = self._host.inside
        self._frame_ended = self._host.ends(byte)
        if self._frame_ended:
            return Spot.END | self._acknowledging()
        return Spot.ACK if not within and self._grants(byte) else Spot.WITHIN

    def device(self, data: bytes) -> list[tuple[Piece, bytes]]:
        """What the device sends of itself or after the host's last byte, cut into pieces in their order."""
        pieces: list[tuple[Piece, bytes]] = []
        piece = bytearray()
        for byte in data:
            piece.append(byte)
            if self._device.ends(byte) or not self._device.inside:
                pieces.append((self._kind(bytes(piece)), bytes(piece)))
                piece.clear()
        if pieces:
            self._answered = pieces[-1][0] is Piece.ANSWER
        return pieces + ([(Piece.OTHER, bytes(piece))] if piece else [])

    def _acknowledging(self) -> Spot:
        return Spot.WITHIN

    def _grants(self, byte: int) -> bool:
        return byte == ACK

    def _kind(self, piece: bytes) -> Piece:
        if len(piece) > 1:
            return Piece.ANSWER
        return Piece.ACK if piece[0] == ACK and self._frame_ended else Piece.OTHER


class WatchWithoutAck(Watch):
    """Shtrih 2.0."""

    def _grants(self, byte: int) -> bool:
        return False


class WatchA2(Watch):
    """ATOL layer 2: the host's ACK is meant when the device's last word was an answer."""

    def _grants(self, byte: int) -> bool:
        return byte == ACK and self._answered


class WatchA3(Watch):
    """ATOL transport 3: everything is a packet."""

    def __init__(self) -> None:
        self._asked, self._told = ReaderA3(), ReaderA3()
        super().__init__(self._asked, self._told)

    def _acknowledging(self) -> Spot:
        return Spot.ACK if self._asked.packet.data[:1] == bytes((BufferCommand.ACK,)) else Spot.WITHIN

    def _grants(self, byte: int) -> bool:
        return False

    def _kind(self, piece: bytes) -> Piece:
        asked, told = self._asked.packet, self._told.packet
        if not told.data:
            return Piece.OTHER
        buffer_command = asked.data[0] if asked.data else None
        alone = len(told.data) == 1 or buffer_command == BufferCommand.ACK_ADD
        if told.data[0] in RESULTS_UNASKED or (told.data[0] in RESULTS and not alone):
            return Piece.ANSWER
        return Piece.ACK if told.id == asked.id and buffer_command in ADDING else Piece.OTHER


def watches() -> dict[str, Watch]:
    """A fresh watch by the name of a protocol."""
    return {
        "1.0": Watch(Reader1(), Reader1()),
        "2.0": WatchWithoutAck(Reader2(), Reader2()),
        "v2": WatchA2(ReaderA2(), ReaderA2()),
        "v3": WatchA3(),
    }
