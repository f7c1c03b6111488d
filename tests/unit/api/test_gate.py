"""The gate before every route: who may ask, from where, how much, how slowly. Over real sockets on loopback."""

from __future__ import annotations

import base64
import socket
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest
from fastapi import FastAPI
from kit import plain_http

from pos_agent.api.gate.access import FREE_TRIES, LONGEST_WAIT_S, WAITING, Access, Client, token_hash
from pos_agent.api.gate.body import too_deep
from pos_agent.api.gate.listener import AccessKind, Listener
from pos_agent.api.gate.protocol import HEADER_LIMIT
from pos_agent.api.http import HttpServer, taken
from pos_agent.clock import SystemClock

TOKEN = {"Authorization": "Bearer right"}
JSON = {"Content-Type": "application/json"}
LISTENER = Listener("api", 0, open_paths=("/healthz", "/page/"), origins=("https://till.example",))


class Place:
    """A served application that counts what reached it."""

    def __init__(self, listener: Listener) -> None:
        self.reached: list[str] = []
        app = FastAPI()

        @app.api_route("/{path:path}", methods=["GET", "POST", "PUT", "DELETE"])
        async def all_of_it(path: str) -> dict[str, bool]:
            self.reached.append(path)
            return {"ok": True}

        clock = SystemClock()
        self.access = Access(lambda: {token_hash("right"): Client("till", "till")}, clock.monotonic)
        self.server = HttpServer("127.0.0.1:0", listener, app, self.access, clock, "en")
        self.server.start()
        self.client = plain_http.client(base_url=f"http://127.0.0.1:{self.server.port}", timeout=10)

    def raw(self, head: str) -> bytes:
        """What comes back for these bytes, until the server closes."""
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=10) as line:
            line.sendall(head.encode())
            came = b""
            try:
                while chunk := line.recv(65536):
                    came += chunk
            except ConnectionResetError:
                pass
            return came


@pytest.fixture
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    made = Place(getattr(request, "param", LISTENER))
    yield made
    made.client.close()
    made.server.stop()


def code(answer: httpx.Response) -> str:
    return str(answer.json()["error"]["code"])


def test_a_right_token_passes(place: Place) -> None:
    assert place.client.post("/v1/x", json={}, headers=TOKEN).status_code == 200
    assert place.reached == ["v1/x"]


@pytest.mark.parametrize(
    ("status", "told", "method", "headers", "body"),
    [
        (421, "HTTP-01", "GET", {**TOKEN, "Host": "rebound.example"}, b""),
        (421, "HTTP-01", "GET", {**TOKEN, "Host": "127.0.0.1"}, b""),
        (421, "HTTP-01", "GET", {**TOKEN, "Host": ""}, b""),
        (403, "HTTP-02", "POST", {**TOKEN, **JSON, "Origin": "https://evil.example"}, b"{}"),
        (403, "HTTP-02", "GET", {**TOKEN, "Origin": "null"}, b""),
        (403, "HTTP-02", "GET", {**TOKEN, "Origin": "https://till.example.evil.example"}, b""),
        (415, "HTTP-03", "POST", {**TOKEN, "Content-Type": "application/x-www-form-urlencoded"}, b"a=1"),
        (415, "HTTP-03", "POST", {**TOKEN, "Content-Type": "text/plain"}, b"{}"),
        (415, "HTTP-03", "POST", {**TOKEN, "Content-Type": "multipart/form-data; boundary=x"}, b""),
        (413, "HTTP-04", "POST", {**TOKEN, **JSON}, b" " * 262_145),
        (400, "HTTP-08", "POST", {**TOKEN, **JSON}, b"[" * 17),
        (401, "HTTP-06", "GET", {}, b""),
        (401, "HTTP-06", "GET", {"Authorization": "Bearer wrong"}, b""),
        (401, "HTTP-06", "GET", {"Authorization": "Basic cmlnaHQ6cmlnaHQ="}, b""),
        (401, "HTTP-06", "GET", {"Cookie": "token=right"}, b""),
        (405, "HTTP-11", "PATCH", {**TOKEN, **JSON}, b"{}"),
        (405, "HTTP-11", "TRACE", TOKEN, b""),
    ],
)
def test_hostile_requests_reach_nothing(
    place: Place, status: int, told: str, method: str, headers: dict[str, str], body: bytes
) -> None:
    answer = place.client.request(method, "/v1/x", headers=headers, content=body)
    assert (answer.status_code, code(answer), place.reached) == (status, told, [])


def test_a_token_in_the_address_opens_nothing(place: Place) -> None:
    assert place.client.get("/v1/x?token=right&access_token=right").status_code == 401


def test_open_paths_need_no_token_and_traversal_does_not_widen_them(place: Place) -> None:
    assert place.client.get("/healthz").status_code == 200
    assert place.client.get("/page/style.css").status_code == 200
    place.reached.clear()
    head = f"Host: 127.0.0.1:{place.server.port}\r\nConnection: close\r\n\r\n"
    for path in ("/page/../v1/x", "/page/%2e%2e/v1/x", "/page/..%2fv1/x", "/healthz/../v1/x", "/page/./../v1"):
        assert b" 401 " in place.raw(f"GET {path} HTTP/1.1\r\n{head}").split(b"\r\n")[0], path
    assert place.reached == []


