"""Fold: the set of a customer's events -> lots, balances, postings (loyalty rules, section 10).

State = fold of the set in one order: business date, with what dates do at the start of a day first (expiry, then
activation, by lot id); then UTC instant; then event id. Inside an event: RESTORE, REVERSE, SPEND, ACCRUE, GIFT,
ADJUST, by entry id. A late event is inserted at its place and the fold computed anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from pos_agent.ledger import movements
from pos_agent.ledger.accounts import Accounts
from pos_agent.ledger.order import Quarantined, Settled, business_date, settle
from pos_agent.ledger.plan import Planner, Step, Unfit
from pos_agent.ledger.state import CustomerState, FoldPolicy
from pos_agent.ledger.wallet import Wallet
from pos_agent.model.events import EntryKind, LedgerEvent


def fold(events: Iterable[LedgerEvent], through: date, policy: FoldPolicy) -> CustomerState:
    """State of one customer in one program after the last event of `through` (a business date).

    `events`: any order, any repetition; events without a customer and entries of other programs are passed over.
    A document is never refused: what its points cannot follow is left out of points and named in `quarantined` with
    the reason "other content" (one id, two contents), "too much returned", "no sale named", "amount", "date",
    "lot id". ValueError when the events are of several customers or carry texts that are no dates.
    """
    own = [event for event in events if event.customer is not None]
    customer = _one_customer(own)
    settled = settle(own, through)
    wallet = Wallet(Accounts(customer, policy.program))
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
        for step in steps:
            _apply(wallet, event, step, today, policy)
    wallet.start_day(through)
    return _state(customer, policy, through, wallet, settled, unfit)


def _one_customer(events: list[LedgerEvent]) -> str:
    names = {event.customer for event in events if event.customer is not None}
    if len(names) > 1:
        raise ValueError(f"events of {len(names)} customers in one fold")
    return names.pop() if names else ""


def _apply(wallet: Wallet, event: LedgerEvent, step: Step, day: date, policy: FoldPolicy) -> None:
    entry, amount_pt = step.entry, step.amount_pt
    if entry.kind is EntryKind.RESTORE and step.spend is not None:
        movements.restore(wallet, entry.id, step.spend, amount_pt, day, policy.grace_days)
    elif entry.kind is EntryKind.REVERSE:
        movements.reverse(wallet, step.own, amount_pt)
    elif entry.kind is EntryKind.SPEND:
        movements.spend(wallet, event.id, amount_pt)
    elif entry.kind is EntryKind.ADJUST and amount_pt < 0:
        movements.adjust_down(wallet, step.own, -amount_pt)
    elif entry.kind in (EntryKind.ACCRUE, EntryKind.GIFT, EntryKind.ADJUST):
        movements.issue(wallet, event.id, entry, amount_pt, day)


def _state(
    customer: str, policy: FoldPolicy, through: date, wallet: Wallet, settled: Settled, unfit: list[Quarantined]
) -> CustomerState:
    lots = tuple(wallet.lots[lot_id].frozen() for lot_id in sorted(wallet.lots))
    return CustomerState(
        customer=customer,
        policy=policy,
        through=through,
        active_pt=sum(lot.usable_pt for lot in lots),
        pending_pt=sum(lot.left_pt for lot in lots if lot.pending),
        debt_pt=sum(debt.amount_pt for debt in wallet.debts),
        lots=lots,
        postings=tuple(wallet.book.postings),
        quarantined=(*settled.conflicts, *unfit),
        waiting=settled.waiting,
        recorded=settled.recorded,
        history=settled.events,
    )
