"""Customers at the register: joining, marks, segments, consents, ways to find one."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from kit.club_story import CLUB, CLUB_PROGRAM, active_pt, asked, history, joined, next_days, opened, sold
from kit.sale_register import SaleRegister

from pos_agent.checkout.actions import birthdays
from pos_agent.errors import AgentError, UsageError

ZONE = ZoneInfo("Europe/Moscow")
ORDER = {"reason": "двойник", "operator": "Иванова"}


@pytest.fixture
def register(tmp_path: Path) -> Iterator[SaleRegister]:
    made = opened(tmp_path, CLUB, CLUB_PROGRAM)
    yield made
    made.close()


def test_joining_gives_points_once_and_notes_the_consent_with_place(register: SaleRegister) -> None:
    boris = joined(register, advertising=True)
    assert active_pt(register, boris) == 1000
    told = asked(register, "customer.show", customer=boris)
    assert [(one["kind"], one["given"], one["place"]) for one in told["consents"]] == [
        ("processing", True, "касса 1"),
        ("messages", True, "касса 1"),
    ]
    assert told["consents"][0]["at"].startswith("2026-11-21T15:0")
    asked(register, "customer.consent", customer=boris, messages=False, place="сайт")
    last = asked(register, "customer.show", customer=boris)["consents"][-1]
    assert (last["kind"], last["given"], last["place"]) == ("messages", False, "сайт")
    asked(register, "customer.consent", customer=boris, processing=True)
    assert active_pt(register, boris) == 1000


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {"pet": "cat"},
        {"birthday": "21.11.1990"},
        {"birthday": "1990-02-30"},
        {"birthday": "1990-01-01", "pet": "cow"},
        {"birthday": "1990-01-01", "shoe": "42"},
        {"birthday": 1990},
    ],
)
def test_answers_that_do_not_fit_write_nobody(register: SaleRegister, answers: dict) -> None:
    with pytest.raises(UsageError, match="CUS-11"):
        joined(register, answers=answers)
    assert asked(register, "customer.find", text="+79160001001")["customers"] == []


def test_the_questionnaire_is_measured_and_rewarded_when_it_is_whole(register: SaleRegister) -> None:
    boris = joined(register)
    assert asked(register, "customer.show", customer=boris)["complete_bp"] == 5000
    assert asked(register, "customer.answer", customer=boris, answers={"pet": "dog"})["complete_bp"] == 10_000
    assert active_pt(register, boris) == 1500
    asked(register, "customer.answer", customer=boris, answers={"pet": "cat"})
    assert active_pt(register, boris) == 1500


def test_many_cards_warn_and_never_refuse(register: SaleRegister) -> None:
    assert asked(register, "customer.count") == {"active": 1, "warn_above": 2, "over": False}
    new = {"consent": True, "answers": {"birthday": "1990-11-21"}}
    second = asked(register, "customer.add", phone="+79160001001", **new)
    third = asked(register, "customer.add", phone="+79160001002", **new)
    assert (second["cards_warning"], third["cards_warning"]) == (0, 3)
    asked(register, "customer.card", card=third["card"])
    assert asked(register, "customer.count")["active"] == 2
    assert asked(register, "customer.find", text=third["card"])["customers"] == []
    asked(register, "customer.card", card=third["card"], blocked=False)
    assert asked(register, "customer.find", text=third["card"])["customers"]


def test_every_way_to_find_one(register: SaleRegister) -> None:
    boris = joined(register, card="4607001234567")
    for wanted in ("+7 916 000-10-01", "89160001001", "4607001234567", "HTTPS://EXAMPLE.ORG/C/4607001234567", "1001"):
        assert [one["id"] for one in asked(register, "customer.find", text=wanted)["customers"]] == [boris], wanted


def test_a_provisional_card_earns_and_spends_after_the_consent(register: SaleRegister) -> None:
    boris = joined(register, consent=False, provisional=True, answers={"birthday": "1990-05-05"})
    assert sold(register, "a", customer=boris)["accrued_pt"] == 1000
    again = sold(register, "b", customer=boris, spend="exact", spend_pt=500)
    assert (again["spent_pt"], again["accrued_pt"], again.get("flags")) == (0, 1000, None)
    with pytest.raises(AgentError, match="CUS-13"):
        asked(register, "points.action", action="visit", customer=boris)
    asked(register, "customer.consent", customer=boris, processing=True)
    assert active_pt(register, boris) == 3000  # joined now
    assert sold(register, "c", customer=boris, spend="exact", spend_pt=500)["spent_pt"] == 500


def test_a_program_without_provisional_cards_gives_none(tmp_path: Path) -> None:
    plain = opened(tmp_path)
    with pytest.raises(UsageError, match="CUS-09"):
        asked(plain, "customer.add", phone="+79160001001", provisional=True)
    with pytest.raises(UsageError, match="CUS-12"):
        asked(plain, "customer.claim", customer=plain.customer, receipt="9999078902001234/3")
    plain.close()


def test_segments_have_days_and_their_rules_price(register: SaleRegister) -> None:
    anna = register.customer
    asked(register, "customer.segment", customer=anna, segment="club", **{"from": "2026-11-21", "to": "2026-11-22"})
    assert sold(register, "a")["total_kop"] == 9_000
    next_days(register, 1)
    assert sold(register, "b")["total_kop"] == 10_000
    asked(register, "customer.segment", customer=anna, segment="club")
    assert sold(register, "c")["total_kop"] == 9_000
    asked(register, "customer.segment", customer=anna, segment="club", out=True)
    assert sold(register, "d")["total_kop"] == 10_000


def test_a_birthday_of_the_questionnaire_holds_conditions_and_gives_points(register: SaleRegister) -> None:
    boris, now = joined(register), datetime(2026, 11, 21, 19, 0, tzinfo=ZONE)
    assert sold(register, "a", customer=boris)["total_kop"] == 9_500
    with register.store.reading() as view:
        rules = register.orders.journal.rules(view)
    counts = [birthdays(register.store, rules, "till-1", now.replace(year=year)) for year in (2026, 2026, 2027)]
    assert counts == [1, 0, 1]
    assert birthdays(register.store, rules, "till-1", now.replace(day=22)) == 0
    leap = joined(register, 2, answers={"birthday": "1992-02-29"})
    assert birthdays(register.store, rules, "till-1", datetime(2027, 2, 28, 12, tzinfo=ZONE)) == 1
    assert [one.id for one in history(register, leap)][-1] == f"gift:action-cake-{leap}-2027"
    assert birthdays(register.store, rules, "till-1", datetime(2028, 2, 28, 12, tzinfo=ZONE)) == 0


def test_two_histories_are_one_after_a_merge(register: SaleRegister) -> None:
    boris = joined(register)
    sold(register, "a")
    sold(register, "b", customer=boris)
    asked(register, "points.merge", customer=boris, into=register.customer, **ORDER)
    told = asked(register, "points.show", customer=boris)
    assert (told["customer"], told["balance"]["active_pt"]) == (register.customer, 1000 + 1000 + 950)
    assert {one.customer for one in history(register)} == {boris, register.customer}
