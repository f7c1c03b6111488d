"""Device side of the ATOL link layer 2, without input and output: the mirror of what hosts do (section 1.3).

* ``IDLE``: ENQ is granted with ACK, or answered NAK while another port keeps the device.
* ``GRANTED``: a frame is waited for (T2). ENQ is granted again, EOT ends it.
* ``RX``: inside a frame. A gap above T6 or too much data drops it without a word; a wrong check byte gets NAK.
* ``ACCEPTED``: a right frame got ACK; EOT, or T4 without it, lets it run. The same frame again gets ACK again.
* ``RUNNING``: ENQ gets NAK (busy); a late copy of the frame is swallowed, so that nothing runs twice.
* ``ASKING``: the answer is announced with ENQ, five times T1 apart, then EOT and the answer is dropped.
* ``COLLISION``: both sides sent ENQ. The device gives way for T8; the host's next ENQ wins and drops the answer.
* ``SENT``: the answer waits for ACK (then EOT); NAK or T3 repeats it, ten times at most.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from emulator.atol.frame import ACK, ENQ, EOT, NAK, STX, FrameReader, pack
from emulator.atol.variant import Timers
from emulator.shtrih.silence import Fate


class FrameState(Enum):
    """Where the device is in an exchange; see the module's text."""

    IDLE = "idle"
    GRANTED = "granted"
    RX = "rx"
    ACCEPTED = "accepted"
    RUNNING = "running"
    ASKING = "asking"
    COLLISION = "collision"
    SENT = "sent"


