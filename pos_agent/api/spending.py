"""Points spent through a till's face: a refusal of the spending never loses the sale.

What the program asks a code or a senior for (`confirm_above_pt`, limits) is checked before the price is told; without
it the same goods are priced with nothing spent, and the till is told why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from pos_agent import texts
from pos_agent.api.confirmations import at_register
from pos_agent.api.operation import Parts
from pos_agent.checkout.at_register import AtRegister
from pos_agent.checkout.confirming import NOT_CONFIRMED, Confirmed, confirmed, must_be_confirmed
from pos_agent.checkout.orders import Look, Orders
from pos_agent.errors import AgentError, UsageError

SAID = ("cashier", "manual", "late", "code", "senior", "pin")
NUMBERS = ("cashier", "code", "pin")  # tills write digits as numbers too
CODES = "COD-"


@dataclass(frozen=True)
class Spending:
    """The price, the basket it is of, what goes with its sale. `refused` tells why nothing is spent, "" = it is."""

    look: Look
    basket: Mapping[str, Any]
    said: AtRegister
    refused: str = ""


def said_by(given: Mapping[str, Any]) -> AtRegister:
    """`{cashier, manual, late, code, senior, pin}` as a till writes them. UsageError API-01 names the member."""
    told = {name: given[name] for name in SAID if given.get(name) is not None}
    for name in NUMBERS:
        if isinstance(told.get(name), int) and not isinstance(told[name], bool):
            told[name] = str(told[name])
    return at_register(told)


def priced(
    parts: Parts, orders: Orders, sale_id: str, basket: Mapping[str, Any], customer: str | None, said: AtRegister
) -> Spending:
    """With the spending when it is confirmed, else without it. Other errors are those of `Orders.look`."""
    try:
        told = said.code or said.senior
        yes = _checked(parts, sale_id, customer, said) if told else NOT_CONFIRMED
        look = orders.look(sale_id, basket, customer, said=said, yes=yes)
        must_be_confirmed(look.priced, yes)
        return Spending(look, basket, said)
    except UsageError as error:
        if not error.code.startswith(CODES):
            raise
        refused = sentence(error, parts.config.agent.language)
    unconfirmed = without_word(said)
    unspent = {**{name: one for name, one in basket.items() if name != "spend_pt"}, "spend": "none"}
    return Spending(orders.look(sale_id, unspent, customer, said=unconfirmed), unspent, unconfirmed, refused)


def _checked(parts: Parts, sale_id: str, customer: str | None, said: AtRegister) -> Confirmed:
    return confirmed(parts.store, said, sale_id, customer, parts.config.agent.register_name)


def without_word(said: AtRegister) -> AtRegister:
    """How the customer was named, without anybody's yes."""
    return replace(said, code="", senior="", pin="")


def sentence(error: AgentError, lang: str) -> str:
    """For the cashier: what happened, what to do, the code."""
    told = texts.message(error.code, lang, None, **error.params)
    return f"{told.what} {told.action} [{error.code}]"
