"""Whose receipt it is: named by the till, armed at the register, or known by the contact of the receipt."""

from __future__ import annotations

from dataclasses import dataclass

from pos_agent.api.customers import find_one
from pos_agent.api.operation import Parts
from pos_agent.errors import AgentError
from pos_agent.store.errors import InvalidContact
from pos_agent.store.repositories import View
from pos_agent.store.session import stamp


@dataclass(frozen=True)
class Buyer:
    """`armed`: the armed card that named the customer, used up by the sale."""

    customer: str | None = None
    armed: str = ""


def buyer(parts: Parts, named: str, contact: str, *, is_return: bool = False) -> Buyer:
    """In this order: `named` (card, phone, e-mail, id), the armed card, the contact of somebody enrolled.

    A return is not what a card was armed for.

    An unknown or ambiguous name is nobody, never a refusal: the sale goes on. AgentError: the database.
    """
    with parts.views.reading() as view:
        if named:
            try:
                return Buyer(find_one(view, named).id)
            except AgentError as error:
                if error.code not in ("CUS-01", "CUS-07"):
                    raise
        armed = None if is_return else view.arming.current(parts.config.agent.register_name)
        if armed is not None and armed.host_expires_at > stamp(parts.clock.now()):
            return Buyer(armed.customer_id, armed.id)
        return Buyer(_by_contact(view, contact) if contact else None)


def _by_contact(view: View, contact: str) -> str | None:
    find = view.customers.find_by_email if "@" in contact else view.customers.find_by_phone
    try:
        found = find(contact)
    except InvalidContact:
        return None
    return found.id if found is not None else None
