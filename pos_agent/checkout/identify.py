"""Whose receipt it is. Pure: the caller looks evidence up, this decides.

The document's own evidence of a card beats an armed card (the till bound it to this very receipt), an armed card beats
the buyer's contact (which only says where the electronic receipt goes). Others that were named are kept in the event.
An unknown contact or card is no customer: nobody is enrolled without consent.
"""

from __future__ import annotations

from dataclasses import dataclass

from pos_agent.model.receipt import Receipt

BY_CARD = "card"  # card code in 1084/1086 or 1192
BY_ARMED = "armed"  # the cashier named the customer before the sale
BY_CONTACT = "contact"  # phone or e-mail in 1008
BY_ORIGINAL = "original"  # a return belongs to the customer of its sale
ORDER = (BY_ORIGINAL, BY_CARD, BY_ARMED, BY_CONTACT)


@dataclass(frozen=True)
class Identified:
    """The customer's id, what told us, and other customers that other evidence named."""

    customer: str
    by: str
    also: tuple[str, ...] = ()


def card_codes(receipt: Receipt, card_requisite: str) -> list[str]:
    """Card codes that the document itself carries, best first: 1086 under the program's own name, then 1192."""
    named = receipt.requisite_name.strip().casefold() == card_requisite.strip().casefold()
    codes = [receipt.requisite_value] if named else []
    return [code for code in (*codes, receipt.receipt_requisite) if code.strip()]


def decide(found: dict[str, str]) -> Identified | None:
    """`found`: evidence -> customer id, only what was found."""
    for evidence in ORDER:
        if evidence in found:
            others = {customer for customer in found.values() if customer != found[evidence]}
            return Identified(found[evidence], evidence, tuple(sorted(others)))
    return None
