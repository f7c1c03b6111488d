"""A till and the agent's driver on one emulated ATOL register through the router of tap mode, one millisecond a step.

One thread, one virtual clock: while the driver waits for bytes the world goes on.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from drivers.api import Done, LinkFault
from drivers.atol.tap import GuestPrinter, shared_line
from drivers.streams.byte_stream import StreamError
from emulator.atol.bench import Bench, Setup, build
from emulator.atol.front import V3
from emulator.atol.variant import Variant
from kit.plain_atol_till import FrameTill, PacketTill, PlainTill

STEP_S = 0.001
TURN_S = 1.0
AT = datetime(2026, 11, 21, 18, 0)  # noqa: DTZ001 - local time of a register
SALE = [
    bytes.fromhex("92 00 01"),
    bytes.fromhex("EA 00 01 00"),
    bytes.fromhex("EB00 00000000005990 0000001000 00000000005990 06 00000000000000 00 01 04 00 00000000000000 0000")
    + b"\x95\xab\xa5\xa1",
    bytes.fromhex("4A 00 01 00 00 00 00 00"),
]
CLOSE, CANCEL = SALE[-1], b"\x59"
ENTER, LEAVE, OPEN_SHIFT = bytes.fromhex("56 01 00 00 00 30"), b"\x48", b"\x9a\x00"
STATUS, STATE, STORAGE, TYPE = b"\x3f", b"\x45", b"\xa4\x30", b"\xa5"
SELECT, PIECE = bytes.fromhex("A4 45 01 00 00 00"), b"\xa4\x46"
WRONG = bytes.fromhex("91 FF 00 00")


def direct(protocol: str, till: PlainTill, variant: Variant | None = None, mode: int = 0) -> PlainTill:
    """The till on the register's own port, to the end of its commands."""
    world = AtolTapWorld(protocol, till, variant, mode)
    world.router = None
    world.finish()
    return till


class AtolTapWorld:
    """`printer` is the agent's, not connected. `mute`: the register does not hear the agent. `cut`: sizes of pieces
    into which the till's bytes are cut, taken in turn; each goes with a step of its own."""

    def __init__(self, protocol: str, till: PlainTill, variant: Variant | None = None, mode: int = 0) -> None:
        self.bench: Bench = build(AT, Setup(variant or Variant(), protocol=protocol))
        if mode:
            self.bench.mode(mode)
        self.till = till
        self.now = 100.0
        self.cut: list[int] = []
        self.mute = False
        self.router, self.guest = shared_line(protocol)
        self.printer = GuestPrinter(self.guest, _WorldStream(self), lambda: self.now, self.run)
        self.till_wrote, self.to_device = bytearray(), bytearray()
        self._cuts = 0
        self._direct = bytearray()

    def step(self) -> None:
        self.now += STEP_S
        self.bench.clocks.monotonic = self.now
        if self.router is not None:
            self.router.poll(self.now)
            self.move()
        else:
            self._to_device(b"")
        self.till_wrote += self.till.step(self._to_till(), self.now)
        if self.till_wrote:
            size = self.cut[self._cuts % len(self.cut)] if self.cut else len(self.till_wrote)
            self._cuts += 1
            piece = bytes(self.till_wrote[:size])
            del self.till_wrote[:size]
            if self.router is None:
                self._to_device(piece)
            else:
                self.router.from_till(piece, self.now)
                self.move()

    def run(self, seconds: float) -> None:
        until = self.now + seconds
        while self.now < until:
            self.step()

    def finish(self, within_s: float = 120.0) -> None:
        """Until the till has done all it wanted."""
        until = self.now + within_s
        while not self.till.done:
            assert self.now < until, (self.till.phase, self.till.commands[:1], getattr(self.router, "owner", None))
            self.step()

    def move(self) -> None:
        """What the router has for the register goes to it."""
        data = bytes(self.router.out.device)
        self.router.out.device.clear()
        self._to_device(data)

    @contextmanager
    def block(self, gives_way: bool = True) -> Iterator[bool]:
        begun = self.router.begin_block(self.now, gives_way)
        try:
            yield begun
        finally:
            if begun:
                self.router.end_block(self.now)
                self.move()

    def _to_device(self, data: bytes) -> None:
        self.to_device += data
        answer = self.bench.send(data)
        if not answer:
            return
        if self.router is None:
            self._direct += answer
            return
        self.router.from_device(answer, self.now)
        self.move()

    def _to_till(self) -> bytes:
        box = self._direct if self.router is None else self.router.out.till
        came = bytes(box)
        box.clear()
        return came


class _WorldStream:
    """As `TapStream`, on the world's clock."""

    def __init__(self, world: AtolTapWorld) -> None:
        self._world = world

    def open(self) -> None:
        pass

    def close(self) -> None:
        pass

    def drain_input(self) -> None:
        pass

    @contextmanager
    def turn(self) -> Iterator[None]:
        world = self._world
        until = world.now + TURN_S
        while not world.router.begin_exchange(world.now):
            if world.router.torn:
                raise StreamError(LinkFault.LOST, "torn")
            if world.now >= until:
                raise StreamError(LinkFault.BUSY, "the till")
            world.step()
        try:
            yield
        finally:
            world.router.end_exchange(world.now)
            world.move()

    def write(self, payload: bytes) -> None:
        if not self._world.router.from_agent(payload, self._world.now):
            raise StreamError(LinkFault.LOST, "taken back")
        if self._world.mute:
            self._world.router.out.device.clear()
        self._world.move()

    def read(self, max_bytes: int, timeout_s: float) -> bytes:
        world = self._world
        until = world.now + timeout_s
        while not (inbox := world.router.out.agent) and world.now < until:
            if not world.router.alive(world.now):
                raise StreamError(LinkFault.LOST, "taken back")
            world.step()
        piece = bytes(inbox[:max_bytes])
        del inbox[:max_bytes]
        return piece


def till_for(protocol: str, commands: list[bytes], **how) -> PlainTill:
    """A plain till of that protocol; `how` of the other one is left out."""
    if protocol == V3:
        return PacketTill(list(commands), **how)
    return FrameTill(list(commands), **{key: value for key, value in how.items() if key == "pause_s"})


def connected(
    protocol: str, commands: Sequence[bytes] = (), variant: Variant | None = None, mode: int = 0, **how
) -> AtolTapWorld:
    """The till has done its commands, the agent has seen the register, all is quiet."""
    world = AtolTapWorld(protocol, till_for(protocol, list(commands), **how), variant)
    world.finish()
    world.run(2.5)
    assert isinstance(world.printer.connect(), Done)
    world.run(0.5)
    return world
