"""A customer's points as JSON, computed from the ledger on the register's date."""

from __future__ import annotations

from pos_agent.api.operation import Json, Parts
from pos_agent.checkout.figures import balance_on, level_figures
from pos_agent.errors import AgentError
from pos_agent.rules.parse import parse
from pos_agent.rules.problems import RulesError
from pos_agent.rules.values import Rules
from pos_agent.store.repositories import View


def active_rules(view: View) -> Rules | None:
    """The rules in force, None when there are none. AgentError RUL-01 when they do not parse."""
    wanted = view.rules.active_hash()
    if not wanted:
        return None
    try:
        return _PARSED.get(wanted) or _parsed(view, wanted)
    except RulesError as error:
        raise AgentError("RUL-01") from error


_PARSED: dict[str, Rules] = {}  # the last one alone, by the hash of its text: another version is never taken for it


def _parsed(view: View, wanted: str) -> Rules:
    """Asked at every scan, parsed once."""
    active = view.rules.active()
    assert active is not None, "read in one snapshot with its hash"
    rules = parse(active.content, active.format)
    _PARSED.clear()
    _PARSED[wanted] = rules
    return rules


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
