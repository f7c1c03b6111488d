"""Is this register cut off from the cloud, and what has it spent that nobody else knows (loyalty rules, section 10)?

Only for programs that say so (`[spend.offline]`): where one register is the whole program, its own ledger is the truth.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from pos_agent.checkout.figures import policy
from pos_agent.ledger.allowance import Beyond, Offline, beyond_holds_pt, spendable_pt
from pos_agent.ledger.calendar import instant
from pos_agent.ledger.fold import fold
from pos_agent.ledger.state import CustomerState
from pos_agent.model.events import EntryKind, LedgerEvent
from pos_agent.rules.values import Rules
from pos_agent.store.repositories import View

PATIENCE = timedelta(minutes=2)  # a row that waits so long for the cloud says that there is no connection


def may_spend_pt(view: View, rules: Rules, state: CustomerState, register: str, now: datetime) -> int:
    """Hundredths that the customer may spend on this register now, points of unsettled sales left out."""
    offline = cut_off(view, rules, state, register, now)
    free_pt = spendable_pt(state, register, offline)
    shared = with_elsewhere(view, rules, state)
    if shared is not state:
        here_pt = state.active_pt + state.held_for(register)
        free_pt = min(here_pt, spendable_pt(shared, register, offline))
    return max(0, free_pt - reserved_pt(view, state))


def active_pt(view: View, rules: Rules, state: CustomerState) -> int:
    """Hundredths that no register keeps and no unsettled sale has reserved; below 0 when those have more."""
    return min(state.active_pt, with_elsewhere(view, rules, state).active_pt) - reserved_pt(view, state)


def with_elsewhere(view: View, rules: Rules, state: CustomerState) -> CustomerState:
    """The state as it would be with what other registers keep, as far as the cloud has told; itself when it told none.

    It bounds what may be spent here. It is not shown and not written: the lots that a hold took may be another
    register's, so what is missing here is no debt.
    """
    known = {event.id for event in state.history}
    others = [one for one in view.holds.elsewhere(state.cards or (state.customer,)) if one.id not in known]
    if not others:
        return state
    return fold([*state.history, *others], state.through, policy(rules), state.customer)


def reserved_pt(view: View, state: CustomerState) -> int:
    """Points of the person's unsettled sales, on whichever of its cards."""
    cards = state.cards or (state.customer,)
    return sum(view.intents.reserved_pt(card) + view.splits.reserved_pt(card) for card in cards)


def cut_off(view: View, rules: Rules, state: CustomerState, register: str, now: datetime) -> Offline | None:
    """None: connected, or the program does not ask. `now` is aware."""
    rule = rules.spend.offline if rules.spend is not None else None
    if rule is None:
        return None
    cursor = view.sync.cursor(view.meta.epoch())
    waiting = next(view.ledger.range(cursor.acked_seq + 1, cursor.acked_seq + 1), None)
    if waiting is None or now - instant(waiting.event.at) < PATIENCE:
        return None
    agreed = datetime.fromisoformat(cursor.acked_at) if cursor.acked_at else None
    unknown = [row.event for row in view.ledger.range(cursor.acked_seq + 1)]
    today = now.astimezone(datetime.fromisoformat(waiting.event.at).tzinfo).date().isoformat()
    age = now - agreed if agreed else timedelta.max
    return Offline(age, rule, _beyond(view, rules, state, register, unknown, today))


def _beyond(
    view: View, rules: Rules, state: CustomerState, register: str, unknown: list[LedgerEvent], today: str
) -> Beyond:
    """What events that only this register knows have spent beyond its holds."""
    spent = [event for event in unknown if event.register == register and event.customer and _spends(event)]
    sums = {"customer_pt": 0, "register_pt": 0, "day_pt": 0}
    for customer in sorted({event.customer or "" for event in spent}):
        mine = [event for event in spent if event.customer == customer]
        known = [row.event for row in view.ledger.by_customer(customer)]
        then = fold(known, state.through, policy(rules), customer)
        total = beyond_holds_pt(then, {event.id for event in mine})
        sums["register_pt"] += total
        sums["customer_pt"] += total if customer in state.cards else 0
        sums["day_pt"] += beyond_holds_pt(then, {event.id for event in mine if event.business_date == today})
    return Beyond(**sums)


def _spends(event: LedgerEvent) -> bool:
    return any(entry.kind is EntryKind.SPEND for entry in event.entries)
