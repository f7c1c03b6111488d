"""What a cashier or the owner changes of a customer: marks, segments, consents, answers, cards, claimed receipts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from pos_agent.api.customers import find_one
from pos_agent.api.membership import bring, checked, given_for, known_rules, place_of
from pos_agent.api.operation import Json, Parts, text
from pos_agent.api.receipts import document_id
from pos_agent.checkout.claim import claimed
from pos_agent.checkout.subscription import memberships
from pos_agent.errors import UsageError
from pos_agent.store.customers_club import MESSAGES, PROCESSING
from pos_agent.store.repositories import View

MARKS = ("no_offer", "blocked")


def show(parts: Parts, args: Mapping[str, Any]) -> Json:
    """`{customer}` -> marks, segments, memberships, consents as said, the questionnaire, who brought whom."""
    today = parts.clock.now().astimezone(parts.config.zone).date()
    with parts.views.reading() as view:
        return _club(view, find_one(view, text(args, "customer")).id, today)


def mark(parts: Parts, args: Mapping[str, Any]) -> Json:
    """`{customer, no_offer, blocked}`: set or take away the marks that are named. API-01: none is."""
    said = {name: args[name] for name in MARKS if args.get(name) is not None}
    if not said or not all(isinstance(value, bool) for value in said.values()):
        raise UsageError("API-01", field=", ".join(MARKS))
    with parts.store.writing("customer marked") as txn:
        customer = find_one(txn, text(args, "customer")).id
        found = txn.club.mark(customer, **said)
    return {"customer": customer, "no_offer": found.no_offer, "blocked": found.blocked}


def block_card(parts: Parts, args: Mapping[str, Any]) -> Json:
    """`{card, blocked}`: one card, lost or found again; the customer's other cards go on. CUS-01: unknown."""
    code, blocked = text(args, "card"), args.get("blocked", True)
    if not isinstance(blocked, bool):
        raise UsageError("API-01", field="blocked")
    with parts.store.writing("card blocked") as txn:
        if not txn.customers.set_card_blocked(code, blocked):
            raise UsageError("CUS-01")
    return {"blocked": blocked}


def segment(parts: Parts, args: Mapping[str, Any]) -> Json:
    """`{customer, segment, from, to, out}`: put into a segment for `from` <= d < `to`, or take out of it."""
    name, out = text(args, "segment", limit=64), args.get("out") is True
    today = parts.clock.now().astimezone(parts.config.zone).date()
    first, end = _day(args, "from") or today.isoformat(), _day(args, "to")
    if not name or not name.isprintable() or (end and end <= first):
        raise UsageError("API-01", field="segment, from, to")
    with parts.store.writing("segment") as txn:
        customer = find_one(txn, text(args, "customer")).id
        if out:
            txn.club.take_out(customer, name)
        else:
            txn.club.put_into(customer, name, first, end)
        return {"customer": customer, "segments": sorted(txn.club.segments(customer, today.isoformat()))}


def consent(parts: Parts, args: Mapping[str, Any]) -> Json:
    """`{customer, processing, messages, place}`: given (true) or withdrawn (false), each that is named.

    A provisional card is confirmed by the first consent to processing. Withdrawing that one makes the card provisional
    again where the program has such; to take all data away there is forgetting.
    """
    said = {kind: args[kind] for kind in (PROCESSING, MESSAGES) if args.get(kind) is not None}
    if not said or not all(isinstance(value, bool) for value in said.values()):
        raise UsageError("API-01", field="processing, messages")
    place = place_of(parts, args)
    with parts.store.writing("consent") as txn:
        customer = find_one(txn, text(args, "customer")).id
        known = txn.customers.consent(customer)
        for kind, given in said.items():
            txn.club.say(customer, kind, given, place)
        txn.customers.set_consent(
            customer,
            processing=said.get(PROCESSING, known.processing),
            advertising=said.get(MESSAGES, known.advertising),
        )
        was = txn.club.marks(customer).provisional
        rules, answers = known_rules(txn), txn.customers.answers(customer)
        if PROCESSING in said:
            txn.club.mark(customer, provisional=not said[PROCESSING])
    joined = was and said.get(PROCESSING) is True
    rewards = given_for(parts, rules, customer, answers) if joined else []
    return {"customer": customer, **said, "place": place, "rewards": rewards}


def answer(parts: Parts, args: Mapping[str, Any]) -> Json:
    """`{customer, answers}`: add answers to the questionnaire. CUS-11. Points for it come when all of it is there."""
    given = args.get("answers")
    if not isinstance(given, dict) or not given:
        raise UsageError("API-01", field="answers")
    with parts.store.writing("answers") as txn:
        customer = find_one(txn, text(args, "customer")).id
        rules = known_rules(txn)
        answers = checked(rules, {**txn.customers.answers(customer), **given})
        txn.customers.set_answers(customer, answers)
        provisional = txn.club.marks(customer).provisional
    rewards = [] if provisional else given_for(parts, rules, customer, answers)
    return {"customer": customer, "complete_bp": rules.club.complete_bp(answers), "rewards": rewards}


def friend(parts: Parts, args: Mapping[str, Any]) -> Json:
    """`{customer, code}`: who brought this customer; only before their first purchase. CUS-10."""
    with parts.store.writing("brought") as txn:
        customer = find_one(txn, text(args, "customer")).id
        bring(txn, customer, text(args, "code", limit=20))
    return {"customer": customer}


def claim(parts: Parts, args: Mapping[str, Any]) -> Json:
    """`{customer, receipt: FN/FD}`: points of a receipt of nobody, within the program's days. CUS-12."""
    receipt = document_id(text(args, "receipt"))
    with parts.views.reading() as view:
        customer, rules = find_one(view, text(args, "customer")).id, known_rules(view)
    now = parts.clock.now().astimezone(parts.config.zone)
    register, merchant = parts.config.agent.register_name, parts.config.loyalty.merchant
    event, again = claimed(parts.store, rules, customer, receipt, register, now, merchant)
    return {"customer": customer, "event": event.id, "again": again, "amount_pt": event.entries[0].amount_pt}


def count(parts: Parts, args: Mapping[str, Any]) -> Json:
    """-> `{"active", "warn_above", "over"}`: active cards; being over only warns."""
    with parts.views.reading() as view:
        active, most = view.club.active_cards(), known_rules(view).club.cards.warn_above
    return {"active": active, "warn_above": most, "over": bool(most) and active > most}


def _club(view: View, customer: str, today: date) -> Json:
    rules, marks = known_rules(view), view.club.marks(customer)
    events = [chained.event for chained in view.ledger.by_customer(customer)]
    brought = view.club.brought_by(customer)
    return {
        "customer": customer,
        "no_offer": marks.no_offer,
        "blocked": marks.blocked,
        "provisional": marks.provisional,
        "segments": sorted(view.club.segments(customer, today.isoformat())),
        "memberships": [
            {"id": one.id, "segment": one.segment, "first": one.first.isoformat(), "last": one.last.isoformat()}
            for one in memberships(rules, events)
        ],
        "consents": [
            {"kind": one.kind, "given": one.given, "at": one.at, "place": one.place}
            for one in view.club.consents(customer)
        ],
        "complete_bp": rules.club.complete_bp(view.customers.answers(customer)),
        "friend_code": view.club.code_of(customer),
        "brought_by": brought.friend if brought else "",
        "newcomers": len(view.club.newcomers_of(customer)),
    }


def _day(args: Mapping[str, Any], name: str) -> str:
    given = text(args, name, "")
    try:
        return date.fromisoformat(given).isoformat() if given else ""
    except ValueError:
        raise UsageError("API-01", field=name) from None
