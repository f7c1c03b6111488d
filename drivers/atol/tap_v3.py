"""Tap mode on a line of protocol 3: listening to the till's packets, and queueing for a register that is not free.

The till's packets wait unchanged while ours are on the line. A task that has waited for a moment is answered A1 ("in
the queue"), as a register that works on another one answers it; its result comes to the till by itself, as of any
queued task. Source: protocol notes, sections 2.1 to 2.5.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from drivers.atol.packet import ASYNC_ID, IGNORE_ERROR, STX, Buffer, Packet, PacketReader, State, encode_packet
from drivers.atol.tap_numbers import Numbers
from drivers.atol.tap_overheard import Overheard, harmless

QUIET_S = 0.05
PATIENCE_S = 5.0  # its own time for a command is 10 s and more
REPLY_S = 1.0  # a packet that has no answer after that will have none
TASK_S = 125.0  # nor has a task after the longest time of a command
GAP_S = 2.0  # a packet that is not gone on with for so long is broken
ERROR_OF = {State.ERROR: True, State.ASYNC_ERROR: True, State.RESULT: False, State.ASYNC_RESULT: False}
QUEUED = frozenset({State.PENDING, State.IN_PROGRESS, State.WAITING})


class Listener(PacketReader):
    """A reader that tells how far it is."""

    @property
    def inside(self) -> bool:
        """A packet has begun and not ended."""
        return self._header is not None

    @property
    def body(self) -> bytes:
        """Unmasked data so far."""
        return bytes(self._body)


@dataclass
class Task:
    """A task of the till that the register has not finished."""

    request: bytes
    goes_on: bool  # IgnoreError: its failure does not stop the queue


class PacketEar:
    """`Ear` for protocol 3. A task is under way from the till's Add to its result, wherever that is told."""

    def __init__(self, overheard: Overheard, numbers: Numbers) -> None:
        self.queue_stands = False  # a task failed: until Abort whatever is added stays where it is
        self._overheard, self._numbers = overheard, numbers
        self._till, self._device = Listener(), Listener()
        self._tasks: dict[int, Task] = {}  # in the order they were added
        self._asked: dict[int, tuple[bytes, bool]] = {}  # packets without an answer, by Id; True: its task is new
        self._last = float("-inf")

    def heard(self, from_till: bool, data: bytes, now: float) -> None:
        self._forget_what_is_over(now)
        self._last = now
        reader = self._till if from_till else self._device
        for byte in data:
            packet = reader.feed(byte)
            if packet is not None and packet.intact:
                if from_till:
                    self._of_till(packet, now)
                else:
                    self._of_device(packet, now)

    def between_exchanges(self, now: float) -> bool:
        self._forget_what_is_over(now)
        return not (self._tasks or self._asked or self._till.inside or self._device.inside)

    def at_rest(self, now: float, quiet_s: float) -> bool:
        if self.queue_stands or now - self._last < QUIET_S or not self.between_exchanges(now):
            return False
        return self._overheard.at_rest(now, quiet_s)

    def _forget_what_is_over(self, now: float) -> None:
        silent_s = now - self._last
        if silent_s >= REPLY_S:
            self._asked.clear()
        if silent_s >= GAP_S:
            self._till, self._device = Listener(), Listener()
        if silent_s >= TASK_S:
            self._tasks.clear()

    def _of_till(self, packet: Packet, now: float) -> None:
        self._numbers.till_said(packet)
        if not packet.data:
            return  # "say that again": the answer to it was heard before, or will be
        self._asked[packet.number] = packet.data, False
        for flags, tid, request in added(packet.data):
            if tid not in self._tasks:
                self._asked[packet.number] = packet.data, True
                self._tasks[tid] = Task(request, bool(flags & IGNORE_ERROR))
            self._overheard.asked(request, now)

    def _of_device(self, packet: Packet, now: float) -> None:
        data = packet.data
        if packet.number == ASYNC_ID:
            if len(data) > 1 and data[0] in ERROR_OF:
                self._finished(data[1], ERROR_OF[State(data[0])], data[2:], now)
            return
        asked, new = self._asked.pop(packet.number, (b"", False))
        if not asked or not data:
            return
        if asked[0] == Buffer.ABORT:
            if data[0] == State.RESULT:
                self._tasks.clear()
                self.queue_stands = False
        elif asked[0] == Buffer.ADD and len(asked) > 2:
            self._status(asked[2], data, now, new)
        elif asked[0] == Buffer.REQ and len(asked) > 1:
            self._status(asked[1], data, now)
        elif asked[0] == Buffer.ACK_ADD and len(asked) > 3:
            self._status(asked[3], data[1:], now, new)

    def _status(self, tid: int, data: bytes, now: float, new: bool = False) -> None:
        """What the register says about a task, in the place of an answer. `new`: the packet was to add it."""
        if not data or data[0] in QUEUED or (data[0] == State.ALREADY_EXISTS and not new):
            return
        if data[0] in ERROR_OF:
            self._finished(tid, ERROR_OF[State(data[0])], data[1:], now)
            return
        self._tasks.pop(tid, None)
        if data[0] == State.STOPPED:
            self.queue_stands = True

    def _finished(self, tid: int, error: bool, answer: bytes, now: float) -> None:
        """Tasks run in their order: what was added before has run as well, told or not."""
        task = self._tasks.get(tid)
        if task is None:
            return
        while next(iter(self._tasks)) != tid:
            del self._tasks[next(iter(self._tasks))]
        del self._tasks[tid]
        if error and not task.goes_on:
            self.queue_stands = True
            self._tasks.clear()
        elif not error:
            self.queue_stands = False  # whatever we thought: it moves
        self._overheard.answered(task.request, answer, now)


