"""How many points a register may take now (loyalty rules, sections 5 and 10). Pure; asked before printing.

With a connection: what is held for this register and all that is active. Without: what is held, so no order of
synchronisation can overdraw; a program may allow an overdraft beyond it, bounded, whose shortfall becomes debt.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from pos_agent.ledger.state import CustomerState
from pos_agent.model.events import EntryKind
from pos_agent.model.loyalty import Overdraft


@dataclass(frozen=True)
class Beyond:
    """What was already spent beyond holds and nobody else knows yet, hundredths: of this customer, by this register
    for anybody, by it on this business date.
    """

    customer_pt: int = 0
    register_pt: int = 0
    day_pt: int = 0


@dataclass(frozen=True)
class Offline:
    """There is no connection. `age`: how old the known balance is; `overdraft` None: the program allows none."""

    age: timedelta
    overdraft: Overdraft | None = None
    beyond: Beyond = Beyond()


def spendable_pt(state: CustomerState, register: str, offline: Offline | None = None) -> int:
    """Hundredths that this register may take from the customer now; pending lots and holds of others never count."""
    held_pt = state.held_for(register)
    if offline is None:
        return held_pt + state.active_pt
    rule = offline.overdraft
    if rule is None or offline.age > timedelta(hours=rule.max_age_hours):
        return held_pt
    room = min(
        state.active_pt,
        rule.customer_pt - offline.beyond.customer_pt,
        rule.register_pt - offline.beyond.register_pt,
        rule.day_pt - offline.beyond.day_pt,
    )
    return held_pt + max(0, room)


def beyond_holds_pt(state: CustomerState, events: Collection[str]) -> int:
    """What these events spent that was not held for their register; restored points are not counted back."""
    return -sum(
        posting.amount_pt
        for posting in state.postings
        if posting.event in events and posting.kind == EntryKind.SPEND and posting.account.startswith("cust/")
    )
