"""Device side of the ATOL transport 3, without input and output: packets around a task buffer (section 2).

A packet that comes again with the same id and content is a retransmission: it is answered again and adds nothing. Only
the latest packets are remembered for that, since ids come round. Layer 3 knows no timers of its own.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import IntEnum

from emulator.atol.packet import ASYNC_ID, Packet, PacketReader, Received
from emulator.atol.tasks import Status, TaskBuffer
from emulator.atol.variant import Variant
from emulator.shtrih.silence import Fate

REMEMBERED = 16


class BufferCommand(IntEnum):
    """First byte of a host's packet (section 2.2)."""

    ADD = 0xC1
    ACK = 0xC2
    REQ = 0xC3
    ABORT = 0xC4
    ACK_ADD = 0xC5


LEAST = {
    BufferCommand.ADD: 3,
    BufferCommand.ACK: 2,
    BufferCommand.REQ: 2,
    BufferCommand.ABORT: 1,
    BufferCommand.ACK_ADD: 4,
}
"""Bytes a buffer command has at least."""
ONCE = (BufferCommand.ADD, BufferCommand.ACK, BufferCommand.ACK_ADD)
"""Commands whose repetition must not act again; Req and Abort are answered anew."""


@dataclass
class Exchange:
    """A packet of the host and the answer it got; ``added``: it put a task into the buffer."""

    asked: Packet
    reply: bytes = b""
    added: bool = False


class PacketLink:
    """One connection. Its tasks outlive a broken connection and end with the power.

    ``wrong_crc``, ``masked_crc``: packets seen with a wrong CRC, and how many of them had it over masked data.
    """

    def __init__(self, variant: Variant) -> None:
        self.tasks = TaskBuffer(variant)
        self.wrong_crc = 0
        self.masked_crc = 0
        self._variant = variant
        self._reader = PacketReader(variant.packet_limit)
        self._recent: deque[Exchange] = deque(maxlen=REMEMBERED)
        self._answer_later: Exchange | None = None

    @property
    def waiting(self) -> bool:
        """A task could start now."""
        return self.tasks.waiting

    def receive(self, byte: int, now: float) -> bytes:
        """Take one byte; returns bytes to send."""
        received = self._reader.feed(byte)
        if received is None:
            return b""
        if not received.right(self._variant.masked_crc):
            return self._refuse(received)
        return self._reply(received.packet)

    def take_request(self) -> bytes | None:
        """Start the next task; returns its content."""
        return self.tasks.start()

    def finish(self, payload: bytes, failed: bool, fate: Fate, now: float) -> bytes:
        """The running task has run: tell its result, in the place of the answer to Add or in a packet F0h."""
        tid, told = self.tasks.finish(payload, failed, fate)
        later, self._answer_later = self._answer_later, None
        if not told:
            return b""
        if later is not None:
            later.reply = self._packed(later.asked.id, told)
            return later.reply
        kind = Status.ASYNC_ERROR if told[0] == Status.ERROR else Status.ASYNC_RESULT
        return self._packed(ASYNC_ID, bytes((kind, tid)) + told[1:])

    def due(self) -> float | None:
        """Nothing here waits for time."""
        return None

    def tick(self, now: float) -> bytes:
        """Nothing here waits for time."""
        return b""

    def power_off(self) -> None:
        """Forget tasks, results and half a packet."""
        self.tasks.clear()
        self._reader.forget()
        self._recent.clear()
        self._answer_later = None

    def _packed(self, packet_id: int, data: bytes) -> bytes:
        return Packet(packet_id, data).pack(self._variant.masked_crc)

    def _refuse(self, received: Received) -> bytes:
        self.wrong_crc += 1
        self.masked_crc += received.right(not self._variant.masked_crc)
        return self._packed(received.packet.id, b"") if self._variant.asks_repeat else b""

    def _reply(self, packet: Packet) -> bytes:
        if not packet.data:
            return next((one.reply for one in reversed(self._recent) if one.asked.id == packet.id), b"")
        before = next((one for one in self._recent if one.asked == packet), None)
        if before is not None and packet.data[0] in ONCE:
            return self._repeated(before)
        if packet.data[0] == BufferCommand.ABORT:
            self._recent.clear()
        exchange = Exchange(packet)
        data = self._answered(exchange)
        exchange.reply = self._packed(packet.id, data) if data else b""
        self._recent.append(exchange)
        return exchange.reply

    def _repeated(self, before: Exchange) -> bytes:
        """The present state of a task that is still there, else the answer given then."""
        packet = before.asked
        if self._answer_later is before:
            self._answer_later = None
        if packet.data[0] == BufferCommand.ADD and before.added and packet.data[2] in self.tasks:
            return self._packed(packet.id, self.tasks.ask(packet.data[2]))
        return before.reply

    def _answered(self, exchange: Exchange) -> bytes:
        data = exchange.asked.data
        if data[0] not in LEAST or len(data) < LEAST[BufferCommand(data[0])]:
            return bytes((Status.ILLEGAL_VALUE, 0))
        match data[0]:
            case BufferCommand.ADD:
                return self._add(exchange, data[1], data[2], data[3:])
            case BufferCommand.ACK:
                return self.tasks.ack(data[1])
            case BufferCommand.REQ:
                return self.tasks.ask(data[1])
            case BufferCommand.ABORT:
                return self.tasks.abort()
        first = self.tasks.ack(data[1])
        second = self._add(exchange, data[2], data[3], data[4:])
        return first[:1] + (second or bytes((Status.IN_PROGRESS,)))

    def _add(self, exchange: Exchange, flags: int, tid: int, content: bytes) -> bytes:
        told = self.tasks.add(flags, tid, content)
        exchange.added = not told or told[0] < Status.OVERFLOW
        if not told and exchange.asked.data[0] == BufferCommand.ADD:
            self._answer_later = exchange
        return told
