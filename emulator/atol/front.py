"""One port of the device: its own link state in front of the machine that all ports share."""

from __future__ import annotations

from typing import Protocol

from emulator.atol.link_frames import FrameLink
from emulator.atol.link_packets import PacketLink
from emulator.atol.machine import PASSWORD_SIZE, AtolMachine
from emulator.shtrih.silence import Fate

V2, V3 = "v2", "v3"
PROTOCOLS = (V2, V3)


class Link(Protocol):
    """What layer 2 and transport 3 have in common."""

    @property
    def waiting(self) -> bool: ...
    def receive(self, byte: int, now: float) -> bytes: ...
    def take_request(self) -> bytes | None: ...
    def finish(self, payload: bytes, failed: bool, fate: Fate, now: float) -> bytes: ...
    def due(self) -> float | None: ...
    def tick(self, now: float) -> bytes: ...
    def power_off(self) -> None: ...


class AtolFront:
    """Bytes of one connection, without input and output.

    ``port`` is the number the device knows the connection by: 0..127 serial, 128 and up network; ``protocol`` "v2" or
    "v3". A program that moves bytes has two ways: :meth:`receive` runs commands at once; :meth:`accept`,
    :meth:`take_request`, :meth:`execute` and :meth:`answer` let a command run in another thread. A task queue may
    have the next command ready without any byte arriving, so :meth:`take_request` is asked after :meth:`answer` and
    :meth:`tick` too.
    """

    def __init__(self, machine: AtolMachine, port: int, protocol: str = V3) -> None:
        if protocol not in PROTOCOLS:
            raise ValueError(f"protocol {protocol!r} is not one of {', '.join(PROTOCOLS)}")
        self.machine = machine
        self.port = port
        self.protocol = protocol
        variant = machine.variant
        self.link: Link = (
            PacketLink(variant) if protocol == V3 else FrameLink(variant.timers, variant.frame_limit, self._busy)
        )
        self._now = 0.0
        self._starts = self._taken_at = machine.starts
        self._code = 0
        self._failed = False
        self._held: tuple[float, bytes] | None = None

    def receive(self, data: bytes, now: float) -> bytes:
        """Take bytes that arrived at ``now`` (monotonic seconds), run what they ask for, return all bytes to send."""
        out = bytearray(self.tick(now) + self._run(now))
        for byte in data:
            out += self.accept(bytes((byte,)), now) + self._run(now)
        return bytes(out)

    def accept(self, data: bytes, now: float) -> bytes:
        """Take bytes without running commands: the caller asks :meth:`take_request`."""
        out = bytearray(self.tick(now))
        if self.machine.deaf(now):
            self._settle()
            return bytes(out)
        for byte in data:
            out += self.link.receive(byte, now)
        return bytes(out)

    def take_request(self) -> bytes | None:
        """The command to run now, once; None while another port's command holds the device."""
        if self.machine.occupied(self.port, self._now) is not None:
            return None
        request = self.link.take_request()
        if request is not None:
            self._taken_at = self.machine.starts
        return request

    def execute(self, request: bytes) -> bytes:
        """Run a command under the device's lock; returns the answer's payload, b"" when power was lost before."""
        self._code = self.command_code(request)
        reply = self.machine.run(request, self.port, self._taken_at)
        self._failed = reply.failed
        self.machine.occupy(self.port, self.seconds(request))
        return reply.payload

    def seconds(self, request: bytes) -> float:
        """How long the device takes over a command before its answer comes."""
        return self.machine.time.seconds(request[PASSWORD_SIZE:] or b"\0")

    def answer(self, payload: bytes, now: float) -> bytes:
        """Hand the answer to the link; nothing for b""."""
        if not payload:
            return b""
        fate = self.machine.silence.take(bytes((self._code, 0)))
        return self.link.finish(payload, self._failed, fate, now)

    def due(self) -> float | None:
        """Monotonic reading at which :meth:`tick` is wanted."""
        held = self._held[0] if self._held else None
        turn = self.machine.occupied(self.port, self._now) if self.link.waiting else None
        waiting = [reading for reading in (self.link.due(), held, turn) if reading is not None]
        return min(waiting, default=None)

    def tick(self, now: float) -> bytes:
        """Let a deadline pass; returns bytes to send."""
        self._now = now
        self.machine.deaf(now)
        self._settle()
        out = b""
        if self._held is not None and now >= self._held[0]:
            payload, self._held = self._held[1], None
            out = self.answer(payload, now)
        return out + self.link.tick(now)

    def power_off(self) -> None:
        """Drop tasks, answers and half a frame; the device's own memory is the owner's business."""
        self._held = None
        self.link.power_off()

    def dialect(self, byte: int) -> str:
        """The low level protocol that reads the host's next byte: always this port's."""
        return self.protocol

    def command_code(self, request: bytes) -> int:
        """The command of a request: the byte after the password; 0 when there is none."""
        return request[PASSWORD_SIZE] if len(request) > PASSWORD_SIZE else 0

    def _busy(self) -> bool:
        return self.machine.busy_for(self.port, self._now)

    def _run(self, now: float) -> bytes:
        out = bytearray()
        while self._held is None and (request := self.take_request()) is not None:
            payload, seconds = self.execute(request), self.seconds(request)
            if seconds:
                self._held = (now + seconds, payload)
            else:
                out += self.answer(payload, now)
        return bytes(out)

    def _settle(self) -> None:
        """The device has started anew since: this port begins anew too."""
        if self._starts != self.machine.starts:
            self._starts = self.machine.starts
            self.power_off()
