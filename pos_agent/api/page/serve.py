"""Serves the pages: a fixed table of documents, each whole in itself; no path is ever made of what was asked.

A document carries its style and script inside, allowed by their hashes in the Content-Security-Policy, so nothing else
runs there even if a text slipped in as markup. It holds no data: a page asks the API with a token.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from dataclasses import dataclass
from functools import cache
from importlib import resources

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from pos_agent import texts

OPEN_PATHS = ("/", "/page/")
BASE = ("text.js", "dom.js", "sound.js", "api.js")
CASHIER = (
    *BASE,
    "keys.js",
    "app.js",
    "strip.js",
    "find.js",
    "customer.js",
    "sale.js",
    "trouble.js",
    "menu.js",
    "why.js",
    "live.js",
)
INSTALLER = (*BASE, "keys.js", "installer_trial.js", "installer_code.js", "installer_ports.js", "installer.js")
SHELL = "page.html"
TOKENS = {"cashier": "token", "installer": "installer-token"}  # where this browser keeps each page's own
TOLD = ("CUS-01", "CUS-03", "SLP-01", "COD-02", "INS-12", "INS-13", "INS-14")  # what the page says without asking


@dataclass(frozen=True)
class Document:
    """One page as it is sent."""

    body: bytes
    packed: bytes
    policy: str
    tag: str


def router(language: str) -> APIRouter:
    """`/`, `/page/` and `/page/installer`, open to everybody on this machine: they are forms without data."""
    made = APIRouter(include_in_schema=False)

    @made.get("/")
    @made.get("/page/")
    def cashier(request: Request) -> Response:
        return answer(request, document("cashier", language))

    @made.get("/page/installer")
    def installer(request: Request) -> Response:
        return answer(request, document("installer", language))

    return made


def answer(request: Request, page: Document) -> Response:
    """Fresh, or 304 when the browser has this very document."""
    headers = {
        "Content-Security-Policy": page.policy,
        "Cache-Control": "no-cache",
        "ETag": page.tag,
        "Vary": "Accept-Encoding",
    }
    if request.headers.get("if-none-match") == page.tag:
        return Response(status_code=304, headers=headers)
    packed = "gzip" in request.headers.get("accept-encoding", "")
    if packed:
        headers["Content-Encoding"] = "gzip"
    return Response(page.packed if packed else page.body, media_type="text/html; charset=utf-8", headers=headers)


@cache
def document(name: str, language: str) -> Document:
    """Put together once in each language."""
    style = _file("page.css") + (_file("installer.css") if name == "installer" else "")
    parts = INSTALLER if name == "installer" else CASHIER
    script = "\n".join(
        ('"use strict";(() => {', f"const PAGE = {_words(language, TOKENS[name])};", *map(_file, parts), "})();")
    )
    page = _file(SHELL).replace('lang="ru"', f'lang="{language}"')
    body = page.replace("{style}", style).replace("{script}", script).encode()
    return Document(body, gzip.compress(body, 9, mtime=0), _policy(script, style), f'"{_digest(body.decode())[:24]}"')


def _words(language: str, token: str) -> str:
    """What the script says, as one JSON value; `<` is written so that no text can end the script."""
    said = {key: entry[language] for key, entry in texts.table("page").items()}
    told = {code: texts.message(code, language) for code in TOLD}
    messages = {code: {"what": one.what, "action": one.action, "safe": one.safe} for code, one in told.items()}
    verdicts = {letter: words[language] for letter, words in texts.VERDICTS.items()}
    words = {"lang": language, "token": token, "texts": said, "messages": messages, "verdicts": verdicts}
    return json.dumps(words, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _policy(script: str, style: str) -> str:
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'sha256-{_digest(script)}'",
            f"style-src 'sha256-{_digest(style)}'",
            "connect-src 'self'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _file(name: str) -> str:
    return (resources.files(__package__) / name).read_text(encoding="utf-8")
