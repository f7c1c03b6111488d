"""Evidence of whose receipt it is, looked up in the store inside the transaction that records it."""

from __future__ import annotations

from datetime import datetime

from pos_agent.checkout.identify import BY_ARMED, BY_CARD, BY_CONTACT, BY_ORIGINAL, Identified, card_codes, decide
from pos_agent.checkout.own import whole_event
from pos_agent.model.events import LedgerEvent
from pos_agent.model.receipt import DocumentId, FiscalDocument, Operation, Receipt
from pos_agent.store.errors import InvalidContact
from pos_agent.store.repositories import Txn, View


def identify(
    view: View, receipt: Receipt, card_requisite: str, armed: str | None, original: LedgerEvent | None
) -> Identified | None:
    """The customer of a receipt, None when nobody is named whom we know. Blocked cards name nobody."""
    found: dict[str, str] = {}
    if original is not None and original.customer is not None:
        found[BY_ORIGINAL] = original.customer
    by_card = _by_card(view, receipt, card_requisite)
    if by_card is not None:
        found[BY_CARD] = by_card
    if armed is not None:
        found[BY_ARMED] = armed
    by_contact = _by_contact(view, receipt.buyer_contact)
    if by_contact is not None:
        found[BY_CONTACT] = by_contact
    return decide(found)


def armed_for(txn: Txn, document: FiscalDocument, register: str) -> str | None:
    """The customer armed for this sale. The card belongs to the first sale registered after it was armed, once.

    Time is the printer's: a sale later than `device_expires_at` finds the card expired. A sale that had been registered
    before the arming (it was read late) leaves the card for the next one.
    """
    receipt = document.receipt
    if receipt is None or receipt.operation is not Operation.SALE:
        return None
    return use_armed(txn, document.id, document.at, register)


def use_armed(txn: Txn, sale: DocumentId, at: datetime, register: str) -> str | None:
    """`armed_for` of a sale of which only number and time are known. The card is used up either way."""
    armed = txn.arming.current(register)
    if armed is None or (armed.fn_serial == sale.fn_serial and sale.fd_number <= armed.fd_at):
        return None
    if at.isoformat() > armed.device_expires_at:
        txn.arming.expire(armed.id)
        return None
    txn.arming.use(armed.id, sale)
    return armed.customer_id


def armed_when_unread(view: View, sale: DocumentId) -> str | None:
    """The customer whose armed card a sale used up when its text could not be read yet."""
    notes = (chained.event.facts for chained in view.ledger.by_document(sale))
    return next((str(facts["armed"]) for facts in notes if facts.get("armed")), None)


def original_event(view: View, document: FiscalDocument, original_requisite: str) -> LedgerEvent | None:
    """The event of the sale that a return names (FN/FD in 1084 under our name). None: not named or not here."""
    return next((one for one in _sales_named(view, document, original_requisite) if one.purchase is not None), None)


def nobodys_sale(view: View, document: FiscalDocument, original_requisite: str) -> LedgerEvent | None:
    """The event of the sale without a customer that a return names. None: not named, not here, or somebody's."""
    sales = _sales_named(view, document, original_requisite)
    return next((one for one in sales if one.customer is None and "lines" in one.facts), None)


def _sales_named(view: View, document: FiscalDocument, original_requisite: str) -> list[LedgerEvent]:
    receipt = document.receipt
    if receipt is None or receipt.requisite_name.strip().casefold() != original_requisite.strip().casefold():
        return []
    try:
        number = DocumentId.parse(receipt.requisite_value)
    except ValueError:
        return []
    events = [chained.event for chained in view.ledger.by_document(number)]
    wholes = [whole_event(view, one) or one for one in events]  # of a sale in parts the one with its loyalty
    return [one for one in wholes if one.facts.get("operation") == int(Operation.SALE)]


def _by_card(view: View, receipt: Receipt, card_requisite: str) -> str | None:
    for code in card_codes(receipt, card_requisite):
        try:
            customer = view.customers.find_by_card(code)
        except InvalidContact:
            continue
        if customer is not None:
            return customer.id
    return None


def _by_contact(view: View, contact: str) -> str | None:
    if not contact:
        return None
    try:
        find = view.customers.find_by_email if "@" in contact else view.customers.find_by_phone
        customer = find(contact)
    except InvalidContact:
        return None
    return customer.id if customer is not None else None
