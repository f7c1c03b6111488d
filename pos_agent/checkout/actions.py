"""Points for what is no receipt: joining, a birthday, a filled questionnaire, something reported from outside.

The order's id is derived from the action, the customer and what it may happen once in, so a repeat gives nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from pos_agent.checkout.points_orders import place
from pos_agent.errors import UsageError
from pos_agent.ledger.asked import Asked, gift
from pos_agent.model.canonical import sha256_hex
from pos_agent.model.events import LedgerEvent
from pos_agent.rules.club_terms import BIRTHDAY, ActionTerms
from pos_agent.rules.values import Rules
from pos_agent.store.points import DONE
from pos_agent.store.repositories import View
from pos_agent.store.store import Store

LEAP = (2, 29)


@dataclass(frozen=True)
class Occasion:
    """Whom, when (aware, in the store's zone), where. `report`: the id of what was reported from outside."""

    customer: str
    at: datetime
    register: str
    report: str = ""
    operator: str = "program"
    merchant: str = ""


def reward(store: Store, rules: Rules, action: ActionTerms, now: Occasion) -> tuple[LedgerEvent, bool]:
    """Give the points of an action; the event, and whether it was given before (to any of the person's cards).

    UsageError PTS-08: the action is rewarded by reports, and none is named.
    """
    if action.once == "report" and not now.report:
        raise UsageError("PTS-08", id=action.id)
    with store.reading() as view:
        known = _given(view, action, now)
    if known is not None:
        return known, True
    order = Asked(
        _name(action, now, now.customer),
        now.customer,
        rules.program.id,
        now.register,
        now.at,
        f"action {action.id}",
        now.operator,
        now.merchant,
    )
    terms = action.reward
    event = gift(order, terms.points_pt, terms.life_days or None, terms.delay_days)
    return place(store, rules, event, {"action": action.id, "customer": now.customer}, _anything)


def birthdays(store: Store, rules: Rules, register: str, now: datetime, merchant: str = "") -> int:
    """Give today's birthday points. Customers of 29 February have theirs on the 28th in a common year."""
    actions = [one for one in rules.club.actions if one.on == BIRTHDAY]
    if not actions:
        return 0
    with store.reading() as view:
        ids = [one for one in view.customers.ids() if not view.club.marks(one).blocked]
        born = [one for one in ids if is_birthday(str(view.customers.answers(one).get(BIRTHDAY, "")), now.date())]
    given = (
        reward(store, rules, one, Occasion(who, now, register, merchant=merchant)) for who in born for one in actions
    )
    return sum(not again for _, again in given)


def is_birthday(born: str, today: date) -> bool:
    """`born`: ISO date, "" = not known."""
    try:
        day = date.fromisoformat(born)
    except ValueError:
        return False
    if (day.month, day.day) == LEAP and not _leap(today.year):
        return (today.month, today.day) == (2, 28)
    return (day.month, day.day) == (today.month, today.day)


def _leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _given(view: View, action: ActionTerms, now: Occasion) -> LedgerEvent | None:
    cards = {chained.event.customer or "" for chained in view.ledger.by_customer(now.customer)} | {now.customer}
    for card in sorted(cards):
        order = view.points_orders.get(f"gift:{_name(action, now, card)}")
        if order is not None and order.state == DONE:
            return order.event
    return None


def _name(action: ActionTerms, now: Occasion, customer: str) -> str:
    """Part of the event's id. A report's own id may be anything long, so its hash stands for it."""
    day = now.at.date().isoformat()
    # A birthday is once a year whatever the program says: it comes back.
    once = "year" if action.on == BIRTHDAY and action.once == "ever" else action.once
    last = {"ever": "", "year": day[:4], "day": day, "report": sha256_hex(now.report)[:16]}[once]
    return "-".join(part for part in ("action", action.id, customer, last) if part)


def _anything(view: View) -> None:
    """Always allowed."""
