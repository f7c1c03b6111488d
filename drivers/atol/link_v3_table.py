"""What the host of protocol 3 does in each state of an exchange, as one table.

Source: protocol notes, sections 2.1 to 2.8. The register keeps each task under its tid and never runs one tid twice,
and it answers a repeated packet with the same Id and content again without adding its task again. Hence the rules: a
lost answer repeats the same packet; a lost result is asked for by Req; a task goes out once, under one tid.

ADD     Add was sent; its status is awaited. The result may come at once, or first of all in an F0 packet.
RUN     The task is in the buffer. An F0 packet is awaited; from time to time Req asks, for F0 may be lost.
ASK     Req was sent.
CLEAN   The result is ours. Ack drops it from the buffer; after an error Abort starts the queue again.
CLEAR   Abort was sent because the queue stands still, or to begin a connection: nothing of ours is in it.
DONE    The exchange is over; late packets belong to nobody.

Events are packets with the Id of our last packet, F0 packets with our tid, and silence.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import NamedTuple

from drivers.atol.packet import State


@dataclass(frozen=True)
class TimingV3:
    """Time-outs in seconds and limits of one exchange (protocol notes, sections 2.1 and 2.5)."""

    reply_s: float = 0.5  # answer to a packet
    add_tries: int = 5  # the packet and four repeats
    other_tries: int = 3
    poll_s: float = 1.0  # between two Req, and two Abort, while a task runs
    run_s: float = 120.0  # at least this long for a task the register calls running
    heard_limit: int = 65536  # bytes taken in one exchange


class Phase(Enum):
    """State of an exchange, see above."""

    ADD = auto()
    RUN = auto()
    ASK = auto()
    CLEAN = auto()
    CLEAR = auto()
    DONE = auto()


class Event(Enum):
    """What can happen in a phase."""

    RUNS = auto()  # queued, running or waiting for an outer device
    RESULT = auto()
    ERROR = auto()
    STOPPED = auto()
    FULL = auto()
    EXISTS = auto()
    UNKNOWN = auto()
    ILLEGAL = auto()
    ASYNC_RESULT = auto()
    ASYNC_ERROR = auto()
    EMPTY = auto()  # "say that packet again"
    BROKEN = auto()  # our Id, wrong CRC
    ODD = auto()  # a status nobody described
    SILENCE = auto()


class Do(Enum):
    """What the host does about it."""

    SKIP = auto()
    GO = auto()  # enter the next phase, its deadline starts
    AGAIN = auto()  # the same packet, same Id, while tries are left
    REPEAT = auto()  # ask for the last packet once more, if the switch allows
    REQ = auto()
    TAKE = auto()  # the result is ours: Ack
    TAKE_ERROR = auto()  # the error is ours: Abort, or Ack when errors do not stop the queue
    ABORT = auto()  # the task was not executed: clear the queue
    COLLIDE = auto()  # the tid is taken: by our own first packet, or by somebody else's task
    REJECT = auto()  # the register takes no such packet: not executed
    FORGOTTEN = auto()  # not in the buffer: only the fiscal storage can tell
    LATER = auto()  # still busy: the same question after a pause
    FINISH = auto()


class Rule(NamedTuple):
    """Do this, then be in that phase."""

    do: Do
    then: Phase


STATUS: dict[int, Event] = {
    State.PENDING: Event.RUNS,
    State.IN_PROGRESS: Event.RUNS,
    State.WAITING: Event.RUNS,
    State.RESULT: Event.RESULT,
    State.ERROR: Event.ERROR,
    State.STOPPED: Event.STOPPED,
    State.OVERFLOW: Event.FULL,
    State.ALREADY_EXISTS: Event.EXISTS,
    State.NOT_FOUND: Event.UNKNOWN,
    State.ILLEGAL_VALUE: Event.ILLEGAL,
}

_OURS = {
    Event.RESULT: Rule(Do.TAKE, Phase.CLEAN),
    Event.ERROR: Rule(Do.TAKE_ERROR, Phase.CLEAN),
    Event.ASYNC_RESULT: Rule(Do.TAKE, Phase.CLEAN),
    Event.ASYNC_ERROR: Rule(Do.TAKE_ERROR, Phase.CLEAN),
}


def _skips(phase: Phase, *events: Event) -> dict[Event, Rule]:
    return {event: Rule(Do.SKIP, phase) for event in events}


def _all_finish() -> dict[Event, Rule]:
    return {event: Rule(Do.FINISH, Phase.DONE) for event in Event}


TABLE: dict[Phase, dict[Event, Rule]] = {
    Phase.ADD: {
        **_OURS,
        Event.RUNS: Rule(Do.GO, Phase.RUN),
        Event.STOPPED: Rule(Do.ABORT, Phase.CLEAR),
        Event.FULL: Rule(Do.ABORT, Phase.CLEAR),
        Event.EXISTS: Rule(Do.COLLIDE, Phase.ASK),
        Event.ILLEGAL: Rule(Do.REJECT, Phase.DONE),
        Event.UNKNOWN: Rule(Do.REQ, Phase.ASK),
        Event.ODD: Rule(Do.REQ, Phase.ASK),
        Event.EMPTY: Rule(Do.AGAIN, Phase.ADD),
        Event.BROKEN: Rule(Do.REPEAT, Phase.ADD),
        Event.SILENCE: Rule(Do.AGAIN, Phase.ADD),
    },
    Phase.RUN: {
        **_OURS,
        Event.SILENCE: Rule(Do.REQ, Phase.ASK),
        **_skips(Phase.RUN, Event.RUNS, Event.STOPPED, Event.FULL, Event.EXISTS, Event.UNKNOWN, Event.ILLEGAL),
        **_skips(Phase.RUN, Event.EMPTY, Event.BROKEN, Event.ODD),
    },
    Phase.ASK: {
        **_OURS,
        Event.RUNS: Rule(Do.GO, Phase.RUN),
        Event.STOPPED: Rule(Do.ABORT, Phase.CLEAR),
        Event.UNKNOWN: Rule(Do.FORGOTTEN, Phase.DONE),
        Event.EMPTY: Rule(Do.AGAIN, Phase.ASK),
        Event.BROKEN: Rule(Do.REPEAT, Phase.ASK),
        Event.SILENCE: Rule(Do.AGAIN, Phase.ASK),
        **_skips(Phase.ASK, Event.FULL, Event.EXISTS, Event.ILLEGAL, Event.ODD),
    },
    Phase.CLEAN: {
        **_all_finish(),
        Event.RUNS: Rule(Do.LATER, Phase.CLEAN),
        Event.EMPTY: Rule(Do.AGAIN, Phase.CLEAN),
        Event.SILENCE: Rule(Do.AGAIN, Phase.CLEAN),
        **_skips(Phase.CLEAN, Event.ASYNC_RESULT, Event.ASYNC_ERROR, Event.BROKEN),
    },
    Phase.CLEAR: {
        Event.RESULT: Rule(Do.FINISH, Phase.DONE),
        Event.RUNS: Rule(Do.LATER, Phase.CLEAR),
        Event.EMPTY: Rule(Do.AGAIN, Phase.CLEAR),
        Event.SILENCE: Rule(Do.AGAIN, Phase.CLEAR),
        **_skips(Phase.CLEAR, Event.ERROR, Event.STOPPED, Event.FULL, Event.EXISTS, Event.UNKNOWN, Event.ILLEGAL),
        **_skips(Phase.CLEAR, Event.ASYNC_RESULT, Event.ASYNC_ERROR, Event.BROKEN, Event.ODD),
    },
}