def test_pages_of_named_origins_get_cors_answers_and_nobody_else(place: Place) -> None:
    asked = {"Access-Control-Request-Headers": "authorization", "Access-Control-Request-Private-Network": "true"}
    good = place.client.options("/v1/x", headers={"Origin": "https://till.example", **asked})
    assert good.status_code == 204
    assert good.headers["access-control-allow-origin"] == "https://till.example"
    assert good.headers["access-control-allow-headers"] == "authorization"
    assert good.headers["access-control-allow-private-network"] == "true"
    assert good.headers["vary"] == "Origin"
    own = place.client.options("/v1/x", headers={"Origin": f"http://127.0.0.1:{place.server.port}", **asked})
    bad = place.client.options("/v1/x", headers={"Origin": "https://evil.example", **asked})
    assert (own.status_code, bad.status_code) == (204, 403)
    assert not [name for answer in (own, bad) for name in answer.headers if name.startswith("access-control")]


def test_headers_have_a_measure_and_a_body_one_length(place: Place) -> None:
    head = f"POST /v1/x HTTP/1.1\r\nHost: 127.0.0.1:{place.server.port}\r\nAuthorization: Bearer right\r\n"
    head += "Content-Type: application/json\r\nConnection: close\r\n"
    assert b" 200 " in place.raw(head + "Content-Length: 2\r\n\r\n{}")
    place.reached.clear()
    place.raw(head + "X: " + "a" * HEADER_LIMIT + "\r\nContent-Length: 2\r\n\r\n{}")
    place.raw(head + "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}")
    place.raw(head + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n")
    place.raw(head + f"Host: 127.0.0.1:{place.server.port}\r\nContent-Length: 2\r\n\r\n{{}}")
    assert place.reached == []


def test_slow_headers_and_bodies_end(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pos_agent.api.gate.protocol.HEADER_DEADLINE_S", 0.2)
    monkeypatch.setattr("pos_agent.api.gate.gate.BODY_DEADLINE_S", 0.2)
    assert place.raw("GET /v1/x HTTP/1.1\r\nHost: 127") == b""
    head = f"POST /v1/x HTTP/1.1\r\nHost: 127.0.0.1:{place.server.port}\r\nAuthorization: Bearer right\r\n"
    came = place.raw(head + "Content-Type: application/json\r\nContent-Length: 20\r\n\r\n{")
    assert b" 408 " in came.split(b"\r\n")[0]
    assert place.reached == []


def test_wrong_tokens_are_slowed_down_and_the_right_one_never() -> None:
    now = [0.0]
    access = Access(dict, lambda: now[0])
    waits = [access.wrong() for _ in range(FREE_TRIES + 12)]
    assert waits[:FREE_TRIES] == [0.0] * FREE_TRIES
    slow = [wait for wait in waits[FREE_TRIES:] if wait is not None]
    assert slow == sorted(slow)
    assert slow[-1] == LONGEST_WAIT_S
    access.waiting = WAITING
    assert access.wrong() is None
    now[0] = 61.0
    access.waiting = 0
    assert access.wrong() == 0.0  # forgotten


def test_brute_force_does_not_keep_the_till_waiting(place: Place) -> None:
    for number in range(FREE_TRIES + 2):
        assert place.client.get("/v1/x", headers={"Authorization": f"Bearer wrong{number}"}).status_code == 401
    place.access.waiting = WAITING
    assert place.client.get("/v1/x", headers={"Authorization": "Bearer w"}).status_code == 429
    assert place.client.get("/v1/x", headers=TOKEN).status_code == 200


BASIC = Listener("atol", 0, AccessKind.ACCOUNTS, accounts=(("till", "secret"),), open_paths=("/open",))


@pytest.mark.parametrize("place", [BASIC], indirect=True)
def test_accounts_are_asked_for(place: Place) -> None:
    given = base64.b64encode(b"till:secret").decode()
    assert place.client.get("/x").headers["www-authenticate"].startswith("Basic")
    assert place.client.get("/x", headers={"Authorization": f"Basic {given}"}).status_code == 200
    for wrong in (b"till:wrong", b"other:secret", b"till", b"\xff\xfe"):
        refused = {"Authorization": "Basic " + base64.b64encode(wrong).decode()}
        assert place.client.get("/x", headers=refused).status_code == 401
    assert place.client.get("/open").status_code == 200


@pytest.mark.parametrize("place", [replace(BASIC, accounts=())], indirect=True)
def test_without_accounts_it_is_open_as_the_original(place: Place) -> None:
    assert place.client.get("/x").status_code == 200
    assert place.client.get("/x", headers={"Host": "rebound.example"}).status_code == 421


@pytest.mark.parametrize(
    ("body", "deep"),
    [
        (b"[" * 16 + b"]" * 16, False),
        (b"[" * 17, True),
        (b'{"a":"[[[[[[[[[[[[[[[[[[[["}', False),
        (b'["\\"[",' * 9, False),
    ],
)
def test_depth_counts_brackets_outside_texts(body: bytes, deep: bool) -> None:
    assert too_deep(body) is deep


def test_an_address_that_is_taken_is_told_and_selling_goes_on(place: Place) -> None:
    clock = SystemClock()
    second = HttpServer(f"127.0.0.1:{place.server.port}", LISTENER, FastAPI(), place.access, clock, "en")
    second.start()
    assert taken([place.server, second]) == [second.listen]
    second.stop()
    assert place.client.get("/healthz").status_code == 200
