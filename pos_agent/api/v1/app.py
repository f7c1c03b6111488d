"""The own API put together: routers over one performer."""

from __future__ import annotations

from fastapi import FastAPI

from pos_agent.api.operation import Operation, Parts
from pos_agent.api.perform import Performer
from pos_agent.api.v1 import answers, entry, health

OPEN_PATHS = ("/healthz", "/readyz", "/v1/enter")


def application(parts: Parts, operations: dict[str, Operation]) -> FastAPI:
    """The ASGI application behind the gate; its OpenAPI document is at `/openapi.json`, for people at `/docs`."""
    performer = Performer(parts, operations)
    app = FastAPI(title="pos-agent", version="1", redoc_url=None)
    answers.install(app, performer, parts.config.agent.language)
    app.include_router(health.router(performer))
    app.include_router(entry.router(performer))
    return app
