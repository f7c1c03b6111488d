"""Ports for the installer. Nothing is printed, no printer of ours is asked, selling goes on."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import Field

from pos_agent.api import ports
from pos_agent.api.perform import Performer
from pos_agent.api.v1.roles import INSTALLING
from pos_agent.api.v1.shapes import Asked, Text
from pos_agent.api.v1.strict import StrictRoute


class SearchAsked(Asked):
    """Which port to ask."""

    port: Text = Field(default="", description='As the list names it; "": all, and those that come meanwhile.')


def router(performer: Performer) -> APIRouter:
    """`/v1/ports`, `/v1/ports/search`."""
    made = APIRouter(route_class=StrictRoute, tags=["installer"], dependencies=[INSTALLING])

    @made.get("/v1/ports", summary="Ports of this computer and who answered there")
    async def listed() -> dict[str, Any]:
        return await performer.run(ports.listed, {})

    @made.post("/v1/ports/search", summary="Ask ports who is there: state queries only")
    async def search(asked: SearchAsked) -> dict[str, Any]:
        return await performer.run(ports.search, {"port": asked.port})

    return made
