"""What the foreign protocols' references state of a whole receipt, on a register of each vendor, through both faces."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from kit import plain_http
from kit.kkm_till import check, line
from kit.often import often
from kit.till_atol import RULES, position, sell
from kit.till_faces import Faces, faces


@pytest.fixture(scope="module", params=often(["shtrih", "atol"]))
def register(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Faces]:
    with faces(tmp_path_factory.mktemp("facts"), request.param, RULES) as made:
        yield made


def tags(register: Faces) -> dict[int, Any]:
    """Of the last receipt in the emulated storage."""
    receipts = [one for one in register.documents() if one["form"] == 3]
    return {one["tag"]: one["value"] for one in receipts[-1]["tags"]}


def test_the_buyer_stands_where_format_1_05_has_him(register: Faces) -> None:
    """1256 is of format 1.2 alone (`fiscal-54fz.md`, tags 1227, 1228, 1256)."""
    buyer = {"ClientInfo": "ООО Ромашка", "ClientINN": "7707083893"}
    asked = register.kkm_check([("Чай", 1000, 1, 1000)], {"cash": 1000}, **buyer)
    assert register.kkm(IdCommand="buyer-kkm", **asked)["Status"] == 0
    found = tags(register)
    task = sell(position("Чай", 10), clientInfo={"name": "ООО Ромашка", "vatin": "7707083893"})
    assert register.do("buyer-atol", task)[0]["status"] == "ready"
    for one in (found, tags(register)):
        assert (one[1227], one[1228].strip(), 1256 in one) == ("ООО Ромашка", "7707083893", False)


def test_the_qr_of_the_document_is_the_text_of_its_own_members(register: Faces) -> None:
    for kind, number in (("sell", 1), ("sellReturn", 2), ("buy", 3), ("buyReturn", 4)):
        (made,) = register.do(f"qr-{kind}", sell(position("Чай", 10.5), kind=kind))
        told = made["result"]["fiscalParams"]
        (asked,) = register.do(
            f"doc-{kind}", {"type": "getFnDocument", "fiscalDocumentNumber": told["fiscalDocumentNumber"]}
        )
        at = told["fiscalDocumentDateTime"][:16].replace("-", "").replace(":", "")
        numbers = f"i={told['fiscalDocumentNumber']}&fp={told['fiscalDocumentSign']}&n={number}"
        document = asked["result"]["documentTLV"]
        assert document["qr"] == f"t={at}&s=10.50&fn={told['fnNumber']}&{numbers}"
        assert (document["1054"], document["1077"]) == (number, told["fiscalDocumentSign"])


def test_an_excise_of_nothing_is_no_excise(register: Faces) -> None:
    goods = line("Чай", 10, 10, ExciseAmount=0.0, CountryOfOrigin="", CustomsDeclaration="")
    answer = register.kkm(Command="RegisterCheck", IdCommand="excise", **check(goods, Cash=10))
    assert (answer["Status"], answer["Error"]) == (0, "")


def test_the_state_of_the_exchange_has_every_member(register: Faces) -> None:
    """Task reference, section 4.3."""
    told = register.http.post("/api/v2/operations//queryOfdExchangeStatus/").json()
    none = {"code": 0, "description": ""}
    errors = {"fnCommandCode": 0, "documentNumber": 0, "fn": none, "network": none, "ofd": none}
    assert told["errors"] == {**errors, "lastSuccessConnectionDateTime": ""}
    assert set(told["status"]) == {"notSentCount", "notSentFirstDocNumber", "notSentFirstDocDateTime"}


def test_what_the_printer_surely_did_not_do_is_told_so(register: Faces) -> None:
    """Task reference, section 5: 80 is too little cash, 15 would be an unknown outcome."""
    assert register.do("opens", sell(position("Чай", 10)))[0]["status"] == "ready"
    (cash,) = register.do("much", {"type": "cashOut", "cashSum": 900000})
    (clock,) = register.do("clock", {"type": "setDateTime", "dateTime": "2026-11-21T18:00:00+03:00"})
    assert [(one["status"], one["error"]["code"]) for one in (cash, clock)] == [("error", 80), ("error", 12)]


def test_a_long_name_is_cut_as_the_format_has_it(register: Faces) -> None:
    (made,) = register.do("long", sell(position("Ж" * 200, 10)))
    assert (made["status"], register.items()[0][0]) == ("ready", "Ж" * 128)


def test_a_uuid_with_slashes_over_the_wire(register: Faces) -> None:
    assert register.post("касса/1//", {"type": "getFnStatus"}).status_code == 201
    assert register.post("касса/1//", {"type": "getFnStatus"}).status_code == 409
    assert register.done(quote("касса/1//", safe=""))[0]["status"] == "ready"


@pytest.mark.parametrize("face", ["atol", "kkm"])
def test_the_buyer_stands_where_format_1_2_has_him(tmp_path: Path, face: str) -> None:
    """In the agent's very first receipt as well, when it has no document of the printer yet."""
    made: Any = Faces(tmp_path, "shtrih", RULES)
    started = made.start_printer
    made.start_printer = lambda *options: started(*options, "--ffd", "1.2")
    try:
        made.start()
        if face == "kkm":
            asked = made.kkm_check([("Чай", 1000, 1, 1000)], {"cash": 1000}, ClientINN="7707083893", ClientInfo="ООО")
            assert made.kkm(IdCommand="buyer", **asked)["Status"] == 0
        else:
            task = sell(position("Чай", 10), clientInfo={"name": "ООО", "vatin": "7707083893"})
            assert made.do("buyer", task)[0]["status"] == "ready"
        found = made.documents()[-1]["tags"]
        (buyer,) = [one for one in found if one["tag"] == 1256]
        assert [(one["tag"], one["value"].strip()) for one in buyer["tags"]] == [(1227, "ООО"), (1228, "7707083893")]
        assert not {1227, 1228} & {one["tag"] for one in found}
    finally:
        made.http.close()
        made.close()


def test_a_command_with_pictures_is_large_and_one_beyond_the_limit_is_refused(register: Faces) -> None:
    address = f"http://127.0.0.1:{register.kkm_port}/Execute"
    large = {"Command": "GetRezult", "IdCommand": "none", "Picture": "x" * 900_000}
    assert plain_http.request("POST", address, json=large, timeout=60).status_code == 200
    beyond = {**large, "Picture": "x" * 1_048_576}
    assert plain_http.request("POST", address, json=beyond, timeout=60).status_code == 413
