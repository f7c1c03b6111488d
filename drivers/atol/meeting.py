"""The first words of a connection: what became of an unfinished task, which protocol is spoken, who is there.

Never a blind Abort: it is sent only when nothing of ours can be in the buffer. Source: protocol notes, B.1 and 2.8.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from drivers.api import Done, LinkFault, NotSent, Outcome
from drivers.atol.identify import Device, identify
from drivers.atol.link_v2 import LinkV2, TimingV2
from drivers.atol.link_v3 import LinkV3
from drivers.atol.link_v3_table import TimingV3
from drivers.atol.session import AtolLink, Question, Session
from drivers.atol.switches import Switches
from drivers.atol.tasks import TaskMemory
from drivers.exchange import Answer, exchange
from drivers.streams.byte_stream import ByteStream

AUTO, V2, V3 = "auto", "v2", "v3"
PROTOCOLS = (AUTO, V2, V3)
PLATFORM_5 = (
    "no answer on protocols 3 and 2: switched off, wrong speed, or a register of platform 5, which only the vendor's"
    " driver talks to (backend fptr10)"
)


@dataclass(frozen=True)
class Timings:
    """Time-outs of both links, and how long `connect` waits for a task that still runs, seconds."""

    v2: TimingV2 = field(default_factory=TimingV2)
    v3: TimingV3 = field(default_factory=TimingV3)
    settle_s: float = 120.0


class Layers:
    """The links to try. They live as long as the printer: ids go on, and a doubt is not forgotten with a connection."""

    def __init__(self, protocol: str, switches: Switches, timings: Timings) -> None:
        self.timings = timings
        self.switches = switches
        self._protocol = protocol
        self.spoken = ""
        self.v2 = LinkV2(timings.v2)
        self.v3 = LinkV3(
            timings.v3,
            next_id=switches.first_number,
            next_tid=switches.first_number,
            ignore_error=switches.ignore_error,
            empty_repeats=switches.empty_repeats,
            crc_of_masked=switches.crc_of_masked,
            aborts=switches.abort_on_connect,
        )

    @property
    def current(self) -> AtolLink:
        """The link of the protocol that is spoken, or being tried."""
        return self.v2 if self.spoken == V2 else self.v3

    def to_try(self) -> list[str]:
        """What was spoken last comes first: a doubt is asked about in the protocol it arose in."""
        if self._protocol != AUTO:
            return [self._protocol]
        return [V2, V3] if self.v2.doubtful else [V3, V2]


def meet(
    layers: Layers,
    new_session: Callable[[], Session],
    memory: TaskMemory,
    stream: ByteStream,
    monotonic: Callable[[], float],
) -> Outcome[tuple[Session, Device]]:
    """A session with a register that told who it is. The stream is open."""
    outcome: Outcome[tuple[Session, Device]] = NotSent(LinkFault.SILENT)
    tries = layers.to_try()
    for spoken in tries:
        layers.spoken = spoken
        session = new_session()
        unready = _settled(layers, session, memory) or _greeted(layers, stream, monotonic)
        if unready is None:
            found = identify(session, layers.switches)
            outcome = Done((session, found.reply)) if isinstance(found, Done) else found
        else:
            outcome = unready
        if not (isinstance(outcome, NotSent) and outcome.fault in (LinkFault.SILENT, LinkFault.GARBAGE)):
            return outcome
    if len(tries) > 1 and isinstance(outcome, NotSent):
        return NotSent(outcome.fault, f"{PLATFORM_5}; {outcome.detail}")
    return outcome


def _settled(layers: Layers, session: Session, memory: TaskMemory) -> NotSent | None:
    """Before anything else: Req of the task that is outstanding, from this run or from one before."""
    if layers.spoken == V3 and layers.v3.unsettled is None:
        layers.v3.unsettled = memory.outstanding()
    return session.settle(layers.timings.settle_s)


def _greeted(layers: Layers, stream: ByteStream, monotonic: Callable[[], float]) -> NotSent | None:
    """Abort empties a buffer in which nothing is ours; where it is switched off a question shows that v3 is spoken."""
    if layers.spoken == V2:
        return None  # each exchange of protocol 2 begins with ENQ
    link = layers.v3
    begin = link.begin_abort if layers.switches.abort_on_connect else link.begin_hello
    result = exchange(stream, Question(link, begin), b"", layers.timings.settle_s, monotonic)
    return None if isinstance(result, Answer) else NotSent(result.fault, f"protocol 3: {result.detail}")
