"""What a club promises beside receipts: memberships, reported actions, exchange, donation, claimed receipts."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from kit.club_story import (
    CLUB,
    CLUB_PROGRAM,
    COFFEE,
    active_pt,
    asked,
    back,
    history,
    joined,
    next_days,
    opened,
    sold,
)
from kit.sale_register import SaleRegister

from pos_agent.errors import AgentError, UsageError
from pos_agent.rules.parse import parse
from pos_agent.rules.problems import RulesError

PASS = {"id": "p", "name": "Клубная карта на месяц", "sku": "CLUB", "price_kop": 30_000, "qty": "1"}
ORDER = {"reason": "обмен", "operator": "Иванова"}


@pytest.fixture
def register(tmp_path: Path) -> Iterator[SaleRegister]:
    made = opened(tmp_path, CLUB, CLUB_PROGRAM)
    yield made
    made.close()


def test_a_membership_is_bought_goes_on_and_ends_with_its_return(register: SaleRegister) -> None:
    first = sold(register, "a", PASS)
    assert sold(register, "b")["total_kop"] == 9_000
    second = sold(register, "c", PASS)
    told = asked(register, "customer.show", customer=register.customer)["memberships"]
    assert [(one["first"], one["last"]) for one in told] == [("2026-11-21", "2026-12-20"), ("2026-12-21", "2027-01-19")]
    back(register, second, "r1")
    next_days(register, 29)
    assert sold(register, "d")["total_kop"] == 9_000
    next_days(register, 1)
    assert sold(register, "e")["total_kop"] == 10_000
    back(register, first, "r2")
    assert asked(register, "customer.show", customer=register.customer)["memberships"] == []


def test_reported_actions_are_rewarded_once(register: SaleRegister) -> None:
    anna = register.customer
    report = {"action": "review", "customer": anna, "report": "https://reviews.example/17"}
    first, again = asked(register, "points.action", **report), asked(register, "points.action", **report)
    assert (first["again"], again["again"], first["event"]) == (False, True, again["event"])
    asked(register, "points.action", **{**report, "report": "https://reviews.example/18"})
    assert active_pt(register) == 600
    with pytest.raises(UsageError, match="PTS-08"):
        asked(register, "points.action", action="review", customer=anna)
    for wrong in ("join", "nothing"):
        with pytest.raises(UsageError, match="PTS-08"):
            asked(register, "points.action", action=wrong, customer=anna)
    for _ in range(2):
        asked(register, "points.action", action="visit", customer=anna)
    register.clock.advance(86_400)
    asked(register, "points.action", action="visit", customer=anna)
    assert active_pt(register) == 800


def test_what_is_once_stays_once_for_merged_cards(register: SaleRegister) -> None:
    boris, report = joined(register), {"action": "review", "report": "17"}
    asked(register, "points.action", customer=boris, **report)
    asked(register, "points.merge", customer=boris, into=register.customer, **ORDER)
    assert asked(register, "points.action", customer=register.customer, **report)["again"] is True
    assert active_pt(register) == 1300


def test_exchange_with_partners_at_the_pair_and_donation(register: SaleRegister) -> None:
    anna = {"customer": register.customer, **ORDER}
    register.give(10_000)
    out = asked(register, "points.exchange", **anna, amount_pt=1_005, partner="air", way="out", id="x1")
    assert (out["partner_pt"], active_pt(register)) == (301, 8_995)  # 301.5 down: what the customer gets
    assert (
        asked(register, "points.exchange", **anna, amount_pt=1_005, partner="air", way="out", id="x1")["again"] is True
    )
    into = asked(register, "points.exchange", **anna, amount_pt=1_005, partner="air", way="in", id="x2")
    assert (into["partner_pt"], active_pt(register)) == (302, 10_000)  # up: what the customer gives
    for partner, way in (("bank", "out"), ("sea", "in")):
        with pytest.raises(UsageError, match="PTS-08"):
            asked(register, "points.exchange", **anna, amount_pt=100, partner=partner, way=way)
    asked(register, "points.donate", **anna, amount_pt=4_000, fund="dogs", id="d1")
    assert active_pt(register) == 6_000
    with pytest.raises(AgentError, match="PTS-05"):
        asked(register, "points.donate", **anna, amount_pt=6_001, fund="dogs")
    with pytest.raises(UsageError, match="PTS-08"):
        asked(register, "points.donate", **anna, amount_pt=1, fund="cats")
    facts = [(one.facts.get("partner"), one.facts.get("fund")) for one in history(register)[1:]]
    assert facts == [("air", None), ("air", None), (None, "dogs")]
    assert asked(register, "ledger.verify")["ok"] is True


def nobodys(register: SaleRegister, sale_id: str, qty: str = "2") -> dict:
    return register.desk.sell(register.orders.sale(sale_id, {"lines": [{**COFFEE, "qty": qty}]}, None, ""))


def test_a_receipt_of_nobody_is_claimed_once_within_its_days(register: SaleRegister) -> None:
    anna, answer = register.customer, nobodys(register, "n1")
    claim = {"customer": anna, "receipt": answer["document"]}
    assert asked(register, "customer.claim", **claim)["amount_pt"] == 2_000
    assert asked(register, "customer.claim", **claim)["again"] is True
    with pytest.raises(UsageError, match="CUS-12"):
        asked(register, "customer.claim", **{**claim, "customer": joined(register)})
    mine = sold(register, "mine")
    with pytest.raises(UsageError, match="CUS-12"):
        asked(register, "customer.claim", customer=anna, receipt=mine["document"])
    late = nobodys(register, "n2")
    next_days(register, 3)
    assert asked(register, "customer.claim", customer=anna, receipt=late["document"])["amount_pt"] == 2_000
    later = nobodys(register, "n3")
    next_days(register, 4)
    with pytest.raises(UsageError, match="CUS-12"):
        asked(register, "customer.claim", customer=anna, receipt=later["document"])


def test_a_claimed_receipt_that_comes_back_takes_its_points(register: SaleRegister) -> None:
    answer = nobodys(register, "n", "3")
    asked(register, "customer.claim", customer=register.customer, receipt=answer["document"])
    assert active_pt(register) == 3_000
    back(register, answer, "r1", {1: 10**6})
    assert active_pt(register) == 2_000
    back(register, answer, "r2")
    assert active_pt(register) == 0
    other = nobodys(register, "m")
    back(register, other, "r3", {1: 10**6})
    with pytest.raises(UsageError, match="CUS-12"):
        asked(register, "customer.claim", customer=register.customer, receipt=other["document"])
    assert asked(register, "ledger.verify")["ok"] is True


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ('[[action]]\nid = "x"\non = "registration"\npt = 1\nonce = "day"', "action[0].once"),
        ('[[action]]\nid = "a b"\npt = 1', "action[0].id"),
        ('[[action]]\nid = "x"', "action[0].pt"),
        ('[[subscription]]\nid = "x"\nsegment = "s"\ndays = 1', "subscription[0].sold"),
        ('[[subscription]]\nid = "x"\nsegment = "s"\ndays = 1\nsold = { categories = ["c"] }', "subscription[0].sold"),
        ('[[partner]]\nid = "x"', "partner[0].ways"),
        ("[referral]\nleast_kop = 1", "referral"),
        (
            '[program.questionnaire]\nfields = [{ id = "x", kind = "choice" }]',
            "program.questionnaire.fields[0].options",
        ),
        ("[program.cards]\nclaim_days = 31", "program.cards.claim_days"),
        ('[donation]\nfunds = [{ id = "x" }]', "donation.funds[0].name"),
    ],
)
def test_wrong_tables_are_refused_with_their_place(wrong: str, where: str) -> None:
    with pytest.raises(RulesError) as refused:
        parse(f'[program]\nid = "t"\nname = "T"\n{wrong}\n')
    assert where in [one.path for one in refused.value.problems]
