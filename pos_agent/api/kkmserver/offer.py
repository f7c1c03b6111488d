"""Loyalty on the way of a till's receipt: whose it is, and what its price becomes (`kkmserver.md`, section 7).

The tenders were reckoned by the till for the old total: a discount is taken from the cash. Where there is not enough of
it the card may be charged already, so the discount is left out and only points are earned. Selling never waits: what
is late or broken sells at the till's own price.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from pos_agent.api.customers import find_one
from pos_agent.api.kkmserver.check import Check
from pos_agent.api.operation import Parts
from pos_agent.api.spending import Spending, priced, without_word
from pos_agent.checkout.at_register import AtRegister
from pos_agent.checkout.orders import Orders
from pos_agent.errors import AgentError
from pos_agent.money import points, roubles
from pos_agent.rules.scope import NO_DISCOUNT
from pos_agent.store.repositories import View
from pos_agent.store.session import stamp

OK, LATE, OFF = "ok", "late", "off"


@dataclass(frozen=True)
class Offer:
    """How the receipt is sold. Written down before the printer is asked, so that a repeat is the same sale.

    `undiscounted`: the rules may give points but no discount; `listed`: no loyalty at all. `armed`: the armed card that
    this sale uses up. `cut_kop` is taken from the cash. `spend`, `spend_pt` of a basket; `refused`: nobody said yes to
    the spending that was asked for.
    """

    customer: str | None = None
    armed: str = ""
    undiscounted: bool = False
    listed: bool = False
    cut_kop: int = 0
    loyalty: str = OK
    message: str = ""
    spend: str = "none"
    spend_pt: int | None = None
    refused: bool = False

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
    spending: dict[str, Any] = {"spend": offer.spend} if offer.spend != "none" else {}
    if offer.spend_pt is not None:
        spending["spend_pt"] = offer.spend_pt
    return {"lines": lines, "payments": payments(check.paid, offer.cut_kop), **spending}


def said_with(check: Check, offer: Offer) -> AtRegister:
    """What goes with the sale: a yes that was not given, or to nothing, is not asked for again."""
    said = check.wish.said
    return without_word(said) if offer.refused or offer.listed else said


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
        found = Offer(who.customer, who.armed, spend=check.wish.spend, spend_pt=check.wish.spend_pt)
        price = self._priced(sale_id, check, found)
        if price.refused:
            found = replace(found, spend="none", spend_pt=None, refused=True, message=price.refused)
        totals = price.look.priced.totals
        cut = check.total_kop - totals.payable_kop
        if cut == 0:
            return found
        if 0 < cut <= check.paid["cash_kop"]:
            spent = f"списано баллов {points(totals.points_pt)}" if totals.points_pt else ""
            return _saying(replace(found, cut_kop=cut), f"Скидка по программе {roubles(cut)} руб.", spent)
        plain = replace(found, undiscounted=True, spend="none", spend_pt=None)
        if self._priced(sale_id, check, plain).look.priced.totals.payable_kop == check.total_kop:
            return _saying(plain, "Скидка не применена: оплачено не наличными" if cut > 0 else "")
        return AT_LIST_PRICE

    def back(self, check: Check) -> Offer:
        """A return that names no sale: whose points it takes. A card is not armed for returns."""
        return Offer(self._person(check, armed=False).customer, listed=True)

    def _priced(self, sale_id: str, check: Check, offer: Offer) -> Spending:
        basket = {name: one for name, one in basket_of(check, offer).items() if name != "payments"}
        return priced(self.parts, self.orders, sale_id, basket, offer.customer, said_with(check, offer))

    def _person(self, check: Check, *, armed: bool = True) -> Person:
        """Named by the till, else a card in the receipt, an armed card, the buyer's contact; nobody is enrolled."""
        settings = self.parts.config.loyalty
        named = check.requisite[0].casefold() == settings.card_requisite.strip().casefold()
        told = (check.wish.customer, check.requisite[1] if named else "", check.receipt_requisite)
        cards = [text for text in told if text]
        with self.parts.views.reading() as view:
            for text in cards:
                if (customer := _one(view, text)) is not None:
                    return Person(customer)
            card = view.arming.current(self.parts.config.agent.register_name) if armed else None
            if card is not None and card.host_expires_at > stamp(self.parts.clock.now()):
                return Person(card.customer_id, card.id)
            return Person(_one(view, check.contact) if check.contact else None)


def _saying(offer: Offer, *words: str) -> Offer:
    return replace(offer, message=" ".join(one for one in (offer.message, ", ".join(filter(None, words))) if one))


def _one(view: View, text: str) -> str | None:
    """A whole card, phone or e-mail; four digits alone name nobody."""
    if len(text) <= 4:
        return None
    try:
        return find_one(view, text).id
    except AgentError:
        return None
