"""Trouble under the ATOL face: the queue stands while an outcome is not known, and nothing is done twice."""

import tempfile
from collections.abc import Iterator

import pytest
from kit.till_atol import TillRegister, position, sell, till_register
from kit.waiting import until


@pytest.fixture(scope="module", params=["shtrih", "atol"])
def register(request: pytest.FixtureRequest) -> Iterator[TillRegister]:
    with tempfile.TemporaryDirectory(prefix="tf-") as folder, till_register(folder, request.param) as made:
        assert made.do("open", {"type": "openShift"})[0]["status"] == "ready"
        yield made


def state(register: TillRegister) -> dict:
    return dict(register.http.get("/api/v2/getRequestsQueueStatus").json())


def blocked(register: TillRegister, uuid: str) -> dict:
    """The item and the queue while it is not known whether the document exists."""
    until(lambda: not register.console("status")["powered"], 60)
    register.console("cable pull 2")  # a driver waits long for a shift report; a port that is gone is known at once
    until(lambda: register.get(uuid)[0]["status"] == "blocked", 60)
    told = state(register)
    assert (told["isBlocked"], told["blockedUUID"], told["blockReason"]) == (True, uuid, "connectionError")
    old = register.http.get("/stat/requests").json()
    assert (old["is_blocked"], old["block_request_uuid"]) == (True, uuid)
    return told


def restored(register: TillRegister) -> None:
    register.console("power on")
    register.console("cable plug 2")
    until(lambda: register.status()["printer"]["connected"], 60)


def test_no_paper_is_44_and_nothing_is_sold(register: TillRegister) -> None:
    receipts = len(register.receipts())
    register.console("paper out")
    (found,) = register.do("no-paper", sell())
    register.console("paper in")
    assert (found["status"], found["error"]["code"]) == ("error", 44)
    assert len(register.receipts()) == receipts


def test_paper_that_ends_in_print_is_a_made_receipt(register: TillRegister) -> None:
    receipts = len(register.receipts())
    register.console("paper out after 2")
    assert register.post("paper-ends", sell()).status_code == 201
    until(lambda: len(register.receipts()) > receipts or register.get("paper-ends")[0]["status"] == "ready", 60)
    register.console("paper in")
    (found,) = register.done("paper-ends")
    assert found["status"] == "ready", found
    assert len(register.receipts()) == receipts + 1


def test_the_power_fails_around_the_document_of_a_sale(register: TillRegister) -> None:
    """Just after it: the sale is found. Just before it: the desk makes it, once."""
    for moment in ("after", "before"):
        receipts, uuid = len(register.receipts()), f"power {moment}"
        register.console(f"cut power {moment}")
        assert register.post(uuid, sell(position(), cash=200)).status_code == 201
        until(lambda: not register.status()["printer"]["connected"], 60)
        restored(register)
        (found,) = register.done(uuid, 90)
        register.console("cut power never")
        made = len(register.receipts()) - receipts
        assert (found["status"], made) in (("ready", 1), ("error", 0)), found
        if moment == "after":
            assert made == 1
            assert register.newest()[1040] == found["result"]["fiscalParams"]["fiscalDocumentNumber"]


def test_a_shift_whose_closing_is_not_known_holds_the_queue(register: TillRegister) -> None:
    documents = len(register.documents())
    register.console("cut power after")
    register.post("close-lost", {"type": "closeShift"})
    register.post("behind", {"type": "getFnStatus"})
    blocked(register, "close-lost")
    assert register.get("behind")[0]["status"] == "wait"
    restored(register)
    register.console("cut power never")
    (found,) = register.done("close-lost")
    assert found["status"] == "ready", found
    assert found["result"]["warnings"] == {"recovered": True}
    assert found["result"]["fiscalParams"]["fiscalDocumentNumber"] == documents + 1
    assert register.done("behind")[0]["status"] == "ready"
    assert state(register)["isBlocked"] is False
    assert len(register.documents()) == documents + 1


def test_a_shift_that_was_not_opened_is_told_so(register: TillRegister) -> None:
    documents = len(register.documents())
    register.console("cut power before")
    register.post("open-lost", {"type": "openShift"}, {"type": "reportX"})
    blocked(register, "open-lost")
    restored(register)
    register.console("cut power never")
    found = register.done("open-lost")
    assert [one["status"] for one in found] == ["error", "interrupted"]
    assert len(register.documents()) == documents


def test_a_printer_that_is_off_is_an_error_at_once(register: TillRegister) -> None:
    documents = len(register.documents())
    register.console("power off")
    until(lambda: not register.status()["printer"]["connected"], 60)
    (found,) = register.do("off", {"type": "openShift"})
    restored(register)
    assert found["status"] == "error"
    assert found["error"]["code"] in (2, 4)
    assert len(register.documents()) == documents


def test_what_waits_can_be_taken_back(register: TillRegister) -> None:
    register.console("cut power after")
    register.post("holds", {"type": "openShift"})
    register.post("unwanted", sell())
    blocked(register, "holds")
    assert register.http.delete("/api/v2/requests/unwanted").status_code == 200
    assert register.http.delete("/api/v2/requests/holds").status_code == 409
    restored(register)
    register.console("cut power never")
    assert register.done("holds")[0]["status"] == "ready"
    (found,) = register.get("unwanted")
    assert (found["status"], found["error"]["code"], found["error"]["description"]) == (
        "canceled",
        503,
        "Задание отменено",
    )
    assert register.post("unwanted", sell()).status_code == 409
    receipts = register.receipts()
    assert register.do("next", sell())[0]["status"] == "ready"
    assert len(register.receipts()) == len(receipts) + 1