class FrameLink:
    """One connection's state: bytes in, bytes out, at given monotonic readings in seconds.

    ``busy``: whether another port keeps the device. `limit`: longest data of a frame.
    """

    def __init__(self, timers: Timers, limit: int, busy: Callable[[], bool]) -> None:
        self.state = FrameState.IDLE
        self._timers = timers
        self._limit = limit
        self._busy = busy
        self._deadline: float | None = None
        self._reader = FrameReader()
        self._late: FrameReader | None = None
        self._late_until = 0.0
        self._request: bytes | None = None
        self._good = b""
        self._answer = b""
        self._tries = 0
        self._on_byte = {
            FrameState.IDLE: self._idle,
            FrameState.GRANTED: self._granted,
            FrameState.RX: self._collect,
            FrameState.ACCEPTED: self._accepted,
            FrameState.RUNNING: self._running,
            FrameState.ASKING: self._asking,
            FrameState.COLLISION: self._collision,
            FrameState.SENT: self._sent,
        }

    # --- what the front uses

    @property
    def waiting(self) -> bool:
        """A command is there to be taken."""
        return self._request is not None

    def receive(self, byte: int, now: float) -> bytes:
        """Take one byte; returns bytes to send."""
        out = self.tick(now)
        if self._late is not None and now < self._late_until:
            self._swallow(byte, now)
            return out
        return out + self._on_byte[self.state](byte, now)

    def take_request(self) -> bytes | None:
        """Data of the command to run now, once."""
        request, self._request = self._request, None
        return request

    def finish(self, payload: bytes, failed: bool, fate: Fate, now: float) -> bytes:
        """The command has run: announce its answer. An answer that is to go missing leaves silence."""
        if self.state is not FrameState.RUNNING:
            return b""
        if fate is not Fate.SENT:
            self._enter(FrameState.IDLE)
            return b""
        self._answer = pack(payload)
        return self._ask(now, first=True)

    def due(self) -> float | None:
        """When `tick` is wanted."""
        return self._deadline

    def tick(self, now: float) -> bytes:
        """Let a deadline pass."""
        if self._deadline is None or now < self._deadline:
            return b""
        match self.state:
            case FrameState.RX:
                self._after_bad_frame(now)
            case FrameState.ACCEPTED:
                self._run()
            case FrameState.ASKING | FrameState.COLLISION:
                return self._ask(now)
            case FrameState.SENT:
                return self._send(now)
            case _:
                self._enter(FrameState.IDLE)
        return b""

    def power_off(self) -> None:
        """Forget everything, the answer of the last command too."""
        self._request, self._late, self._good, self._answer = None, None, b"", b""
        self._enter(FrameState.IDLE)

    # --- states

    def _enter(self, state: FrameState, deadline: float | None = None) -> None:
        self.state, self._deadline = state, deadline
        if state not in (FrameState.RUNNING, FrameState.ASKING):
            self._late = None

    def _idle(self, byte: int, now: float) -> bytes:
        if byte != ENQ:
            return b""
        if self._busy():
            return bytes((NAK,))
        return self._grant(now)

    def _grant(self, now: float) -> bytes:
        self._good = self._answer = b""
        self._enter(FrameState.GRANTED, now + self._timers.t2)
        return bytes((ACK,))

    def _granted(self, byte: int, now: float) -> bytes:
        if byte == ENQ:
            return self._grant(now)
        if byte == EOT:
            self._enter(FrameState.IDLE)
        if byte == STX:
            self._start_frame(now)
        return b""

    def _start_frame(self, now: float) -> None:
        self._reader = FrameReader()
        self._enter(FrameState.RX, now + self._timers.t6)

    def _collect(self, byte: int, now: float) -> bytes:
        self._reader.feed(byte)
        self._deadline = now + self._timers.t6
        if len(self._reader.data) > self._limit:
            self._after_bad_frame(now)
            return b""
        if not self._reader.done:
            return b""
        if not self._reader.right:
            self._after_bad_frame(now)
            return bytes((NAK,))
        self._good = bytes(self._reader.data)
        self._enter(FrameState.ACCEPTED, now + self._timers.t4)
        return bytes((ACK,))

    def _after_bad_frame(self, now: float) -> None:
        """A copy that came right before still runs; without one the frame is waited for again."""
        if self._good:
            self._enter(FrameState.ACCEPTED, now + self._timers.t4)
        else:
            self._enter(FrameState.GRANTED, now + self._timers.t2)

    def _accepted(self, byte: int, now: float) -> bytes:
        if byte == STX:
            self._start_frame(now)
        if byte == EOT:
            self._run()
        if byte == ENQ:
            self._run()
            return bytes((NAK,))
        return b""

    def _run(self) -> None:
        self._request, self._good = self._good, b""
        self._enter(FrameState.RUNNING)

    def _running(self, byte: int, now: float) -> bytes:
        if byte == STX:
            self._begin_late(now)
        return bytes((NAK,)) if byte == ENQ else b""

    def _begin_late(self, now: float) -> None:
        self._late, self._late_until = FrameReader(), now + self._timers.t6

    def _swallow(self, byte: int, now: float) -> None:
        if self._late is not None:
            self._late.feed(byte)
            self._late_until = now + self._timers.t6
            if self._late.done or len(self._late.data) > self._limit:
                self._late = None

    def _ask(self, now: float, first: bool = False) -> bytes:
        self._tries = 1 if first else self._tries + 1
        if self._tries > self._timers.enq_tries:
            return self._give_up()
        self._enter(FrameState.ASKING, now + self._timers.t1)
        return bytes((ENQ,))

    def _asking(self, byte: int, now: float) -> bytes:
        if byte == ACK:
            self._tries = 0
            return self._send(now)
        if byte == STX:
            self._begin_late(now)
        if byte == ENQ:
            self._enter(FrameState.COLLISION, now + self._timers.t8)
        return b""

    def _collision(self, byte: int, now: float) -> bytes:
        if byte == ENQ:
            return self._grant(now)
        return self._asking(byte, now) if byte == ACK else b""

    def _send(self, now: float) -> bytes:
        self._tries += 1
        if self._tries > self._timers.frame_tries:
            return self._give_up()
        self._enter(FrameState.SENT, now + self._timers.t3)
        return self._answer

    def _sent(self, byte: int, now: float) -> bytes:
        if byte == NAK:
            return self._send(now)
        if byte == ENQ:
            return self._grant(now)
        return self._give_up() if byte == ACK else b""

    def _give_up(self) -> bytes:
        """End of the exchange, with or without the host having the answer."""
        self._answer = b""
        self._enter(FrameState.IDLE)
        return bytes((EOT,))
