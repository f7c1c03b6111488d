"""A customer's points as JSON, computed from the ledger on the register's date."""

from __future__ import annotations

from functools import lru_cache

from pos_agent.api.operation import Json, Parts
from pos_agent.checkout.figures import balance_on, level_figures
from pos_agent.errors import AgentError
from pos_agent.rules.parse import parse
from pos_agent.rules.problems import RulesError
from pos_agent.rules.values import Rules
from pos_agent.store.repositories import View


def active_rules(view: View) -> Rules | None:
    """The rules in force, None when there are none. AgentError RUL-01 when they do not parse."""
    active = view.rules.active()
    if active is None:
        return None
    try:
        return _parsed(active.content, active.format)
    except RulesError as error:
        raise AgentError("RUL-01") from error


@lru_cache(maxsize=2)
def _parsed(content: str, form: str) -> Rules:
    """Asked at every quote; the text is the key, so another version is never taken for it."""
    return parse(content, form)


def balance_json(parts: Parts, view: View, customer: str) -> Json:
    """`{"balance": {...}}` in hundredths of a point, or {} while there are no rules."""
    rules = active_rules(view)
    if rules is None:
        return {}
    today = parts.clock.now().astimezone(parts.config.zone).date()
    events = [chained.event for chained in view.ledger.by_customer(customer)]
    now = balance_on(events, today, rules)
    day, points = now.next_expiry or ("", 0)
    level = level_figures(events, customer, today, rules)
    return {
        "balance": {
            "on": today.isoformat(),
            "active_pt": now.active_pt,
            "pending_pt": now.pending_pt,
            "pending_from": now.pending_from,
            "debt_pt": now.debt_pt,
            "expiry_day": day,
            "expiry_pt": points,
            "metric_kop": now.metric_kop,
            "visits": now.visits,
            "level": level.get("level", ""),
        }
    }
