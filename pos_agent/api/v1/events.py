"""Live: a stream of server-sent events for pages and tills. Who falls behind gets the newest state, not a history."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from pos_agent.api import claims
from pos_agent.api.action_reports import PREFIX
from pos_agent.api.device_look import DeviceLook
from pos_agent.api.operation import Json
from pos_agent.api.perform import Performer
from pos_agent.api.v1.roles import ANYBODY
from pos_agent.api.v1.sales import CART_LIFE, Counter
from pos_agent.api.v1.standing import mode_of, strip
from pos_agent.errors import AgentError
from pos_agent.store.session import stamp

STREAMS = 8  # of the 16 connections: the rest stays for requests
LOOK_S = 1.0
COMMENT_EVERY = 2  # looks
SALES, SLIPS = 20, 20
STATES = ("asked", "confirmed", "sent", "done", "refused", "dropped")


class Events:
    """The streams of one server."""

    def __init__(self, performer: Performer, counter: Counter, device: DeviceLook) -> None:
        self._performer, self._counter, self._device = performer, counter, device
        self.open = 0

    async def stream(self) -> AsyncIterator[str]:
        """Ends when the agent stops or the reader goes away."""
        told: dict[tuple[str, str], str] = {}
        parts, looks = self._performer.parts, 0
        yield ": pos-agent\n\n"
        while not parts.stopping.is_set():
            seen = self._counter.drafts.bell.rung
            for name, key, content in await self._performer.call(self._now, not told):
                text = json.dumps(content, ensure_ascii=False, default=str)
                if told.get((name, key)) != text:
                    first = (name, key) not in told and name != "state" and not looks
                    told[name, key] = text
                    if not first:  # what was before the reader came is no news
                        yield f"event: {name}\ndata: {text}\n\n"
            await self._counter.drafts.bell.after(seen, LOOK_S)
            looks += 1
            if looks % COMMENT_EVERY == 0:
                yield ": alive\n\n"

    def _now(self, first: bool) -> list[tuple[str, str, Json]]:
        drafts, parts = self._counter.drafts, self._performer.parts
        cart = drafts.cart(stamp(parts.clock.now() - CART_LIFE))
        found = [("state", "", strip(parts, self._device, None if cart is None else _short(cart.id, cart.state)))]
        day = stamp(parts.clock.now() - timedelta(days=1))
        with parts.views.reading() as view:
            sales = view.till_requests.in_state(drafts.book.front, *STATES, since=day, limit=SALES)
            slips = view.slips.since(day, SLIPS)
            theirs = [] if mode_of(parts) == "gateway" else claims.recent(view)
        found += [("sale", one.id, {**_short(one.id, one.state), "running": drafts.running(one.id) is not None})
                  for one in sales if not one.id.startswith(PREFIX)]  # fmt: skip
        found += [("slip", one.id, {"slip": one.id, "kind": one.kind.value, "state": one.state.value})
                  for one in slips]  # fmt: skip
        return found + [("receipt", one["document"], one) for one in reversed(theirs)]


def _short(sale_id: str, state: str) -> Json:
    words = {"asked": "draft", "sent": "checking", "done": "registered", "refused": "not_executed"}
    return {"sale": sale_id, "state": words.get(state, state)}


def router(events: Events) -> APIRouter:
    """`/v1/events`."""
    made = APIRouter(tags=["events"], dependencies=[ANYBODY])

    @made.get("/v1/events", summary="State, sales, slips, receipts as they change", response_class=StreamingResponse)
    async def stream() -> StreamingResponse:
        if events.open >= STREAMS:
            raise AgentError("HTTP-12")

        async def counted() -> AsyncIterator[str]:
            events.open += 1
            try:
                async for piece in events.stream():
                    yield piece
            finally:
                events.open -= 1

        return StreamingResponse(counted(), media_type="text/event-stream")

    return made
