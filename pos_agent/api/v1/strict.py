"""A body that reads one way only: JSON without a key twice in one object, without numbers that nobody can reckon."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from pos_agent.errors import AgentError, UsageError
from pos_agent.model.strict_json import TwinKeyError, read
from pos_agent.rules.problems import plain


def read_strictly(body: bytes) -> Any:  # noqa: ANN401 - any JSON
    """HTTP-08: no JSON. API-01: a key stands twice, named."""
    try:
        return read(body)
    except TwinKeyError as error:
        raise UsageError("API-01", field=f"{plain(error.key)} (x2)") from error
    except (ValueError, RecursionError) as error:
        raise AgentError("HTTP-08") from error


class StrictRequest(Request):
    """Its JSON is read once."""

    async def json(self) -> Any:  # noqa: ANN401 - any JSON
        """HTTP-08: no JSON. API-01: a key stands twice, named."""
        if not hasattr(self, "_json"):
            self._json = read_strictly(await self.body())
        return self._json


class StrictRoute(APIRoute):
    """A route whose body is looked at before anything else: what the framework makes of a bad one has no code."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def strict(request: Request) -> Response:
            asked = StrictRequest(request.scope, request.receive)
            if self.body_field is not None and await asked.body():
                await asked.json()
            return await handle(asked)

        return strict
