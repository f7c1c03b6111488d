"""`POST /v1/quote`, asked at each scan: answered before the framework's routing, whose rounds cost as much as a price.

The framework keeps the route for the document of the API; what it says of a request holds here too, in the same order:
no JSON, not for this role, not of this shape, then the price.
"""

from __future__ import annotations

import json
from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.responses import Response

from pos_agent.api.gate.body import Receive
from pos_agent.api.gate.gate import App, Send
from pos_agent.api.operation import Json
from pos_agent.api.quotes import Quotes
from pos_agent.api.v1 import answers, shapes
from pos_agent.api.v1.roles import SELLERS, must_be
from pos_agent.api.v1.strict import read_strictly
from pos_agent.errors import AgentError
from pos_agent.turns import TURNS

METHOD, PATH = "POST", "/v1/quote"
WRITTEN = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), check_circular=False)


class QuoteRoute:
    """A middleware of the application, which gets whatever is not a quote, and what nobody foresaw.

    `path` names the route in the metrics.
    """

    path = PATH

    def __init__(self, app: App, quotes: Quotes, language: str) -> None:
        self._app, self._quotes, self._language = app, quotes, language

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:  # noqa: ANN401 - ASGI's own mapping
        if scope["type"] != "http" or scope["path"] != PATH or scope["method"] != METHOD:
            await self._app(scope, receive, send)
            return
        scope["route"] = self
        message = await receive()  # the gate has read the body: it comes whole
        if message["type"] == "http.disconnect":
            return
        try:
            with TURNS.in_front():
                answer = written(await quoted(self._quotes, _asked(scope, message["body"])))
        except (AgentError, RequestValidationError) as error:
            answer = answers.refusal_of(error, self._language)
        await answer(scope, receive, send)


async def quoted(quotes: Quotes, asked: shapes.QuoteAsked) -> Json:
    """What a basket costs now; no sale is named for it."""
    return await quotes.quote("quote", asked.basket, asked.customer or None)


def written(told: Json) -> Response:
    """As it is: a second look at its shape costs as much as a price."""
    return Response(WRITTEN.encode(told).encode(), media_type="application/json")


def _asked(scope: Any, body: bytes) -> shapes.QuoteAsked:  # noqa: ANN401 - ASGI's own mapping
    """AgentError HTTP-08, API-01: no JSON; HTTP-09: not for this role. RequestValidationError: not of the shape."""
    given = read_strictly(body) if body else None
    must_be(scope, SELLERS)
    try:
        return shapes.QuoteAsked.model_validate(given)
    except ValidationError as error:
        raise RequestValidationError([{**one, "loc": ("body", *one["loc"])} for one in error.errors()]) from error
