"""Returns: what would come back, and one return receipt under the till's id."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from pos_agent.api.drafts import RETURN
from pos_agent.api.perform import Performer
from pos_agent.api.receipts import document_id
from pos_agent.api.returns import quote as return_quote
from pos_agent.api.sales import return_wanted
from pos_agent.api.v1 import shapes
from pos_agent.api.v1.roles import SELLING
from pos_agent.api.v1.sales import Counter
from pos_agent.api.v1.strict import StrictRoute
from pos_agent.checkout.desk import SaleOrder
from pos_agent.errors import PrinterError


def router(performer: Performer, counter: Counter) -> APIRouter:
    """`/v1/returns`, `/v1/returns/quote`."""
    made = APIRouter(route_class=StrictRoute, tags=["returns"], dependencies=[SELLING])
    parts = performer.parts
    later: dict[int | str, dict[str, Any]] = {
        202: {"model": shapes.SaleShown, "description": "Ask again with the same id."},
        409: {"model": shapes.ErrorAnswer},
    }

    @made.post("/v1/returns/quote", summary="What would come back")
    async def quote(asked: shapes.ReturnQuoted) -> dict[str, Any]:
        return await run_in_threadpool(return_quote, parts, asked.model_dump())

    @made.post("/v1/returns", summary="Print a return", response_model=shapes.SaleShown, responses=later)
    async def take_back(asked: shapes.ReturnAsked) -> JSONResponse:
        given = asked.model_dump(include={"receipt", "lines", "payment", "marks"})
        wanted = return_wanted(given)  # what is wrongly written is told before anything is kept
        number = document_id(asked.receipt)

        def order() -> SaleOrder:
            if parts.orders is None:
                raise PrinterError("PRN-03")
            return parts.orders.sale_return(asked.return_id, number, *wanted)

        known = await run_in_threadpool(counter.drafts.book.get, asked.return_id)
        if known is None:
            await run_in_threadpool(return_quote, parts, given)
        request, _ = await run_in_threadpool(counter.drafts.ask, asked.return_id, {"kind": RETURN, **given})
        return await counter.take_back(request, order, asked.wait_s)

    return made