def added(data: bytes) -> list[tuple[int, int, bytes]]:
    """Flags, tid and content of the task that a packet adds, if it adds one."""
    if data[:1] == bytes((Buffer.ADD,)) and len(data) > 2:
        return [(data[1], data[2], data[3:])]
    if data[:1] == bytes((Buffer.ACK_ADD,)) and len(data) > 3:
        return [(data[2], data[3], data[4:])]
    return []


@dataclass
class Held:
    """Bytes of the till that wait: a packet, or what was none (`packet` None)."""

    raw: bytearray = field(default_factory=bytearray)
    packet: Packet | None = None
    queued: bool = False  # the till was told that its task is in the queue


class PacketStandIn:
    """`StandIn` for protocol 3. `promised`: tasks whose Add was answered A1 here, packet Id -> tid; the sieve turns
    the register's own answer to it into what a queued task gets."""

    def __init__(self) -> None:
        self.promised: dict[int, int] = {}
        self._held: list[Held] = []
        self._now = Held()
        self._reader = PacketReader()

    def feed(self, data: bytes) -> bytes:
        told = bytearray()
        for byte in data:
            if byte == STX and self._now.raw:
                self._held.append(self._now)  # broken off: the register will make as little of it
                self._now = Held()
            self._now.raw.append(byte)
            packet = self._reader.feed(byte)
            if packet is not None:
                whole, self._now = self._now, Held()
                whole.packet = packet if packet.intact else None
                told += self._take(whole)
        return bytes(told)

    def waiting(self) -> bool:
        return any(one.packet is not None and not one.queued for one in self._held)

    def harmless(self) -> bool:
        """Abort, Ack, Req and questions: nothing of ours is in the register's buffer between two of our exchanges."""
        return not self._now.raw and all(_is_harmless(one) for one in self._held)

    def refuse(self) -> bytes:
        """Tasks are "in the queue". The other packets have no such answer; they go through before long."""
        told = bytearray()
        for one in self._held:
            if one.packet is not None and not one.queued and one.packet.data[:1] == bytes((Buffer.ADD,)):
                one.queued = True
                told += encode_packet(one.packet.number, bytes((State.PENDING,)))
        return bytes(told)

    def talking(self) -> bool:
        return False

    def hand_over(self) -> bytes:
        held = b"".join(bytes(one.raw) for one in (*self._held, self._now))
        for one in self._held:
            if one.queued and one.packet is not None:
                self.promised[one.packet.number] = one.packet.data[2]
        self._held, self._now, self._reader = [], Held(), PacketReader()
        return held

    def _take(self, one: Held) -> bytes:
        """A repetition is not kept twice; Req of a task that waits here is answered; Abort drops what waits here."""
        packet = one.packet
        before = next((held for held in self._held if packet is not None and held.packet == packet), None)
        if before is not None and packet is not None:
            return encode_packet(packet.number, bytes((State.PENDING,))) if before.queued else b""
        if packet is not None and packet.data[:1] == bytes((Buffer.REQ,)) and self._queued(packet.data[1:2]):
            return encode_packet(packet.number, bytes((State.PENDING,)))
        if packet is not None and packet.data[:1] == bytes((Buffer.ABORT,)):
            self._held = [held for held in self._held if not held.queued]
        self._held.append(one)
        return b""

    def _queued(self, tid: bytes) -> bool:
        return any(one.queued and one.packet is not None and one.packet.data[2:3] == tid for one in self._held)


def _is_harmless(one: Held) -> bool:
    if one.packet is None or not one.packet.data:
        return True
    if one.packet.data[0] in (Buffer.ACK, Buffer.REQ, Buffer.ABORT):
        return True
    return not one.queued and bool(new := added(one.packet.data)) and all(harmless(task) for _, _, task in new)
