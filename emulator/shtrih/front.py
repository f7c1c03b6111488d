"""One endpoint of the device: its own link state in front of the machine that all endpoints share."""

from __future__ import annotations

from collections.abc import Callable

from emulator.shtrih.link import Link, LinkState
from emulator.shtrih.link2 import AnyLink, AutoLink, Link2
from emulator.shtrih.machine import Machine
from emulator.shtrih.ports import TCP
from emulator.shtrih.silence import Fate
from emulator.shtrih.variant import Variant

EXCHANGE_OVER = (LinkState.WAIT_STX, LinkState.PENDING, LinkState.START)


class ShtrihFront:
    """Bytes of one connection, without input and output.

    ``port`` is the number the device knows the connection by: 0..127 serial, 128 network; network connections get the
    FFh filler when the variant has it. A program that moves bytes has two ways: :meth:`receive` runs commands at
    once; :meth:`accept`, :meth:`take_request`, :meth:`execute` and :meth:`answer` let a command run in another
    thread, so that ENQ is answered meanwhile.
    """

    def __init__(self, machine: Machine, port: int) -> None:
        variant = machine.variant
        self.machine = machine
        self.port = port
        self._taken_at = machine.starts
        self.link = _link(variant, lambda: machine.ports.byte_timeout(port), variant.filler and port >= TCP)

    def receive(self, data: bytes, now: float) -> bytes:
        """Take bytes that arrived at ``now`` (monotonic seconds), run what they ask for, return all bytes to send."""
        out = bytearray(self.tick(now))
        for byte in data:
            out += self.accept(bytes((byte,)), now)
            request = self.take_request()
            if request is not None:
                out += self.answer(self.execute(request), now)
        return bytes(out)

    def accept(self, data: bytes, now: float) -> bytes:
        """Take bytes without running commands: the caller asks :meth:`take_request`."""
        return self._settled(self.link.receive(data, now))

    def take_request(self) -> bytes | None:
        """The command to run now, once."""
        request = self.link.take_request()
        if request is not None:
            self._taken_at = self.machine.starts
        return request

    def execute(self, request: bytes) -> bytes:
        """Run a command under the device's lock; returns the answer's payload, b"" when power was lost before."""
        return self.machine.run(request, self.port, self._taken_at)

    def seconds(self, request: bytes) -> float:
        """How long the device takes over a command before its answer comes."""
        return self.machine.time.seconds(request)

    def answer(self, payload: bytes, now: float) -> bytes:
        """Store the answer and return its frame; nothing for b"", nor for an answer that is to go missing."""
        if not payload:
            return b""
        match self.machine.silence.take(payload):
            case Fate.MUTED:
                self.link.keep(payload)
            case Fate.LOST:
                self.link.lose()
            case Fate.SENT:
                return self.link.answer(payload, now)
        return self._settled(b"")

    def due(self) -> float | None:
        """Monotonic reading at which :meth:`tick` is wanted."""
        return self.link.due()

    def tick(self, now: float) -> bytes:
        """Let a deadline pass; returns bytes to send."""
        return self._settled(self.link.tick(now))

    def power_off(self) -> None:
        """Drop the stored answer; the device's own memory is the owner's business."""
        self.link.power_off()

    def dialect(self, byte: int) -> str:
        """The low level protocol, "1.0" or "2.0", that reads the host's next byte."""
        if isinstance(self.link, AutoLink):
            return "2.0" if self.link.reads_as_2(byte) else "1.0"
        return "2.0" if isinstance(self.link, Link2) else "1.0"

    def command_code(self, request: bytes) -> int:
        """The command of a request; FF00h + second byte for FN commands."""
        return 0xFF00 + request[1] if request[0] == 0xFF and len(request) > 1 else request[0]

    def _settled(self, out: bytes) -> bytes:
        over = self.link.state in EXCHANGE_OVER
        if over and self.machine.ports.settle(self.port) and isinstance(self.link, AutoLink):
            self.link.reset()
        return out


def _link(variant: Variant, byte_timeout: Callable[[], float], filler: bool) -> AnyLink:
    """The link of the protocol that the variant speaks."""
    old = Link(byte_timeout, variant.ack_timeout, filler)
    new = Link2(byte_timeout, variant.max_command)
    links: dict[str, AnyLink] = {"1.0": old, "2.0": new, "auto": AutoLink(old, new)}
    return links[variant.protocol]
