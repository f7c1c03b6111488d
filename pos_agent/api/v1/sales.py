"""Quotes and sales: a draft, a choice, one receipt."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from pos_agent.api import confirmations, why_shown
from pos_agent.api.drafts import BEFORE_PRINTING, BY_TIME, SALE, Drafts
from pos_agent.api.operation import Json
from pos_agent.api.perform import Performer, StillWorkingError, finished
from pos_agent.api.quotes import Quotes
from pos_agent.api.sale_shown import sale_shown
from pos_agent.api.v1 import shapes
from pos_agent.api.v1.quote import PATH, quoted, written
from pos_agent.api.v1.roles import SELLING
from pos_agent.api.v1.strict import StrictRoute
from pos_agent.checkout.at_register import AtRegister
from pos_agent.errors import AgentError, PrinterError, UsageError
from pos_agent.store.session import stamp
from pos_agent.store.till_requests import ASKED, CONFIRMED, DONE, DROPPED, REFUSED, SENT, TillRequest

CART_LIFE = timedelta(minutes=30)
LOOK_S = 0.5  # between looks at a sale that the background may settle without ringing
SAID = {"code", "senior", "pin", "cashier", "manual", "late"}
RACES = 5  # requests of one sale that may come between ours
NO_CHOICE = {"spend": "none"}
Spend = Annotated[Literal["none", "max", "exact"] | None, Query(description="Else as it was chosen.")]
SpendPt = Annotated[int | None, Query(ge=0, le=2**53, description="With `exact`.")]
HoldS = Annotated[float, Query(ge=0, le=shapes.LONGEST_WAIT_S, description="Held until it changes, so long at most.")]


class Counter:
    """What the routes of sales do, one method each."""

    def __init__(self, drafts: Drafts, quotes: Quotes) -> None:
        self.drafts, self.quotes = drafts, quotes

    async def ask(self, asked: shapes.SaleAsked) -> JSONResponse:
        """201 new, 200 known."""
        content = asked.model_dump(include={"basket", "customer", "contact", "ask"})
        if await run_in_threadpool(self.drafts.book.get, asked.sale) is None:
            await self.quotes.quote(asked.sale, asked.basket, None)  # a basket that is not accepted makes no draft
        draft, fresh = await run_in_threadpool(self.drafts.ask, asked.sale, {"kind": SALE, **content})
        if asked.ask and draft.state == ASKED and asked.wait_s != 0:
            draft = await self._chosen(draft, shapes.ASK_S if asked.wait_s is None else asked.wait_s)
        return JSONResponse(await self.shown(draft), status_code=201 if fresh else 200)

    async def _chosen(self, draft: TillRequest, seconds: float) -> TillRequest:
        """Wait for the cashier; then the price without a card is the one."""
        draft = await self.changed(draft, seconds, until=lambda now: now.state != ASKED)
        while draft.state == ASKED:
            quote = await self.quotes.quote(draft.id, {**draft.content["basket"], **NO_CHOICE}, None)
            try:
                return await run_in_threadpool(self.drafts.decide, draft, NO_CHOICE, quote, BY_TIME)
            except AgentError as error:  # the cashier was quicker, by a hair
                if error.code != "HTTP-14":
                    raise
                draft = await run_in_threadpool(self.drafts.now, draft.id)
        return draft

    async def changed(self, draft: TillRequest, seconds: float, until: Any = None) -> TillRequest:  # noqa: ANN401
        """The sale once it is another than `draft` (or `until` holds), or as it is when the seconds are over."""
        loop = asyncio.get_running_loop()
        end, was = loop.time() + seconds, await run_in_threadpool(self.drafts.standing_of, draft)
        while (left := end - loop.time()) > 0:
            seen = self.drafts.bell.rung
            now = await run_in_threadpool(self.drafts.now, draft.id)
            moved = until(now) if until else await run_in_threadpool(self.drafts.standing_of, now) != was
            if moved:
                return now
            await self.drafts.bell.after(seen, min(left, LOOK_S if now.state == SENT else left))
        return await run_in_threadpool(self.drafts.now, draft.id)

    async def edit(self, sale_id: str, **changed: Any) -> Json:  # noqa: ANN401 - JSON values
        """Another basket or customer of a draft."""
        draft = await self._open(sale_id)
        if "basket" in changed and draft.state == CONFIRMED:
            raise AgentError("HTTP-14")
        if "basket" in changed:
            await self.quotes.quote(sale_id, changed["basket"], None)
        return await self.shown(await run_in_threadpool(lambda: self.drafts.change(draft, **changed)))

    async def confirm(self, sale_id: str, asked: shapes.Confirmed) -> Json:
        """The choice, with the price that is told."""
        if (asked.spend == "exact") != (asked.spend_pt is not None):
            raise UsageError("API-01", field="spend_pt")
        chosen: Json = {"spend": asked.spend}
        if asked.spend_pt is not None:
            chosen["spend_pt"] = asked.spend_pt
        draft = await self._open(sale_id)
        return await self.shown(await self._decided(draft, chosen, asked.model_dump(include=SAID)))

    async def _decided(self, draft: TillRequest, chosen: Json, said: Json) -> TillRequest:
        basket = {**draft.content["basket"], **chosen}
        quote = await self.quotes.quote(draft.id, basket, draft.content["who"])
        step: Json = next((one for one in quote["quote"]["trace"] if one["step"] == "spend"), {})
        if step.get("confirm"):
            who = quote["customer"]["id"]
            await run_in_threadpool(self.quotes.must_be_confirmed, draft.id, basket, who, AtRegister(**said))
        return await run_in_threadpool(self.drafts.decide, draft, chosen, quote, said=said)

    async def fiscalise(self, sale_id: str, asked: shapes.Fiscalised) -> JSONResponse:
        """200 registered; 202 still being checked."""
        for _ in range(RACES):
            try:
                return await self._fiscalised(sale_id, asked)
            except AgentError as error:  # somebody else changed it this very moment: look again what it is now
                if error.code != "HTTP-14":
                    raise
        return await self._fiscalised(sale_id, asked)

    async def _fiscalised(self, sale_id: str, asked: shapes.Fiscalised) -> JSONResponse:
        draft = await run_in_threadpool(self.drafts.now, sale_id)
        if draft.content.get("kind", SALE) != SALE or draft.state == DROPPED:
            raise AgentError("HTTP-14")
        unsure = draft.state == SENT and not self.drafts.running(sale_id)
        if unsure and not await run_in_threadpool(self.drafts.may_be_sent_again, draft):
            return await self._answer(draft, None, 0)
        undecided = draft.state == ASKED or (draft.state == REFUSED and not draft.result.get("told"))
        if undecided:
            basket = draft.content["basket"]
            draft = await self._decided(draft, {one: basket[one] for one in ("spend", "spend_pt") if one in basket}, {})
        payments = None if asked.payments is None else [one.model_dump(exclude_none=True) for one in asked.payments]
        work = await run_in_threadpool(self.drafts.sell, draft, payments)
        return await self._answer(draft, work, asked.wait_s)

    async def _answer(self, draft: TillRequest, work: Any, wait_s: float) -> JSONResponse:  # noqa: ANN401 - a future
        if work is not None:
            try:
                await finished(work, wait_s)
            except StillWorkingError:
                now = await run_in_threadpool(self.drafts.now, draft.id)
                return JSONResponse(await self.shown(now, quoted=False), status_code=202)
            except asyncio.CancelledError:
                if not work.cancelled():
                    raise
                raise AgentError("AGT-01") from None
        now = await run_in_threadpool(self.drafts.now, draft.id)
        told = await self.shown(now, quoted=False)
        if told["state"] == "needs_operator":
            raise PrinterError("SAL-02")
        return JSONResponse(told, status_code=200 if now.state == DONE else 202)

    async def take_back(self, request: TillRequest, order: Any, wait_s: float) -> JSONResponse:  # noqa: ANN401
        """A return that was written down: print it unless it is over or in doubt."""
        unsure = request.state == SENT and not self.drafts.running(request.id)
        work = None if unsure else await run_in_threadpool(self.drafts.give_back, request, order)
        return await self._answer(request, work, wait_s)

    async def shown(self, draft: TillRequest, quoted: bool = True) -> Json:
        """For the till and for the page; drafts with a fresh price."""
        told = await run_in_threadpool(sale_shown, self.drafts, draft)
        if not quoted or draft.state not in BEFORE_PRINTING or draft.content.get("kind") != SALE:
            return told
        basket = {**draft.content["basket"], **draft.content.get("chosen", {})}
        return {**told, **await self.quotes.quote(draft.id, basket, draft.content["who"])}

    async def why(self, sale_id: str, choice: Json) -> Json:
        """What the price of a draft comes from; without `choice` that of the buyer, else nothing spent."""
        draft = await self._open(sale_id)
        chosen = choice or draft.content.get("chosen") or NO_CHOICE
        return await run_in_threadpool(why_shown.of_draft, self.drafts.parts, sale_id, draft.content, chosen)

    async def _open(self, sale_id: str) -> TillRequest:
        """A sale that may still be changed. HTTP-14."""
        draft = await run_in_threadpool(self.drafts.now, sale_id)
        if draft.state not in BEFORE_PRINTING or draft.content.get("kind") != SALE:
            raise AgentError("HTTP-14")
        return draft

    async def cart(self) -> Json:
        """`{cart: sale or null}`."""
        clock = self.drafts.parts.clock
        draft = await run_in_threadpool(self.drafts.cart, stamp(clock.now() - CART_LIFE))
        if draft is not None and draft.state == SENT:
            draft = await run_in_threadpool(self.drafts.now, draft.id)
        return {"cart": None if draft is None or draft.state == DONE else await self.shown(draft)}


def router(performer: Performer, counter: Counter) -> APIRouter:
    """`/v1/quote`, `/v1/sales`, `/v1/cart`."""
    made = APIRouter(route_class=StrictRoute, tags=["sales"], dependencies=[SELLING])
    kept: dict[int | str, dict[str, Any]] = {201: {"model": shapes.SaleShown}, 409: {"model": shapes.ErrorAnswer}}
    later: dict[int | str, dict[str, Any]] = {202: {"model": shapes.SaleShown, "description": "Ask again by GET."}}

    @made.post(PATH, summary="What a basket costs now", response_model=shapes.Quote)
    async def quote(asked: shapes.QuoteAsked) -> Response:
        return written(await quoted(counter.quotes, asked))

    @made.post("/v1/sales", summary="Begin a sale", response_model=shapes.SaleShown, responses=kept)
    async def ask(asked: shapes.SaleAsked) -> JSONResponse:
        return await counter.ask(asked)

    @made.get("/v1/sales/{sale_id}", summary="Where a sale stands", response_model=shapes.SaleShown)
    async def stands(sale_id: shapes.PathId, wait_s: HoldS = 0) -> Any:  # noqa: ANN401
        draft = await run_in_threadpool(counter.drafts.now, sale_id)
        if wait_s and draft.state not in (DONE, DROPPED):
            draft = await counter.changed(draft, wait_s)
        return await counter.shown(draft)

    @made.put("/v1/sales/{sale_id}/basket", summary="Another basket", response_model=shapes.SaleShown)
    async def basket(sale_id: shapes.PathId, asked: shapes.BasketChanged) -> Any:  # noqa: ANN401
        return await counter.edit(sale_id, basket=asked.basket)

    @made.put("/v1/sales/{sale_id}/customer", summary="Who buys", response_model=shapes.SaleShown)
    async def customer(sale_id: shapes.PathId, asked: shapes.CustomerChanged) -> Any:  # noqa: ANN401
        who = None
        if asked.customer:
            who = (await run_in_threadpool(counter.drafts.named, asked.customer))["who"]
        return await counter.edit(sale_id, who=who)

    @made.post("/v1/sales/{sale_id}/confirm", summary="The buyer's choice", response_model=shapes.SaleShown)
    async def confirm(sale_id: shapes.PathId, asked: shapes.Confirmed) -> Any:  # noqa: ANN401
        return await counter.confirm(sale_id, asked)

    @made.post("/v1/sales/{sale_id}/code", summary="Send the buyer a confirmation code")
    async def code(sale_id: shapes.PathId, asked: shapes.CodeAsked) -> dict[str, Any]:
        who = (await run_in_threadpool(counter.drafts.now, sale_id)).content.get("who")
        if who is None:
            raise AgentError("CUS-01")
        args = {"customer": who, "amount_pt": asked.amount_pt}
        return await performer.run(confirmations.send, args, shapes.LONGEST_WAIT_S)

    @made.post("/v1/sales/{sale_id}/fiscalise", summary="Print it", response_model=shapes.SaleShown, responses=later)
    async def fiscalise(sale_id: shapes.PathId, asked: shapes.Fiscalised) -> JSONResponse:
        return await counter.fiscalise(sale_id, asked)

    @made.get("/v1/sales/{sale_id}/why", summary="Why this sum, in figures")
    async def why(sale_id: shapes.PathId, spend: Spend = None, spend_pt: SpendPt = None) -> dict[str, Any]:
        if (spend == "exact") != (spend_pt is not None):
            raise UsageError("API-01", field="spend_pt")
        choice: Json = {"spend": spend} if spend else {}
        return await counter.why(sale_id, choice | ({"spend_pt": spend_pt} if spend_pt is not None else {}))

    @made.delete("/v1/sales/{sale_id}", summary="Take a draft back", response_model=shapes.SaleShown)
    async def drop(sale_id: shapes.PathId) -> Any:  # noqa: ANN401
        return await counter.shown(await run_in_threadpool(counter.drafts.drop, sale_id), quoted=False)

    @made.get("/v1/cart", summary="What the cashier should look at")
    async def cart() -> dict[str, Any]:
        return await counter.cart()

    return made
