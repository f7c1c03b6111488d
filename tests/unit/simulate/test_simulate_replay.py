"""Figures of a simulation, reckoned by hand, and what must not change them."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest
from kit.past_sales import history

from pos_agent.past_receipts.intake import Intake
from pos_agent.past_receipts.spool import Spool
from pos_agent.rules.basket_values import BasketLine
from pos_agent.rules.parse import parse
from pos_agent.simulate.past import Past, PastKind, from_json
from pos_agent.simulate.raising import Raising, Uplift
from pos_agent.simulate.replay import NOTHING, Question, replay
from pos_agent.simulate.world import World

TEN = parse("""
[program]
id = "p"
name = "П"

[accrue]
bp = 500

[spend]

[[rule]]
id = "ten"
kind = "item_percent"
bp = 1000
""")
GIFT_AT_1000 = parse("""
[program]
id = "p"
name = "П"

[accrue]
tiers = [{ name = "base", from_kop = 0, bp = 100 }, { name = "plus", from_kop = 200000, bp = 500 }]

[[rule]]
id = "thousand"
kind = "receipt_percent"
bp = 1000
scope = { skus = ["a*"] }
when = { min_total_kop = 100000 }
""")


CARD_RULES = """
[program]
id = "p"
name = "П"
grace_days = 3

[accrue]
bp = 700
life_days = 9
delay_days = 1

[spend]
cap_bp = 5000

