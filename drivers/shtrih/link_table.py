"""What the host does in each state of an exchange, as one table.

Source: Shtrih-M protocol 2.0, appendix 3 (diagram of the host); protocol notes, section 1.4.

The device executes a command when it has a frame with a right LRC, and answers ACK. It keeps the answer
until we ACK it. ENQ asks "who are you in": NAK = idle, nothing is stored; ACK = an answer is stored or being
prepared, a frame follows. An ENQ never executes anything; a repeated command frame does. Hence the rule of
this table: after silence only ENQ is repeated. The frame goes out again in one case alone: the device
rejected it with NAK *and* says NAK to an ENQ after the line fell quiet, so one stray NAK cannot repeat a sale.

ASK      ENQ was sent before the command. Nothing has happened: giving up here means "not sent".
STORED   The device said ACK: it gives the answer of an earlier exchange. Take it, acknowledge it, ask again.
COMMAND  The frame is out, ACK or NAK is awaited. STX here: the ACK was lost, the answer is already coming.
CONFIRM  The device rejected the frame and ENQ was sent: NAK = really idle, send again; ACK = it did take it.
ANSWER   The device works; its answer is awaited until the command's time is over.
RECOVER  ACK or answer is missing and ENQ was sent: ACK = the answer follows; NAK = no answer is stored:
         the frame was lost, or its answer was. Only the fiscal storage can tell, the outcome is unknown.
SETTLE   Garbage came. Everything is thrown away until the line is quiet; then ENQ, in the state noted. After a
         rejection (CONFIRM noted) only further NAKs may come, the device says one for each byte it cannot use;
         any other byte may be the lost acceptance, so RECOVER is noted instead.
DONE     The exchange is over; late bytes are ignored and belong to nobody.

While a frame is being read, its bytes are not events; it ends as OURS, STALE (another command's answer, or
one we may not trust) or BROKEN (wrong LRC, or a byte came late).
"""

from __future__ import annotations

from enum import Enum, IntEnum, auto
from typing import NamedTuple


class Phase(IntEnum):  # an integer is hashed without Python code: a sale looks 200 rules up
    """State of an exchange, see above."""

    ASK = auto()
    STORED = auto()
    COMMAND = auto()
    CONFIRM = auto()
    ANSWER = auto()
    RECOVER = auto()
    SETTLE = auto()
    DONE = auto()


class Event(IntEnum):
    """What can happen in a phase."""

    ACK = auto()
    NAK = auto()
    STX = auto()
    FILLER = auto()  # FFh, sent by TCP and Bluetooth models
    OTHER = auto()
    OURS = auto()
    STALE = auto()
    BROKEN = auto()
    SILENCE = auto()  # the phase's deadline passed


class Do(Enum):
    """What the host does about it."""

    SKIP = auto()  # nothing, the deadline stays
    GO = auto()  # enter the next phase, its deadline starts
    READ = auto()  # a frame begins
    ENQ = auto()
    SETTLE_ENQ = auto()  # wait for quiet, then ENQ
    SETTLE_NAK_ENQ = auto()  # wait for quiet, then NAK and ENQ: "say it again"
    COMMAND = auto()  # send the command frame
    ACK_ENQ = auto()  # acknowledge a stored frame, ask again
    DELIVER = auto()  # acknowledge: this is our answer
    GIVE_UP = auto()


class Rule(NamedTuple):
    """Do this, then be in that phase."""

    do: Do
    then: Phase


def _skips(phase: Phase, *events: Event) -> dict[Event, Rule]:
    return {event: Rule(Do.SKIP, phase) for event in events}


_CONTROL = (Event.ACK, Event.NAK, Event.FILLER, Event.OTHER)

TABLE: dict[Phase, dict[Event, Rule]] = {
    Phase.ASK: {
        Event.NAK: Rule(Do.COMMAND, Phase.COMMAND),
        Event.ACK: Rule(Do.GO, Phase.STORED),
        Event.STX: Rule(Do.READ, Phase.STORED),
        Event.OTHER: Rule(Do.SETTLE_ENQ, Phase.ASK),
        Event.SILENCE: Rule(Do.ENQ, Phase.ASK),
        **_skips(Phase.ASK, Event.FILLER),
    },
    Phase.STORED: {
        Event.STX: Rule(Do.READ, Phase.STORED),
        Event.OURS: Rule(Do.ACK_ENQ, Phase.ASK),
        Event.STALE: Rule(Do.ACK_ENQ, Phase.ASK),
        Event.BROKEN: Rule(Do.SETTLE_NAK_ENQ, Phase.ASK),
        Event.SILENCE: Rule(Do.ENQ, Phase.ASK),
        **_skips(Phase.STORED, *_CONTROL),
    },
    Phase.COMMAND: {
        Event.ACK: Rule(Do.GO, Phase.ANSWER),
        Event.NAK: Rule(Do.SETTLE_ENQ, Phase.CONFIRM),
        Event.STX: Rule(Do.READ, Phase.ANSWER),
        Event.OTHER: Rule(Do.SETTLE_ENQ, Phase.RECOVER),
        Event.SILENCE: Rule(Do.ENQ, Phase.RECOVER),
        **_skips(Phase.COMMAND, Event.FILLER),
    },
    Phase.CONFIRM: {
        Event.NAK: Rule(Do.COMMAND, Phase.COMMAND),
        Event.ACK: Rule(Do.GO, Phase.ANSWER),
        Event.STX: Rule(Do.READ, Phase.ANSWER),
        Event.OTHER: Rule(Do.SETTLE_ENQ, Phase.CONFIRM),
        Event.SILENCE: Rule(Do.ENQ, Phase.RECOVER),
        **_skips(Phase.CONFIRM, Event.FILLER),
    },
    Phase.ANSWER: {
        Event.STX: Rule(Do.READ, Phase.ANSWER),
        Event.OURS: Rule(Do.DELIVER, Phase.DONE),
        Event.STALE: Rule(Do.ACK_ENQ, Phase.RECOVER),
        Event.BROKEN: Rule(Do.SETTLE_NAK_ENQ, Phase.RECOVER),
        Event.SILENCE: Rule(Do.ENQ, Phase.RECOVER),
        **_skips(Phase.ANSWER, *_CONTROL),
    },
    Phase.RECOVER: {
        Event.ACK: Rule(Do.GO, Phase.ANSWER),
        Event.NAK: Rule(Do.GIVE_UP, Phase.DONE),
        Event.STX: Rule(Do.READ, Phase.ANSWER),
        Event.OTHER: Rule(Do.SETTLE_ENQ, Phase.RECOVER),
        Event.SILENCE: Rule(Do.ENQ, Phase.RECOVER),
        **_skips(Phase.RECOVER, Event.FILLER),
    },
}
