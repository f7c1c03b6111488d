"""The life of one sale at the printer, as a table. Pure.

What each state means for the cashier:

* `INTENT`          written down before the first byte; the receipt is being built in the printer. Nothing is fiscal
                    yet: it can be cancelled.
* `CLOSING`         "close" is about to be sent or was sent. Only the fiscal storage knows. Said: "checking".
* `REGISTERED`      the document is in the fiscal storage. The sale is done, whatever happens to the paper.
* `NOT_EXECUTED`    proven: the storage has no such document. Nothing was sold; the same sale may be tried again.
* `NEEDS_OPERATOR`  the storage and our intent do not fit together. A person compares both sides and decides.

A sale in `INTENT`, `CLOSING` or `NEEDS_OPERATOR` is unsettled: it blocks the next one on that printer and
keeps its points reserved. What is not in the table is a bug with a name, never a silent pass.
"""

from __future__ import annotations

from enum import StrEnum


class SaleState(StrEnum):
    """Where a sale stands; see the module's text."""

    INTENT = "intent"
    CLOSING = "closing"
    REGISTERED = "registered"
    NOT_EXECUTED = "not_executed"
    NEEDS_OPERATOR = "needs_operator"


class SaleEvent(StrEnum):
    """What happened to it."""

    CLOSE_NEXT = "close_next"  # everything but "close" is in the printer
    CLOSED = "closed"  # the printer answered "close" with a document number
    PROVEN_REGISTERED = "proven_registered"  # resolve found our document
    PROVEN_ABSENT = "proven_absent"  # resolve proved that there is none
    IN_DOUBT = "in_doubt"  # resolve cannot decide
    SAID_REGISTERED = "said_registered"  # an operator decided, with a reason
    SAID_ABSENT = "said_absent"
    TRY_AGAIN = "try_again"  # a new attempt of the same sale


S, E = SaleState, SaleEvent

TRANSITIONS: dict[tuple[SaleState, SaleEvent], SaleState] = {
    (S.INTENT, E.CLOSE_NEXT): S.CLOSING,
    (S.INTENT, E.PROVEN_ABSENT): S.NOT_EXECUTED,
    (S.INTENT, E.PROVEN_REGISTERED): S.REGISTERED,  # the till software closed it by its own hand
    (S.INTENT, E.IN_DOUBT): S.NEEDS_OPERATOR,
    (S.CLOSING, E.CLOSED): S.REGISTERED,
    (S.CLOSING, E.PROVEN_ABSENT): S.NOT_EXECUTED,
    (S.CLOSING, E.PROVEN_REGISTERED): S.REGISTERED,
    (S.CLOSING, E.IN_DOUBT): S.NEEDS_OPERATOR,
    (S.NEEDS_OPERATOR, E.SAID_REGISTERED): S.REGISTERED,
    (S.NEEDS_OPERATOR, E.SAID_ABSENT): S.NOT_EXECUTED,
    (S.NOT_EXECUTED, E.TRY_AGAIN): S.INTENT,
}

UNSETTLED = frozenset({S.INTENT, S.CLOSING, S.NEEDS_OPERATOR})


class ImpossibleStepError(Exception):
    """A sale was asked to do what its state does not allow: our own bug, named."""

    def __init__(self, state: SaleState, event: SaleEvent) -> None:
        super().__init__(f"a sale in {state} cannot take {event}")
        self.state, self.event = state, event


def after(state: SaleState, event: SaleEvent) -> SaleState:
    """The next state. ImpossibleStepError when the table has none."""
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise ImpossibleStepError(state, event) from None
