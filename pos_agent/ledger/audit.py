"""Invariants of the ledger (loyalty rules, section 11, items 1 to 3), checked from postings against lots."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from pos_agent.ledger.accounts import Accounts, Posting, account_sums, hold_account
from pos_agent.ledger.breach import Breach
from pos_agent.ledger.fold import fold_all
from pos_agent.ledger.persons import persons
from pos_agent.ledger.state import CustomerState, FoldPolicy
from pos_agent.model.events import LedgerEvent


def audit(events: Iterable[LedgerEvent], through: date, policy: FoldPolicy) -> list[Breach]:
    """Folds every person of a whole set of events and checks each and all together. Empty = sound.

    Kinds: conflict (one id, two contents), unbalanced, negative, debt_with_points, totals.
    """
    known = [event for event in events if event.customer is not None]
    group_of = {card: group for group in persons(known) for card in group}
    by_person: dict[tuple[str, ...], list[LedgerEvent]] = {}
    for event in known:
        by_person.setdefault(group_of[event.customer or ""], []).append(event)
    return list(audit_people((by_person[person] for person in sorted(by_person)), through, policy))


def audit_people(people: Iterable[Iterable[LedgerEvent]], through: date, policy: FoldPolicy) -> Iterator[Breach]:
    """The same of events that come person by person: nobody is held in memory longer than it takes to look."""
    total = 0
    for events in people:
        states = fold_all(events, through, policy)
        yield from check(*states)
        total += sum(posting.amount_pt for posting in states[0].postings)
    if total:
        yield Breach("unbalanced", policy.program, f"all accounts of the program sum to {total}, not 0")


def check(*states: CustomerState) -> list[Breach]:
    """Invariants of one person: all its customers' states, as `fold_all` gives them (one state when nothing is to be
    merged later).
    """
    conflicts = [
        Breach("conflict", item.event, "one id with two contents")
        for item in states[0].quarantined
        if item.reason == "other content"
    ]
    postings = states[0].postings
    return [*conflicts, *_unbalanced(postings), *_signs(postings), *_totals(states)]


def _unbalanced(postings: Sequence[Posting]) -> list[Breach]:
    """1: the postings of every event sum to zero."""
    sums: dict[str, int] = {}
    for posting in postings:
        sums[posting.event] = sums.get(posting.event, 0) + posting.amount_pt
    return [Breach("unbalanced", event, f"postings sum to {left}") for event, left in sums.items() if left]


def _signs(postings: Sequence[Posting]) -> list[Breach]:
    """2: active, pending, holds and settlements never below zero, debt never above; after an event no debt beside
    usable points.
    """
    sums: dict[str, int] = {}
    found = []
    for index, posting in enumerate(postings):
        account = posting.account
        sums[account] = sums.get(account, 0) + posting.amount_pt
        if (sums[account] > 0) if account.endswith("/debt") else (sums[account] < 0 and _has_a_floor(account)):
            found.append(Breach("negative", posting.event, f"{account} at {sums[account]}"))
        if index + 1 == len(postings) or postings[index + 1].event != posting.event:
            for name, left in sums.items():
                active = sums.get(name.removesuffix("debt") + "active", 0)
                if name.endswith("/debt") and left < 0 < active:
                    found.append(Breach("debt_with_points", posting.event, f"{active} active beside {name}"))
    return found


def _has_a_floor(account: str) -> bool:
    return not account.endswith(("/issued", "/adjust"))


def _totals(states: Sequence[CustomerState]) -> list[Breach]:
    """3: issued + adjusted = active + pending + hold + redeemed + settled + breakage - debt, lots against accounts."""
    sums = account_sums(states[0].postings)
    names = Accounts("", states[0].policy.program)
    expected = {names.breakage: sum(lot.expired_pt for state in states for lot in state.lots)}
    for state in states:
        own = Accounts(state.customer, state.policy.program)
        expected |= {own.active: state.active_pt, own.pending: state.pending_pt, own.debt: -state.debt_pt}
        expected |= dict.fromkeys(_gone(state), 0)
        expected |= {hold_account(one.register, one.customer): one.amount_pt for one in state.holds}
    found = [
        Breach("totals", account, f"account at {sums.get(account, 0)}, lots say {told}")
        for account, told in expected.items()
        if sums.get(account, 0) != told
    ]
    issued = -sums.get(names.issued, 0) - sums.get(names.adjust, 0)
    spent = sum(left for account, left in sums.items() if account.startswith("partner/") or account == names.redeemed)
    if issued != sum(expected.values()) + spent:
        found.append(Breach("totals", states[0].customer, f"issued and adjusted {issued}, kept another sum"))
    return found


def _gone(state: CustomerState) -> list[str]:
    """Accounts of cards that were merged into this customer: empty."""
    merged = (Accounts(card, state.policy.program) for card in state.cards if card != state.customer)
    return [account for names in merged for account in (names.active, names.pending, names.debt)]
