"""Every other route once over a real socket, and what it tells: customers, scans, receipts, slips, shift, events."""

from __future__ import annotations

import io
import json
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from kit.http_agent import BASKET, CARD, HttpAgent, code_of
from kit.waiting import until


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[HttpAgent]:
    made = HttpAgent(tmp_path)
    yield made
    made.close()


def sold(agent: HttpAgent, sale_id: str = "s-1", **more: object) -> str:
    agent.sale(sale_id, customer=CARD, **more)
    return agent.post(f"/v1/sales/{sale_id}/fiscalise").json()["answer"]["document"]


def test_customers_are_found_made_and_shown_masked(agent: HttpAgent) -> None:
    cashier = agent.client("cashier")
    found = cashier.get("/v1/customers", params={"find": "0042"}).json()
    assert ([one["name"] for one in found["customers"]], found["more"]) == (["Анна К."], False)
    person = {"name": "Олег Ветров", "phone": "+79161112233", "consent": True, "answers": {"pet": "cat"}}
    made = cashier.post("/v1/customers", json=person)
    assert made.status_code == 201
    assert (made.json()["name"], made.json()["phone"]) == ("Олег В.", "*33")
    assert code_of(cashier.post("/v1/customers", json=person)) == "CUS-06"
    unasked = {**person, "phone": "+79161112234", "consent": False}
    assert code_of(cashier.post("/v1/customers", json=unasked)) == "CUS-08"
    sold(agent)
    shown = cashier.get(f"/v1/customers/{agent.register.customer}").json()
    assert (shown["balance"]["active_pt"], shown["level"]["name"], shown["coupons"]) == (7000, "", [])
    assert len(shown["lots"]) == 2
    receipts = cashier.get(f"/v1/customers/{agent.register.customer}/receipts").json()["receipts"]
    assert [one["total_kop"] for one in receipts] == [20_000]
    assert code_of(cashier.get("/v1/customers/c-nobody")) == "CUS-01"


def test_scans_are_told_apart(agent: HttpAgent) -> None:
    receipt = sold(agent)
    fn, _, fd = receipt.partition("/")
    scan = lambda text: agent.post("/v1/scans", text=text).json()  # noqa: E731
    assert scan("HTTPS://EXAMPLE.ORG/C/" + CARD)["customer"]["id"] == agent.register.customer
    assert scan(CARD)["kind"] == "customer"
    told = scan(f"t=20261121T1805&s=200.00&fn={fn}&i={fd}&fp=1&n=1")
    assert told == {"kind": "receipt", "receipt": receipt, "known": True, "total_kop": 20_000}
    assert scan("4006381333931") == {"kind": "goods"}
    assert scan("0104603934000793215uXqJx9aPb6YQ\x1d93abcd") == {"kind": "goods"}
    assert scan("4006381333932") == {"kind": "unknown"}
    agent.register.add_customer("+79165550042", "7Q4M2XKD9Y")
    several = scan("0042")
    assert (several["kind"], len(several["customers"]), several["more"]) == ("several", 2, False)


def test_receipts_are_shown_and_explained(agent: HttpAgent) -> None:
    receipt = sold(agent)
    client = agent.client()
    listed = client.get("/v1/receipts", params={"limit": 1}).json()["documents"]
    assert [one["document"] for one in listed] == [receipt]
    assert client.get(f"/v1/receipts/{receipt}").json()["total_kop"] == 20_000
    explained = client.get(f"/v1/receipts/{receipt}/explain", params={"lang": "en"}).json()
    assert (explained["sale"]["id"], explained["points"][0]["amount_pt"]) == ("s-1", 2000)
    for wrong in ("9999078902001234/999", "1234567890/1"):
        assert code_of(client.get(f"/v1/receipts/{wrong}")) == "DOC-02"


