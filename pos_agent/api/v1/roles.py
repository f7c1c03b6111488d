"""Who may use which route. Somebody else is told what he would be told of a route that does not exist."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import Depends, Request
from fastapi.params import Depends as Dependency

from pos_agent.errors import AgentError

TILL, CASHIER, INSTALLER, OWNER = "till", "cashier", "installer", "owner"


def only(*roles: str) -> Dependency:
    """A route for these roles; AgentError HTTP-09 for others."""

    async def check(request: Request) -> None:
        client = request.scope.get("state", {}).get("client")
        if client is None or client.role not in roles:
            raise AgentError("HTTP-09")

    checked: Callable[[Request], Awaitable[None]] = check
    found: Dependency = Depends(checked)
    return found


ANYBODY = only(TILL, CASHIER, INSTALLER, OWNER)
SELLING = only(TILL, CASHIER, OWNER)
PERSON = only(CASHIER, OWNER)
INSTALLING = only(INSTALLER, OWNER)
