"""A page comes in: six digits for a token, once. Who is in already as the installer gives out the digits."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from pos_agent.api.perform import Performer
from pos_agent.api.v1.roles import INSTALLING
from pos_agent.api.v1.shapes import Asked
from pos_agent.api.v1.strict import StrictRoute
from pos_agent.errors import AgentError

NAMES = {"cashier": "page", "installer": "installer-page"}  # of the tokens that the codes buy, as `token list` shows


class EntryCode(BaseModel):
    """What the installer reads out: `pos-agent token code`."""

    code: str = Field(pattern=r"^[0-9]{6}$")


class CodeWanted(Asked):
    """Whose page the code is for. A page of the owner or a till's key is made on the command line alone."""

    role: Literal["cashier", "installer"]


class CodeIssued(BaseModel):
    """Good once, for so many minutes; an earlier code is void from now on."""

    code: str = Field(examples=["482916"])
    minutes: int = Field(examples=[10])


class Entered(BaseModel):
    """The page keeps the token in its own storage and sends it as `Authorization: Bearer`."""

    role: str
    token: str


def router(performer: Performer) -> APIRouter:
    """`POST /v1/enter`, `POST /v1/page-codes`."""
    made = APIRouter(route_class=StrictRoute, tags=["entry"])

    @made.post("/v1/enter", summary="A one-time code for a token")
    async def enter(given: EntryCode) -> Entered:
        codes = performer.parts.entry
        if codes is None:
            raise AgentError("TOK-04")
        role, token = await run_in_threadpool(codes.enter, given.code)
        return Entered(role=role, token=token)

    @made.post("/v1/page-codes", summary="A one-time code for a page", dependencies=[INSTALLING])
    async def issue(wanted: CodeWanted) -> CodeIssued:
        named = {"name": NAMES[wanted.role], "role": wanted.role}
        return CodeIssued(**await performer.do("token.code", named))

    return made
