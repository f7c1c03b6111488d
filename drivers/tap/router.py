"""Whose turn it is on the printer's line, without I/O.

The till owns the line. The agent borrows it for one exchange, or for a block of exchanges that must not be torn
apart (a slip). Meanwhile the till's bytes are held:

    TILL    its bytes go to the device, the device's to it; the ear listens
    AGENT   an exchange of the agent is under way; the till is answered by the stand-in on the link level
    BLOCK   between two exchanges of a block: harmless commands of the till are let through as guests

After `HOLD_S` a held command is refused as busy, as a printing device would. A turn whose owner shows no sign of life
for `LEASE_S` is taken back: if the agent's logic dies, the till's bytes still pass. Where a vendor's till does not wait
for ever on "busy", a turn is taken back after the till has waited for `patience_s` too, but never a block that does not
give way (a sale of ours). A block that was cut short is torn: nothing more of it goes out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto

from drivers.tap.vendor import Ear, Sieve, Sifted, StandIn

HOLD_S = 0.3  # a till waits this long for a device that is busy between two printed lines anyway
LEASE_S = 5.0  # the driver reads at least every second while it waits for an answer
BLOCK_QUIET_S = 0.3  # a till that prints lines of its own sends the next one within tens of milliseconds
HANDSHAKE_S = 1.0  # a till that never acknowledges our refusal is joined to the device again
GRACE_S = 1.0  # an exchange under way may come to its end first
KEPT_S = 0.05  # how often bytes are looked at that wait for the rest of their packet


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
    """One line, two speakers. Every method is one step; `now` is monotonic seconds.

    With a `sieve` each piece of the till is judged by itself, also while a guest is served.
    """

    def __init__(
        self, ear: Ear, stand_in: StandIn, sieve: Sieve | None = None, patience_s: float = float("inf")
    ) -> None:
        self.out = Out()
        self.owner = Owner.TILL
        self.refused = 0  # commands of the till that were answered "busy"
        self.torn = False  # the agent's block was cut short, and its end has not come yet
        self._ear = ear
        self._stand_in = stand_in
        self._sieve = sieve
        self._patience_s = patience_s
        self._held_since: float | None = None
        self._waits_since: float | None = None  # the till, for the line
        self._refused_at: float | None = None
        self._seen = 0.0  # last sign of life of the agent during its turn

    # ------------------------------------------------------------------ bytes

    def from_till(self, data: bytes, now: float) -> None:
        """The till wrote."""
        guest = self.owner is Owner.BLOCK and self._sieve is None and not self._ear.between_exchanges(now)
        if guest or (self.owner is Owner.TILL and not self._stand_in.talking()):
            self._pass_on(data, now)
            if self.owner is Owner.BLOCK:
                self._join(now)
            return
        self.out.till += self._stand_in.feed(data)
        if self._held_since is None and self._stand_in.waiting():
            self._held_since = now
            self._waits_since = now if self._waits_since is None else self._waits_since
        if self.owner is not Owner.AGENT:
            self._join(now)

    def from_device(self, data: bytes, now: float) -> None:
        """The device wrote: to whoever has the line, or whose it is."""
        if self._sieve is not None:
            self._share(self._sieve.sift(data, now), now)
            return
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
        if self._sieve is not None:
            self._sieve.said(True, data)
        self.out.device += data
        return True

    # ------------------------------------------------------------------ turns

    def free(self, now: float, quiet_s: float = 0.0) -> bool:
        """May the agent begin something of its own? `quiet_s`: the till has asked for nothing but harmless things."""
        return self.owner is Owner.TILL and not self._stand_in.talking() and self._ear.at_rest(now, quiet_s)

    def begin_block(self, now: float, gives_way: bool = False) -> bool:
        """Several exchanges in a row. False: not now. `gives_way`: may be cut short for a till that waits."""
        if not self.free(now, BLOCK_QUIET_S):
            return False
        self.owner, self._seen, self._gives_way = Owner.BLOCK, now, gives_way
        return True

    def end_block(self, now: float) -> None:
        """Give the line back for good."""
        self.torn = False
        if self.owner is not Owner.TILL:
            self.owner = Owner.TILL
            self._join(now)

    def begin_exchange(self, now: float) -> bool:
        """One exchange. False: not now, the till has the line or a guest is being served."""
        if self.torn or self._till_waited(now):
            self._take_back(now)
            return False
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
            self._in_block = False
            self._join(now)

    def alive(self, now: float) -> bool:
        """The agent waits for bytes. False: its turn was taken back."""
        self._seen = now
        return self.owner is Owner.AGENT

    def poll(self, now: float) -> None:
        """Time passed: refuse what waited too long, take back a dead turn."""
        if self._sieve is not None and self._sieve.waits():
            self._share(self._sieve.overdue(now), now)
        if self.owner is not Owner.TILL and (now - self._seen > LEASE_S or self._till_waited(now)):
            self._take_back(now)
        if self.owner is not Owner.TILL and self._held_since is not None and now - self._held_since >= HOLD_S:
            self._held_since = None
            if self._stand_in.waiting():
                told = self._stand_in.refuse()
                self.out.till += told
                self.refused += bool(told)
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
            if self._waits_since is not None:
                found.append(self._waits_since + self._patience_s)
        if self._sieve is not None and self._sieve.waits():
            found.append(self._kept_at + KEPT_S)
        if self._refused_at is not None:
            found.append(self._refused_at + HANDSHAKE_S)
        return min(found, default=None)

    # ------------------------------------------------------------------ parts

    _in_block = _gives_way = False
    _kept_at = 0.0

    def _till_waited(self, now: float) -> bool:
        """Long enough for the line to be given to it at once, even in the middle of an exchange of ours."""
        if not self._gives_way and (self._in_block or self.owner is Owner.BLOCK):
            return False
        limit = self._patience_s + (GRACE_S if self.owner is Owner.AGENT else 0.0)
        return self._waits_since is not None and now - self._waits_since >= limit

    def _take_back(self, now: float) -> None:
        """The line is the till's again. What was a block must end before the agent may say anything more."""
        torn = self.torn or self.owner is Owner.BLOCK or (self.owner is Owner.AGENT and self._in_block)
        self._in_block = False
        self.end_block(now)
        self.torn = torn

    def _share(self, sifted: Sifted, now: float) -> None:
        self._kept_at = now
        self.out.agent += sifted.agent
        self.out.till += sifted.till
        if sifted.heard:
            self._ear.heard(False, sifted.heard, now)
            if self.owner is Owner.BLOCK:
                self._join(now)

    def _pass_on(self, data: bytes, now: float) -> None:
        self._waits_since = None
        if data:
            if self._sieve is not None:
                self._sieve.said(False, data)
            self._ear.heard(True, data, now)
            self.out.device += data

    def _join(self, now: float) -> None:
        """Let the till through as far as the line is free for it."""
        if self._stand_in.talking():
            return
        guest = self._stand_in.waiting() and self._stand_in.harmless()
        guest = guest and (self._sieve is not None or self._ear.between_exchanges(now))
        if self.owner is Owner.TILL or guest:
            self._held_since = None
            self._pass_on(self._stand_in.hand_over(), now)
