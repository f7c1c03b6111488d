"""What screens and slips show of a state: the balance on a date, and the date events that are due to be written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from pos_agent.ledger.accounts import Posting
from pos_agent.ledger.calendar import ONE_DAY
from pos_agent.ledger.fold import fold
from pos_agent.ledger.persons import own_events
from pos_agent.ledger.state import CustomerState
from pos_agent.model.customer import Balance
from pos_agent.model.events import Entry, EntryKind, EventKind, LedgerEvent
from pos_agent.model.loyalty import ALL_TIME, Window

_DUE_KINDS = {EntryKind.EXPIRE.value: EventKind.LOT_EXPIRED, EntryKind.ACTIVATE.value: EventKind.LOT_ACTIVE}


@dataclass(frozen=True)
class Due:
    """A date event to write: `expire:<lot>` or `active:<lot>` on business date `day`. It carries no amount."""

    id: str
    kind: EventKind
    customer: str
    program: str
    lot: str
    day: date

    def event(self) -> LedgerEvent:
        """The event, the same on every replica: no register, midnight UTC of its business date."""
        kind = EntryKind.EXPIRE if self.kind is EventKind.LOT_EXPIRED else EntryKind.ACTIVATE
        entry = Entry(f"{self.id}/{kind.value}", kind, self.program, None, lot=self.lot)
        day = self.day.isoformat()
        return LedgerEvent(self.id, self.kind, "", f"{day}T00:00:00+00:00", day, self.customer, entries=(entry,))


def at_date(state: CustomerState, on: date) -> CustomerState:
    """The state on a later date if nothing but dates happens. ValueError for a date before the state's own."""
    if on < state.through:
        raise ValueError(f"the state is of {state.through}, a balance of {on} needs its own fold")
    if on == state.through:
        return state
    return fold(own_events(state.history, state.customer, state.through), on, state.policy, state.customer)


def balance(state: CustomerState, on: date, window: Window = ALL_TIME) -> Balance:
    """Points on a date, expiry and activation of that morning included; metric and visits before that date."""
    metric_kop, visits = state.metric_before(on, window)
    return replace(points(state, on), metric_kop=metric_kop, visits=visits)


def points(state: CustomerState, on: date) -> Balance:
    """`balance` without metric and visits (0): to walk through all purchases again costs as much as the rest."""
    then = at_date(state, on)
    pending = [lot.active_from for lot in then.lots if lot.pending and lot.left_pt]
    return Balance(
        active_pt=then.active_pt,
        pending_pt=then.pending_pt,
        debt_pt=then.debt_pt,
        next_expiry=next_expiry(then),
        pending_from=min(pending).isoformat() if pending else "",
    )


def next_expiry(state: CustomerState) -> tuple[str, int] | None:
    """(last usable day, hundredths) of the usable lots that go first; lots of one day are shown together."""
    by_day: dict[date, int] = {}
    for lot in state.lots:
        if lot.expires is not None and lot.usable_pt:
            by_day[lot.expires] = by_day.get(lot.expires, 0) + lot.usable_pt
    if not by_day:
        return None
    first = min(by_day)
    return (first - ONE_DAY).isoformat(), by_day[first]


def due(state: CustomerState, on: date) -> list[Due]:
    """Expiries and activations up to `on` that moved points and are not recorded yet, in the order they happened.

    They record what the fold does by itself: writing one late, twice or never changes no balance.
    """
    found: dict[str, Due] = {}
    then = at_date(state, on)
    lots = {lot.id: lot.customer for lot in then.lots}
    for posting in then.postings:
        if posting.kind in _DUE_KINDS and posting.event not in state.recorded and posting.lot in lots:
            found.setdefault(posting.event, _due(state, posting, lots[posting.lot]))
    return list(found.values())


def _due(state: CustomerState, posting: Posting, customer: str) -> Due:
    """`customer` is whose lot it was when it opened, so that a replica that knows of no merge writes the same."""
    kind = _DUE_KINDS[posting.kind]
    return Due(posting.event, kind, customer, state.policy.program, posting.lot, posting.day)
