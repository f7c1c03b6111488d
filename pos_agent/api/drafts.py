"""A sale on its way to the printer: asked, priced, decided by a person, sent once. Survives restarts at every step.

Nothing is spent, and nothing is said to be, before the document was read back: until `send` a draft is only a row.
What the printer has, its own intent decides (`till_book`).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

from pos_agent.api.bell import Bell
from pos_agent.api.customers import find_one
from pos_agent.api.operation import Json, Parts
from pos_agent.api.till_book import CHECKING, UNFINISHED, TillBook
from pos_agent.checkout.at_register import AtRegister
from pos_agent.checkout.desk import SaleOrder
from pos_agent.checkout.plan import Plan
from pos_agent.errors import AgentError, PrinterError, UsageError
from pos_agent.logs import logger
from pos_agent.money import roubles
from pos_agent.store.till_requests import API, ASKED, CONFIRMED, DONE, DROPPED, REFUSED, SENT, TillRequest

BEFORE_PRINTING = (ASKED, CONFIRMED, REFUSED)
SALE, RETURN = "sale", "return"
UNSAID: Mapping[str, Any] = {}
BY_TIME = "time"  # the cashier did not choose in time: the till has been told the price without a card


class Drafts:
    """Sales and returns asked over the own API. Every method may be called from any thread but the printer's."""

    def __init__(self, parts: Parts, bell: Bell) -> None:
        self.parts, self.bell = parts, bell
        self.book = TillBook(parts.store, API)
        self._turn = threading.Lock()
        self._running: dict[str, Future[Json]] = {}
        self._log = logger("drafts")

    # ------------------------------------------------------------------ before printing

    def ask(self, sale_id: str, content: Mapping[str, Any]) -> tuple[TillRequest, bool]:
        """`{kind, basket, customer, contact, ask}` -> the draft, and whether it is new. UsageError HTTP-10."""
        try:
            made, fresh = self.book.take(sale_id, content, {"who": content.get("customer") or None})
        except ValueError:  # fractions, half a surrogate pair: nothing that could be written down
            raise UsageError("API-01", field="basket") from None
        self.bell.ring()
        return (made if fresh else self.now(sale_id)), fresh

    def now(self, sale_id: str) -> TillRequest:
        """As it stands; what was sent and is not being carried out is settled first. AgentError HTTP-09."""
        known = self.book.get(sale_id)
        if known is not None and known.state == SENT and not self.running(sale_id):
            known, _ = self.book.settled(sale_id)
        if known is None:
            raise AgentError("HTTP-09")
        return known

    def running(self, sale_id: str) -> Future[Json] | None:
        """Its work on the printer's thread, while there is one."""
        with self._turn:
            return self._running.get(sale_id)

    def change(self, draft: TillRequest, **changed: Any) -> TillRequest:  # noqa: ANN401 - JSON values
        """Another basket or customer: what was chosen before does not hold any more. HTTP-14: too late; HTTP-15."""
        if draft.result.get("by") == BY_TIME:
            raise AgentError("HTTP-15")
        content = {name: one for name, one in draft.content.items() if name not in ("chosen", "listed", "said")}
        return self._moved(draft, ASKED, content={**content, **changed}, result={}, loyalty="ok")

    def named(self, text: str) -> Json:
        """The customer for `change`: `{who}`. CUS-01, CUS-07."""
        with self.parts.views.reading() as view:
            return {"who": find_one(view, text).id}

    def decide(
        self, draft: TillRequest, chosen: Mapping[str, Any], quote: Json, by: str = "", said: Mapping[str, Any] = UNSAID
    ) -> TillRequest:
        """The choice and the price that was told with it; only this price will be registered. HTTP-14, HTTP-15.

        `chosen`: `spend` and `spend_pt` of the basket. `quote`: what `Quotes.quote` gave for this choice. `said`: of
        `AtRegister`, checked again when the receipt is made.
        """
        if draft.result.get("by") == BY_TIME and by != BY_TIME:
            raise AgentError("HTTP-15")
        totals = quote["quote"]["totals"]
        told = {"payable_kop": totals["payable_kop"], "spent_pt": totals["points_pt"]}
        told["earned_pt"] = totals["accrued_pt"]
        content = {**draft.content, "chosen": dict(chosen), "listed": quote["list_price"]}
        content["said"] = dict(said)
        known = quote["customer"] if by != BY_TIME and quote["loyalty"] == "ok" else None
        content["who"] = known["id"] if known is not None else None
        result: Json = {"told": told, "by": by, "why": quote["why"]}
        return self._moved(draft, CONFIRMED, content=content, result=result, loyalty=quote["loyalty"])

    def drop(self, sale_id: str) -> TillRequest:
        """Taken back. HTTP-14 when the printer has it or had it."""
        draft = self.now(sale_id)
        return draft if draft.state == DROPPED else self._moved(draft, DROPPED)

    def cart(self, since: str) -> TillRequest | None:
        """What a person should look at: the sale changed last that is not over. `since`: older ones are forgotten."""
        with self.parts.views.reading() as view:
            sent = view.till_requests.in_state(API, SENT, limit=1)
            open_ones = view.till_requests.in_state(API, *BEFORE_PRINTING, since=since, limit=10)
        sales = [one for one in (*sent, *open_ones) if one.content.get("kind") == SALE]
        return sales[0] if sales else None

    # ------------------------------------------------------------------ printing

    def sell(self, draft: TillRequest, payments: list[Any] | None) -> Future[Json] | None:
        """Send a decided sale; its future, None when it is over already. HTTP-10: paid otherwise than before.

        UsageError of the basket: nothing was sent. The future ends with HTTP-13 when the price is not what was told.
        """
        paid = self._paid_hash(payments)
        if payments is not None and draft.result.get("paid", paid) != paid and draft.state in (SENT, DONE):
            raise UsageError("HTTP-10")
        content, told = draft.content, draft.result.get("told")
        if draft.state in (DONE, DROPPED) or (work := self.running(draft.id)) is not None:
            return None if draft.state in (DONE, DROPPED) else work
        assert told is not None, "a price was told before anything is sent"
        basket = {**content["basket"], **content["chosen"]}
        if payments is not None:
            basket["payments"] = payments
        orders = self._counter().orders
        assert orders is not None, "the counter is there"
        listed = bool(content.get("listed"))
        said = AtRegister(**content.get("said", {}))
        to = content.get("contact", "")
        order = orders.sale(draft.id, basket, content["who"], to, at_list_price=listed, said=said)
        order = replace(order, plan=_as_told(order.plan, told["payable_kop"]))
        return self._send(draft, order, {**draft.result, "paid": paid})

    def give_back(self, request: TillRequest, order: Callable[[], SaleOrder]) -> Future[Json] | None:
        """Send a return; None when it is over already."""
        if request.state in (DONE, DROPPED):
            return None
        return self.running(request.id) or self._send(request, order(), {**request.result, RETURN: True})

    def _send(self, request: TillRequest, order: SaleOrder, result: Json) -> Future[Json]:
        parts = self._counter()
        assert parts.actor is not None, "the counter is there"
        with self._turn:
            if request.id in self._running:
                return self._running[request.id]
            was = (SENT,) if request.state == SENT else BEFORE_PRINTING
            if self.book.move(request.id, was, SENT, result=result, seen=request.content) is None:
                raise AgentError("HTTP-14")
            try:
                work = parts.actor.ask(lambda watch: self._carry_out(order))
            except AgentError as error:
                self.book.settled(request.id, error)
                raise
            self._running[request.id] = work
        work.add_done_callback(lambda _: self._over(request.id))
        self.bell.ring()
        return work

    def _carry_out(self, order: SaleOrder) -> Json:
        """On the printer's thread."""
        desk = self.parts.desk
        assert desk is not None, "the counter is there"
        try:
            answer = desk.sell(order)
        except AgentError as error:
            ended = error
            self._written(lambda: self.book.settled(order.sale_id, ended))
            raise
        self._written(lambda: self.book.done(order.sale_id, answer))
        return answer

    def _written(self, write: Callable[[], object]) -> None:
        """The sale itself is safe in its intent: who asks later is told from there."""
        try:
            write()
        except AgentError as error:
            self._log.error("result not written down yet", code=error.code)

    def _over(self, sale_id: str) -> None:
        with self._turn:
            self._running.pop(sale_id, None)
        self.bell.ring()

    def may_be_sent_again(self, request: TillRequest) -> bool:
        """Sent, nobody is at it, and the desk would go on with it: a sale in parts of which some are made."""
        return request.state == SENT and self.book.settled(request.id)[1].word == UNFINISHED

    def standing(self, request: TillRequest) -> str:
        """What a sent request waits for: `checking`, `needs_operator` or `unfinished`."""
        return CHECKING if self.running(request.id) else self.book.settled(request.id)[1].word

    def standing_of(self, request: TillRequest) -> tuple[object, ...]:
        """What `GET ?wait_s` waits a change of."""
        doubt = self.standing(request) if request.state == SENT else ""
        return request.state, request.content_hash, dict(request.content), dict(request.result), doubt

    # ------------------------------------------------------------------

    def _moved(self, draft: TillRequest, state: str, **changed: Any) -> TillRequest:  # noqa: ANN401 - as `TillBook.move`
        found = self.book.move(draft.id, BEFORE_PRINTING, state, seen=draft.content, **changed)
        if found is None:
            raise AgentError("HTTP-14")
        self.bell.ring()
        return found

    def _paid_hash(self, payments: list[Any] | None) -> str:
        with self.parts.views.reading() as view:
            return view.till_requests.hash_of({"payments": payments})

    def _counter(self) -> Parts:
        if self.parts.desk is None or self.parts.orders is None or self.parts.actor is None:
            raise PrinterError("PRN-03")
        return self.parts


def _as_told(plan: Callable[[], Plan], told_kop: int) -> Callable[[], Plan]:
    """The plan, if it costs what the buyer was told. UsageError HTTP-13, before anything is written or opened."""

    def checked() -> Plan:
        made = plan()
        if made.total_kop != told_kop:
            raise UsageError("HTTP-13", was=roubles(told_kop), now=roubles(made.total_kop))
        return made

    return checked
