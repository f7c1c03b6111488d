"""Fold: the set of a person's events -> lots, balances, postings (loyalty rules, section 10).

State = fold of the set in one order: business date, with what dates do at the start of a day first (expiry, then
activation, by lot id); then UTC instant; then event id. Inside an event: RESTORE, REVERSE, SPEND, ACCRUE, GIFT,
ADJUST, HOLD, UNHOLD, by entry id. A late event is inserted at its place and the fold computed anew.

The unit of the fold is a person: one customer, or all customers joined by merges of cards, since what one of them did
before may move points of another after. A merge counts from its own place in the order.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from pos_agent.ledger import movements
from pos_agent.ledger.holds import hold, unhold
from pos_agent.ledger.lots import HoldKey
from pos_agent.ledger.order import Quarantined, business_date, settle
from pos_agent.ledger.persons import last_survivor, persons
from pos_agent.ledger.plan import Planner, Step, Unfit
from pos_agent.ledger.state import CustomerState, FoldPolicy, Holding
from pos_agent.ledger.wallet import Wallet
from pos_agent.model.events import EntryKind, EventKind, LedgerEvent, allowed_register, survivor


def fold(events: Iterable[LedgerEvent], through: date, policy: FoldPolicy, customer: str = "") -> CustomerState:
    """State of one customer in one program after the last event of `through` (a business date).

    `events`: any order, any repetition; events without a customer and entries of other programs are passed over.
    `customer`: whose state, when they are of a person with several cards; merged away by then, it is the survivor's.
    "" = the survivor of all merges. A document is never refused: what its points cannot follow is left out of points
    and named in `quarantined` with the reason "other content" (one id, two contents), "too much returned",
    "no sale named", "amount", "date", "lot id", "merge".
    ValueError when the events are of several persons or carry texts that are no dates.
    """
    known = list(events)
    owned = {card: state for state in fold_all(known, through, policy) for card in state.cards}
    if customer and customer not in owned:
        return fold_all((), through, policy, customer)[0]
    return owned[customer or last_survivor(known) or min(owned)]


def fold_all(
    events: Iterable[LedgerEvent], through: date, policy: FoldPolicy, nobody: str = ""
) -> tuple[CustomerState, ...]:
    """The same of every customer of one person, by id: more than one only while merges lie after `through`.

    `nobody`: the id of the state that no events give.
    """
    own = [event for event in events if event.customer is not None]
    people = persons(own)
    if len(people) > 1:
        raise ValueError(f"events of {len(people)} customers in one fold, not joined by merges")
    cards = people[0] if people else (nobody,)
    settled = settle(own, through)
    wallet = Wallet(policy.program)
    planner = Planner(wallet, settled, policy.program)
    unfit = []
    today = date.min
    for event in settled.events:
        today = max(today, business_date(event))  # a return placed after a sale of a later date happens on that date
        wallet.start_day(today)
        wallet.book.open_page(event.id, today)
        try:
            steps = planner.steps(event)
        except Unfit as error:
            unfit.append(Quarantined(event.id, error.reason))
            continue
        if event.kind is EventKind.MERGE:
            wallet.merge(wallet.owner(event.customer or ""), wallet.owner(survivor(event)))
        for step in steps:
            _apply(wallet, event, step, today, policy)
    wallet.start_day(through)
    by_owner: dict[str, list[str]] = {}
    for card in cards:
        by_owner.setdefault(wallet.owner(card), []).append(card)
    return tuple(
        CustomerState(
            customer=owner,
            cards=tuple(by_owner[owner]),
            policy=policy,
            through=through,
            **_points(wallet, owner),
            postings=tuple(wallet.book.postings),
            quarantined=(*settled.conflicts, *unfit),
            waiting=settled.waiting,
            recorded=settled.recorded,
            history=settled.events,
        )
        for owner in sorted(by_owner)
    )


def _apply(wallet: Wallet, event: LedgerEvent, step: Step, day: date, policy: FoldPolicy) -> None:
    entry, amount_pt, customer = step.entry, step.amount_pt, event.customer or ""
    if entry.kind is EntryKind.RESTORE and step.spend is not None:
        movements.restore(wallet, entry.id, step.spend, amount_pt, day, policy.grace_days)
    elif entry.kind is EntryKind.REVERSE:
        movements.reverse(wallet, wallet.owner(customer), step.own, amount_pt)
    elif entry.kind is EntryKind.SPEND:
        movements.spend(wallet, event, entry, amount_pt)
    elif entry.kind is EntryKind.HOLD:
        hold(wallet, allowed_register(event), customer, amount_pt)
    elif entry.kind is EntryKind.UNHOLD:
        unhold(wallet, allowed_register(event), customer, amount_pt)
    elif entry.kind is EntryKind.ADJUST and amount_pt < 0:
        movements.adjust_down(wallet, wallet.owner(customer), step.own, -amount_pt)
    elif entry.kind in (EntryKind.ACCRUE, EntryKind.GIFT, EntryKind.ADJUST):
        movements.issue(wallet, event, entry, amount_pt, day)


def _points(wallet: Wallet, owner: str) -> dict[str, Any]:
    """What the owner has: fields of `CustomerState`."""
    lots = [wallet.lots[lot_id] for lot_id in sorted(wallet.lots) if wallet.lots[lot_id].owner == owner]
    holds: dict[HoldKey, int] = {}
    for lot in lots:
        for key, held_pt in lot.held.items():
            holds[key] = holds.get(key, 0) + held_pt
    return {
        "active_pt": sum(lot.left_pt for lot in lots if not lot.pending),
        "pending_pt": sum(lot.left_pt for lot in lots if lot.pending),
        "debt_pt": sum(debt.amount_pt for debt in wallet.debts if debt.owner == owner),
        "lots": tuple(lot.frozen() for lot in lots),
        "holds": tuple(Holding(*key, held_pt) for key, held_pt in sorted(holds.items())),
    }
