"""A sale or a return of the own API, as the till and the page read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pos_agent import texts
from pos_agent.api.drafts import RETURN, SALE, Drafts
from pos_agent.api.operation import Json
from pos_agent.api.till_book import NEEDS_OPERATOR
from pos_agent.store.till_requests import ASKED, CONFIRMED, DONE, DROPPED, REFUSED, SENT, TillRequest

WORDS = {
    ASKED: "draft",
    CONFIRMED: "confirmed",
    DONE: "registered",
    REFUSED: "not_executed",
    DROPPED: "dropped",
}


def sale_shown(drafts: Drafts, request: TillRequest) -> Json:
    """`{sale, kind, state, final, running, ask, customer_id, told, by, answer, error}`; `customer_id` once it is
    decided: before, it may be a phone as the till sent it."""
    running = drafts.running(request.id) is not None
    state = drafts.standing(request) if request.state == SENT else WORDS[request.state]
    result = request.result
    lang = drafts.parts.config.agent.language
    shown: Json = {
        "sale": request.id,
        "kind": request.content.get("kind", RETURN if result.get(RETURN) else SALE),
        "state": state,
        "final": request.state in (DONE, DROPPED),
        "running": running,
        "ask": bool(request.content.get("ask")),
        "customer_id": request.content.get("who") if "chosen" in request.content else None,
        "told": result.get("told"),
        "by": result.get("by", ""),
        "loyalty": request.loyalty,
        "answer": result.get("answer"),
        "error": _error(result["error"], lang) if request.state == REFUSED and "error" in result else None,
    }
    if state == NEEDS_OPERATOR:
        shown["error"] = _told("SAL-02", {}, [], lang, None)
    return shown


def _error(kept: Mapping[str, Any], lang: str) -> Json:
    """Proven that nothing was registered, whatever the error itself would say."""
    return _told(kept["code"], kept["params"], kept["lines"], lang, "N")


def _told(code: str, params: Mapping[str, Any], lines: list[str], lang: str, safe: str | None) -> Json:
    told = texts.message(code, lang, safe, **params)
    return {"code": code, "what": told.what, "action": told.action, "safe": told.safe, "lines": lines}
