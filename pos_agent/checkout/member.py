"""The customer as this program's club sees it: segments, birthday, marks, and the limits that a receipt would break."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from pos_agent.checkout import subscription
from pos_agent.checkout.at_register import AtRegister
from pos_agent.checkout.history import snapshot_on, stamps_of, state_on
from pos_agent.checkout.limits import ALLOWED, PROVISIONAL, Verdict, judge, seen_by
from pos_agent.checkout.offline import may_spend_pt
from pos_agent.model.events import LedgerEvent
from pos_agent.rules.club_terms import BIRTHDAY
from pos_agent.rules.limit_terms import REFUSE, Limit
from pos_agent.rules.values import Rules
from pos_agent.store.repositories import View

BLOCKED = Limit("blocked", REFUSE)
NOT_YET = Limit(PROVISIONAL, REFUSE)


def before_receipt(
    view: View, rules: Rules, customer: str, register: str, now: datetime, given: Mapping[str, Any]
) -> dict[str, Any]:
    """The customer of a basket before this receipt; points of open intents are not available.

    `now` is aware, in the store's zone; `given`: what the caller said of the customer.
    """
    today, history = now.date(), view.ledger.history(customer)
    who = snapshot_on(history, customer, today, rules)
    left_pt = may_spend_pt(view, rules, state_on(history, customer, today, rules), register, now)
    found: dict[str, Any] = {"id": customer, "metric_kop": who.metric_kop, "visits": who.visits}
    found |= {"balance_pt": left_pt, "level": who.level}
    found |= figures(view, rules, customer, history.events, today, given)
    return {**found, "stamps": {**stamps_of(history)}}


def figures(
    view: View, rules: Rules, customer: str, events: Sequence[LedgerEvent], today: date, given: Mapping[str, Any]
) -> dict[str, Any]:
    """What the conditions of rules look at beside the ledger's figures. `given`: what the caller said."""
    put = (view.club.segments(card, today.isoformat()) for card in view.ledger.cards(customer))
    segments = subscription.segments(rules, events, today).union(*put)
    told = given.get("segments")
    segments |= {one for one in told if isinstance(one, str)} if isinstance(told, list) else set()
    found: dict[str, Any] = {"segments": sorted(segments)} if segments else {}
    asked = any(one.id == BIRTHDAY for one in rules.club.questionnaire)
    born = str(view.customers.answers(customer).get(BIRTHDAY, "")) if asked else ""
    return {**found, BIRTHDAY: born} if born else found


def verdict(
    view: View, rules: Rules, customer: str, register: str, now: datetime, said: AtRegister, yes: str = ""
) -> Verdict:
    """What of the program's limits the receipt would break; blocked and provisional customers among them."""
    marks = view.club.marks(customer)
    more = (BLOCKED,) * marks.blocked + (NOT_YET,) * marks.provisional
    if not rules.limits.all and not more:
        return ALLOWED
    found = judge(rules.limits, seen_by(view, customer, register, now, said), yes)
    return replace(found, broken=(*found.broken, *more))
