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
from pos_agent.checkout.standing import standing
from pos_agent.errors import AgentError, UsageError
from pos_agent.ledger.balance import balance
from pos_agent.ledger.fold import fold, fold_all
from pos_agent.ledger.lots import Lot
from pos_agent.ledger.persons import persons
from pos_agent.ledger.settlement import settlements
from pos_agent.model.events import LedgerEvent
from pos_agent.rules.levels import next_level
from pos_agent.rules.values import Rules
from pos_agent.store.repositories import View


def show(parts: Parts, args: Mapping[str, Any]) -> Json:
    """`{customer}` -> `{"customer", "balance", "lots", "holds", "level"}`. CUS-01, CUS-07, RUL-03."""
    with parts.views.reading() as view:
        return points_json(parts, view, find_one(view, text(args, "customer")).id, _rules(view))


def settle(parts: Parts, args: Mapping[str, Any]) -> Json:
    """`{from, to}`, `from` <= d < `to` -> `{"settlements": [{issuer, spent_at, amount_pt, sum_kop}]}`."""
    start, end = _day(args, "from"), _day(args, "to")
    with parts.views.reading() as view:
        rules = _rules(view)
        events = [chained.event for chained in view.ledger.range() if chained.event.customer is not None]
    by_card = {card: person for person in persons(events) for card in person}
    people: dict[tuple[str, ...], list[LedgerEvent]] = {}
    for event in events:
        people.setdefault(by_card[event.customer or ""], []).append(event)
    states = (fold_all(mine, end - timedelta(days=1), policy(rules)) for mine in people.values())
    return {"settlements": [asdict(one) for one in settlements(states, start, end, rules.program.kop_per_pt)]}


def points_json(parts: Parts, view: View, customer: str, rules: Rules) -> Json:
    """Amounts in hundredths; a customer whose card was merged is shown as the survivor."""
    today = parts.clock.now().astimezone(parts.config.zone).date()
    events = [chained.event for chained in view.ledger.by_customer(customer)]
    state = fold(events, today, policy(rules), customer)
    now = balance(state, today, rules.program.level.window)
    day, expiring_pt = now.next_expiry or ("", 0)
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
        "level": level_json(events, customer, today, rules),
    }


def level_json(events: list[LedgerEvent], customer: str, day: date, rules: Rules) -> Json:
    """Level today and tomorrow (today's purchases counted), what the next one lacks, when it is lost without more."""
    now = standing(events, customer, day, rules)
    told = standing(events, customer, day + timedelta(days=1), rules)
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
