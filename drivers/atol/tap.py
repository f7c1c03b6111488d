"""Tap mode on an ATOL register: one line, its router, and the driver that is a guest on it.

    router, guest = shared_line("v3")
    tap = Tap(stream, till_port("tcp:127.0.0.1:7778"), router, monotonic)
    printer = GuestPrinter(guest, TapStream(tap), ...)

The guest changes nothing the till relies on: not the mode of the register, not its task buffer, not a readout.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from drivers.api import Done, LinkFault, NotSent, Outcome, Refused, StoredDocument
from drivers.atol.command import Nothing
from drivers.atol.commands_status import EXIT_MODE, STATE_CODE
from drivers.atol.errors import NO_MODE
from drivers.atol.meeting import V2, V3, Timings
from drivers.atol.patience import Patience
from drivers.atol.printer import AtolPrinter
from drivers.atol.session import Session
from drivers.atol.status import Mode, mode_of
from drivers.atol.switches import Switches
from drivers.atol.tap_link import GuestLink
from drivers.atol.tap_numbers import Numbers
from drivers.atol.tap_overheard import Overheard
from drivers.atol.tap_sieve import PacketSieve
from drivers.atol.tap_v2 import PATIENCE_S as PATIENCE_V2_S
from drivers.atol.tap_v2 import FrameEar, FrameSieve, FrameStandIn
from drivers.atol.tap_v3 import PATIENCE_S as PATIENCE_V3_S
from drivers.atol.tap_v3 import PacketEar, PacketStandIn
from drivers.atol.tasks import TaskMemory
from drivers.atol.till import Till
from drivers.streams.byte_stream import ByteStream
from drivers.tap.router import Router

GUEST = Switches(abort_on_connect=False, ignore_error=True)


@dataclass(frozen=True)
class Guest:
    """What the driver must know of the till. `numbers` and `ear`: of protocol 3."""

    protocol: str
    overheard: Overheard
    numbers: Numbers
    ear: PacketEar | None = None


def shared_line(protocol: str) -> tuple[Router, Guest]:
    """For `v2` or `v3`. ValueError for anything else: who listens must know the language beforehand."""
    overheard, numbers = Overheard(), Numbers()
    if protocol == V2:
        router = Router(FrameEar(overheard), FrameStandIn(), FrameSieve(), PATIENCE_V2_S)
        return router, Guest(V2, overheard, numbers)
    if protocol == V3:
        ear, stand_in = PacketEar(overheard, numbers), PacketStandIn()
        router = Router(ear, stand_in, PacketSieve(stand_in.promised), PATIENCE_V3_S)
        return router, Guest(V3, overheard, numbers, ear)
    raise ValueError(f"tap mode needs to know the protocol, v2 or v3, not {protocol!r}")


class GuestPrinter(AtolPrinter):
    """`AtolPrinter` on a line that the till speaks on as well."""

    def __init__(
        self,
        guest: Guest,
        stream: ByteStream,
        monotonic: Callable[[], float],
        wait: Callable[[float], None],
        memory: TaskMemory | None = None,
        timings: Timings | None = None,
        switches: Switches = GUEST,
    ) -> None:
        super().__init__(stream, monotonic, wait, guest.protocol, switches=switches, memory=memory, timings=timings)
        self._guest = guest
        self._found = Found()
        if guest.ear is not None:
            self._layers.v3 = GuestLink(guest.numbers, guest.ear, self._layers.timings.v3)

    def read_document(self, fd_number: int) -> Outcome[StoredDocument | None]:
        """As without a till; NotSent when the till began to read one too: a piece does not tell of which one it is."""
        before = self._guest.overheard.readouts
        outcome = super().read_document(fd_number)
        if self._guest.overheard.readouts != before:
            return NotSent(LinkFault.BUSY, "the till has read a document meanwhile")
        return outcome

    def _till(self) -> Till | None:
        if self._session is None or self._device is None:
            return None
        patience = GuestPatience(
            self._session, self._wait, self._switches.mode_password, self._found, self._guest.overheard
        )
        return Till(patience, self._device, self._switches)


@dataclass
class Found:
    """How many mode changes of the till there had been when we entered a mode; None: we are in none of our own."""

    at: int | None = None


class GuestPatience(Patience):
    """Leaves the register's mode as it was found. A slip is printed in any mode; a mode of ours is entered from the
    choice of modes alone, for coming back to another one would take the password, and the name, of the till's cashier.
    """

    def __init__(
        self, session: Session, wait: Callable[[float], None], mode_password: int, found: Found, overheard: Overheard
    ) -> None:
        super().__init__(session, wait, mode_password)
        self._found, self._overheard = found, overheard

    def enter(self, mode: Mode) -> Outcome[None]:
        """As `Patience.enter`, but Refused 66h while the till keeps the register in another mode."""
        state = self._session.run(STATE_CODE, Nothing())
        if not isinstance(state, Done):
            return state
        now = mode_of(state.reply.mode)
        if mode in (Mode.CHOICE, now):
            return Done(None)
        if now is not Mode.CHOICE:
            return Refused(NO_MODE, EXIT_MODE.name, f"the till keeps the register in mode {state.reply.mode:02X}h")
        entered = super().enter(mode)
        self._found.at = self._overheard.mode_changes if isinstance(entered, Done) else None
        return entered

    def leave(self) -> None:
        """Out of a mode that we entered, if the till has not changed it since."""
        if self._found.at == self._overheard.mode_changes:
            super().leave()
        self._found.at = None
