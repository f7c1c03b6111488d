"""The address of the ATOL face: accounts, cross-origin pages, large bodies. Over real sockets on loopback."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from pos_agent.api.atol_tasks.app import BODY_LIMIT, server
from pos_agent.api.gate.access import Access
from pos_agent.api.http import HttpServer
from pos_agent.clock import SystemClock, SystemIds
from pos_agent.config_parts import PartsSection

TILL = "https://till.example"
OPEN = ("/api/v2/serverInfo", "/api/v2/utils/mapping", "/api/v2/utils/deviceParametersStruct")


@pytest.fixture
def http(request: pytest.FixtureRequest) -> Iterator[httpx.Client]:
    clock = SystemClock()
    http_settings = SimpleNamespace(atol_listen="127.0.0.1:0", hosts=(), origins=(TILL,), quote_ms=300)
    agent = SimpleNamespace(language="en", register_name="till-1")
    printer = SimpleNamespace(port="tcp:10.0.0.5:5555", baud=115200)
    config = SimpleNamespace(http=http_settings, agent=agent, printer=printer, zone=ZoneInfo("Europe/Moscow"))
    config.parts, config.gateway, config.stations = PartsSection(), SimpleNamespace(tax_system=1), ("till-1",)
    names = {"desk": object(), "orders": object(), "actor": None, "store": None, "views": None}
    parts: Any = SimpleNamespace(config=config, clock=clock, ids=SystemIds(), **names)
    made = server(parts, getattr(request, "param", ()), Access(dict, clock.monotonic))
    HttpServer.start(made)  # the address alone: no task is run here
    with httpx.Client(base_url=f"http://127.0.0.1:{made.port}", timeout=10) as client:
        yield client
    HttpServer.stop(made)


@pytest.mark.parametrize("http", [(("kassa", "secret"),)], indirect=True)
def test_accounts(http: httpx.Client) -> None:
    for path in OPEN:
        assert http.get(path).status_code == http.get(f"{path}/").status_code == 200, path
        assert http.get(f"{path}/more").status_code == 404, path
    refused = http.get("/api/v2/devices")
    assert (refused.status_code, refused.headers["www-authenticate"][:5]) == (401, "Basic")
    of_page = http.get("/api/v2/devices", headers={"Origin": TILL})
    assert (of_page.status_code, "www-authenticate" in of_page.headers) == (401, False), "a dialog of the browser"
    assert http.get("/api/v2/devices", auth=("kassa", "wrong")).status_code == 401
    devices = http.get("/api/v2/devices", auth=("kassa", "secret")).json()
    assert devices[0]["connectionSettings"]["ipAddress"] == "10.0.0.5"


def test_without_accounts_it_is_open(http: httpx.Client) -> None:
    assert http.get("/api/v2/devices/").status_code == 200


def test_pages_of_named_addresses(http: httpx.Client) -> None:
    asked = {"Origin": TILL, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-till"}
    answer = http.options("/api/v2/requests", headers={**asked, "Access-Control-Request-Private-Network": "true"})
    assert answer.status_code == 204
    told = {name: answer.headers[f"access-control-allow-{name}"] for name in ("origin", "methods", "headers")}
    assert told == {"origin": TILL, "methods": "GET, POST, PUT, DELETE, OPTIONS", "headers": "x-till"}
    assert answer.headers["access-control-allow-private-network"] == "true"
    assert http.get("/api/v2/devices", headers={"Origin": "https://evil.example"}).status_code == 403


def test_bodies_of_a_mebibyte(http: httpx.Client) -> None:
    assert http.post("/api/v2/requests", content=b" " * (BODY_LIMIT + 1)).status_code == 413
    assert http.post("/api/v2/requests", content=b" " * BODY_LIMIT).status_code == 400
