"""The price of a basket before anything is printed, within a time that a queue can bear.

Whatever keeps loyalty from answering in time, the till gets the price that it would take itself, and is told so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from pos_agent import texts
from pos_agent.api.customer_shown import figures
from pos_agent.api.customers import find_one
from pos_agent.api.operation import Json, Parts
from pos_agent.checkout.at_register import AtRegister
from pos_agent.checkout.confirming import confirmed, must_be_confirmed
from pos_agent.checkout.orders import Look, Orders
from pos_agent.errors import AgentError, PrinterError, UsageError
from pos_agent.money import points, roubles
from pos_agent.rules.answer import to_json

AT_ONCE = 4  # quotes reckoned side by side; one more waits, and is late when they are
NOT_THE_BASKET = ("CUS-01", "CUS-07")  # nobody, or several: the basket itself is in order
OK, LATE, OFF = "ok", "late", "off"
POINTS_STEP, HINT = "spend", "hint"


class Quotes:
    """Prices for the routes of one agent."""

    def __init__(self, parts: Parts, box_s: float) -> None:
        self._parts, self._box_s = parts, box_s
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="quote")
        self.fallen_back = 0  # since the start, for the metrics

    async def quote(self, sale_id: str, basket: Mapping[str, Any], customer: str | None) -> Json:
        """`{loyalty, why, quote, customer, choices}`. UsageError: the basket itself is not accepted.

        `loyalty`: "ok"; "late": not within the time, "off": cannot be asked now. Then the quote is the list price, or,
        when only the customer is not known, the price without a card.
        """
        loop = asyncio.get_running_loop()
        work = loop.run_in_executor(self._pool, self._whole, sale_id, basket, customer)
        work.add_done_callback(lambda done: done.cancelled() or done.exception())  # a late one is nobody's any more
        await asyncio.wait((work,), timeout=self._box_s)  # whoever goes away, the work does not
        if not work.done():
            return self._fallen(sale_id, basket, LATE, None)
        try:
            return work.result()
        except PrinterError:
            raise
        except AgentError as error:
            if isinstance(error, UsageError):
                raise
            return self._fallen(sale_id, basket, OFF, error)

    def must_be_confirmed(self, sale_id: str, basket: Mapping[str, Any], who: str, said: AtRegister) -> None:
        """The points of this price are more than the program gives without a word of the buyer. COD-01 .. COD-06."""
        orders = _orders(self._parts)
        priced = orders.look(sale_id, basket, who).priced
        register = self._parts.config.agent.register_name
        must_be_confirmed(priced, confirmed(self._parts.store, said, sale_id, who, register))

    def close(self) -> None:
        """No more quotes."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _fallen(self, sale_id: str, basket: Mapping[str, Any], how: str, error: AgentError | None) -> Json:
        look = _orders(self._parts).look(sale_id, basket, None, at_list_price=True)
        self.fallen_back += 1
        told = self._why(error or AgentError("HTTP-16"))
        return {"loyalty": how, "why": told, **_plain(look), "list_price": True}

    def _whole(self, sale_id: str, basket: Mapping[str, Any], customer: str | None) -> Json:
        """Off the loop. A customer and the three prices are read in one snapshot."""
        orders = _orders(self._parts)
        if customer is None:
            return {"loyalty": OK, "why": None, **_plain(orders.look(sale_id, basket, None))}
        with self._parts.views.reading() as view:
            try:
                who = find_one(view, customer)
            except AgentError as error:
                if error.code not in NOT_THE_BASKET:
                    raise
                wrong = error
            else:
                told = figures(self._parts, view, who)
                asked, none, most = orders.choices(view, sale_id, basket, who.id)
                offer = not told["no_offer"]
                choices = {**self._choices(none, most), "offer": offer}
                return {"loyalty": OK, "why": None, **_plain(asked, offer), "customer": told, "choices": choices}
        without = {"loyalty": OFF, "why": self._why(wrong), **_plain(orders.look(sale_id, basket, None))}
        self.fallen_back += 1
        return without

    def _choices(self, none: Look, most: Look) -> Json:
        """The same basket priced twice more: nothing spent, and as much as fits."""
        step = next((one for one in most.priced.trace if one["step"] == POINTS_STEP), {})
        may_pt = most.known.basket.customer.balance_pt if most.known.basket.customer else 0
        spent = most.priced.totals
        return {
            "accrue": {
                "payable_kop": none.priced.totals.payable_kop,
                "earned_pt": none.priced.totals.accrued_pt,
            },
            "spend": {
                "max_pt": spent.points_pt,
                "limit": limit_told(step, most, self._parts.config.agent.language),
                "payable_kop": spent.payable_kop,
                "earned_pt": spent.accrued_pt,
                "may_pt": may_pt,
                "left_pt": may_pt - spent.points_pt,
                "confirm": most.priced.confirm,
            },
        }

    def _why(self, error: AgentError) -> Json:
        told = texts.message(error.code, self._parts.config.agent.language, "W", **error.params)
        return {"code": error.code, "what": told.what, "action": told.action, "safe": told.safe}


def limit_told(step: Mapping[str, Any], look: Look, lang: str) -> str:
    """Why no more: one sentence for the cashier."""
    reason = step.get("reason", "")
    if reason or not step:
        return texts.phrase("spend_words", "no_spending", lang)
    a_kop, b_pt = look.rules.program.kop_per_pt
    limits_pt = {name: max(0, kop) * b_pt // a_kop for name, kop in step["limits_kop"].items()}
    limits_pt["balance"] = step["balance_pt"]
    least = min(limits_pt, key=lambda name: limits_pt[name])
    if not step["spent_pt"] and step["balance_pt"] <= 0:
        return texts.phrase("spend_words", "none_available", lang)
    if not step["spent_pt"] and not step["base_kop"]:
        return texts.phrase("spend_words", "no_goods", lang)
    cap_bp = look.rules.spend.cap_bp if look.rules.spend is not None else 0
    words = {"limit": points(limits_pt[least]), "p": points(cap_bp), "base": roubles(step["base_kop"])}
    told = texts.phrase("spend_words", least, lang, **words)
    names = {line.id: line.name or line.sku or line.id for line in look.known.basket.lines}
    barred = [names[line] for line in step["barred"] if line in names]
    if not barred or least != "cap":
        return told
    return f"{told}, {texts.phrase('spend_words', 'without', lang, names=', '.join(barred))}"


def _plain(look: Look, offer: bool = True) -> Json:
    """A price of nobody. `offer` False: the words with which the cashier would offer something are left out."""
    answer = to_json(look.priced)
    if not offer and "notes" in answer:
        answer["notes"] = [one for one in answer["notes"] if one["kind"] != HINT]
    return {"list_price": False, "quote": answer, "customer": None, "choices": None}


def _orders(parts: Parts) -> Orders:
    if parts.orders is None:
        raise PrinterError("PRN-03")
    return parts.orders
