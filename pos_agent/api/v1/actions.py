"""What a customer did outside a sale, told by the shop's other programs: a review, a visit, a filled form."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, StringConstraints

from pos_agent.api.action_reports import Reports
from pos_agent.api.perform import Performer
from pos_agent.api.v1 import shapes
from pos_agent.api.v1.roles import OWNER, TILL, only
from pos_agent.api.v1.strict import StrictRoute


class ActionReported(shapes.Asked):
    """An action of the program's rules (`[[action]]`, `on = "outside"`)."""

    key: shapes.Id = Field(description="Yours, unique for ever, written down before the call.", examples=["review-17"])
    action: Annotated[str, StringConstraints(min_length=1, max_length=64)] = Field(examples=["review"])
    customer: Annotated[str, StringConstraints(min_length=1, max_length=200)] = Field(examples=["7Q4M2XKD9W"])
    report: shapes.Text = Field(default="", description="What happened; the same one is rewarded once, under any key.")
    operator: shapes.Short = Field(default="", description="Who is told in the ledger; the token's name when absent.")


class ActionRewarded(BaseModel):
    """`again`: the program had rewarded it before (another key, another card of the person); nothing was added."""

    event: str
    again: bool
    customer: str
    balance: dict[str, Any]


def router(performer: Performer) -> APIRouter:
    """`/v1/actions`."""
    made = APIRouter(route_class=StrictRoute, tags=["customers"], dependencies=[only(TILL, OWNER)])
    reports = Reports(performer.parts)
    known: dict[int | str, dict[str, Any]] = {
        200: {"model": ActionRewarded, "description": "This key was here before: the same answer."},
        201: {"model": ActionRewarded},
    }

    @made.post("/v1/actions", summary="Points for what is no sale", status_code=201, responses=known)
    async def report(asked: ActionReported, request: Request) -> JSONResponse:
        given = asked.model_dump(include={"action", "customer", "report"})
        operator = asked.operator or request.scope["state"]["client"].name
        told, fresh = await performer.call(reports.give, asked.key, given, operator)
        return JSONResponse(told, status_code=201 if fresh else 200)

    return made