def test_slips_wait_for_the_printer(agent: HttpAgent) -> None:
    receipt = sold(agent)
    for asked in (
        {"kind": "receipt", "receipt": receipt},
        {"kind": "balance", "customer": CARD},
        {"kind": "invitation", "receipt": receipt},
    ):
        slip = agent.client().post("/v1/slips", json=asked)
        assert slip.status_code == 200, slip.text
        assert agent.client().get(f"/v1/slips/{slip.json()['slip']}").json()["state"] == "pending"
    kinds = [one["kind"] for one in agent.client().get("/v1/slips?today").json()["slips"]]
    assert sorted(kinds) == ["balance", "invitation", "receipt", "receipt"]  # the sale's own slip is among them
    assert code_of(agent.post("/v1/slips", kind="receipt")) == "API-01"


def test_the_shift_is_opened_and_closed(agent: HttpAgent) -> None:
    assert agent.post("/v1/shift/open").status_code == 200
    until(lambda: agent.client().get("/v1/status").json()["device"]["shift_open"])
    assert agent.post("/v1/shift/x").status_code == 200
    assert agent.post("/v1/shift/x", printer="till-1").status_code == 200
    unknown = agent.post("/v1/shift/close", printer="kiosk")
    assert (code_of(unknown), "kiosk" in unknown.text) == ("API-01", True)
    assert agent.register.device.fn.shift_open
    assert agent.post("/v1/shift/close").status_code == 200
    assert not agent.register.device.fn.shift_open


def test_a_card_is_armed_and_taken_back(agent: HttpAgent) -> None:
    assert agent.client().get("/v1/cards/arm").json() == {"armed": None}
    assert agent.post("/v1/cards/arm", "cashier", text=CARD).json()["customer"] == agent.register.customer
    assert agent.client().get("/v1/cards/arm").json()["customer"] == agent.register.customer
    agent.client("cashier").request("DELETE", "/v1/cards/arm", json={})
    assert agent.client().get("/v1/cards/arm").json() == {"armed": None}


def test_the_installer_sees_devices_log_and_a_bundle_without_secrets(agent: HttpAgent) -> None:
    installer = agent.client("installer")
    sold(agent, contact="+79160000042")
    checked = installer.post("/v1/devices/check", json={}).json()
    assert (checked["printer"]["connected"], checked["device"]["paper"]) == (True, "present")
    assert checked["mode"] == "gateway"
    assert checked["device"]["fn_days"] > 0
    assert installer.get("/v1/config/problems").json() == {"problems": []}
    assert installer.get("/v1/exchange").json() == {"recording": False, "lines": []}
    assert len(installer.get("/v1/log", params={"lines": 5}).json()["lines"]) <= 5
    packed = zipfile.ZipFile(io.BytesIO(installer.get("/v1/bundle").content))
    whole = "".join(packed.read(name).decode() for name in packed.namelist())
    assert {"status.json", "settings.json", "documents.json", "log.jsonl"} <= set(packed.namelist())
    for secret in ("9160000042", CARD, "Анна", *agent.tokens.values()):
        assert secret not in whole
    assert "password" not in json.loads(packed.read("settings.json"))["printer"]


def test_the_docs_page_asks_nothing_from_outside(agent: HttpAgent) -> None:
    page = agent.client().get("/docs").text
    assert "POST /v1/sales" in page
    assert "<script" not in page
    assert "http://" not in page
    assert "https://" not in page
    document = agent.client().get("/openapi.json").json()
    assert document["components"]["schemas"]["SaleAsked"]["properties"]["sale"]["examples"] == ["order-1002"]
    assert httpx.get(agent.address + "/docs").status_code == 401


def test_a_page_comes_in_with_a_code(agent: HttpAgent) -> None:
    assert agent.parts.entry is not None
    digits = agent.parts.entry.issue("page", "cashier")
    entered = httpx.post(agent.address + "/v1/enter", json={"code": digits}).json()
    headers = {"Authorization": f"Bearer {entered['token']}"}
    assert httpx.get(agent.address + "/v1/status", headers=headers).json()["ok"] is True
    assert httpx.get(agent.address + "/readyz").json() == {"ready": True, "reasons": []}


