"""Rows of exchange tables against the store, inside one transaction: what each of them did, or why it was refused.

A refused row has changed nothing. Whatever the row says is compared with what is stored first, so the same row a second
time changes nothing either.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from pos_agent.api.customers import ID_ALPHABET, find_one
from pos_agent.api.membership import note_consents
from pos_agent.checkout.figures import balance_on, policy
from pos_agent.checkout.offline import active_pt
from pos_agent.clock import IdSource
from pos_agent.errors import AgentError
from pos_agent.exchange.kinds import TWO, UNFIT, WITHDRAWN, CardRow, CustomerRow, PointsRow, Refused
from pos_agent.ledger import asked
from pos_agent.ledger.asked import Asked
from pos_agent.ledger.fold import fold
from pos_agent.model.canonical import canonical_json, sha256_hex
from pos_agent.model.customer import CARD_ALPHABET, CARD_LENGTH, Customer
from pos_agent.model.events import LedgerEvent
from pos_agent.rules.values import Rules
from pos_agent.store.balances import CachedBalance
from pos_agent.store.contacts import normal_card, normal_email, normal_phone
from pos_agent.store.customers_club import MESSAGES, PROCESSING
from pos_agent.store.errors import InvalidContact
from pos_agent.store.repositories import Txn

ADDED, CHANGED, SAME = "added", "changed", "same"
TAKEN, NOT_WRITTEN, NO_CONSENT, OTHER_ORDER, TOO_FEW = "CUS-06", "CUS-07", "CUS-08", "PTS-04", "PTS-05"
NORMAL = {"phone": normal_phone, "email": normal_email, "card": normal_card}


@dataclass(frozen=True)
class Clerk:
    """Who takes the rows: `ids` for new customers, `place` of consents, and for points the rules and the moment."""

    ids: IdSource
    place: str
    register: str
    now: datetime
    operator: str = ""
    merchant: str = ""
    rules: Rules | None = None


def take_customer(txn: Txn, clerk: Clerk, row: CustomerRow) -> str | Refused:
    """A new customer with a consent, or changes of a known one. What the row leaves empty stays."""
    said = _normal(row)
    if isinstance(said, Refused):
        return said
    found = _holders(txn, row.id, said)
    if len(set(found.values())) > 1:
        return Refused(row.number, max(found), TWO)
    blocked = said["card"] and "card" not in found and txn.customers.card_state(said["card"]) is not None
    if blocked:
        return Refused(row.number, "card", TAKEN, "card")
    known = next(iter(found.values()), "")
    if known and row.id and known != row.id:
        return Refused(row.number, "id", TWO)
    return _change(txn, clerk, row, said, known) if known else _add(txn, clerk, row, said)


def _normal(row: CustomerRow) -> dict[str, str] | Refused:
    said = {"phone": row.phone, "email": row.email, "card": row.card}
    for name, text in said.items():
        try:
            said[name] = NORMAL[name](text) if text else ""
        except InvalidContact:
            return Refused(row.number, name, NOT_WRITTEN, name)
    return said


def _holders(txn: Txn, wanted: str, said: Mapping[str, str]) -> dict[str, str]:
    """Column -> the customer whom it names."""
    by_id = txn.customers.get(wanted) if wanted else None
    finders = {
        "phone": txn.customers.find_by_phone,
        "email": txn.customers.find_by_email,
        "card": txn.customers.find_by_card,
    }
    found = {name: finders[name](text) for name, text in said.items() if text}
    return {name: one.id for name, one in {"id": by_id, **found}.items() if one is not None}


def _add(txn: Txn, clerk: Clerk, row: CustomerRow, said: Mapping[str, str]) -> str | Refused:
    if not any(said.values()):
        return Refused(row.number, "phone", NOT_WRITTEN, "contact")
    if not row.consent:
        return Refused(row.number, "consent", NO_CONSENT)
    card = said["card"] or clerk.ids.token(CARD_ALPHABET, CARD_LENGTH)
    name = row.id or "c-" + clerk.ids.token(ID_ALPHABET, 12)
    new = Customer(name, row.name, said["phone"], said["email"], card)
    advertising = row.advertising is True
    txn.customers.add(new, processing=True, advertising=advertising)
    note_consents(txn, new.id, True, advertising, clerk.place)
    return ADDED


def _change(txn: Txn, clerk: Clerk, row: CustomerRow, said: Mapping[str, str], name: str) -> str | Refused:
    had = txn.customers.consent(name)
    back = ((row.consent, had.processing, had.processing_at), (row.advertising, had.advertising, had.advertising_at))
    for column, (wanted, given, at) in zip(("consent", "advertising"), back, strict=True):
        if wanted and not given and at:
            return Refused(row.number, column, WITHDRAWN)
    processing = had.processing if row.consent is None else row.consent
    advertising = had.advertising if row.advertising is None else row.advertising
    if not had.processing and not row.consent:
        return Refused(row.number, "consent", WITHDRAWN)
    known = txn.customers.get(name) or Customer(name)
    wanted_one = Customer(
        name, row.name or known.name, said["phone"] or known.phone, said["email"] or known.email, known.card
    )
    changed = wanted_one != known
    if changed:
        txn.customers.change(wanted_one)
    if said["card"] and txn.customers.card_state(said["card"]) is None:
        txn.customers.add_card(name, said["card"])
        changed = True
    if (processing, advertising) != (had.processing, had.advertising):
        txn.customers.set_consent(name, processing=processing, advertising=advertising)
        for kind, now, before in ((PROCESSING, processing, had.processing), (MESSAGES, advertising, had.advertising)):
            if now != before:
                txn.club.say(name, kind, now, clerk.place)
        changed = True
    return CHANGED if changed else SAME


def take_card(txn: Txn, row: CardRow) -> str | Refused:
    """One more card of a customer, or a card blocked or given back to who had it."""
    try:
        code = normal_card(row.card)
        customer = find_one(txn, row.customer)
    except InvalidContact:
        return Refused(row.number, "card", NOT_WRITTEN, "card")
    except AgentError as error:
        return Refused(row.number, "customer", error.code, str(error.params.get("what", "")))
    state = txn.customers.card_state(code)
    if state is None:
        if not txn.customers.consent(customer.id).processing:
            return Refused(row.number, "customer", WITHDRAWN)
        txn.customers.add_card(customer.id, code)
        txn.customers.set_card_blocked(code, not row.active)
        return ADDED
    was_active = state == "active"
    if not was_active:
        txn.customers.set_card_blocked(code, blocked=False)  # only an active card tells whose it is
    holder = txn.customers.find_by_card(code)
    mine = holder is not None and holder.id == customer.id
    txn.customers.set_card_blocked(code, not (row.active if mine else was_active))
    if not mine:
        return Refused(row.number, "card", TAKEN, "card")
    return SAME if row.active == was_active else CHANGED


def take_points(txn: Txn, clerk: Clerk, row: PointsRow) -> str | Refused:
    """Points given or put right, once for an order. `clerk.rules` must be there."""
    assert clerk.rules is not None, "the caller looks for rules first"
    try:
        customer = find_one(txn, row.customer)
    except AgentError as error:
        return Refused(row.number, "customer", error.code, str(error.params.get("what", "")))
    event = _event(clerk, row, customer.id)
    last = row.last_day.isoformat() if row.last_day else ""
    content = {"customer": customer.id, "amount_pt": row.amount_pt, "last_day": last, "reason": row.reason}
    wanted = sha256_hex(canonical_json(content))
    known = txn.points_orders.get(event.id)
    if known is not None:
        return SAME if known.content_hash == wanted else Refused(row.number, "id", OTHER_ORDER)
    if row.last_day is not None and row.last_day < clerk.now.date():
        return Refused(row.number, "last_day", UNFIT)
    if row.amount_pt < 0 and _left_pt(txn, clerk.rules, customer.id, clerk.now.date()) < -row.amount_pt:
        return Refused(row.number, "points", TOO_FEW)
    txn.points_orders.ask(event, wanted)
    txn.ledger.append(event)
    txn.points_orders.done(event.id)
    _cache(txn, clerk.rules, customer.id)
    return ADDED


def _event(clerk: Clerk, row: PointsRow, customer: str) -> LedgerEvent:
    assert clerk.rules is not None, "the caller looks for rules first"
    program = clerk.rules.program.id
    order = Asked(row.order, customer, program, clerk.register, clerk.now, row.reason, clerk.operator, clerk.merchant)
    if not row.gift:
        return asked.adjust(order, row.amount_pt)
    life = None if row.last_day is None else max(0, (row.last_day - clerk.now.date()).days)
    return asked.gift(order, row.amount_pt, life)


def _left_pt(txn: Txn, rules: Rules, customer: str, today: date) -> int:
    state = fold([one.event for one in txn.ledger.by_customer(customer)], today, policy(rules), customer)
    return active_pt(txn, rules, state)


def _cache(txn: Txn, rules: Rules, customer: str) -> None:
    history = [chained.event for chained in txn.ledger.by_customer(customer)]
    as_of, program = max(one.business_date for one in history), rules.program.id
    now = balance_on(history, date.fromisoformat(as_of), rules)
    txn.balances.drop(customer, program)
    txn.balances.put(CachedBalance(customer, program, now, as_of=as_of, through_seq=txn.ledger.head().seq))
