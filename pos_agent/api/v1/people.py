"""Customers, scans, armed cards."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from pos_agent.api.customer_shown import last_receipts, show
from pos_agent.api.perform import Performer
from pos_agent.api.scans import SHOWN, scan
from pos_agent.api.v1 import shapes
from pos_agent.api.v1.roles import PERSON, SELLING
from pos_agent.api.v1.strict import StrictRoute

CustomerId = Annotated[str, Path(min_length=1, max_length=64)]
Found = Annotated[str, Query(min_length=1, max_length=200, description="Phone, e-mail, card, last four signs, id.")]


def router(performer: Performer) -> APIRouter:
    """`/v1/customers`, `/v1/scans`, `/v1/cards/arm`."""
    made = APIRouter(route_class=StrictRoute, tags=["customers"], dependencies=[SELLING])
    parts = performer.parts

    @made.get("/v1/customers", summary="Find a customer")
    async def find(find: Found) -> dict[str, Any]:
        found = (await performer.do("customer.find", {"text": find}))["customers"]
        return {"customers": found[:SHOWN], "more": len(found) > SHOWN}

    @made.post("/v1/customers", summary="A new card", status_code=201)
    async def add(asked: shapes.CustomerAsked) -> JSONResponse:
        return JSONResponse(await performer.do("customer.add", asked.model_dump()), status_code=201)

    @made.get("/v1/customers/{customer_id}", summary="A customer's figures")
    async def figures(customer_id: CustomerId) -> dict[str, Any]:
        return await run_in_threadpool(show, parts, {"customer": customer_id})

    @made.get("/v1/customers/{customer_id}/receipts", summary="A customer's last receipts")
    async def receipts(customer_id: CustomerId, limit: Annotated[int, Query(ge=1, le=50)] = 10) -> dict[str, Any]:
        return await run_in_threadpool(last_receipts, parts, {"customer": customer_id, "limit": limit})

    @made.post("/v1/scans", summary="What a code means")
    async def scanned(asked: shapes.Scanned) -> dict[str, Any]:
        return await run_in_threadpool(scan, parts, {"text": asked.text})

    @made.post("/v1/cards/arm", summary="The next receipt is this customer's", dependencies=[PERSON])
    async def arm(asked: shapes.Armed) -> dict[str, Any]:
        return await performer.do("card.arm", {"text": asked.text}, PATIENCE_S)

    @made.get("/v1/cards/arm", summary="Who is armed")
    async def armed() -> dict[str, Any]:
        return await performer.do("card.show", {})

    @made.delete("/v1/cards/arm", summary="Nobody any more", dependencies=[PERSON])
    async def cancel() -> dict[str, Any]:
        return await performer.do("card.cancel", {})

    return made


PATIENCE_S = 20.0  # a question to the printer; what takes longer is told as PRN-03
