"""Device side of the Shtrih low level protocol 1.0, without input and output.

The states are those of the vendor's diagram (protocol notes, section 1.4):

* ``START``: just powered up. Only ENQ is noticed; it is answered NAK: no stored answer survives a power-off.
* ``WAIT_STX``: idle. STX starts a frame; every other byte, ENQ included, is answered NAK.
* ``RX``: inside a frame. A late byte, a zero length or a wrong check byte is answered NAK; nothing is executed.
* ``EXECUTING``: a right frame was answered ACK and its command runs. ENQ is answered ACK ("an answer is being
  prepared"), which the text says and the diagram leaves out; other bytes are lost.
* ``WAIT_ACK``: the answer was sent. ACK ends the exchange; anything else, or silence, keeps the answer.
* ``PENDING``: an answer is kept. ENQ is answered ACK and the same frame again; a new frame is ignored.

So a command is executed once for every right frame, whatever happens to its answer.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from emulator.shtrih.frame import ACK, ENQ, FILLER, NAK, STX, lrc, pack


class LinkState(Enum):
    """Where the device is in an exchange; see the module's text."""

    START = "start"
    WAIT_STX = "wait_stx"
    RX = "rx"
    EXECUTING = "executing"
    WAIT_ACK = "wait_ack"
    PENDING = "pending"


class Link:
    """One connection's protocol state: bytes in, bytes out, at given monotonic readings in seconds.

    ``byte_timeout`` tells the longest pause inside a frame (command 14h changes it, so it is asked each time).
    ``ack_timeout`` is how long the answer's ACK is waited for; the notes name no value for it.
    ``filler`` sends FFh after the ACK of an answer, as network connections do and serial lines do not.

    A right frame sets ``request``; the owner runs it and hands the answer to :meth:`answer`.
    """

    def __init__(
        self, byte_timeout: Callable[[], float] = lambda: 0.1, ack_timeout: float = 0.5, filler: bool = False
    ) -> None:
        self.state = LinkState.START
        self.request: bytes | None = None
        self._byte_timeout = byte_timeout
        self._ack_timeout = ack_timeout
        self._filler = filler
        self._frame = bytearray()
        self._stored = b""
        self._deadline: float | None = None
        self._on_byte = {
            LinkState.START: self._start,
            LinkState.WAIT_STX: self._idle,
            LinkState.RX: self._collect,
            LinkState.EXECUTING: self._executing,
            LinkState.WAIT_ACK: self._wait_ack,
            LinkState.PENDING: self._pending,
        }

    def receive(self, data: bytes, now: float) -> bytes:
        """Take bytes that arrived at ``now``; returns the bytes to send back."""
        out = bytearray(self.tick(now))
        for byte in data:
            out += self._on_byte[self.state](byte, now)
        return bytes(out)

    def due(self) -> float | None:
        """Monotonic reading at which :meth:`tick` is wanted, or None when nothing is waited for."""
        return self._deadline

    def tick(self, now: float) -> bytes:
        """Let a deadline pass: a late byte inside a frame gives NAK, a missing ACK keeps the answer."""
        if self._deadline is None or now < self._deadline:
            return b""
        if self.state is LinkState.RX:
            return self._refuse()
        self._enter(LinkState.PENDING)
        return b""

    def take_request(self) -> bytes | None:
        """Payload of the command to execute now, once; None when there is none."""
        request, self.request = self.request, None
        return request

    def answer(self, payload: bytes, now: float) -> bytes:
        """Store the answer of the running command and return its frame; b"" when power was cut meanwhile."""
        if self.state is not LinkState.EXECUTING:
            return b""
        self._stored = pack(payload)
        return self._send_stored(now)

    def keep(self, payload: bytes) -> None:
        """Store the answer of the running command without sending it: the line stays silent, ENQ fetches it."""
        if self.state is LinkState.EXECUTING:
            self._stored = pack(payload)
            self._enter(LinkState.PENDING)

    def lose(self) -> None:
        """Neither send nor store the answer of the running command: the line stays silent, ENQ gets NAK."""
        if self.state is LinkState.EXECUTING:
            self._enter(LinkState.WAIT_STX)

    def power_off(self) -> None:
        """Forget everything, the stored answer too."""
        self.request, self._stored = None, b""
        self._enter(LinkState.START)

    def _enter(self, state: LinkState, deadline: float | None = None) -> None:
        self.state, self._deadline = state, deadline

    def _start(self, byte: int, now: float) -> bytes:
        if byte != ENQ:
            return b""
        return self._refuse()

    def _idle(self, byte: int, now: float) -> bytes:
        if byte != STX:
            return bytes((NAK,))
        self._frame.clear()
        self._enter(LinkState.RX, now + self._byte_timeout())
        return b""

    def _collect(self, byte: int, now: float) -> bytes:
        self._frame.append(byte)
        length = self._frame[0]
        if length == 0:
            return self._refuse()
        if len(self._frame) < length + 2:
            self._deadline = now + self._byte_timeout()
            return b""
        payload = bytes(self._frame[1:-1])
        if lrc(payload) != byte:
            return self._refuse()
        self.request = payload
        self._enter(LinkState.EXECUTING)
        return bytes((ACK,))

    def _executing(self, byte: int, now: float) -> bytes:
        return bytes((ACK,)) if byte == ENQ else b""

    def _wait_ack(self, byte: int, now: float) -> bytes:
        if byte != ACK:
            self._enter(LinkState.PENDING)
            return b""
        self._stored = b""
        self._enter(LinkState.WAIT_STX)
        return bytes((FILLER,)) if self._filler else b""

    def _pending(self, byte: int, now: float) -> bytes:
        return bytes((ACK,)) + self._send_stored(now) if byte == ENQ else b""

    def _send_stored(self, now: float) -> bytes:
        self._enter(LinkState.WAIT_ACK, now + self._ack_timeout)
        return self._stored

    def _refuse(self) -> bytes:
        self._enter(LinkState.WAIT_STX)
        return bytes((NAK,))
