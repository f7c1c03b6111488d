"""Certificates, abonements and deposits at this register: what is left, who holds it, which receipts touched it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from pos_agent.api.customers import find_one
from pos_agent.api.operation import Json, Parts, text
from pos_agent.checkout.prepaid import account_name, available, shown
from pos_agent.errors import UsageError
from pos_agent.ledger.prepaid import Account, account
from pos_agent.rules.basket_values import DEPOSIT, PREPAID
from pos_agent.store.repositories import View


def show(parts: Parts, args: Mapping[str, Any]) -> Json:
    """`{code}` or `{customer}` (deposits of all the person's cards) -> `{"accounts": [...]}`.

    PAY-02: not known here; API-01: neither named.
    """
    code, wanted = text(args, "code", ""), text(args, "customer", "")
    if bool(code) == bool(wanted):
        raise UsageError("API-01", field="code, customer")
    today = parts.clock.now().astimezone(parts.config.zone).date()
    with parts.views.reading() as view:
        cards = view.ledger.cards(find_one(view, wanted).id) if wanted else ()
        names = [account_name(DEPOSIT, card) for card in cards] or [account_name(kind, code) for kind in PREPAID]
        found = [_shown(view, one, today) for name in names if (one := account(name, view.prepaid.events(name)))]
    if not found:
        raise UsageError("PAY-02", account=code or cards[0])
    return {"accounts": found}


def account_json(one: Account, today: date) -> Json:
    """What is left today, and the terms it was sold under."""
    empty = max(one.rest_kop, one.rest_micro) <= 0
    state = "over" if one.over(today) else "empty" if empty else "open"
    return {
        "account": shown(one.id),
        "kind": one.kind,
        "name": one.terms.get("name", ""),
        "state": state,
        "rest_kop": one.rest_kop,
        "rest_micro": one.rest_micro,
        "rest": one.terms.get("rest", ""),
        "to": one.terms.get("to", ""),
        "stores": list(one.terms.get("stores", ())),
        "customer": one.terms.get("customer", ""),
        "opened": one.opened,
    }


def _shown(view: View, one: Account, today: date) -> Json:
    left_kop, left_micro = available(view, one)
    receipts = [
        {"document": str(event.document), "at": event.at[:16], "original": event.facts.get("original", "")}
        for event in view.prepaid.events(one.id)
    ]
    free = {"available_kop": max(0, left_kop), "available_micro": max(0, left_micro)}
    return {**account_json(one, today), **free, "receipts": receipts}
