"""A page comes in: six digits for a token, once."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from pos_agent.api.perform import Performer
from pos_agent.api.v1.strict import StrictRoute
from pos_agent.errors import AgentError


class EntryCode(BaseModel):
    """What the installer reads out: `pos-agent token code`."""

    code: str = Field(pattern=r"^[0-9]{6}$")


class Entered(BaseModel):
    """The page keeps the token in its own storage and sends it as `Authorization: Bearer`."""

    role: str
    token: str


def router(performer: Performer) -> APIRouter:
    """`POST /v1/enter`."""
    made = APIRouter(route_class=StrictRoute, tags=["entry"])

    @made.post("/v1/enter", summary="A one-time code for a token")
    async def enter(given: EntryCode) -> Entered:
        codes = performer.parts.entry
        if codes is None:
            raise AgentError("TOK-04")
        role, token = await run_in_threadpool(codes.enter, given.code)
        return Entered(role=role, token=token)

    return made