def test_events_tell_what_changes_and_end_with_the_agent(agent: HttpAgent) -> None:
    came: list[str] = []
    ended = threading.Event()

    def read() -> None:
        headers = {"Authorization": f"Bearer {agent.tokens['cashier']}"}
        try:
            with httpx.stream("GET", agent.address + "/v1/events", headers=headers, timeout=30) as answer:
                for line in answer.iter_lines():
                    came.append(line)
        except httpx.TransportError:
            pass
        ended.set()

    threading.Thread(target=read, daemon=True).start()
    until(lambda: "event: state" in came)
    sold(agent, contact="+79160000042")
    until(lambda: any(line.startswith("data:") and '"registered"' in line for line in came))
    until(lambda: ": alive" in came)
    whole = "\n".join(came)
    assert '"sale": "s-1", "state": "draft"' in whole
    for secret in (CARD, "9160000042", "Анна"):
        assert secret not in whole
    begun = time.monotonic()
    agent.stop()
    assert ended.wait(10)
    assert time.monotonic() - begun < 8
    agent.register.reopen()
    agent.start()


def test_streams_are_counted_and_the_till_is_let_in(agent: HttpAgent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pos_agent.api.v1.events.STREAMS", 0)
    refused = agent.client().get("/v1/events")
    assert (refused.status_code, code_of(refused)) == (429, "HTTP-12")
    assert agent.client().get("/v1/status").status_code == 200


def test_a_sale_in_doubt_is_decided_by_a_person_with_the_facts(agent: HttpAgent) -> None:
    """The till software closes a receipt of its own between ours: the storage and our record do not fit together."""
    register = agent.register
    agent.sale(customer=CARD)
    register.cut_power_at("before-commit", seconds=None)
    dead = agent.post("/v1/sales/s-1/fiscalise", wait_s=1)
    until(lambda: agent.client().get("/v1/sales/s-1").json()["state"] in ("checking", "needs_operator"), 60)
    assert dead.status_code in (202, 409, 503)
    register.power_on()
    if register.device.receipt is not None:
        register.device.cancel_receipt(30)
    register.sell(("Чужой", 5000, 1_000_000))

    def asks_for_a_person() -> dict | None:
        agent.actor.ask(lambda watch: watch.tick()).result(30)
        told = agent.client().get("/v1/sales/s-1").json()
        return told if told["state"] == "needs_operator" else None

    shown = until(asks_for_a_person, 60)
    assert shown["error"]["code"] == "SAL-02"
    again = agent.post("/v1/sales/s-1/fiscalise")
    assert (again.status_code, code_of(again)) == (409, "SAL-02")
    facts = agent.client("cashier").get("/v1/sales/s-1/doubt").json()
    assert (facts["total_kop"], facts["unsettled"]) == (20_000, True)
    path = "/v1/sales/s-1/resolve"
    assert code_of(agent.post(path, "cashier", decision="absent")) == "API-01"
    with register.store.writing("senior") as txn:
        txn.confirmations.set_senior("anna", "4821")
    assert code_of(agent.post(path, "cashier", decision="absent", reason="чужой чек")) == "COD-06"
    said = {"decision": "absent", "reason": "чужой чек", "senior": "anna", "pin": "4821"}
    assert agent.post(path, "cashier", **said).json()["state"] == "not_executed"
    assert agent.post("/v1/sales/s-1/fiscalise").json()["state"] == "registered"
    assert sorted(total for _, _, total in register.receipts()) == [5000, 20_000]


def test_a_sale_may_need_the_buyers_word(agent: HttpAgent) -> None:
    agent.sale(basket=BASKET, customer=CARD)
    assert code_of(agent.post("/v1/sales/s-1/confirm", spend="exact")) == "API-01"
    assert agent.post("/v1/sales/s-1/code", amount_pt=100).json()["amount_pt"] == 100
