"""A customer's points whole: balance, lots, what registers keep, the level and the next; settlements of merchants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from pos_agent.api.customers import find_one
from pos_agent.api.operation import Json, Parts, text
from pos_agent.api.points import active_rules
from pos_agent.checkout.figures import policy
from pos_agent.checkout.history import standing_on, state_on
from pos_agent.checkout.offline import with_elsewhere
from pos_agent.errors import AgentError, UsageError
from pos_agent.ledger.balance import next_expiry
from pos_agent.ledger.fold import fold_all
from pos_agent.ledger.given_away import donated, exchanged
from pos_agent.ledger.lots import Lot
from pos_agent.ledger.persons import persons
from pos_agent.ledger.settlement import settlements
from pos_agent.ledger.state import CustomerState
from pos_agent.model.events import LedgerEvent
from pos_agent.rules.levels import next_level
from pos_agent.rules.values import Rules
from pos_agent.store.histories import History
from pos_agent.store.repositories import View


def show(parts: Parts, args: Mapping[str, Any]) -> Json:
    """`{customer}` -> `{"customer", "balance", "lots", "holds", "elsewhere", "level"}`. CUS-01, CUS-07, RUL-03."""
    with parts.views.reading() as view:
        return points_json(parts, view, find_one(view, text(args, "customer")).id, _rules(view))


def settle(parts: Parts, args: Mapping[str, Any]) -> Json:
    """`{from, to}`, `from` <= d < `to` -> `{"settlements": [{issuer, spent_at, amount_pt, sum_kop}]}`; what was given,
    `"funds": [{fund, name, amount_pt, sum_kop}]`, and exchanged, `"partners": [{partner, way, amount_pt, partner_pt}]`.
    """
    start, end = _day(args, "from"), _day(args, "to")
    with parts.views.reading() as view:
        rules = _rules(view)
        events = [chained.event for chained in view.ledger.range() if chained.event.customer is not None]
    by_card = {card: person for person in persons(events) for card in person}
    people: dict[tuple[str, ...], list[LedgerEvent]] = {}
    for event in events:
        people.setdefault(by_card[event.customer or ""], []).append(event)
    states = (fold_all(mine, end - timedelta(days=1), policy(rules)) for mine in people.values())
    program, rate = rules.program.id, rules.program.kop_per_pt
    funds = {one.id: one.name for one in rules.club.donation.funds}
    return {
        "settlements": [asdict(one) for one in settlements(states, start, end, rate)],
        "funds": [
            {**asdict(one), "name": funds.get(one.fund, "")} for one in donated(events, start, end, program, rate)
        ],
        "partners": [asdict(one) for one in exchanged(events, start, end, program)],
    }


def points_json(parts: Parts, view: View, customer: str, rules: Rules) -> Json:
    """Amounts in hundredths; a customer whose card was merged is shown as the survivor."""
    today = parts.clock.now().astimezone(parts.config.zone).date()
    history = view.ledger.history(customer)
    state = state_on(history, customer, today, rules)
    day, expiring_pt = next_expiry(state) or ("", 0)
    return {
        "customer": state.customer or customer,
        "cards": list(state.cards),
        "balance": {
            "on": today.isoformat(),
            "active_pt": state.active_pt,
            "pending_pt": state.pending_pt,
            "held_pt": state.held_pt,
            "debt_pt": state.debt_pt,
            "expiry_day": day,
            "expiry_pt": expiring_pt,
        },
        "lots": [_lot(lot) for lot in state.lots if lot.left_pt or lot.held_pt],
        "holds": [asdict(one) for one in state.holds],
        "elsewhere": _elsewhere(state, with_elsewhere(view, rules, state)),
        "level": level_json(history, customer, today, rules),
    }


def level_json(history: History, customer: str, day: date, rules: Rules) -> Json:
    """Level today and tomorrow (today's purchases counted), what the next one lacks, when it is lost without more."""
    now = standing_on(history, customer, day, rules)
    told = standing_on(history, customer, day + timedelta(days=1), rules)
    tiers = rules.accrue.tiers if rules.accrue else ()
    following = next_level(tiers, told.who)
    kop, visits = following[0].missing(told.who) if following else (0, 0)
    return {
        "name": now.level.name if now.level else "",
        "tomorrow": now.tomorrow.name if now.tomorrow else "",
        "policy": rules.program.level.policy.value,
        "metric_kop": now.who.metric_kop,
        "visits": now.who.visits,
        "next": following[0].name if following else "",
        "next_left_kop": kop,
        "next_left_visits": visits,
        "lost_from": now.lost_from.isoformat() if now.lost_from else "",
    }


def _elsewhere(state: CustomerState, shared: CustomerState) -> list[Json]:
    """What other registers wrote that they keep of these points: `{register, amount_pt}` by the register it is for."""
    here = {(one.register, one.customer): one.amount_pt for one in state.holds}
    more: dict[str, int] = {}
    for one in shared.holds:
        left_pt = one.amount_pt - here.get((one.register, one.customer), 0)
        more[one.register] = more.get(one.register, 0) + left_pt
    return [{"register": name, "amount_pt": left} for name, left in sorted(more.items()) if left > 0]


def _lot(lot: Lot) -> Json:
    return {
        "lot": lot.id,
        "left_pt": lot.left_pt,
        "held_pt": lot.held_pt,
        "earned": lot.earned.isoformat(),
        "active_from": lot.active_from.isoformat() if lot.pending else "",
        "last_day": (lot.expires - timedelta(days=1)).isoformat() if lot.expires else "",
        "merchant": lot.merchant,
    }


def _rules(view: View) -> Rules:
    rules = active_rules(view)
    if rules is None:
        raise AgentError("RUL-03")
    return rules


def _day(args: Mapping[str, Any], name: str) -> date:
    try:
        return date.fromisoformat(text(args, name))
    except ValueError:
        raise UsageError("API-01", field=name) from None
