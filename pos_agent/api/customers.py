"""Customers: add, find. What comes back is masked; a full phone or e-mail never leaves the store this way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pos_agent.api.membership import bring, checked, given_for, known_rules, note_consents, place_of
from pos_agent.api.operation import Json, Parts, text
from pos_agent.api.points import balance_json
from pos_agent.errors import AgentError, UsageError
from pos_agent.model.customer import CARD_ALPHABET, CARD_LENGTH, Customer
from pos_agent.printing.slip import grouped
from pos_agent.rules.values import Rules
from pos_agent.store.errors import InvalidContact
from pos_agent.store.repositories import View

ID_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"


def add(parts: Parts, args: Mapping[str, Any]) -> Json:
    """`{name, phone, email, card, consent, advertising, answers, place, provisional, friend}` -> the customer.

    The card is made when not given. `answers`: of the program's questionnaire; `place`: where the consents were given
    (this register when not said); `provisional`: the consent is still to come; `friend`: the code of who brought them.
    Answers with `complete_bp`, `rewards` (events), and `cards_warning` when there are many cards.
    UsageError CUS-06 (phone, e-mail or card is another's), CUS-07 (not written as one, or neither phone, e-mail nor
    card), CUS-08 (no consent), CUS-09 (no provisional cards here), CUS-10 (friend), CUS-11 (answers), API-01.
    """
    name, phone, email = text(args, "name", ""), text(args, "phone", ""), text(args, "email", "")
    card = text(args, "card", "") or parts.ids.token(CARD_ALPHABET, CARD_LENGTH)
    if not (phone or email or text(args, "card", "")):
        raise UsageError("CUS-07", what="contact")
    new = Customer("c-" + parts.ids.token(ID_ALPHABET, 12), name, phone, email, card)
    consent, advertising = bool(args.get("consent", False)), bool(args.get("advertising", False))
    provisional, friend = args.get("provisional") is True, text(args, "friend", "", limit=20)
    with parts.views.reading() as view:
        rules = known_rules(view)
    if not consent and not provisional:
        raise UsageError("CUS-08")
    if provisional and not rules.club.cards.provisional:
        raise UsageError("CUS-09")
    answers = checked(rules, args.get("answers") or {})
    with parts.store.writing("customer added") as txn:
        made = txn.customers.add(new, processing=consent, advertising=advertising, answers=answers)
        note_consents(txn, new.id, consent, advertising, place_of(parts, args))
        if provisional and not consent:
            txn.club.mark(new.id, provisional=True)
        if friend:
            bring(txn, new.id, friend)
    rewards = [] if provisional and not consent else given_for(parts, rules, new.id, answers)
    return {**shown(made), **_told(parts, rules, answers), "rewards": rewards}


def _told(parts: Parts, rules: Rules, answers: Mapping[str, Any]) -> Json:
    told: Json = {"complete_bp": rules.club.complete_bp(answers)} if rules.club.questionnaire else {}
    if rules.club.cards.warn_above:
        with parts.views.reading() as view:
            count = view.club.active_cards()
        told["cards_warning"] = count if count > rules.club.cards.warn_above else 0
    return told


def find(parts: Parts, args: Mapping[str, Any]) -> Json:
    """`{text}`: phone, e-mail, card code, last four of phone or card, or id -> `{"customers": [...]}`, maybe empty."""
    wanted = text(args, "text")
    with parts.views.reading() as view:
        found = find_all(view, wanted)
        return {"customers": [{**shown(one), **balance_json(parts, view, one.id)} for one in found]}


def find_all(view: View, wanted: str) -> tuple[Customer, ...]:
    """Everybody the text may mean; an exact phone, e-mail, card or id is one."""
    if "://" in wanted:  # the QR code of a slip or of an electronic card
        wanted = wanted.rstrip("/").rpartition("/")[2]
    by_id = view.customers.get(wanted)
    if by_id is not None:
        return (by_id,)
    finders = (view.customers.find_by_phone, view.customers.find_by_email, view.customers.find_by_card)
    for finder in finders:
        try:
            customer = finder(wanted)
        except InvalidContact:
            continue
        if customer is not None:
            return (customer,)
    try:
        return view.customers.find_by_last_four(wanted)
    except InvalidContact:
        return ()


def find_one(view: View, wanted: str) -> Customer:
    """The one customer the text means. AgentError CUS-01: nobody; UsageError CUS-07: several, say more."""
    found = find_all(view, wanted)
    if not found:
        raise AgentError("CUS-01")
    if len(found) > 1:
        raise UsageError("CUS-07", what="several")
    return found[0]


def shown(customer: Customer) -> Json:
    """Who it is, fit for a screen that others see too."""
    return {
        "id": customer.id,
        "name": customer.masked_name,
        "card": grouped(customer.card),
        "phone": f"*{customer.phone[-2:]}" if customer.phone else "",
        "email": bool(customer.email),
    }
