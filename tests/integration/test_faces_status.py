"""What the faces tell of the printer is what the printer has: numbers, sums and times, not only their kinds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from kit.often import often
from kit.till_atol import RULES, position, sell
from kit.till_faces import Faces, faces

COLUMNS = {"shtrih": 48, "atol": 32}


@pytest.fixture(scope="module", params=often(["shtrih", "atol"]))
def register(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Faces]:
    with faces(tmp_path_factory.mktemp("status"), request.param, RULES) as made:
        yield made


def queried(register: Faces, name: str) -> dict[str, Any]:
    answer = register.http.post(f"/api/v2/operations/{name}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def last(register: Faces) -> dict[str, Any]:
    return dict(register.documents()[-1])


def test_the_shift_from_its_opening_to_its_closing(register: Faces) -> None:
    """Task reference, section 4.3; `kkmserver.md`, 5 and 5.2."""
    assert queried(register, "queryShiftStatus")["shiftStatus"]["state"] == "closed"
    (opened,) = register.do("open", {"type": "openShift"})
    first = opened["result"]["fiscalParams"]
    assert first["fiscalDocumentNumber"] == last(register)["fd_number"]
    for number in range(3):
        register.do(f"sale-{number}", sell(position("Чай", 10)))
    told = queried(register, "queryShiftStatus")["shiftStatus"]
    ends = datetime.fromisoformat(first["fiscalDocumentDateTime"]) + timedelta(hours=24)
    wanted = {"state": "opened", "number": first["shiftNumber"], "documentsCount": 3, "expiredTime": ends.isoformat()}
    assert told == wanted
    info = register.kkm(Command="GetDataKKT")
    assert (info["SessionNumber"], info["Info"]["SessionState"]) == (first["shiftNumber"], 2)
    assert info["CheckNumber"] == last(register)["fd_number"]
    (closed,) = register.do("close", {"type": "closeShift"})
    params = closed["result"]["fiscalParams"]
    assert (params["shiftNumber"], params["receiptsCount"]) == (first["shiftNumber"], 3)
    assert params["fiscalDocumentNumber"] == last(register)["fd_number"]
    told = queried(register, "queryShiftStatus")["shiftStatus"]
    assert (told["state"], told["number"], "expiredTime" in told) == ("closed", first["shiftNumber"], False)


def test_numbers_of_the_storage(register: Faces) -> None:
    (made,) = register.do("numbered", sell(position("Чай", 10)))
    params, documents = made["result"]["fiscalParams"], register.documents()
    told = queried(register, "queryFnStatus")["fnStatus"]
    assert told["fiscalDocumentNumber"] == params["fiscalDocumentNumber"] == documents[-1]["fd_number"]
    assert told["fiscalReceiptNumber"] == params["fiscalReceiptNumber"]
    exchange = queried(register, "queryOfdExchangeStatus")["status"]
    assert (exchange["notSentCount"], exchange["notSentFirstDocNumber"]) == (len(documents), 1)
    assert datetime.fromisoformat(exchange["notSentFirstDocDateTime"]).tzinfo is not None
    assert queried(register, "queryFnInfo")["fnInfo"]["serial"] == params["fnNumber"] == documents[-1]["fn_serial"]


def test_the_paper_is_as_wide_for_both_faces(register: Faces) -> None:
    info = queried(register, "queryDeviceInfo")["deviceInfo"]
    listed = register.kkm(Command="List")["ListUnit"][0]
    wide = register.kkm(Command="GetLineLength")["LineLength"]
    assert info["receiptLineLength"] == wide == COLUMNS[register.vendor]
    assert (info["serial"], info["modelName"]) == (listed["KktNumber"], listed["NameDevice"])


def test_money_in_the_drawer(register: Faces) -> None:
    def drawer() -> int:
        (told,) = register.do(f"drawer-{next(numbers)}", {"type": "getCashDrawerStatus"})
        assert round(told["result"]["counters"]["cashSum"] * 100) == round(
            register.kkm(Command="GetDataKKT")["Info"]["BalanceCash"] * 100
        )
        return round(told["result"]["counters"]["cashSum"] * 100)

    numbers = iter(range(10))
    register.do("begins", sell(position("Чай", 10)))
    before = drawer()
    (put,) = register.do("in", {"type": "cashIn", "cashSum": 100.5})
    assert round(put["result"]["counters"]["cashSum"] * 100) == drawer() == before + 10050
    (taken,) = register.do("out", {"type": "cashOut", "cashSum": "50.25"})
    assert round(taken["result"]["counters"]["cashSum"] * 100) == drawer() == before + 5025
    register.do("card", sell(position("Чай", 10), card=10))
    assert drawer() == before + 5025
    register.do("change", sell(position("Чай", 10), cash=500))
    assert drawer() == before + 6025


def test_the_text_of_a_receipt_by_its_number(register: Faces) -> None:
    """`kkmserver.md`, 5.3."""
    more = {"SenderEmail": "shop@example.org", "PlaceMarket": "Касса 2", "CashierName": "Петрова", "TaxVariant": "0"}
    body = register.kkm_check([("Чай", 1000, 2, 2000)], {"cash": 5000}, CashierVATIN="500100732259", **more)
    made = register.kkm(IdCommand="shown", **body)
    register.do("another", sell(position("Чай", 10)))
    found = register.kkm(Command="GetDataCheck", FiscalNumber=made["CheckNumber"])
    shown = found["RegisterCheck"]
    wanted = {"SenderEmail": "shop@example.org", "PlaceMarket": "Касса 2", "CashierVATIN": "500100732259"}
    total = 18.0  # a tenth is the programme's
    wanted |= {"FiscalNumber": str(made["CheckNumber"]), "CheckType": "Приход", "AllSumm": total, "Cash": total}
    wanted |= {"CashierName": "Петрова", "TaxVariant": "0"}
    assert {name: shown[name] for name in wanted} == wanted
    assert shown["Register"] == [{"Name": "Чай", "Quantity": 2.0, "Amount": total, "Tax": shown["Register"][0]["Tax"]}]
    assert (found["QRCode"], f"fp={shown['FiscalSign']}&" in found["QRCode"]) == (made["QRCode"], True)
    assert max(map(len, found["Slip"].split("\r\n"))) <= COLUMNS[register.vendor]
