"""The own API put together: routers over one performer, one counter of sales, one look at the device."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from pos_agent.api.bell import Bell
from pos_agent.api.device_look import DeviceLook
from pos_agent.api.drafts import Drafts
from pos_agent.api.gate.access import Access
from pos_agent.api.gate.gate import App
from pos_agent.api.operation import Operation, Parts
from pos_agent.api.page import serve
from pos_agent.api.perform import Performer
from pos_agent.api.quotes import Quotes
from pos_agent.api.v1 import (
    actions,
    answers,
    docs_page,
    entry,
    events,
    health,
    installer,
    metrics,
    people,
    ports,
    receipts,
    returns,
    sales,
    shapes,
    standing,
)
from pos_agent.api.v1.quote import QuoteRoute
from pos_agent.api.v1.timing import Timed
from pos_agent.errors import AgentError
from pos_agent.logs import logger

OPEN_PATHS = ("/healthz", "/readyz", "/v1/enter", *serve.OPEN_PATHS)
ABOUT = """Sales with loyalty through the agent. Money is whole kopecks, points whole hundredths.

Take your own id for each sale and keep it: the same id with the same content always finds the same result, and one
receipt. Whatever is neither a result nor a refusal that says "no receipt was made" is unknown: ask again with the same
id. `Authorization: Bearer TOKEN` with every request; changes are POST, PUT or DELETE with `application/json`."""
REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"model": shapes.ErrorAnswer, "description": told}
    for status, told in (
        (400, "No JSON, or too deep."),
        (401, "No token, or a wrong one."),
        (404, "No such thing, or not for this token's role."),
        (409, "It does not fit how things stand."),
        (422, "The content is not accepted; `lines` say what."),
        (503, "The printer cannot do it now."),
    )
}


def application(parts: Parts, operations: dict[str, Operation], access: Access) -> App:
    """The ASGI application behind the gate; its OpenAPI document is at `/openapi.json`, for people at `/docs`."""
    performer, device = Performer(parts, operations), DeviceLook(parts)
    quotes = Quotes(parts, parts.config.http.quote_ms / 1000)
    counter = sales.Counter(Drafts(parts, Bell()), quotes)
    figures = metrics.Metrics(parts, quotes, access)
    _settle(counter.drafts)
    app = FastAPI(title="pos-agent", version="1", description=ABOUT, docs_url=None, redoc_url=None, responses=REFUSALS)
    answers.install(app, performer, parts.config.agent.language)
    for made in (
        health.router(performer),
        entry.router(performer),
        standing.router(performer, device),
        sales.router(performer, counter),
        returns.router(performer, counter),
        people.router(performer),
        actions.router(performer),
        receipts.router(performer, counter),
        installer.router(performer, device),
        ports.router(performer),
        metrics.router(performer, figures),
        events.router(events.Events(performer, counter, device)),
        docs_page.router(app),
        serve.router(parts.config.agent.language),
    ):
        app.include_router(made)
    app.add_middleware(QuoteRoute, quotes=quotes, language=parts.config.agent.language)
    return Timed(app, figures.seconds, parts.clock.monotonic)


def _settle(drafts: Drafts) -> None:
    """What an earlier process sent and did not finish: the desk's intents decide, nothing is sent again."""
    try:
        left = drafts.book.settle_all()
    except AgentError as error:  # each is settled when it is asked for
        logger("api").error("requests not settled at start", code=error.code)
        return
    if left:
        logger("api").warning("requests in doubt at start", count=len(left))