[[rule]]
id = "cup"
kind = "punch_card"
every = 3
scope = { skus = ["cup*"] }
"""


def sale(number: int, price_kop: int, day: str = "2026-03-02", **more) -> Past:
    line = BasketLine("1", price_kop, 1_000_000, sku="a1", name="Товар")
    lines = more.pop("lines", (line,))
    return Past(
        PastKind.SALE, f"9999078902000001/{number}", f"{day}T10:{number:02d}:00+03:00", "t", "s", lines=lines, **more
    )


def back(number: int, of: int, **more) -> Past:
    original = f"9999078902000001/{of}"
    pieces = more.pop("pieces", ((1, 1_000_000),))
    at = "2026-03-04T10:00:00+03:00"
    return Past(
        PastKind.RETURN, f"9999078902000001/{number}", at, "t", "s", "c-1", original=original, pieces=pieces, **more
    )


def told(new, past, old=NOTHING, **more) -> dict:
    named = Counter(one.original for one in past if one.original)
    return replay(Question(new, old, named=named, **more), past)


def test_discounts_points_and_a_return_by_hand() -> None:
    """100.00 - 10 % = 90.00, earns 4.50; 200.00 - 10 % - 4.00 points = 176.00, earns 8.80; the first comes back."""
    past = [
        sale(1, 10000, customer="c-1", paid_kop=10000),
        sale(2, 20000, "2026-03-03", customer="c-1", paid_kop=20000, spent_pt=400),
        back(3, 1, paid_kop=10000),
    ]
    found = told(TEN, past)
    assert found["new"] == {
        "gross_kop": 20000,
        "discount_kop": 2000,
        "points_issued_pt": 880,
        "points_issued_kop": 880,
        "points_spent_pt": 400,
        "points_spent_kop": 400,
        "paid_kop": 17600,
        "given_kop": 2880,
        "coupons": 0,
        "refused_prices": 0,
    }
    assert found["old"]["paid_kop"] == found["old"]["gross_kop"] == 20000
    assert found["difference"]["paid_kop"] == -2400
    assert found["receipts"] == {
        "sales": 2, "returns": 1, "identified": 2, "changed": 2, "better": 2, "worse": 0
    }  # fmt: skip
    assert found["customers"] == {"known": 1, "winners": 1, "losers": 0, "won_kop": 4330, "lost_kop": 0}
    assert [(row["day"], row["given_kop"]) for row in found["by_day"]] == [("2026-03-02", 1450), ("2026-03-03", 2880)]
    assert [(row["segment"], row["better"]) for row in found["by_segment"]] == [("card", 2)]


def test_losers_are_told_when_the_rules_become_meaner() -> None:
    past = [sale(1, 10000, customer="c-1"), sale(2, 10000), sale(3, 10000, customer="c-2")]
    found = told(NOTHING, past, old=TEN)
    assert (found["receipts"]["better"], found["receipts"]["worse"]) == (0, 3)
    assert found["customers"] == {"known": 2, "winners": 0, "losers": 2, "won_kop": 0, "lost_kop": 2900}
    assert {row["segment"]: row["worse"] for row in found["by_segment"]} == {"-": 1, "card": 2}


def test_the_same_rules_change_nothing() -> None:
    found = told(TEN, list(history(3, 200, 5)), old=TEN)
    assert set(found["difference"].values()) == {0}
    assert found["receipts"]["changed"] == found["receipts"]["better"] == found["receipts"]["worse"] == 0
    assert found["receipts"]["returns"] > 5


def test_points_spent_are_never_more_than_there_are_in_this_world() -> None:
    past = [
        sale(1, 10000, customer="c-1", spent_pt=99900),
        sale(2, 10000, "2026-03-03", customer="c-1", spent_pt=99900),
    ]
    found = told(TEN, past)
    assert found["new"]["points_spent_pt"] == 450


def test_a_return_waits_for_its_sale_and_one_without_it_is_counted_apart() -> None:
    early = replace(back(3, 1, paid_kop=10000), at="2026-03-01T10:00:00+03:00")
    past = [early, sale(1, 10000, customer="c-1"), back(4, 77, paid_kop=500)]
    found = told(TEN, past)
    assert found["new"]["paid_kop"] == 0
    assert found["returns_without_sale"] == 1
    assert found["receipts"]["returns"] == 1


def test_a_return_is_matched_by_goods_when_it_names_only_the_sale() -> None:
    goods = (BasketLine("1", 10000, 2_000_000, name="Роза "), BasketLine("2", 5000, 1_000_000, name="Лента"))
    given_back = (BasketLine("1", 9000, 1_000_000, name="роза"),)
    past = [sale(1, 0, customer="c-1", lines=goods), back(2, 1, paid_kop=9000, pieces=(), lines=given_back)]
    found = told(TEN, past)
    assert found["new"]["paid_kop"] == 22500 - 9000


def test_only_the_period_is_counted_but_the_customers_come_from_before() -> None:
    past = [sale(1, 10000, customer="c-1"), sale(2, 10000, "2026-03-05", customer="c-1", spent_pt=450)]
    found = told(TEN, past, first="2026-03-05")
    assert found["receipts"]["sales"] == 1
    assert found["period"] == {"first": "2026-03-05", "last": "2026-03-05"}
    assert found["new"]["points_spent_pt"] == 450


def test_customers_buy_up_to_a_threshold() -> None:
    """950.00 lacks 50.00; 10 % of 1000.00 is the offer; 800.00 lacks too much."""
    past = [sale(1, 95000), sale(2, 80000), sale(3, 100000)]
    raising = Raising(upsell_bp=10_000, upsell_kop=10_000, gift_kop=300, delivery_kop=200)
    found = told(GIFT_AT_1000, past, raising=raising)["raising"]["threshold"]
    assert found == {
        "near": 1,
        "raised": 1,
        "out_of_reach": 0,
        "extra_kop": 5000,
        "offer_kop": 10000,
        "gift_kop": 300,
        "delivery_kop": 200,
        "without_kop": 95000,
        "gain_kop": -5500,
        "uplift_bp": -579,
    }
    nobody = told(GIFT_AT_1000, past, raising=replace(raising, upsell_bp=1))["raising"]["threshold"]
    assert (nobody["near"], nobody["raised"], nobody["uplift_bp"]) == (1, 0, None)
    known = told(GIFT_AT_1000, past, old=GIFT_AT_1000, raising=raising)["raising"]["threshold"]
    assert known["near"] == 0, "a threshold that is there already moves nobody"


def test_customers_buy_up_to_a_level() -> None:
    """990.00 twice is 20.00 below the level of 2 000.00."""
    goods = (BasketLine("1", 99000, 1_000_000, sku="b1", name="Товар"),)
    days = ("2026-03-02", "2026-03-03", "2026-03-04")
    past = [sale(number, 0, day, customer="c-1", lines=goods) for number, day in enumerate(days, 1)]
    raising = Raising(level_bp=10_000, level_kop=5_000)
    found = told(GIFT_AT_1000, past, raising=raising)
    level = found["raising"]["level"]
    assert (level["near"], level["raised"], level["extra_kop"], level["offer_kop"]) == (1, 1, 2000, 20)
    assert [(row["segment"], row["receipts"]) for row in found["by_segment"]] == [("base", 2), ("plus", 1)]


def test_a_level_that_a_discount_takes_away_again_is_out_of_reach() -> None:
    past = [sale(1, 99000, customer="c-1"), sale(2, 99000, "2026-03-03", customer="c-1")]
    level = told(GIFT_AT_1000, past, raising=Raising(level_bp=10_000, level_kop=5_000))["raising"]["level"]
    assert (level["near"], level["raised"], level["out_of_reach"]) == (1, 0, 1)


def test_receipt_uplift_of_the_reference() -> None:
    """Example E30: 1 860 lifted by 640 with a gift of 90 and delivery of 110 is a gain of 440, 23.66 %."""
    tally = Uplift(near=1, raised=1, extra_kop=64000, gift_kop=9000, delivery_kop=11000, without_kop=186000)
    assert (tally.to_json()["gain_kop"], tally.to_json()["uplift_bp"]) == (44000, 2366)


@pytest.mark.parametrize("run", [1, 3, 1000])
def test_any_order_of_the_files_gives_the_same_report(run: int) -> None:
    past = list(history(11, 120, 6))
    wanted = told(TEN, sorted(past, key=lambda one: one.order))
    shuffled = past * 2
    random.Random(run).shuffle(shuffled)
    intake = Intake()
    with Spool(run) as spool:
        intake.take(shuffled, spool)
        assert (spool.count, intake.twice, intake.refused) == (len(past), len(past), [])
        for _ in range(2):
            assert replay(Question(TEN, named=intake.named), spool) == wanted
    assert from_json(past[0].to_json()) == past[0]


def test_two_contents_of_one_document_are_refused() -> None:
    intake = Intake()
    with Spool() as spool:
        intake.take([sale(1, 100), sale(1, 200)], spool)
        assert spool.count == 1
    assert [(one.code, one.params["value"]) for one in intake.refused] == [("TAX-09", "9999078902000001/1")]


@pytest.mark.parametrize("seed", [0, 4, 5])
def test_a_sale_forgotten_after_its_last_return_changes_no_figure(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    past = sorted(history(seed, 300, 12), key=lambda one: one.order)
    named = Counter(one.original for one in past if one.original)
    assert max(named.values()) > 1, "some sale comes back more than once"
    question = Question(parse(CARD_RULES), TEN, named=named)
    forgetting = replay(question, past)
    monkeypatch.setattr("pos_agent.simulate.replay._Replay._one_return_less", lambda *_: None)
    assert forgetting == replay(question, past)
    assert forgetting["returns_without_sale"] == 0


def test_after_the_last_return_nothing_is_kept_of_a_sale() -> None:
    world = World(TEN, frozenset({"9999078902000001/1"}))
    world.sale(sale(1, 10000, customer="c-1", paid_kop=10000))
    world.gift(replace(sale(9, 100, customer="c-1"), kind=PastKind.GIFT, points_pt=700))
    lots = world.account("c-1").lots
    assert world._sold
    assert [lot.named for lot in lots.lots.values()] == [True, False]
    world.sale_return(back(2, 1, paid_kop=10000))
    world.forget("9999078902000001/1")
    assert (world._sold, world._buyers, lots.spends) == ({}, {}, {})
    assert not any(lot.named for lot in lots.lots.values())
    world.forget("9999078902000001/1")  # twice does no harm
