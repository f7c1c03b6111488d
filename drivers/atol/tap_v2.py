"""Tap mode on a line of protocol 2: following the till's exchanges, and saying "busy" for a register that is not free.

The till is told "busy" before it has given anything away: its ENQ is kept for a moment, then answered NAK as a busy
register would, so that no frame of the till is ever in our hands. Source: protocol notes, sections 1.1 to 1.4.
"""

from __future__ import annotations

from enum import Enum, auto

from drivers.atol.frame_v2 import ACK, ENQ, EOT, NAK, STX, FrameReader
from drivers.atol.tap_overheard import Overheard
from drivers.tap.side import Side
from drivers.tap.vendor import Sifted

QUIET_S = 0.05  # between two exchanges of one sequence a till pauses for less
PATIENCE_S = 2.0  # a till asks five times and rests 0.5 s after each NAK: before its last try it gets the line
GAP_S = 1.0  # T6 and as much again: a frame that is not gone on with for so long is broken


class Phase(Enum):
    """Where the till's exchange is."""

    REST = auto()
    ASKING = auto()  # its ENQ was not answered yet, or answered "busy"
    GRANTED = auto()  # the register waits for a frame
    TAKEN = auto()  # the frame is out: it is taken, or runs
    ANSWERING = auto()  # the register wants to give its answer, or gave it
    CLOSING = auto()  # the till has the answer; EOT is to come


# Silence after which nothing of an exchange can be left: T1, T2, the longest T5, five ENQ or frames, T4, and a margin.
OVER_S = {
    Phase.REST: 0.0,
    Phase.ASKING: 1.0,
    Phase.GRANTED: 3.0,
    Phase.TAKEN: 125.0,
    Phase.ANSWERING: 6.0,
    Phase.CLOSING: 1.0,
}


class FrameEar:
    """`Ear` for protocol 2."""

    def __init__(self, overheard: Overheard) -> None:
        self._overheard = overheard
        self._till, self._device = Side(STX, FrameReader), Side(STX, FrameReader)
        self._phase = Phase.REST
        self._request = b""
        self._asked_last = False  # the till's last word was ENQ, not a frame
        self._last = float("-inf")

    def heard(self, from_till: bool, data: bytes, now: float) -> None:
        if now - self._last >= GAP_S:
            self._till.forget()
            self._device.forget()
        if self._is_over(now):
            self._phase = Phase.REST
        self._last = now
        for one in (self._till if from_till else self._device).split(data):
            if from_till:
                self._of_till(one, now)
            else:
                self._of_device(one, now)

    def between_exchanges(self, now: float) -> bool:
        if self._phase is not Phase.REST:
            return self._is_over(now)
        return now - self._last >= GAP_S or not (self._till.inside or self._device.inside)

    def at_rest(self, now: float, quiet_s: float) -> bool:
        quiet = now - self._last >= QUIET_S
        return quiet and self.between_exchanges(now) and self._overheard.at_rest(now, quiet_s)

    def _is_over(self, now: float) -> bool:
        return self._phase is not Phase.REST and now - self._last >= OVER_S[self._phase]

    def _of_till(self, one: int | bytes, now: float) -> None:
        if isinstance(one, bytes):
            self._request, self._asked_last = one, False
            self._phase = Phase.TAKEN
            self._overheard.asked(one, now)
        elif one == ENQ:
            self._asked_last = True
            if self._phase in (Phase.REST, Phase.CLOSING):
                self._phase = Phase.ASKING
        elif one == EOT and self._phase in (Phase.ASKING, Phase.GRANTED):
            self._phase = Phase.REST
        elif one == ACK and self._phase is Phase.ANSWERING and not self._request:
            self._phase = Phase.CLOSING

    def _of_device(self, one: int | bytes, now: float) -> None:
        if isinstance(one, bytes):
            if self._request:
                self._overheard.answered(self._request, one, now)
            self._request, self._phase = b"", Phase.ANSWERING
        elif one == ACK and self._phase is not Phase.REST:
            self._phase = Phase.GRANTED if self._asked_last else Phase.TAKEN
        elif one == NAK and not self._asked_last and self._phase is Phase.TAKEN:
            self._phase = Phase.GRANTED  # the frame was not taken
        elif one == ENQ:
            self._phase = Phase.ANSWERING
        elif one == EOT:
            self._request, self._phase = b"", Phase.REST


class FrameStandIn:
    """`StandIn` for protocol 2: the till's ENQ waits, or is answered "busy"; the till then asks again by itself."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, data: bytes) -> bytes:
        """An ENQ is kept with what follows it; EOT takes it back. What comes before an ENQ no register would hear."""
        for byte in data:
            if byte == EOT and self._held == bytes((ENQ,)):
                self._held.clear()
            elif byte == ENQ and self._held == bytes((ENQ,)):
                continue  # asked once more: one grant is enough, two would be taken for more than they are
            elif byte == ENQ or self._held:
                self._held.append(byte)
        return b""

    def waiting(self) -> bool:
        return bool(self._held)

    def harmless(self) -> bool:
        """Nobody knows before the frame is there, and then it is too late to refuse it."""
        return False

    def refuse(self) -> bytes:
        self._held.clear()
        return bytes((NAK,))

    def talking(self) -> bool:
        return False

    def hand_over(self) -> bytes:
        held = bytes(self._held)
        self._held.clear()
        return held


class FrameSieve:
    """`Sieve` for protocol 2: the register speaks to whom spoke last.

    But for one case: our turn was taken back before the register gave its answer. Then it says NAK to the till's ENQ,
    or ACK, which drops that answer; whatever else it says before is our answer, and not for the till.
    """

    def __init__(self) -> None:
        self._by_agent = False
        self._owed = False  # the register has a command of ours and has not ended its answer
        self._frame = Side(STX, FrameReader)

    def said(self, by_agent: bool, data: bytes) -> None:
        self._by_agent = by_agent
        if by_agent and data[:1] == bytes((STX,)):
            self._owed = True

    def sift(self, data: bytes, now: float) -> Sifted:
        if self._by_agent:
            if data[-1:] == bytes((EOT,)):
                self._owed = False
            return Sifted(b"", data, b"")
        till, agent = bytearray(), bytearray()
        for byte in data:
            (agent if self._is_owed(byte) else till).append(byte)
        return Sifted(bytes(till), bytes(agent), bytes(till))

    def overdue(self, now: float) -> Sifted:
        return Sifted(b"", b"", b"")

    def waits(self) -> bool:
        return False

    def _is_owed(self, byte: int) -> bool:
        if not self._owed:
            return False
        inside = self._frame.inside
        self._frame.split(bytes((byte,)))
        if inside or self._frame.inside:
            return True
        if byte in (ACK, EOT):
            self._owed = False
        return byte not in (ACK, NAK)
