"""Hostile requests to every route that changes something: refused, and not one byte reaches the printer."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from kit import plain_http
from kit.http_agent import BASKET, CARD, HttpAgent, code_of

ROUTES = {
    ("POST", "/v1/sales"): {"sale": "h-1", "basket": BASKET},
    ("PUT", "/v1/sales/s-1/basket"): {"basket": BASKET},
    ("PUT", "/v1/sales/s-1/customer"): {"customer": CARD},
    ("POST", "/v1/sales/s-1/confirm"): {"spend": "max"},
    ("POST", "/v1/sales/s-1/code"): {"amount_pt": 100},
    ("POST", "/v1/sales/s-1/fiscalise"): {},
    ("DELETE", "/v1/sales/s-1"): {},
    ("POST", "/v1/sales/s-1/resolve"): {"decision": "absent", "reason": "x"},
    ("POST", "/v1/returns"): {"return": "r-1", "receipt": "9999078902001234/3"},
    ("POST", "/v1/returns/quote"): {"receipt": "9999078902001234/3"},
    ("POST", "/v1/quote"): {"basket": BASKET},
    ("POST", "/v1/scans"): {"text": CARD},
    ("POST", "/v1/customers"): {"phone": "+79161112233", "consent": True},
    ("POST", "/v1/actions"): {"key": "a-1", "action": "review", "customer": CARD},
    ("POST", "/v1/receipts/9999078902001234/3/customer"): {"customer": CARD},
    ("POST", "/v1/slips"): {"kind": "balance", "customer": CARD},
    ("POST", "/v1/shift/open"): {},
    ("POST", "/v1/shift/close"): {},
    ("POST", "/v1/shift/x"): {},
    ("POST", "/v1/cards/arm"): {"text": CARD},
    ("DELETE", "/v1/cards/arm"): {},
    ("POST", "/v1/devices/check"): {},
    ("POST", "/v1/page-codes"): {"role": "installer"},
    ("POST", "/v1/ports/search"): {"port": ""},
}
EVIL = "https://evil.example"


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HttpAgent]:
    made = HttpAgent(tmp_path_factory.mktemp("hostile"))
    made.sale()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pos_agent.api.gate.access.LONGEST_WAIT_S", 0.01)  # how it slows down has a test of its own
        yield made
    made.close()


def test_the_table_has_every_route_that_changes_something(agent: HttpAgent) -> None:
    document = agent.client("owner").get("/openapi.json").json()
    changing = {
        (method.upper(), path.replace("{sale_id}", "s-1").replace("{fn}/{fd}", "9999078902001234/3"))
        for path, methods in document["paths"].items()
        for method in methods
        if method in ("post", "put", "delete") and path != "/v1/enter"
    }
    assert changing == set(ROUTES)


def attacks(token: str) -> list[tuple[dict[str, str], bytes | None, tuple[int, ...]]]:
    """Headers, another body than the right one, statuses that may come."""
    right = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    return [
        ({"Content-Type": "application/json"}, None, (401,)),
        ({**right, "Authorization": "Bearer guessed"}, None, (401, 429)),
        ({**right, "Authorization": f"Basic {token}"}, None, (401, 429)),
        ({**right, "Host": "rebound.example:80"}, None, (421,)),
        ({**right, "Origin": EVIL}, None, (403,)),
        ({**right, "Origin": "null"}, None, (403,)),
        ({**right, "Content-Type": "text/plain"}, None, (415,)),
        ({**right, "Content-Type": "application/x-www-form-urlencoded"}, b"a=1", (415,)),
        (right, b"[" * 17, (400,)),
        (right, b"{" + b" " * 262_144, (413,)),
        (right, b"", (400, 404, 422)),
        (right, b"not json", (400, 404, 422)),
        (right, b"[]", (404, 422)),
        (right, b'{"surplus": "\\ud800"}', (404, 422)),
    ]


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: " ".join(route))
def test_no_byte_reaches_the_printer(agent: HttpAgent, route: tuple[str, str]) -> None:
    method, path = route
    agent.register.wire.reset()
    without_body = method == "DELETE"
    for headers, body, statuses in attacks(agent.tokens["owner"]):
        if without_body and statuses[-1] == 422:
            continue  # it takes no body: an empty one is the right one
        content = json.dumps(ROUTES[route]).encode() if body is None else body
        answer = plain_http.request(method, agent.address + path, headers=headers, content=content, timeout=10)
        assert answer.status_code in statuses, (headers, body, answer.text)
        assert set(answer.json()) == {"error"}, answer.text
        assert "Traceback" not in answer.text
    assert agent.register.wire.frames == []
    assert agent.client().get("/v1/sales/s-1").json()["state"] == "draft"


FOR = {
    ("GET", "/v1/log"): ("installer", "owner"),
    ("GET", "/v1/exchange"): ("installer", "owner"),
    ("GET", "/v1/bundle"): ("installer", "owner"),
    ("GET", "/v1/config/problems"): ("installer", "owner"),
    ("GET", "/v1/devices"): ("installer", "owner"),
    ("POST", "/v1/page-codes"): ("installer", "owner"),
    ("GET", "/v1/ports"): ("installer", "owner"),
    ("POST", "/v1/ports/search"): ("installer", "owner"),
    ("GET", "/v1/cart"): ("till", "cashier", "owner"),
    ("GET", "/v1/sales/s-1"): ("till", "cashier", "owner"),
    ("GET", "/v1/customers?find=1234"): ("till", "cashier", "owner"),
    ("POST", "/v1/quote"): ("till", "cashier", "owner"),
    ("POST", "/v1/actions"): ("till", "owner"),
    ("POST", "/v1/sales/s-1/resolve"): ("cashier", "owner"),
    ("DELETE", "/v1/cards/arm"): ("cashier", "owner"),
}


@pytest.mark.parametrize("route", FOR, ids=lambda route: " ".join(route))
def test_a_role_that_may_not_is_told_that_there_is_no_such_thing(agent: HttpAgent, route: tuple[str, str]) -> None:
    method, path = route
    nowhere = agent.client("till").get("/v1/nowhere").json()
    for role in ("till", "cashier", "installer", "owner"):
        body = None if method == "GET" else ROUTES.get(route, {})
        answer = agent.client(role).request(method, path, json=body)
        refused = answer.status_code == 404 and answer.json() == nowhere
        assert refused is (role not in FOR[route]), (role, answer.text)


def test_a_basket_of_very_many_lines_is_refused_and_the_longest_is_taken(agent: HttpAgent) -> None:
    line = BASKET["lines"][0]
    lines = [{"id": str(number), "price_kop": line["price_kop"], "qty": "1"} for number in range(1001)]
    over = agent.post("/v1/quote", basket={"lines": lines})
    assert (over.status_code, code_of(over)) == (422, "API-01")
    assert agent.post("/v1/quote", basket={"lines": lines[:1000]}).json()["quote"]["totals"]["gross_kop"] == 10_000_000


def test_everything_that_is_wrong_with_a_basket_is_told_at_once(agent: HttpAgent) -> None:
    wrong = {"lines": [{"id": "1", "price_kop": -5, "qty": 1}, {"id": "1", "price_kop": 1.5, "qty": "0"}]}
    answer = agent.post("/v1/sales", sale="w-1", basket=wrong)
    assert (answer.status_code, code_of(answer)) == (422, "PRC-01")
    assert len(answer.json()["error"]["lines"]) > 3
    assert agent.client().get("/v1/sales/w-1").status_code == 404
