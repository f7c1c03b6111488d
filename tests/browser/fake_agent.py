"""An agent of canned answers behind the real pages: states that a register in memory reaches slowly or never.

It speaks the contract of `/v1`: what it answers is set by the test, what it was asked is kept in `asked`.
"""

from __future__ import annotations

import contextlib
import json
import queue
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from pos_agent.api.page import serve

Json = dict[str, Any]
Answer = Any  # a JSON object, an error made by `refusal`, or a function of the body that gives either
TOKEN, CODE = "t" * 43, "482916"


class RefusedError(Exception):
    """An error of the API: `(status, {code, what, action, safe})`."""

    def __init__(self, status: int, **told: str) -> None:
        super().__init__(told["code"])
        self.status, self.told = status, {"what": "", "action": "", "safe": "", **told}


class FakeAgent:
    """`on("GET", "/v1/cart", answer)` sets an answer; `say(name, content)` sends an event to every page."""

    def __init__(self, language: str = "ru") -> None:
        self.answers: dict[tuple[str, str], Answer] = {}
        self.asked: list[tuple[str, str, Json]] = []
        self.language, self.silent = language, threading.Event()
        self.said: Callable[[Any], Any] = lambda content: content  # the data in the shop's own language
        self._streams: list[queue.Queue[str | None]] = []
        self._lock, self._stopping = threading.Lock(), threading.Event()
        self.state: Json = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"agent": self}))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        self.on("POST", "/v1/enter", self._enter)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def on(self, method: str, path: str, answer: Answer) -> None:
        self.answers[method, path] = answer

    def bodies(self, method: str, path: str) -> list[Json]:
        """What was sent there, in order."""
        return [body for how, where, body in list(self.asked) if (how, where) == (method, path)]

    def say(self, name: str, content: Json) -> None:
        with self._lock:
            if name == "state":
                self.state = {**self.state, **content}
                content = self.state
            for stream in self._streams:
                stream.put(f"event: {name}\ndata: {json.dumps(self.said(content))}\n\n")

    @property
    def heard(self) -> bool:
        """A page listens."""
        return bool(self._streams)

    def close(self) -> None:
        self._stopping.set()
        with self._lock:
            for stream in self._streams:
                stream.put(None)
        self._server.shutdown()
        self._server.server_close()

    # ------------------------------------------------------------------ for the handler

    def stream(self, send: Callable[[str], None]) -> None:
        mine: queue.Queue[str | None] = queue.Queue()
        with self._lock:
            self._streams.append(mine)
            mine.put(f"event: state\ndata: {json.dumps(self.said(self.state))}\n\n")
        while not self._stopping.is_set():
            try:
                piece = mine.get(timeout=1.0)
            except queue.Empty:
                piece = ": alive\n\n"
            if piece is None:
                return
            if not self.silent.is_set():
                send(piece)

    def answer(self, method: str, path: str, body: Json) -> Answer:
        self.asked.append((method, path, body))
        found = self.answers.get((method, path))
        if found is None:
            raise RefusedError(404, code="HTTP-09", what="Такого адреса нет.")
        made = found(body) if callable(found) else found
        if isinstance(made, RefusedError):
            raise made
        return made

    def _enter(self, body: Json) -> Answer:
        wrong = RefusedError(403, code="TOK-04", what="Код входа не подошёл.", action="Возьмите новый.")
        return {"role": "cashier", "token": TOKEN} if body["code"] == CODE else wrong


class _Handler(BaseHTTPRequestHandler):
    """One request; `agent` is the fake behind it."""

    agent: FakeAgent
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        where = urlsplit(self.path)
        if where.path in ("/", "/page/installer"):
            return self._page("cashier" if where.path == "/" else "installer")
        if where.path == "/v1/events":
            return self._events()
        return self._json("GET", where.path, {name: one[0] for name, one in parse_qs(where.query).items()})

    def do_POST(self) -> None:
        self._changed("POST")

    def do_PUT(self) -> None:
        self._changed("PUT")

    def do_DELETE(self) -> None:
        self._changed("DELETE")

    def _changed(self, method: str) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
        self._json(method, urlsplit(self.path).path, body)

    def _json(self, method: str, path: str, body: Json) -> None:
        if self.agent.silent.is_set():
            self.close_connection = True
            return
        known = self.headers.get("Authorization") == f"Bearer {TOKEN}"
        try:
            if not known and path != "/v1/enter":
                raise RefusedError(401, code="HTTP-06", what="Кто спрашивает, не известно.")
            self._send(200, self.agent.said(self.agent.answer(method, path, body)))
        except RefusedError as error:
            self._send(error.status, self.agent.said({"error": error.told}))

    def _send(self, status: int, content: Any) -> None:
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _page(self, name: str) -> None:
        page = serve.document(name, self.agent.language)
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", page.policy)
        self.send_header("Content-Length", str(len(page.body)))
        self.end_headers()
        self.wfile.write(page.body)

    def _events(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()

        def send(piece: str) -> None:
            self.wfile.write(piece.encode())
            self.wfile.flush()

        with contextlib.suppress(OSError):  # the page went away
            self.agent.stream(send)
        self.close_connection = True
