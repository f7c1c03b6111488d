"""Models of an ATOL register's side of the line, protocols 2 and 3, and a bench to play them against our link.

Written from the protocol notes, sections 1.3 and 2. They are the oracle: they know how often a command was executed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from drivers.atol.frame_v2 import encode_frame
from drivers.atol.packet import PacketReader, encode_packet
from drivers.exchange import Finished, Link, LinkResult, Send

SALE = bytes.fromhex("0000 4A 00 01 00 00 10 03 00")
OK = bytes.fromhex("55 00 00")
FOREVER = float("inf")
WIRE_S = 0.01


class Device(Protocol):
    """One side of the bench."""

    due: float
    executed: list[bytes]

    def feed(self, byte: int, now: float) -> bytes: ...

    def tick(self, now: float) -> bytes: ...


@dataclass
class DeviceV2:
    """IDLE, GRANTED, RX, WAIT_EOT, EXECUTING, ASKING (ENQ sent), ANSWERING (answer sent)."""

    execute_s: float = 0.05
    state: str = "IDLE"
    due: float = FOREVER
    taken: bytes = b""
    tries: int = 0
    executed: list[bytes] = field(default_factory=list)
    body: bytearray = field(default_factory=bytearray)

    def _go(self, state: str, due: float = FOREVER) -> None:
        self.state, self.due = state, due

    def feed(self, byte: int, now: float) -> bytes:
        if self.state == "RX":
            return self._collect(byte, now)
        if self.state in ("IDLE", "GRANTED", "ASKING") and byte == 5:
            if self.state == "ASKING":  # collision: it gives way
                self._go("ASKING", now + 1.0)
                return b""
            self._go("GRANTED", now + 2.0)
            return b"\x06"
        if self.state in ("GRANTED", "WAIT_EOT") and byte == 2:
            self.body.clear()
            self._go("RX", now + 0.5)
        elif self.state == "WAIT_EOT" and byte == 4:
            self._go("EXECUTING", now + self.execute_s)
        elif self.state == "GRANTED" and byte == 4:
            self._go("IDLE")
        elif self.state == "EXECUTING" and byte == 5:
            return b"\x15"
        elif self.state == "ASKING" and byte == 6:
            self.tries = 0
            return self._answer(now)
        elif self.state == "ANSWERING" and byte == 6:
            self._go("IDLE")
            return b"\x04"
        elif self.state == "ANSWERING" and byte == 0x15:
            return self._answer(now)
        elif self.state == "ANSWERING" and byte == 5:  # a new command: the answer nobody fetched is dropped
            self._go("GRANTED", now + 2.0)
            return b"\x06"
        return b""

    def _collect(self, byte: int, now: float) -> bytes:
        self.body.append(byte)
        self.due = now + 0.5
        data, at = bytearray(), 0
        while at < len(self.body) and self.body[at] != 3:
            at += self.body[at] == 0x10
            if at < len(self.body):
                data.append(self.body[at])
            at += 1
        if at + 1 >= len(self.body):
            return b""
        good = encode_frame(bytes(data)) == b"\x02" + bytes(self.body) if data else False
        if good:
            self.taken = bytes(data)
            self._go("WAIT_EOT", now + 0.5)
            return b"\x06"
        self._go("WAIT_EOT", now + 0.5) if self.taken else self._go("GRANTED", now + 2.0)
        return b"\x15"

    def _answer(self, now: float) -> bytes:
        self.tries += 1
        if self.tries > 10:
            self._go("IDLE")
            return b"\x04"
        self._go("ANSWERING", now + 0.5)
        return encode_frame(OK)

    def tick(self, now: float) -> bytes:
        if now < self.due:
            return b""
        if self.state == "RX":
            self._go("WAIT_EOT", now + 0.5) if self.taken else self._go("GRANTED", now + 2.0)
        elif self.state == "GRANTED":
            self._go("IDLE")
        elif self.state == "WAIT_EOT":  # a missing EOT is accepted
            self._go("EXECUTING", now + self.execute_s)
        elif self.state == "EXECUTING":
            self.executed.append(self.taken)
            self.taken, self.tries = b"", 0
            return self._ask(now)
        elif self.state == "ASKING":
            return self._ask(now)
        elif self.state == "ANSWERING":
            return self._answer(now)
        return b""

    def _ask(self, now: float) -> bytes:
        self.tries += 1
        if self.tries > 5:
            self._go("IDLE")
            return b""
        self._go("ASKING", now + 0.5)
        return b"\x05"


@dataclass
class DeviceV3:
    """A task buffer; a repeated Id with the same content is answered again and not added again."""

    execute_s: float = 0.05
    at_once: bool = False
    silent_f0: bool = False
    due: float = FOREVER
    executed: list[bytes] = field(default_factory=list)
    tasks: dict[int, bytes] = field(default_factory=dict)  # tid -> status and answer
    running: int = -1
    last: tuple[int, bytes, bytes] = (-1, b"", b"")
    foreign: bool = False
    reader: PacketReader = field(default_factory=PacketReader)
    sent: set[bytes] = field(default_factory=set)  # whole packets the host said

    def feed(self, byte: int, now: float) -> bytes:
        packet = self.reader.feed(byte)
        if packet is None or not packet.intact or not packet.data:
            return b""
        if encode_packet(packet.number, packet.data) not in self.sent:
            self.foreign = True
            return b""
        number, data = packet.number, packet.data
        if (number, data) != self.last[:2]:
            self.last = (number, data, self._reply(data, now))
        return encode_packet(number, self.last[2])

    def _reply(self, data: bytes, now: float) -> bytes:
        if data[0] == 0xC4:
            self.tasks = {tid: state for tid, state in self.tasks.items() if tid == self.running}
            return b"\xa2\x00" if self.running >= 0 else b"\xa3"
        tid = data[2] if data[0] == 0xC1 else data[1]
        if data[0] == 0xC2:
            return b"\xa3" if self.tasks.pop(tid, None) else b"\xb3"
        if data[0] == 0xC3:
            return self.tasks.get(tid, b"\xb3")
        if tid in self.tasks:
            return b"\xb2"
        if self.at_once:
            self.executed.append(data[3:])
            self.tasks[tid] = b"\xa3" + OK
            return self.tasks[tid]
        self.tasks[tid], self.running, self.due = b"\xa2", tid, now + self.execute_s
        self.pending = data[3:]
        return b"\xa2"

    def tick(self, now: float) -> bytes:
        if now < self.due:
            return b""
        self.due = FOREVER
        self.executed.append(self.pending)
        tid, self.running = self.running, -1
        if tid in self.tasks:
            self.tasks[tid] = b"\xa3" + OK
        return b"" if self.silent_f0 else encode_packet(0xF0, bytes((0xA6, tid)) + OK)


Fault = tuple[str, int]  # drop | double | noise (a byte before) | flip (xor)
Faults = dict[int, Fault]


@dataclass
class Wire:
    """One direction: bytes by number are lost, doubled, preceded by noise or damaged."""

    faults: Faults
    count: int = 0

    def carry(self, piece: bytes) -> Iterator[int]:
        for byte in piece:
            kind, value = self.faults.get(self.count, ("pass", 0))
            self.count += 1
            if kind == "noise":
                yield value
            if kind == "flip":
                yield byte ^ value
            elif kind != "drop":
                yield byte
            if kind == "double":
                yield byte


@dataclass
class Bench:
    """Host link, device and the two wires on one virtual clock."""

    device: Device
    to_device: Wire
    to_host: Wire
    now: float = 0.0
    said: list[bytes] = field(default_factory=list)
    heard: bytearray = field(default_factory=bytearray)

    def run(self, link: Link, limit_s: float = 400.0) -> LinkResult:
        """An exchange the link has begun, to its end."""
        arriving: list[tuple[float, int]] = []
        end = self.now + limit_s
        for _ in range(40_000):
            action = link.poll(self.now)
            if isinstance(action, Finished):
                assert self.now <= end, "the exchange takes too long"
                return action.result
            if isinstance(action, Send):
                self.said.append(action.payload)
                if isinstance(self.device, DeviceV3):
                    self.device.sent.add(action.payload)
                for byte in self.to_device.carry(action.payload):
                    arriving += self._to_host(self.device.feed(byte, self.now))
                continue
            self.now = max(self.now, min([action.until, self.device.due, *(at for at, _ in arriving[:1])]))
            arriving += self._to_host(self.device.tick(self.now))
            while arriving and arriving[0][0] <= self.now:
                byte = arriving.pop(0)[1]
                self.heard.append(byte)
                link.receive(bytes([byte]), self.now)
        raise AssertionError("the exchange does not end")

    def _to_host(self, piece: bytes) -> list[tuple[float, int]]:
        return [(self.now + WIRE_S, byte) for byte in self.to_host.carry(piece)]
