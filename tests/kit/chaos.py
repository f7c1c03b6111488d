"""A server between a register and the cloud that misbehaves on order."""

from __future__ import annotations

import http.client
import json
import socket
import threading
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


class ChaosServer:
    """Passes requests on to the cloud unless told otherwise: `plan` holds what to do with the next ones.

    A plan is a callable of the handler; it answers by itself, or calls `handler.passed_on()` for the cloud's answer.
    """

    def __init__(self, upstream: str) -> None:
        self.upstream = urlsplit(upstream)
        self.plan: deque = deque()
        self.always = None
        self.requests = 0
        self.bodies: list[bytes] = []
        chaos = self

        class Handler(_Handler):
            server_of = chaos

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.endpoint = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=[0.02], daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_of: ChaosServer

    def do_POST(self) -> None:
        self.body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server_of.bodies.append(self.body)
        self._go()

    def do_GET(self) -> None:
        self.body = b""
        self._go()

    def _go(self) -> None:
        chaos = self.server_of
        chaos.requests += 1
        act = chaos.plan.popleft() if chaos.plan else chaos.always
        if act is None:
            status, headers, content = self.passed_on()
            self.answer(status, content, headers)
        else:
            act(self)

    def passed_on(self) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection(self.server_of.upstream.hostname, self.server_of.upstream.port)
        wanted = ("Authorization", "Content-Type", "If-None-Match")
        headers = {name: self.headers[name] for name in wanted if name in self.headers}
        connection.request(self.command, self.path, self.body or None, headers)
        response = connection.getresponse()
        content = response.read()
        kept = {name: value for name, value in response.getheaders() if name.lower() in ("etag", "content-type")}
        connection.close()
        return response.status, kept, content

    def answer(self, status: int, content: bytes, headers: dict[str, str] | None = None, length: int = -1) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if status not in (204, 304):
            self.send_header("Content-Length", str(len(content) if length < 0 else length))
        self.end_headers()
        if status not in (204, 304):
            self.wfile.write(content)

    def cut(self) -> None:
        """Close without a word."""
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *_: object) -> None:
        """Silent."""


def status(code: int, **headers: str):
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler: handler.answer(code, b'{"error":{"code":"test"}}', given)


def says(content: bytes, **headers: str):
    return lambda handler: handler.answer(200, content, headers)


def garbage(handler) -> None:
    handler.answer(200, b"<html>captive portal</html>", {"Content-Type": "text/html"})


def cut_body(handler) -> None:
    _, _, content = handler.passed_on()
    handler.answer(200, content[: len(content) // 2], length=len(content))
    handler.close_connection = True


def lost_answer(handler) -> None:
    handler.passed_on()
    handler.cut()


def twice(handler) -> None:
    handler.passed_on()
    code, headers, content = handler.passed_on()
    handler.answer(code, content, headers)


def dripping(part: bytes):
    """Sends `part` again and again, slowly, until the other side goes away."""

    def act(handler) -> None:
        handler.close_connection = True
        gone = threading.Event()
        try:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
            for _ in range(200):
                handler.wfile.write(part)
                handler.wfile.flush()
                gone.wait(0.05)
        except OSError:
            return

    return act


def lying(change):
    """The cloud's answer with `change(table)` applied."""

    def act(handler) -> None:
        code, headers, content = handler.passed_on()
        table = json.loads(content)
        change(table)
        handler.answer(code, json.dumps(table).encode(), headers)

    return act


def _stands_still(body: bytes) -> bytes:
    asked = json.loads(body)
    return json.dumps({"ack_seq": asked["first_seq"] - 1, "ack_hash": asked["prev_hash"]}).encode()


FAULTS = {
    "500": status(500),
    "502": status(502),
    "429": status(429, Retry_After="90"),
    "redirect": status(302, Location="http://127.0.0.1:1/"),
    "garbage": garbage,
    "no object": says(b"[1]"),
    "deep": says(b"[" * 60_000),
    "packed": says(b"\x1f\x8b", Content_Encoding="gzip"),
    "cut body": cut_body,
    "lost answer": lost_answer,
    "cut": lambda handler: handler.cut(),
    "oversized": lying(lambda told: told.update(pad="x" * 10_000_000)),
    "slow body": dripping(b"Content-Length: 4000\r\n\r\n{"),
    "slow headers": dripping(b"X: y\r\n"),
    "no ack": says(b"{}"),
    "wrong types": says(b'{"ack_seq": true, "ack_hash": 5}'),
    "ack beyond": lying(lambda told: told.update(ack_seq=told["ack_seq"] + 1)),
    "ack far beyond": lying(lambda told: told.update(ack_seq=10**30)),
    "ack backwards": lying(lambda told: told.update(ack_seq=0, ack_hash="0" * 64)),
    "ack negative": lying(lambda told: told.update(ack_seq=-1)),
    "ack wrong hash": lying(lambda told: told.update(ack_hash="a" * 64)),
    "no progress": lambda handler: handler.answer(200, _stands_still(handler.body)),
    "unknown alarm": lying(lambda told: told.update(alarms=[{"seq": 6, "reason": "because"}])),
    "alarm elsewhere": lying(lambda told: told.update(alarms=[{"seq": 99, "reason": "unreadable"}])),
    "alarms no list": lying(lambda told: told.update(alarms="none")),
}
