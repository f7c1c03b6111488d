"""What an operator does to points: gift, adjust, hold, unhold, merge. Each with a reason, an operator and an id.

Arguments of all: `{customer, reason, operator, id}`; `id` names the order for ever, so a repeat after a lost answer
does nothing twice; without one an id is made. Answer of all: `{"event", "again", "customer", "balance", ...}`.
Errors of all: CUS-01, CUS-07, RUL-03, API-01, PTS-04 (the id is another order's).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from pos_agent.api.customers import ID_ALPHABET, find_one
from pos_agent.api.operation import Json, Parts, number, text
from pos_agent.api.points import active_rules
from pos_agent.api.points_shown import points_json
from pos_agent.checkout.figures import policy
from pos_agent.checkout.offline import active_pt
from pos_agent.checkout.points_orders import Check, place
from pos_agent.errors import AgentError, UsageError
from pos_agent.ledger import asked
from pos_agent.ledger.asked import Asked
from pos_agent.ledger.fold import fold
from pos_agent.ledger.state import CustomerState
from pos_agent.model.events import LedgerEvent
from pos_agent.money import points
from pos_agent.rules.values import Rules
from pos_agent.store.repositories import View

MOST_PT = 10**12
MAX_DAYS = 36_500
MOST_REASON = 300
Build = Callable[[Asked], LedgerEvent]


@dataclass(frozen=True)
class PointsDesk:
    """One request: the rules in force and everything an event says of who asked."""

    rules: Rules
    asked: Asked

    def state(self, view: View) -> CustomerState:
        """The customer's points today."""
        who, today = self.asked.customer, self.asked.at.date()
        return fold([one.event for one in view.ledger.by_customer(who)], today, policy(self.rules), who)


def gift(parts: Parts, args: Mapping[str, Any]) -> Json:
    """`{..., amount_pt, life_days, delay_days, merchant}`: points of a campaign; `life_days` 0 = they never expire."""
    amount_pt = number(args, "amount_pt", None, 1, MOST_PT)
    life, delay = number(args, "life_days", 0, 0, MAX_DAYS), number(args, "delay_days", 0, 0, MAX_DAYS)
    desk = asked_by(parts, args)
    return done(parts, desk, asked.gift(desk.asked, amount_pt, life or None, delay), _anything)


def adjust(parts: Parts, args: Mapping[str, Any]) -> Json:
    """`{..., amount_pt, debt}`: put right by hand, above or below 0.

    AgentError PTS-05: fewer are active than are to be taken; with `debt` true the rest becomes debt.
    """
    amount_pt = number(args, "amount_pt", None, -MOST_PT, MOST_PT)
    if not amount_pt:
        raise UsageError("API-01", field="amount_pt")
    desk = asked_by(parts, args)
    check = _anything if amount_pt > 0 or args.get("debt") is True else enough(desk, -amount_pt)
    return done(parts, desk, asked.adjust(desk.asked, amount_pt), check)


def hold(parts: Parts, args: Mapping[str, Any]) -> Json:
    """`{..., amount_pt, register}`: keep points for a register (this one when not named). PTS-05: fewer are active."""
    amount_pt, register = number(args, "amount_pt", None, 1, MOST_PT), _register(parts, args)
    desk = asked_by(parts, args)
    return done(parts, desk, asked.hold(desk.asked, amount_pt, register), enough(desk, amount_pt))


def unhold(parts: Parts, args: Mapping[str, Any]) -> Json:
    """`{..., amount_pt, register}`: give back what a register keeps, 0 = all of it. PTS-05: it keeps less."""
    amount_pt, register = number(args, "amount_pt", 0, 0, MOST_PT), _register(parts, args)
    desk = asked_by(parts, args)
    with parts.views.reading() as view:
        holder, granted = _granted(desk, view, register)

    def check(view: View) -> None:
        kept_pt = _granted(desk, view, register)[1]
        if not 0 < (amount_pt or kept_pt) <= kept_pt:
            raise AgentError("PTS-05", n=points(kept_pt))

    event = asked.unhold(replace(desk.asked, customer=holder), amount_pt or max(1, granted), register)
    return done(parts, desk, event, check, amount_pt)


