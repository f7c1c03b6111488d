"""One customer for a screen: masked, with the figures that the cashier says aloud."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pos_agent.api.customers import find_one, shown
from pos_agent.api.operation import Json, Parts, number, text
from pos_agent.api.points import active_rules
from pos_agent.api.points_shown import points_json
from pos_agent.checkout.history import stamps_of
from pos_agent.model.customer import Customer
from pos_agent.rules.values import Rules
from pos_agent.store.repositories import View


def show(parts: Parts, args: Mapping[str, Any]) -> Json:
    """`{customer: id}` -> masked names, balance, lots, level and the way to the next, punch cards, coupons. CUS-01.

    `no_offer`: the customer asked that nothing be offered.
    """
    with parts.views.reading() as view:
        return figures(parts, view, _by_id(view, text(args, "customer")))


def last_receipts(parts: Parts, args: Mapping[str, Any]) -> Json:
    """`{customer: id, limit}` (1..50) -> `{"receipts": [{document, at, total_kop, points}]}`, newest first. CUS-01."""
    limit = number(args, "limit", 10, 1, 50)
    with parts.views.reading() as view:
        events = [one.event for one in view.ledger.by_customer(_by_id(view, text(args, "customer")).id)]
    sold = [event for event in events if event.document is not None and "total_kop" in event.facts]
    return {
        "receipts": [
            {
                "document": str(event.document),
                "at": event.at[:16],
                "operation": event.facts.get("operation"),
                "total_kop": event.facts["total_kop"],
                "points": [{"kind": one.kind.value, "amount_pt": one.amount_pt} for one in event.entries],
            }
            for event in reversed(sold[-limit:])
        ]
    }


def figures(parts: Parts, view: View, customer: Customer) -> Json:
    """What is known of the customer now. Without rules there are no points to tell."""
    rules = active_rules(view)
    today = parts.clock.now().astimezone(parts.config.zone).date().isoformat()
    coupons = [
        {"code": one.code, "from": one.valid_from, "to": one.valid_to}
        for one in view.codes.of_customer(customer.id)
        if not one.revoked and (not one.valid_to or today < one.valid_to) and not view.codes.record(one).uses
    ]
    told: Json = {**shown(customer), "stamps": {**stamps_of(view.ledger.history(customer.id))}, "coupons": coupons}
    told["no_offer"] = view.club.marks(customer.id).no_offer
    if rules is None:
        return told
    told |= points_json(parts, view, customer.id, rules)
    level = {**told["level"], "rate_bp": _rate_bp(rules, told["level"]["name"])}
    return {**told, "level": level, "punch_cards": _punch_cards(rules, told["stamps"])}


def _rate_bp(rules: Rules, level: str) -> int | None:
    """What the level earns, basis points; None: levels of this program earn no points, or there is none yet."""
    tiers = rules.accrue.tiers if rules.accrue else ()
    return next((tier.bp for tier in tiers if tier.name == level), None)


def _punch_cards(rules: Rules, counted: Mapping[str, int]) -> list[Json]:
    """The cards that are begun, with the name of their rule: `{name, have, every}`."""
    return [
        {"name": rule.name or rule.id, "have": counted[rule.terms.counter], "every": rule.terms.every}
        for rule in rules.sale_rules
        if rule.kind == "punch_card" and counted.get(rule.terms.counter, 0) > 0
    ]


def _by_id(view: View, customer_id: str) -> Customer:
    return view.customers.get(customer_id) or find_one(view, customer_id)
