"""Who may use which route. Somebody else is told what he would be told of a route that does not exist."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any

from fastapi import Depends, Request
from fastapi.params import Depends as Dependency

from pos_agent.errors import AgentError

TILL, CASHIER, INSTALLER, OWNER = "till", "cashier", "installer", "owner"
SELLERS = (TILL, CASHIER, OWNER)


def must_be(scope: Mapping[str, Any], roles: Collection[str]) -> None:
    """AgentError HTTP-09: the client of this request has none of these roles."""
    client = scope.get("state", {}).get("client")
    if client is None or client.role not in roles:
        raise AgentError("HTTP-09")


def only(*roles: str) -> Dependency:
    """A route for these roles; AgentError HTTP-09 for others."""

    async def check(request: Request) -> None:
        must_be(request.scope, roles)

    checked: Callable[[Request], Awaitable[None]] = check
    found: Dependency = Depends(checked)
    return found


ANYBODY = only(TILL, CASHIER, INSTALLER, OWNER)
SELLING = only(*SELLERS)
PERSON = only(CASHIER, OWNER)
INSTALLING = only(INSTALLER, OWNER)
