"""What the host of protocol 2 does in each state of an exchange, as one table.

Source: protocol notes, section 1.2. Both sides are alike: the sender asks with ENQ, the receiver grants with ACK, the
sender ends with EOT. An ENQ never executes anything; a repeated frame may. Hence the rule of this table: a frame goes
out again after NAK, which says that it was not taken; after silence only that of a question goes out again, a fiscal
one is listened for and nothing more. Answers carry no command code, so the order of events is all there is.

ASK     ENQ was sent; ACK grants. Nothing of ours is there yet: giving up here means "not sent".
PAUSE   A busy register (NAK) or a collision (both said ENQ) is waited out, then ENQ again.
FRAME   The frame is out, ACK or NAK is awaited.
ANSWER  The register works; its ENQ is awaited until the command's time is over.
GRANT   Its ENQ was granted; STX is awaited.
AGAIN   Its frame was damaged; it says it again by itself or after our NAK.
CLOSE   The answer is ours and acknowledged; EOT is awaited, or the same frame again when our ACK was lost.
DONE    The exchange is over.

While a frame is being read its bytes are not events; it ends as ANSWERED, DAMAGED (wrong CRC) or TORN (a byte came
late, or too many came).
"""

from __future__ import annotations

from enum import Enum, auto
from typing import NamedTuple


class Phase(Enum):
    """State of an exchange, see above."""

    ASK = auto()
    PAUSE = auto()
    FRAME = auto()
    ANSWER = auto()
    GRANT = auto()
    AGAIN = auto()
    CLOSE = auto()
    DONE = auto()


class Event(Enum):
    """What can happen in a phase."""

    ACK = auto()
    NAK = auto()
    ENQ = auto()
    STX = auto()
    EOT = auto()
    OTHER = auto()
    ANSWERED = auto()
    DAMAGED = auto()
    TORN = auto()
    SILENCE = auto()


class Do(Enum):
    """What the host does about it."""

    SKIP = auto()  # nothing, the deadline stays
    GO = auto()  # enter the next phase, its deadline starts
    ENQ = auto()  # ask, while tries of the round are left
    ROUND = auto()  # a new round of ENQ, while rounds are left
    BUSY = auto()  # pause, then ENQ: counts as a try
    COLLISION = auto()  # pause T7, then a new round; when settling, GRANT: it is the answer that was lost
    COMMAND = auto()  # the frame; when settling, EOT: the register is free, that was the question
    RESEND = auto()  # the frame again, while transmissions are left
    DOUBT = auto()  # silence: a question goes out again, anything else is only listened for
    TAKEN = auto()  # ENQ instead of ACK: the answer comes already; a question's first frame goes out again instead
    EOT = auto()  # the frame was taken
    GRANT = auto()  # ACK to the register's ENQ, while rounds are left
    READ = auto()  # a frame begins
    DELIVER = auto()  # ACK: this is our answer
    REFUSE = auto()  # NAK: say it again, while rounds are left
    LISTEN = auto()  # wait for STX without a word, while rounds are left
    GIVE_UP = auto()
    FINISH = auto()


class Rule(NamedTuple):
    """Do this, then be in that phase."""

    do: Do
    then: Phase


def _skips(phase: Phase, *events: Event) -> dict[Event, Rule]:
    return {event: Rule(Do.SKIP, phase) for event in events}


_READ = {
    Event.STX: Rule(Do.READ, Phase.GRANT),
    Event.ANSWERED: Rule(Do.DELIVER, Phase.CLOSE),
    Event.DAMAGED: Rule(Do.REFUSE, Phase.AGAIN),
    Event.TORN: Rule(Do.LISTEN, Phase.AGAIN),
}

TABLE: dict[Phase, dict[Event, Rule]] = {
    Phase.ASK: {
        Event.ACK: Rule(Do.COMMAND, Phase.FRAME),
        Event.NAK: Rule(Do.BUSY, Phase.PAUSE),
        Event.ENQ: Rule(Do.COLLISION, Phase.PAUSE),
        Event.STX: Rule(Do.ROUND, Phase.ASK),
        Event.EOT: Rule(Do.ROUND, Phase.ASK),
        Event.OTHER: Rule(Do.ROUND, Phase.ASK),
        Event.SILENCE: Rule(Do.ENQ, Phase.ASK),
    },
    Phase.PAUSE: {
        **_skips(Phase.PAUSE, Event.ACK, Event.NAK, Event.ENQ, Event.STX, Event.EOT, Event.OTHER),
        Event.SILENCE: Rule(Do.ENQ, Phase.ASK),
    },
    Phase.FRAME: {
        Event.ACK: Rule(Do.EOT, Phase.ANSWER),
        Event.NAK: Rule(Do.RESEND, Phase.FRAME),
        Event.ENQ: Rule(Do.TAKEN, Phase.GRANT),
        Event.SILENCE: Rule(Do.DOUBT, Phase.FRAME),
        **_skips(Phase.FRAME, Event.STX, Event.EOT, Event.OTHER),
    },
    Phase.ANSWER: {
        Event.ENQ: Rule(Do.GRANT, Phase.GRANT),
        Event.SILENCE: Rule(Do.GIVE_UP, Phase.DONE),
        **_skips(Phase.ANSWER, Event.ACK, Event.NAK, Event.STX, Event.EOT, Event.OTHER),
    },
    Phase.GRANT: {
        **_READ,
        Event.ENQ: Rule(Do.GRANT, Phase.GRANT),
        Event.SILENCE: Rule(Do.GO, Phase.ANSWER),
        **_skips(Phase.GRANT, Event.ACK, Event.NAK, Event.EOT, Event.OTHER),
    },
    Phase.AGAIN: {
        **_READ,
        Event.ENQ: Rule(Do.GRANT, Phase.GRANT),
        Event.SILENCE: Rule(Do.GIVE_UP, Phase.DONE),
        **_skips(Phase.AGAIN, Event.ACK, Event.NAK, Event.EOT, Event.OTHER),
    },
    Phase.CLOSE: {
        Event.STX: Rule(Do.READ, Phase.CLOSE),
        Event.ANSWERED: Rule(Do.DELIVER, Phase.CLOSE),
        Event.DAMAGED: Rule(Do.REFUSE, Phase.CLOSE),
        Event.TORN: Rule(Do.LISTEN, Phase.CLOSE),
        Event.EOT: Rule(Do.FINISH, Phase.DONE),
        Event.SILENCE: Rule(Do.FINISH, Phase.DONE),
        **_skips(Phase.CLOSE, Event.ACK, Event.NAK, Event.ENQ, Event.OTHER),
    },
}
