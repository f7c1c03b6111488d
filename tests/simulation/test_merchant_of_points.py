"""In a program of several merchants every lot says whose it is, however its points came about."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from kit.club_story import CLUB, CLUB_PROGRAM, COFFEE, opened, parts_of
from kit.sale_register import SaleRegister
from kit.till_story import till_return

from pos_agent.api.table import OPERATIONS
from pos_agent.checkout.actions import birthdays

ZONE = ZoneInfo("Europe/Moscow")
MORE = """
[referral]
friend_pt = 3000
newcomer_pt = 2000
text = "Приведите друга"
"""
NO_ACCRUAL = CLUB_PROGRAM.replace("[accrue]\nbp = 1000\n", "")


@pytest.fixture
def register(tmp_path: Path) -> Iterator[SaleRegister]:
    made = opened(
        tmp_path,
        CLUB.replace('name = "Приют" }]', 'name = "Приют", segment = "kind" }]\nround_up_kop = 3000') + MORE,
        CLUB_PROGRAM,
    )
    made.orders.journal.place = replace(made.orders.journal.place, merchant="north")
    yield made
    made.close()


def asked(register: SaleRegister, operation: str, **args: object) -> dict:
    parts = parts_of(register)
    loyalty = parts.config.loyalty.model_copy(update={"merchant": "north"})
    parts = replace(parts, config=parts.config.model_copy(update={"loyalty": loyalty}))
    return OPERATIONS[operation].run(parts, args)


def merchants(register: SaleRegister, customer: str = "") -> dict[str, str]:
    lots = asked(register, "points.show", customer=customer or register.customer)["lots"]
    return {one["lot"].split(":")[1].rstrip("0123456789-"): one["merchant"] for one in lots}


def test_points_that_no_receipt_gave_have_their_merchant(register: SaleRegister) -> None:
    boris = asked(register, "customer.add", phone="+79160001001", consent=True, answers={"birthday": "1990-11-21"})
    with register.store.reading() as view:
        rules = register.orders.journal.rules(view)
    birthdays(register.store, rules, "till-1", datetime(2026, 11, 21, 19, 0, tzinfo=ZONE), "north")
    asked(register, "points.action", action="review", customer=boris["id"], report="r-1")
    nobodys = register.desk.sell(register.orders.sale("n", {"lines": [COFFEE]}, None, ""))
    asked(register, "customer.claim", customer=boris["id"], receipt=nobodys["document"])
    found = merchants(register, boris["id"])
    assert len(found) >= 3, found
    assert set(found.values()) == {"north"}


def test_both_of_a_referral_have_it_even_where_receipts_earn_nothing(tmp_path: Path) -> None:
    made = opened(tmp_path, CLUB + MORE, NO_ACCRUAL)
    made.orders.journal.place = replace(made.orders.journal.place, merchant="north")
    made.sale("own", COFFEE, customer=made.customer)
    code = asked(made, "customer.show", customer=made.customer)["friend_code"]
    new = {"phone": "+79160001001", "consent": True, "friend": code, "answers": {"birthday": "1990-05-05"}}
    boris = str(asked(made, "customer.add", **new)["id"])
    made.sale("first-of-boris", COFFEE, customer=boris)
    assert set(merchants(made).values()) == {"north"}
    assert set(merchants(made, boris).values()) == {"north"}
    made.close()


def test_a_donation_that_comes_back_has_it(register: SaleRegister) -> None:
    order = {"reason": "просьба", "operator": "Иванова"}
    asked(register, "points.gift", customer=register.customer, amount_pt=9_000, id="g", **order)
    asked(register, "customer.segment", customer=register.customer, segment="kind")
    sold = register.sale("s", COFFEE, customer=register.customer)
    till_return(register, sold, ("Кофе", 10_000, 1_000_000))
    lots = asked(register, "points.show", customer=register.customer)["lots"]
    assert {one["lot"].split(":")[1]: one["merchant"] for one in lots if "round-up" in one["lot"]} == {
        f"round-up-{sold['document'].replace('/', '-')}-back": "north"
    }
