"""`/docs`: the routes as one plain page, made of the OpenAPI document. Nothing from outside, no script."""

from __future__ import annotations

import html
import json
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.responses import HTMLResponse

from pos_agent.api.v1.roles import ANYBODY

STYLE = (
    "body{font:16px/1.4 sans-serif;max-width:60em;margin:1em auto;padding:0 1em;color:#111}"
    "h2{font-size:1.1em;border-top:1px solid #767676;padding-top:1em}code,pre{background:#eee;padding:.1em .3em}"
    "pre{overflow:auto;padding:.6em}td{padding:.2em .8em .2em 0;vertical-align:top}"
)
METHODS = ("get", "post", "put", "delete")


def page(document: dict[str, Any]) -> str:
    """HTML of an OpenAPI document."""
    schemas = document.get("components", {}).get("schemas", {})
    routes = [
        _route(path, method, told, schemas)
        for path, methods in document["paths"].items()
        for method, told in methods.items()
        if method in METHODS
    ]
    head = f"<!doctype html><html lang=en><meta charset=utf-8><title>pos-agent API</title><style>{STYLE}</style>"
    intro = "<h1>pos-agent API</h1><p>Machine-readable: <a href=/openapi.json>openapi.json</a></p>"
    return head + intro + "".join(routes) + "</html>"


def _route(path: str, method: str, told: dict[str, Any], schemas: dict[str, Any]) -> str:
    given = told.get("parameters", ())
    parameters = "".join(_row(one["name"], one["schema"], one.get("required", False)) for one in given)
    body = told.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    shown = _fields(_opened(body, schemas)) if body else ""
    answers = ", ".join(told["responses"])
    title = f"<h2 id='{html.escape(told['operationId'])}'><code>{method.upper()} {html.escape(path)}</code></h2>"
    return (
        f"{title}<p>{html.escape(told.get('summary', ''))}. {html.escape(told.get('description', ''))}</p>"
        f"<table>{parameters}{shown}</table><p>Answers: {answers}</p>"
    )


def _fields(schema: dict[str, Any]) -> str:
    must = schema.get("required", ())
    return "".join(_row(name, one, name in must) for name, one in schema.get("properties", {}).items())


def _row(name: str, schema: dict[str, Any], must: bool) -> str:
    example = schema.get("examples", [None])[0]
    shown = "" if example is None else f" <code>{html.escape(json.dumps(example, ensure_ascii=False))}</code>"
    kind = schema.get("type", "") or " | ".join(one.get("type", "") for one in schema.get("anyOf", ()))
    told = html.escape(schema.get("description", ""))
    must_be = " *" if must else ""
    return f"<tr><td><code>{html.escape(name)}</code>{must_be}<td>{html.escape(kind)}<td>{told}{shown}</tr>"


def _opened(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    named = schema.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = schemas.get(named, schema)
    return found


def router(app: FastAPI) -> APIRouter:
    """`/docs`; `/openapi.json` is the application's own."""
    made = APIRouter(include_in_schema=False, dependencies=[ANYBODY])

    @made.get("/docs")
    async def shown() -> HTMLResponse:
        return HTMLResponse(page(app.openapi()))

    return made
