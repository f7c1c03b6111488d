"""How the register is: for the page's strip, for the till, for the events."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from pos_agent.api.device_look import DeviceLook
from pos_agent.api.operation import Json, Parts
from pos_agent.api.perform import Performer
from pos_agent.api.status import status
from pos_agent.api.v1.roles import ANYBODY
from pos_agent.api.v1.strict import StrictRoute

STRIP = ("connected", "port", "model")


def mode_of(parts: Parts) -> str:
    """Who drives the printer: `tap` when the till has a port of ours, `observer` on a second port, else `gateway`."""
    if parts.config.tap.port:
        return "tap"
    return "observer" if parts.config.printer.second_port else "gateway"


def whole(parts: Parts, device: DeviceLook) -> Json:
    """The status operation and what a page needs besides."""
    answer = status(parts, {})
    with parts.views.reading() as view:
        without = view.till_requests.without_loyalty()
    facts = device.facts()
    return {
        **answer,
        "mode": mode_of(parts),
        "training": facts["training"],
        "device": facts,
        "without_loyalty": without,
    }


def strip(parts: Parts, device: DeviceLook, cart: Json | None) -> Json:
    """What the page's strip shows live; no customer data beyond an id."""
    now = whole(parts, device)
    sync = now["sync"]
    return {
        "ok": now["ok"],
        "printer": {name: now["printer"].get(name) for name in STRIP},
        "paper": now["device"]["paper"],
        "shift_open": now["device"]["shift_open"],
        "shift_since": now["device"]["shift_since"],
        "fn_days": now["device"]["fn_days"],
        "cloud": None if sync is None else {"ok": not sync["cause"], "last_success": sync["last_success"]},
        "unsent": None if sync is None else sync["waiting"],
        "in_doubt": now["in_doubt"],
        "messages": [one["code"] for one in now["messages"]],
        "warnings": [one["code"] for one in now["warnings"]],
        "without_loyalty": now["without_loyalty"],
        "mode": now["mode"],
        "cart": cart,
    }


def router(performer: Performer, device: DeviceLook) -> APIRouter:
    """`/v1/status`."""
    made = APIRouter(route_class=StrictRoute, tags=["status"], dependencies=[ANYBODY])

    @made.get("/v1/status", summary="How the register is, in words")
    async def standing() -> dict[str, Any]:
        return await performer.call(whole, performer.parts, device)

    return made
