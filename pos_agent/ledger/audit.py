"""Invariants of the ledger (loyalty rules, section 11, items 1 to 3), checked from postings against lots."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from pos_agent.ledger.accounts import Accounts, Posting, account_sums
from pos_agent.ledger.breach import Breach
from pos_agent.ledger.fold import fold
from pos_agent.ledger.state import CustomerState, FoldPolicy
from pos_agent.model.events import LedgerEvent


def audit(events: Iterable[LedgerEvent], through: date, policy: FoldPolicy) -> list[Breach]:
    """Folds every customer of a whole set of events and checks each and all together. Empty = sound.

    Kinds: conflict (one id, two contents), unbalanced, negative, debt_with_points, totals.
    """
    by_customer: dict[str, list[LedgerEvent]] = {}
    for event in events:
        if event.customer is not None:
            by_customer.setdefault(event.customer, []).append(event)
    found: list[Breach] = []
    program: list[Posting] = []
    for customer in sorted(by_customer):
        state = fold(by_customer[customer], through, policy)
        found += check(state)
        program += state.postings
    total = sum(account_sums(program).values())
    if total:
        found.append(Breach("unbalanced", policy.program, f"all accounts of the program sum to {total}, not 0"))
    return found


def check(state: CustomerState) -> list[Breach]:
    """Invariants of one customer's state."""
    conflicts = [
        Breach("conflict", item.event, "one id with two contents")
        for item in state.quarantined
        if item.reason == "other content"
    ]
    return [*conflicts, *_unbalanced(state), *_signs(state), *_totals(state)]


def _unbalanced(state: CustomerState) -> list[Breach]:
    """1: the postings of every event sum to zero."""
    sums: dict[str, int] = {}
    for posting in state.postings:
        sums[posting.event] = sums.get(posting.event, 0) + posting.amount_pt
    return [Breach("unbalanced", event, f"postings sum to {left}") for event, left in sums.items() if left]


def _signs(state: CustomerState) -> list[Breach]:
    """2: active and pending never below zero, debt never above; after an event no debt beside usable points."""
    names = Accounts(state.customer, state.policy.program)
    sums = {names.active: 0, names.pending: 0, names.debt: 0}
    found = []
    for index, posting in enumerate(state.postings):
        if posting.account in sums:
            sums[posting.account] += posting.amount_pt
            if (sums[posting.account] > 0) if posting.account == names.debt else (sums[posting.account] < 0):
                found.append(Breach("negative", posting.event, f"{posting.account} at {sums[posting.account]}"))
        last = index + 1 == len(state.postings) or state.postings[index + 1].event != posting.event
        if last and sums[names.debt] < 0 and sums[names.active] > 0:
            found.append(Breach("debt_with_points", posting.event, f"{sums[names.active]} active beside a debt"))
    return found


def _totals(state: CustomerState) -> list[Breach]:
    """3: issued + adjusted = active + pending + redeemed + breakage - debt, with the left of lots on the right."""
    names = Accounts(state.customer, state.policy.program)
    sums = account_sums(state.postings)
    expected = {
        names.active: state.active_pt,
        names.pending: state.pending_pt,
        names.debt: -state.debt_pt,
        names.breakage: sum(lot.expired_pt for lot in state.lots),
    }
    found = [
        Breach("totals", account, f"account at {sums.get(account, 0)}, lots say {told}")
        for account, told in expected.items()
        if sums.get(account, 0) != told
    ]
    issued = -sums.get(names.issued, 0) - sums.get(names.adjust, 0)
    kept = sum(expected.values()) + sums.get(names.redeemed, 0)
    if issued != kept:
        found.append(Breach("totals", state.customer, f"issued and adjusted {issued}, kept {kept}"))
    return found
