"""Is the agent alive, can it sell: for supervisors of all kinds, without a token."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from pos_agent.api.perform import Performer


class Alive(BaseModel):
    """The server answers."""

    ok: bool


class Readiness(BaseModel):
    """Can a sale be begun now; `reasons` are codes, in words at `/v1/status`."""

    ready: bool
    reasons: list[str]


def router(performer: Performer) -> APIRouter:
    """`/healthz`, `/readyz`."""
    made = APIRouter(tags=["health"])

    @made.get("/healthz", summary="The server answers")
    async def alive() -> Alive:
        return Alive(ok=True)

    @made.get("/readyz", summary="A sale can be begun", responses={503: {"model": Readiness}})
    async def ready() -> JSONResponse:
        status = await performer.do("status", {})
        own = [one["code"] for one in status["messages"] if "part" not in one]
        reasons = [code for code in own if code[:3] in ("PRN", "SAL", "STO", "SHF", "FN-")]
        can_sell = bool(status["running"] and status["printer"]["connected"] and not reasons)
        content = Readiness(ready=can_sell, reasons=reasons)
        return JSONResponse(content.model_dump(), status_code=200 if can_sell else 503)

    return made
