"""Loyalty on the way of a till's receipt: who the customer is, what the receipt then costs, how it is paid."""

import tempfile
from collections.abc import Iterator

import pytest
from kit.often import often
from kit.till_atol import CARD, EMAIL, PHONE, TillRegister, position, sell, till_register

CONTACT = {"emailOrPhone": PHONE}


@pytest.fixture(scope="module", params=often(["shtrih", "atol"]))
def register(request: pytest.FixtureRequest) -> Iterator[TillRegister]:
    with tempfile.TemporaryDirectory(prefix="tl-") as folder, till_register(folder, request.param) as made:
        yield made


def sold(register: TillRegister, uuid: str, task: dict) -> dict:
    """The result of a receipt that must be registered, and the storage must agree with."""
    (found,) = register.do(uuid, task)
    assert found["status"] == "ready", found
    result = dict(found["result"])
    tags = register.newest()
    assert tags[1020] == round(result["fiscalParams"]["total"] * 100)
    assert tags[1040] == result["fiscalParams"]["fiscalDocumentNumber"]
    return {**result, "total": result["fiscalParams"]["total"], "tags": tags}


def test_without_a_customer_the_price_is_the_tills(register: TillRegister) -> None:
    made = sold(register, "plain", sell(position(), cash=500))
    assert (made["total"], made["loyalty"]["change"], made["tags"][1031]) == (100, 400, 10000)


def test_a_contact_of_somebody_enrolled(register: TillRegister) -> None:
    made = sold(register, "phone", sell(position(), cash=100, clientInfo=CONTACT))
    assert (made["total"], made["loyalty"]["change"], made["loyalty"]["accruedPoints"]) == (90, 10, 9)
    assert made["tags"][1008] == PHONE
    made = sold(register, "mail", sell(position(), cash=100, clientInfo={"emailOrPhone": EMAIL}))
    assert made["total"] == 90


def test_an_unknown_contact_is_nobody(register: TillRegister) -> None:
    made = sold(register, "stranger", sell(position(), clientInfo={"emailOrPhone": "+79990000000"}))
    assert (made["total"], made["tags"][1008]) == (100, "+79990000000")
    made = sold(register, "lost-card", sell(position(), loyalty={"customer": "NOSUCHCARD"}))
    assert made["total"] == 100


def test_the_card_is_never_charged_more_than_the_total(register: TillRegister) -> None:
    made = sold(register, "card", sell(position(), card=100, clientInfo=CONTACT))
    assert (made["total"], made["tags"][1081], made["tags"][1031]) == (90, 9000, 0)
    assert made["loyalty"]["payments"] == [{"type": "electronically", "sum": 90}]
    made = sold(register, "both", sell(position(), card=60, cash=40, clientInfo=CONTACT))
    assert (made["tags"][1081], made["tags"][1031], made["loyalty"]["change"]) == (6000, 3000, 10)


def test_a_sum_that_the_card_has_paid_already_is_kept(register: TillRegister) -> None:
    made = sold(register, "keep", sell(position(), card=100, clientInfo=CONTACT, loyalty={"card": "keep"}))
    assert (made["total"], made["tags"][1081]) == (100, 10000)
    assert made["loyalty"]["accruedPoints"] == 10, "the customer still earns"
    made = sold(register, "keep-2", sell(position(), card=50, cash=50, clientInfo=CONTACT, loyalty={"card": "keep"}))
    assert (made["total"], made["tags"][1081]) == (90, 5000)


def test_an_armed_card_names_the_next_receipt_once(register: TillRegister) -> None:
    register.ask("card.arm", text=CARD)
    assert sold(register, "armed", sell(position()))["total"] == 90
    assert register.ask("card.show") == {"armed": None}
    assert sold(register, "armed-after", sell(position()))["total"] == 100


def test_points_are_spent_on_demand(register: TillRegister) -> None:
    sold(register, "earn", sell(position(price=1000), loyalty={"customer": CARD}))
    wish = {"customer": CARD, "spend": "exact", "points": 40.5}
    made = sold(register, "spend", sell(position(), cash=100, loyalty=wish))
    assert (made["total"], made["loyalty"]["spentPoints"]) == (49.5, 40.5)
    assert made["loyalty"]["change"] == 50.5


def test_a_return_that_names_its_sale_gives_back_what_was_paid(register: TillRegister) -> None:
    made = sold(register, "sale", sell(position(), position("Чай", 50, 2), cash=200, loyalty={"customer": CARD}))
    number = f"{made['fiscalParams']['fnNumber']}/{made['fiscalParams']['fiscalDocumentNumber']}"
    attribute = {"type": "userAttribute", "name": "ИСХОДНЫЙ ЧЕК", "value": number, "print": True}
    before = register.active_pt()
    back = sold(register, "return", sell(position("Чай", 50, 1), attribute, kind="sellReturn"))
    assert (back["total"], back["tags"][1054], back["tags"][1031]) == (45, 2, 4500)
    assert register.active_pt() == before - 450, "what it had earned is cancelled"
    (again,) = register.do("return-2", sell(position("Чай", 50, 2), kind="sellReturn", loyalty={"receipt": number}))
    assert again["status"] == "error", "one is left"


def test_shared_discounts_and_dropped_kopecks_of_the_till_stay(register: TillRegister) -> None:
    made = sold(register, "shared", sell(position(price=33.33, quantity=3, amount=100), cash=100))
    assert made["total"] == 100
    task = sell(position(price=10.5, quantity=2, amount=21), position("Чай", 9.9, 1), cash=30, total=30)
    assert sold(register, "dropped", task)["total"] == 30
    assert sold(register, "binary", sell(position(price=59.900000000000006, amount=59.9), cash=60))["total"] == 59.9


def test_every_sale_is_one_event_of_its_customer(register: TillRegister) -> None:
    register.settled()
    storage = [(one["fd_number"], one["form"]) for one in register.documents() if one["form"] == 3]
    events = [one for one in register.events() if one["kind"] == "receipt"]
    assert len(events) == len(storage)
