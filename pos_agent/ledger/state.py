"""What a fold gives: a customer's points on the evening of a business date."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from pos_agent.ledger.accounts import Posting
from pos_agent.ledger.lots import Lot
from pos_agent.ledger.metric import metric_before
from pos_agent.ledger.order import Quarantined
from pos_agent.ledger.persons import own_events
from pos_agent.ledger.stamps import stamps
from pos_agent.model.events import LedgerEvent
from pos_agent.model.loyalty import ALL_TIME, Window


@dataclass(frozen=True)
class FoldPolicy:
    """What a program decides about its ledger. `grace_days` 0 = points restored to an expired lot are burned."""

    program: str
    grace_days: int = 0


@dataclass(frozen=True)
class Holding:
    """Points kept for a register, granted to `customer` (whose card may have been merged since)."""

    register: str
    customer: str
    amount_pt: int


@dataclass(frozen=True)
class CustomerState:
    """Points of one customer in one program, hundredths, all >= 0. Equal sets of events give equal states.

    `cards`: the customers merged into this one by now, itself too. `lots` and `holds` are this customer's, all else is
    of the person: `postings` of all its customers; `history`: the events folded, in order. `waiting`: ids of returns
    whose sale is unknown. `recorded`: ids of date events already written. `quarantined`: what was left out of points
    and why.
    """

    customer: str
    policy: FoldPolicy
    through: date
    active_pt: int
    pending_pt: int
    debt_pt: int
    lots: tuple[Lot, ...]
    postings: tuple[Posting, ...]
    holds: tuple[Holding, ...] = ()
    cards: tuple[str, ...] = ()
    quarantined: tuple[Quarantined, ...] = ()
    waiting: tuple[str, ...] = ()
    recorded: frozenset[str] = frozenset()
    history: tuple[LedgerEvent, ...] = field(default=(), repr=False)

    @property
    def held_pt(self) -> int:
        """Kept for all registers."""
        return sum(one.amount_pt for one in self.holds)

    def held_for(self, register: str) -> int:
        """Kept for this register: it spends from this first, and only this without a connection."""
        return sum(one.amount_pt for one in self.holds if one.register == register)

    def metric_before(self, day: date, window: Window = ALL_TIME) -> tuple[int, int]:
        """(net kopecks, visits) that a level on `day` looks at; see `ledger.metric`."""
        return metric_before(self.history, day, window, self.customer)

    def stamps(self) -> dict[str, int]:
        """Stamp counters after the last event; see `ledger.stamps`."""
        return stamps(own_events(self.history, self.customer, self.through), self.through)
