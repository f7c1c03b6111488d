"""Device side of the Shtrih low level protocol 2.0, and the choice between 1.0 and 2.0 (protocol notes, section 1.8).

No control bytes: a request carries a number, and the device executes it only when the number is the last one + 1. Any
other number, and the empty frame, get the last answer again with the last number; before the first command there is
no answer yet, and a frame with the number alone is sent. Damaged frames are not answered.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from emulator.shtrih.frame import ENQ, STX
from emulator.shtrih.frame2 import NUMBERS, START, Unstuffer, crc16, pack
from emulator.shtrih.link import Link, LinkState

HEAD = 2
CHECK = 2
SETTLE_SECONDS = 0.1
"""An answer counts as gone out after so long: a change of speed (14h) waits for it."""


class AnyLink(Protocol):
    """What a front end needs of a link, whichever protocol it speaks."""

    @property
    def state(self) -> LinkState: ...
    def receive(self, data: bytes, now: float) -> bytes: ...
    def due(self) -> float | None: ...
    def tick(self, now: float) -> bytes: ...
    def take_request(self) -> bytes | None: ...
    def answer(self, payload: bytes, now: float) -> bytes: ...
    def keep(self, payload: bytes) -> None: ...
    def lose(self) -> None: ...
    def power_off(self) -> None: ...


class Link2:
    """One connection's state. ``byte_timeout``: longest pause inside a frame; ``max_command``: longest payload taken.

    A device that lost power starts again at number 0, with nothing executed (the notes do not say; derived).
    """

    def __init__(self, byte_timeout: Callable[[], float] = lambda: 0.1, max_command: int = 255) -> None:
        self.state = LinkState.WAIT_STX
        self.number = 0
        self._byte_timeout = byte_timeout
        self._longest = max_command + HEAD
        self._request: bytes | None = None
        self._stored = b""
        self._frame = bytearray()
        self._unstuff = Unstuffer()
        self._deadline: float | None = None

    def receive(self, data: bytes, now: float) -> bytes:
        """Take bytes that arrived at ``now``; returns the bytes to send back."""
        out = bytearray(self.tick(now))
        for byte in data:
            out += self._take(byte, now)
        return bytes(out)

    def due(self) -> float | None:
        """Monotonic reading at which :meth:`tick` is wanted, or None."""
        return self._deadline

    def tick(self, now: float) -> bytes:
        """A late byte drops the frame; an answer that went out ends the exchange. Sends nothing."""
        if self._deadline is not None and now >= self._deadline:
            self._enter(LinkState.WAIT_STX)
        return b""

    def take_request(self) -> bytes | None:
        """Payload of the command to execute now, once."""
        request, self._request = self._request, None
        return request

    def answer(self, payload: bytes, now: float) -> bytes:
        """Store the answer of the running command and return its frame; b"" when power was cut meanwhile."""
        if self.state is not LinkState.EXECUTING:
            return b""
        self._stored = payload
        self._enter(LinkState.WAIT_ACK, now + SETTLE_SECONDS)
        return pack(self.number, payload)

    def keep(self, payload: bytes) -> None:
        """Store the answer without sending it: a repeated request fetches it."""
        if self.state is LinkState.EXECUTING:
            self._stored = payload
            self._enter(LinkState.WAIT_STX)

    def lose(self) -> None:
        """Neither send nor store the answer: a repeated request is told the number alone."""
        if self.state is LinkState.EXECUTING:
            self._stored = b""
            self._enter(LinkState.WAIT_STX)

    def power_off(self) -> None:
        """Forget number and answer."""
        self.number, self._stored, self._request = 0, b"", None
        self._enter(LinkState.WAIT_STX)

    def _enter(self, state: LinkState, deadline: float | None = None) -> None:
        self.state, self._deadline = state, deadline

    def _take(self, byte: int, now: float) -> bytes:
        if self.state is LinkState.EXECUTING:
            return b""
        if byte == START:
            self._frame.clear()
            self._unstuff = Unstuffer()
            self._enter(LinkState.RX, now + self._byte_timeout())
            return b""
        if self.state is not LinkState.RX:
            self._enter(LinkState.WAIT_STX)
            return b""
        return self._collect(byte, now)

    def _collect(self, byte: int, now: float) -> bytes:
        self._deadline = now + self._byte_timeout()
        try:
            plain = self._unstuff.take(byte)
        except ValueError:
            self._enter(LinkState.WAIT_STX)
            return b""
        if plain is None:
            return b""
        self._frame.append(plain)
        if len(self._frame) < HEAD:
            return b""
        length = int.from_bytes(self._frame[:HEAD], "little")
        if length == 1 or length > self._longest:
            self._enter(LinkState.WAIT_STX)
            return b""
        return self._whole(now) if len(self._frame) == HEAD + length + CHECK else b""

    def _whole(self, now: float) -> bytes:
        body, check = bytes(self._frame[:-CHECK]), int.from_bytes(self._frame[-CHECK:], "little")
        self._enter(LinkState.WAIT_STX)
        if crc16(body) != check:
            return b""
        number, payload = int.from_bytes(body[HEAD : HEAD + 2], "little"), body[HEAD + 2 :]
        if payload and number == (self.number + 1) % NUMBERS:
            self.number, self._request = number, payload
            self._enter(LinkState.EXECUTING)
            return b""
        return pack(self.number, self._stored)


class AutoLink:
    """The first byte after a communication reset chooses: 05h or 02h is protocol 1.0, 8Fh is 2.0."""

    def __init__(self, old: Link, new: Link2) -> None:
        self._old, self._new = old, new
        self._chosen: Link | Link2 | None = None

    @property
    def state(self) -> LinkState:
        """Of the protocol in use."""
        return self._link.state

    @property
    def _link(self) -> Link | Link2:
        return self._chosen or self._old

    def reads_as_2(self, byte: int) -> bool:
        """Whether protocol 2.0 takes the next byte: it is in use, or this byte chooses it."""
        return byte == START if self._chosen is None else self._chosen is self._new

    def reset(self) -> None:
        """A communication reset: command 14h, or mains."""
        self._chosen = None

    def receive(self, data: bytes, now: float) -> bytes:
        """Take bytes that arrived at ``now``."""
        out = bytearray()
        for byte in data:
            if self._chosen is None and byte in (ENQ, STX, START):
                self._chosen = self._new if byte == START else self._old
            out += self._link.receive(bytes((byte,)), now)
        return bytes(out)

    def due(self) -> float | None:
        """Monotonic reading at which :meth:`tick` is wanted."""
        return self._link.due()

    def tick(self, now: float) -> bytes:
        """Let a deadline pass."""
        return self._link.tick(now)

    def take_request(self) -> bytes | None:
        """The command to execute now, once."""
        return self._link.take_request()

    def answer(self, payload: bytes, now: float) -> bytes:
        """Store and send the answer."""
        return self._link.answer(payload, now)

    def keep(self, payload: bytes) -> None:
        """Store the answer only."""
        self._link.keep(payload)

    def lose(self) -> None:
        """Drop the answer."""
        self._link.lose()

    def power_off(self) -> None:
        """Both forget all; the next byte chooses."""
        self._old.power_off()
        self._new.power_off()
        self.reset()
