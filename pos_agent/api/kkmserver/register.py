"""`RegisterCheck`: the receipt through the agent's desk, with loyalty on the way."""

from __future__ import annotations

import asyncio

from pos_agent.api import till_book
from pos_agent.api.kkmserver import sale
from pos_agent.api.kkmserver.answers import FailedError
from pos_agent.api.kkmserver.check import Check, read_check
from pos_agent.api.kkmserver.fields import WrongFieldError
from pos_agent.api.kkmserver.jobs import Job, Result
from pos_agent.api.kkmserver.offer import AT_LIST_PRICE, LATE, OFF, Offer, Offers
from pos_agent.api.kkmserver.standing import Standing, pending, standing, unread
from pos_agent.api.kkmserver.works import PrintWork, columns_of
from pos_agent.api.till_parts import main_of, part_words
from pos_agent.checkout.desk import SaleOrder
from pos_agent.errors import AgentError, PrinterError
from pos_agent.logs import logger
from pos_agent.model.receipt import DocumentId
from pos_agent.store.arming import ArmedState

IN_DOUBT = ("SAL-01", "SAL-02")
ANOTHER_IN_DOUBT = "Исход прежнего чека ещё выясняется, этот не пробит. Подождите и пробейте его с новым IdCommand."
WITHOUT = {True: "Продано без скидок и баллов", False: "Возвращено без баллов"}
OWN_PROBLEMS = ("PRC-01", "MRK-01", "API-01")  # of the goods themselves: no other price would help


class RegisterWork:
    """One receipt; the sale's id is derived from the command's, so that the desk knows a repeat."""

    async def run(self, job: Job) -> Result:
        if not _fiscal(job):
            return await PrintWork().run(job)
        check = _read(job)
        offer = await self._offer(job, check)
        name = sale.sale_id(job.key)
        order = await job.in_thread(lambda: sale.order_of(job.parts, name, check, offer))
        await job.note(offer=offer.to_json(), sale=name)
        return await self._sold(job, check, offer, order)

    async def revive(self, job: Job, again: bool) -> Result:
        if not _fiscal(job):
            return await PrintWork().revive(job, again)
        offer, now = Offer(**job.content["offer"]), await standing(job)
        if now.word == till_book.REGISTERED:
            return await self._told(job, offer, now)
        if again or (now.word == till_book.UNFINISHED and now.fresh):
            try:
                check = _read(job)
                order = await job.in_thread(lambda: sale.order_of(job.parts, sale.sale_of(job), check, offer))
            except (AgentError, WrongFieldError) as error:
                if now.word == till_book.ABSENT:
                    raise
                raise pending(job, now) from error
            return await self._sold(job, check, offer, order)
        if now.word == till_book.ABSENT:
            raise FailedError("Чек не пробит: его печать прервалась. Пробейте его с новым IdCommand.")
        raise pending(job, now)

    async def _offer(self, job: Job, check: Check) -> Offer:
        """The price with loyalty in time, or the till's own."""
        if check.kind not in (sale.SALE, sale.SALE_RETURN):
            return AT_LIST_PRICE
        offers, is_sale = Offers(job.parts, sale.desk_orders(job.parts)), check.kind == sale.SALE
        name = sale.sale_id(job.key)
        make = (lambda: offers.make(name, check)) if is_sale else (lambda: offers.back(check))
        task = asyncio.ensure_future(job.in_thread(make))
        task.add_done_callback(_looked_at)
        await asyncio.wait({task}, timeout=job.parts.config.http.quote_ms / 1000)
        if not task.done():
            return Offer(listed=True, loyalty=LATE, message=f"{WITHOUT[is_sale]}: расчёт опоздал")
        try:
            return task.result()
        except AgentError as error:
            if error.code in OWN_PROBLEMS:
                raise
            logger("kkmserver").warning("sold without loyalty", code=error.code)
            return Offer(listed=True, loyalty=OFF, message=WITHOUT[is_sale])

    async def _sold(self, job: Job, check: Check, offer: Offer, order: SaleOrder) -> Result:
        desk, actor = job.parts.desk, job.parts.actor
        if desk is None or actor is None:
            raise PrinterError("PRN-03")
        error: AgentError | None = None
        try:
            await job.finished(actor.ask(lambda watch: desk.sell(order)))
        except AgentError as caught:
            error = caught
        now = await standing(job)
        if now.word == till_book.ABSENT and error is not None:
            if error.code in IN_DOUBT:
                raise FailedError(ANOTHER_IN_DOUBT) from error
            raise error
        if now.word != till_book.REGISTERED:
            raise pending(job, now, error)
        told = await self._told(job, offer, now)
        only = now.made[0].part if len(now.made) == 1 else ""  # what belongs to one receipt is printed beside it
        return await self._texts(job, check, told, only)

    async def _told(self, job: Job, offer: Offer, now: Standing) -> Result:
        try:
            fields = await job.in_thread(lambda: sale.registered(job.parts, now.made))
        except AgentError as error:
            raise unread(job, error) from error
        if offer.armed:
            try:
                await job.in_thread(lambda: _use(job, offer.armed, main_of(now.made).document))
            except AgentError as error:  # the receipt is made; the card's time ends by itself
                logger("kkmserver").warning("armed card not used up", code=error.code)
        return Result(fields, offer.message, loyalty=offer.loyalty)

    async def _texts(self, job: Job, check: Check, told: Result, part: str) -> Result:
        """Lines and codes of the request, on paper after the receipt; the receipt is made whatever becomes of them."""
        warning = check.unprinted
        if check.prints:
            try:
                await job.do("print.document", elements=list(check.prints), printer=part)
            except AgentError as error:
                warning = f"Чек пробит, строки под ним не напечатаны [{error.code}]"
        return Result(told.fields, told.message, warning, told.loyalty)


def _fiscal(job: Job) -> bool:
    return job.fields.flag("IsFiscalCheck")


def _looked_at(task: asyncio.Task[Offer]) -> None:
    """A late answer, or a late problem, is nobody's any more."""
    if not task.cancelled():
        task.exception()


def _read(job: Job) -> Check:
    return read_check(job.fields, columns_of(job), part_words(job.parts.config), job.part)


def _use(job: Job, armed_id: str, document: DocumentId) -> None:
    """The armed card was for this receipt and is no other's."""
    with job.parts.store.writing("kkm armed") as txn:
        armed = txn.arming.get(armed_id)
        if armed is not None and armed.state is ArmedState.ARMED:
            txn.arming.use(armed_id, document)
