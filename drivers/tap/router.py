"""Whose turn it is on the printer's line, without I/O.

The till owns the line. The agent borrows it for one exchange, or for a block of exchanges that must not be torn
apart (a slip). Meanwhile the till's bytes are held:

    TILL    its bytes go to the device, the device's to it; the ear listens
    AGENT   an exchange of the agent is under way; the till is answered by the stand-in on the link level
    BLOCK   between two exchanges of a block: harmless commands of the till are let through as guests

After `HOLD_S` a held command is refused as busy, as a printing device would. A turn whose owner shows no sign of life
for `LEASE_S` is taken back: if the agent's logic dies, the till's bytes still pass.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto

from drivers.tap.vendor import Ear, StandIn

HOLD_S = 0.3  # a till waits this long for a device that is busy between two printed lines anyway
LEASE_S = 5.0  # the driver reads at least every second while it waits for an answer
BLOCK_QUIET_S = 0.3  # a till that prints lines of its own sends the next one within tens of milliseconds
HANDSHAKE_S = 1.0  # a till that never acknowledges our refusal is joined to the device again


class Owner(Enum):
    """Who speaks to the device now."""

    TILL = auto()
    AGENT = auto()
    BLOCK = auto()


@dataclass
class Out:
    """Bytes to hand over, in this order of time; whoever drives the router takes and clears them."""

    device: bytearray = field(default_factory=bytearray)
    till: bytearray = field(default_factory=bytearray)
    agent: bytearray = field(default_factory=bytearray)


class Router:
    """One line, two speakers. Every method is one step; `now` is monotonic seconds."""

    def __init__(self, ear: Ear, stand_in: StandIn) -> None:
        self.out = Out()
        self.owner = Owner.TILL
        self.refused = 0  # commands of the till that were answered "busy"
        self._ear = ear
        self._stand_in = stand_in
        self._held_since: float | None = None
        self._refused_at: float | None = None
        self._seen = 0.0  # last sign of life of the agent during its turn

    # ------------------------------------------------------------------ bytes

    def from_till(self, data: bytes, now: float) -> None:
        """The till wrote."""
        guest = self.owner is Owner.BLOCK and not self._ear.between_exchanges(now)
        if guest or (self.owner is Owner.TILL and not self._stand_in.talking()):
            self._pass_on(data, now)
            if self.owner is Owner.BLOCK:
                self._join(now)
            return
        self.out.till += self._stand_in.feed(data)
        if self._held_since is None and self._stand_in.waiting():
            self._held_since = now
        if self.owner is not Owner.AGENT:
            self._join(now)

    def from_device(self, data: bytes, now: float) -> None:
        """The device wrote: to whoever has the line."""
        if self.owner is Owner.AGENT:
            self.out.agent += data
            return
        self.out.till += data
        self._ear.heard(False, data, now)
        if self.owner is Owner.BLOCK:
            self._join(now)

    def from_agent(self, data: bytes, now: float) -> bool:
        """The agent writes during its turn. False: the turn was taken back."""
        if self.owner is not Owner.AGENT:
            return False
        self._seen = now
        self.out.device += data
        return True

    # ------------------------------------------------------------------ turns

    def free(self, now: float, quiet_s: float = 0.0) -> bool:
        """May the agent begin something of its own? `quiet_s`: the till has asked for nothing but harmless things."""
        return self.owner is Owner.TILL and not self._stand_in.talking() and self._ear.at_rest(now, quiet_s)

    def begin_block(self, now: float) -> bool:
        """Several exchanges in a row. False: not now."""
        if not self.free(now, BLOCK_QUIET_S):
            return False
        self.owner, self._seen = Owner.BLOCK, now
        return True

    def end_block(self, now: float) -> None:
        """Give the line back for good."""
        if self.owner is not Owner.TILL:
            self.owner = Owner.TILL
            self._join(now)

    def begin_exchange(self, now: float) -> bool:
        """One exchange. False: not now, the till has the line or a guest is being served."""
        in_block = self.owner is Owner.BLOCK
        if in_block:
            self._seen = now
        if not (self._ear.between_exchanges(now) if in_block else self.free(now)):
            return False
        self._in_block = in_block
        self.owner, self._seen = Owner.AGENT, now
        self.out.agent.clear()
        return True

    def end_exchange(self, now: float) -> None:
        """The exchange is over: the till's turn, or the next step of the block."""
        if self.owner is Owner.AGENT:
            self.owner, self._seen = (Owner.BLOCK if self._in_block else Owner.TILL), now
            self._join(now)

    def alive(self, now: float) -> bool:
        """The agent waits for bytes. False: its turn was taken back."""
        self._seen = now
        return self.owner is Owner.AGENT

    def poll(self, now: float) -> None:
        """Time passed: refuse what waited too long, take back a dead turn."""
        if self.owner is not Owner.TILL and now - self._seen > LEASE_S:
            self.end_block(now)
        if self.owner is not Owner.TILL and self._held_since is not None and now - self._held_since >= HOLD_S:
            self._held_since = None
            if self._stand_in.waiting():
                self.out.till += self._stand_in.refuse()
                self.refused += 1
                self._refused_at = now
        if self._stand_in.talking() and self._refused_at is not None and now - self._refused_at > HANDSHAKE_S:
            self._refused_at = None
            self._pass_on(self._stand_in.hand_over(), now)

    def due(self) -> float | None:
        """When `poll` has something to do, None: never by itself."""
        found = []
        if self.owner is not Owner.TILL:
            found.append(self._seen + LEASE_S)
            if self._held_since is not None:
                found.append(self._held_since + HOLD_S)
        if self._refused_at is not None:
            found.append(self._refused_at + HANDSHAKE_S)
        return min(found, default=None)

    # ------------------------------------------------------------------ parts

    _in_block = False

    def _pass_on(self, data: bytes, now: float) -> None:
        if data:
            self._ear.heard(True, data, now)
            self.out.device += data

    def _join(self, now: float) -> None:
        """Let the till through as far as the line is free for it."""
        if self._stand_in.talking():
            return
        guest = self._stand_in.waiting() and self._stand_in.harmless() and self._ear.between_exchanges(now)
        if self.owner is Owner.TILL or guest:
            self._held_since = None
            self._pass_on(self._stand_in.hand_over(), now)
