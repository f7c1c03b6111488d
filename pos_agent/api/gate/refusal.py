"""A refusal on the wire: a stable code, the sentences, a number for the log; nothing of the inside."""

from __future__ import annotations

import json
from collections.abc import Mapping

from starlette.responses import Response

from pos_agent import texts

STATUS = {
    "HTTP-01": 421,  # host
    "HTTP-02": 403,  # origin
    "HTTP-03": 415,  # content type
    "HTTP-04": 413,  # too large
    "HTTP-05": 408,  # too slow
    "HTTP-06": 401,  # no or wrong client
    "HTTP-07": 429,  # too many wrong tries
    "HTTP-08": 400,  # no JSON, or too deep
    "HTTP-09": 404,  # no such thing, or not for this client
    "HTTP-10": 409,  # the same key with other content
    "HTTP-11": 405,
}


def content(code: str, lang: str, trace: str = "", /, **params: object) -> dict[str, object]:
    """`{"error": {code, what, action, safe, trace}}`."""
    told = texts.message(code, lang, None, **params)
    shown: dict[str, object] = {"code": code, "what": told.what, "action": told.action, "safe": told.safe}
    return {"error": {**shown, "trace": trace} if trace else shown}


def refusal(code: str, lang: str, headers: Mapping[str, str] | None = None, /, **params: object) -> Response:
    """The whole response. KeyError for a code that is not in the table: a test walks them."""
    body = json.dumps(content(code, lang, **params), ensure_ascii=False).encode()
    return Response(body, STATUS[code], dict(headers or {}), media_type="application/json")
