"""What tap mode must know of a vendor's protocol. Both halves are without I/O and never raise for what bytes say."""

from __future__ import annotations

from typing import NamedTuple, Protocol


class Ear(Protocol):
    """Listens to the till and the device and tells whether somebody else may speak now."""

    def heard(self, from_till: bool, data: bytes, now: float) -> None:
        """Bytes passed, in either direction; `now` is monotonic seconds."""

    def between_exchanges(self, now: float) -> bool:
        """No exchange under way and no answer waiting in the device."""

    def at_rest(self, now: float, quiet_s: float) -> bool:
        """Besides: no receipt open, no document being read out piece by piece, and for `quiet_s` no command of the
        till that changes or prints anything."""


class StandIn(Protocol):
    """Answers the till in the device's place while the agent speaks, as the device itself would."""

    def feed(self, data: bytes) -> bytes:
        """The till's bytes; what it is told at once (a link-level answer, never that of a command)."""

    def waiting(self) -> bool:
        """A whole command has come and was not answered."""

    def harmless(self) -> bool:
        """The waiting command changes nothing and disturbs no print: it may be let through between two of ours."""

    def refuse(self) -> bytes:
        """Answer the waiting command: busy, printing. What the till is told."""

    def talking(self) -> bool:
        """Its own answer is not acknowledged yet: the till must not be joined to the device now."""

    def hand_over(self) -> bytes:
        """The till's bytes that the device has to see; the stand-in forgets them."""


class Sifted(NamedTuple):
    """Bytes of the device, shared out. `heard`: what of them answers the till, whether it is shown to it or not."""

    till: bytes
    agent: bytes
    heard: bytes


class Sieve(Protocol):
    """Tells whose the device's bytes are, where the turn on the line alone does not tell it.

    Without one everything the device says belongs to whoever has the line.
    """

    def said(self, by_agent: bool, data: bytes) -> None:
        """These bytes go to the device."""

    def sift(self, data: bytes, now: float) -> Sifted:
        """The device's bytes, in order; those whose owner is not known yet come with a later call."""

    def overdue(self, now: float) -> Sifted:
        """Bytes that waited too long for the rest that would tell: as they are."""

    def waits(self) -> bool:
        """Some bytes are kept back now."""