def merge(parts: Parts, args: Mapping[str, Any]) -> Json:
    """`{..., into}`: all of the customer goes to another, for ever. UsageError PTS-06: they are one already."""
    desk = asked_by(parts, args)
    with parts.views.reading() as view:
        into = find_one(view, text(args, "into")).id

    def check(view: View) -> None:
        if into in desk.state(view).cards:
            raise UsageError("PTS-06")

    return done(parts, desk, asked.merge(desk.asked, into), check)


def asked_by(parts: Parts, args: Mapping[str, Any]) -> PointsDesk:
    """Who asks for what, for whom. API-01, CUS-01, CUS-07, RUL-03."""
    reason, operator = text(args, "reason", limit=MOST_REASON), text(args, "operator", limit=64)
    for name, said in (("reason", reason), ("operator", operator)):
        if not said or not said.isprintable():
            raise UsageError("API-01", field=name)
    with parts.views.reading() as view:
        rules, customer = active_rules(view), find_one(view, text(args, "customer")).id
    if rules is None:
        raise AgentError("RUL-03")
    order = text(args, "id", "", limit=80) or parts.ids.token(ID_ALPHABET, 16)
    if not order.isascii() or not order.isprintable() or " " in order:
        raise UsageError("API-01", field="id")
    now = parts.clock.now().astimezone(parts.config.zone)
    register = parts.config.agent.register_name
    merchant = text(args, "merchant", "", limit=64) or parts.config.loyalty.merchant
    return PointsDesk(rules, Asked(order, customer, rules.program.id, register, now, reason, operator, merchant))


def done(parts: Parts, desk: PointsDesk, event: LedgerEvent, check: Check, said_pt: int | None = None) -> Json:
    """`said_pt`: the amount as asked for, when the event's own was computed."""
    amounts = [entry.amount_pt for entry in event.entries] if said_pt is None else [said_pt]
    lives = [_days(entry.earned, entry.active_from) + _days(entry.earned, entry.expires) for entry in event.entries]
    content = {
        "customer": desk.asked.customer,
        "facts": dict(event.facts),
        "amounts": amounts,
        "lives": lives,
        "merchants": [entry.merchant for entry in event.entries],
    }
    made, again = place(parts.store, desk.rules, event, content, check)
    with parts.views.reading() as view:
        shown = points_json(parts, view, made.facts.get("into") or desk.asked.customer, desk.rules)
    return {"event": made.id, "again": again, **shown}


def _days(start: str, end: str) -> list[int]:
    """Whole days between: the same order on another day is still the same order."""
    return [(date.fromisoformat(end) - date.fromisoformat(start)).days] if start and end else []


def enough(desk: PointsDesk, amount_pt: int) -> Check:
    """AgentError PTS-05 when fewer are active than that."""

    def check(view: View) -> None:
        left_pt = active_pt(view, desk.rules, desk.state(view))
        if left_pt < amount_pt:
            raise AgentError("PTS-05", n=points(max(0, left_pt)))

    return check


def _anything(view: View) -> None:
    """Always allowed."""


def _granted(desk: PointsDesk, view: View, register: str) -> tuple[str, int]:
    """Which of the person's cards the register keeps points of, the named one first, and how many."""
    named = desk.asked.customer
    kept = {one.customer: one.amount_pt for one in desk.state(view).holds if one.register == register}
    holder = named if named in kept else min(kept, default=named)
    return holder, kept.get(holder, 0)


def _register(parts: Parts, args: Mapping[str, Any]) -> str:
    return text(args, "register", "", limit=40) or parts.config.agent.register_name
