"""Loyalty on the way of a till's receipt: whose it is, and what its price becomes (`kkmserver.md`, section 7).

The tenders were reckoned by the till for the old total: a discount is taken from the cash. Where there is not enough of
it the card may be charged already, so the discount is left out and only points are earned. Selling never waits: what
is late or broken sells at the till's own price.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from pos_agent.api.customers import find_one
from pos_agent.api.kkmserver.check import Check
from pos_agent.api.operation import Parts
from pos_agent.checkout.orders import Orders
from pos_agent.errors import AgentError
from pos_agent.money import roubles
from pos_agent.rules.scope import NO_DISCOUNT
from pos_agent.store.repositories import View
from pos_agent.store.session import stamp

OK, LATE, OFF = "ok", "late", "off"


@dataclass(frozen=True)
class Offer:
    """How the receipt is sold. Written down before the printer is asked, so that a repeat is the same sale.

    `undiscounted`: the rules may give points but no discount; `listed`: no loyalty at all. `armed`: the armed card that
    this sale uses up. `cut_kop` is taken from the cash.
    """

    customer: str | None = None
    armed: str = ""
    undiscounted: bool = False
    listed: bool = False
    cut_kop: int = 0
    loyalty: str = OK
    message: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Person:
    """Whose receipt it is and the armed card that told us."""

    customer: str | None = None
    armed: str = ""


AT_LIST_PRICE = Offer(listed=True)


def basket_of(check: Check, offer: Offer) -> dict[str, Any]:
    """As `pos-agent sell` would be given it."""
    lines = [{**line, "flags": [NO_DISCOUNT]} if offer.undiscounted else line for line in check.lines]
    return {"lines": lines, "payments": payments(check.paid, offer.cut_kop)}


def payments(paid: Mapping[str, int], cut_kop: int) -> list[dict[str, Any]]:
    """Tenders in the basket's words; provision goes as cashless here and is put right in the plan."""
    sums = {
        "cash": paid["cash_kop"] - cut_kop,
        "card": paid["cashless_kop"] + paid["provision_kop"],
        "advance": paid["advance_kop"],
        "credit": paid["credit_kop"],
    }
    return [{"kind": kind, "sum_kop": kop} for kind, kop in sums.items() if kop] or [{"kind": "cash", "sum_kop": 0}]


@dataclass
class Offers:
    """Makes offers; reads the store."""

    parts: Parts
    orders: Orders
    warnings: list[str] = field(default_factory=list)

    def make(self, sale_id: str, check: Check) -> Offer:
        """AgentError PRC-01, MRK-01: the goods themselves are not accepted. Any other trouble: at the till's price."""
        who = self._person(check)
        found = Offer(who.customer, who.armed)
        payable = self._payable(sale_id, check, found)
        cut = check.total_kop - payable
        if cut == 0:
            return found
        if 0 < cut <= check.paid["cash_kop"]:
            return Offer(who.customer, who.armed, cut_kop=cut, message=f"Скидка по программе {roubles(cut)} руб.")
        plain = Offer(who.customer, who.armed, undiscounted=True)
        if self._payable(sale_id, check, plain) == check.total_kop:
            told = "Скидка не применена: оплачено не наличными" if cut > 0 else ""
            return Offer(who.customer, who.armed, undiscounted=True, message=told)
        return AT_LIST_PRICE

    def _payable(self, sale_id: str, check: Check, offer: Offer) -> int:
        basket = {"lines": basket_of(check, offer)["lines"]}
        return self.orders.look(sale_id, basket, offer.customer).priced.totals.payable_kop

    def _person(self, check: Check) -> Person:
        """A card in the receipt, else an armed card, else the buyer's contact; nobody is enrolled."""
        settings = self.parts.config.loyalty
        named = check.requisite[0].casefold() == settings.card_requisite.strip().casefold()
        cards = [text for text in (check.requisite[1] if named else "", check.receipt_requisite) if text]
        with self.parts.views.reading() as view:
            for card in cards:
                if (customer := _one(view, card)) is not None:
                    return Person(customer)
            armed = view.arming.current(self.parts.config.agent.register_name)
            if armed is not None and armed.host_expires_at > stamp(self.parts.clock.now()):
                return Person(armed.customer_id, armed.id)
            return Person(_one(view, check.contact) if check.contact else None)


def _one(view: View, text: str) -> str | None:
    """A whole card, phone or e-mail; four digits alone name nobody."""
    if len(text) <= 4:
        return None
    try:
        return find_one(view, text).id
    except AgentError:
        return None
