"""Receipts, slips, shift, a sale in doubt."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse

from pos_agent.api import claims, why_shown
from pos_agent.api.doubt import both_sides
from pos_agent.api.operation import Parts
from pos_agent.api.perform import Performer, StillWorkingError
from pos_agent.api.v1 import shapes
from pos_agent.api.v1.roles import ANYBODY, OWNER, PERSON, SELLERS, SELLING, must_be
from pos_agent.api.v1.sales import Counter
from pos_agent.api.v1.strict import StrictRoute
from pos_agent.checkout.at_register import AtRegister
from pos_agent.checkout.confirming import confirmed
from pos_agent.errors import AgentError, UsageError

PATIENCE_S = 25.0
Limit = Annotated[int, Query(ge=1, le=200)]
Claimant = Annotated[str, Query(max_length=200, description="Given: what a claim would give to this customer.")]
Lang = Annotated[str, Query(pattern="^(ru|en)$")]


def router(performer: Performer, counter: Counter) -> APIRouter:
    """`/v1/receipts`, `/v1/slips`, `/v1/shift`, `/v1/sales/{id}/resolve`."""
    made = APIRouter(route_class=StrictRoute, tags=["receipts"])

    async def printing(name: str, args: dict[str, Any]) -> JSONResponse:
        """With the printer's thread; 202: it is still at it, ask for the status."""
        try:
            return JSONResponse(await performer.do(name, args, PATIENCE_S))
        except StillWorkingError:
            return JSONResponse({"state": "checking"}, status_code=202)

    @made.get("/v1/receipts", summary="Newest first", dependencies=[ANYBODY])
    async def recent(limit: Limit = 20) -> dict[str, Any]:
        return await performer.do("receipts", {"limit": limit})

    @made.get("/v1/receipts/{fn}/{fd}", summary="One receipt", dependencies=[ANYBODY])
    async def one(fn: shapes.FnSerial, fd: shapes.FdNumber) -> dict[str, Any]:
        return await performer.do("receipts.show", {"document": f"{fn}/{fd}"})

    @made.get("/v1/receipts/{fn}/{fd}/customer", summary="Whose it is", dependencies=[PERSON])
    async def whose(fn: shapes.FnSerial, fd: shapes.FdNumber, customer: Claimant = "") -> dict[str, Any]:
        return await performer.run(claims.whose, {"receipt": f"{fn}/{fd}", "customer": customer})

    @made.post("/v1/receipts/{fn}/{fd}/customer", summary="A receipt of nobody is his", dependencies=[PERSON])
    async def claim(fn: shapes.FnSerial, fd: shapes.FdNumber, asked: shapes.Claimed) -> dict[str, Any]:
        return await performer.do("customer.claim", {"receipt": f"{fn}/{fd}", "customer": asked.customer})

    @made.post("/v1/slips", summary="Print a slip; an installer prints trial ones", dependencies=[ANYBODY])
    async def slip(asked: shapes.SlipAsked, request: Request) -> JSONResponse:
        if asked.kind != "trial":
            must_be(request.scope, SELLERS)
        args = {"kind": asked.kind, "document": asked.receipt, "customer": asked.customer}
        if asked.kind in ("receipt", "why") and not asked.receipt:
            raise UsageError("API-01", field="receipt")
        return await printing("slip.print", args)

    @made.get("/v1/slips", summary="Slips of today", dependencies=[SELLING])
    async def slips(today: Annotated[str, Query(max_length=5)] = "") -> dict[str, Any]:
        return await performer.do("slip.today", {})

    @made.get("/v1/slips/{slip_id}", summary="Where a slip is", dependencies=[ANYBODY])
    async def slip_state(slip_id: str) -> dict[str, Any]:
        return await performer.do("slip.state", {"slip": slip_id})

    _told(made, performer)
    for name in ("open", "close", "x"):
        _shift(made, printing, name)

    @made.post("/v1/sales/{sale_id}/resolve", summary="Decide a sale in doubt", dependencies=[PERSON])
    async def resolve(sale_id: shapes.PathId, asked: shapes.Resolved, request: Request) -> JSONResponse:
        if asked.decision and request.scope["state"]["client"].role != OWNER:
            await performer.call(_senior_says, performer.parts, AtRegister(senior=asked.senior, pin=asked.pin))
        doubt = await performer.do("sale.show", {"doubt": sale_id})
        if doubt["sale"] is not None and doubt["sale"].partition("/")[0] != sale_id:
            raise AgentError("HTTP-09")
        args = asked.model_dump(include={"decision", "document", "reason"})
        answer = await printing("resolve", {**args, "sale": sale_id} if doubt["sale"] is not None else args)
        counter.drafts.bell.ring()
        return answer

    @made.get("/v1/seniors", summary="Who may decide, by name", dependencies=[PERSON])
    async def seniors() -> dict[str, Any]:
        return {"seniors": await performer.call(_seniors, performer.parts)}

    @made.get("/v1/sales/{sale_id}/doubt", summary="Both sides of a sale in doubt", dependencies=[PERSON])
    async def doubt(sale_id: shapes.PathId) -> dict[str, Any]:
        return await both_sides(performer, sale_id)

    return made


def _told(made: APIRouter, performer: Performer) -> None:
    language = performer.parts.config.agent.language

    @made.get("/v1/receipts/{fn}/{fd}/explain", summary="Why this sum", dependencies=[ANYBODY])
    async def explain(fn: shapes.FnSerial, fd: shapes.FdNumber, lang: Lang = language) -> dict[str, Any]:
        return await performer.do("receipts.explain", {"document": f"{fn}/{fd}", "lang": lang})

    @made.get("/v1/receipts/{fn}/{fd}/why", summary="Why this sum, in figures", dependencies=[ANYBODY])
    async def why(fn: shapes.FnSerial, fd: shapes.FdNumber) -> dict[str, Any]:
        return await performer.run(why_shown.of_receipt, {"document": f"{fn}/{fd}"})


def _shift(made: APIRouter, printing: Any, name: str) -> None:  # noqa: ANN401 - a coroutine function
    told = {"open": "Open the shift", "close": "Close the shift (Z)", "x": "Report without clearing"}[name]

    @made.post(f"/v1/shift/{name}", summary=told, dependencies=[SELLING], operation_id=f"shift_{name}")
    async def shift(asked: shapes.ShiftAsked) -> JSONResponse:
        answer: JSONResponse = await printing(f"shift.{name}", asked.model_dump(exclude_defaults=True))
        return answer


def _senior_says(parts: Parts, said: AtRegister) -> None:
    """Where seniors are set up, a cashier's word about a sale in doubt is one of theirs. UsageError COD-06."""
    seniors = _seniors(parts)
    if seniors and not said.senior:
        raise UsageError("COD-06")
    if seniors:
        confirmed(parts.store, said, "", None, parts.config.agent.register_name)


def _seniors(parts: Parts) -> list[str]:
    with parts.views.reading() as view:
        return list(view.confirmations.seniors())
