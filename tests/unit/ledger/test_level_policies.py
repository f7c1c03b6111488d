"""How levels are won, kept and lost: four policies by hand, several conditions, what a customer is told (section 8)."""

from datetime import date, timedelta

import pytest
from kit.ledger_facts import day_of, event_of
from oracle.plain_ledger import Fact

from pos_agent.checkout.figures import level_figures
from pos_agent.checkout.standing import snapshot, standing
from pos_agent.model.loyalty import CustomerSnapshot
from pos_agent.rules.accrue import AccrualLine, accrue
from pos_agent.rules.level_policy import course
from pos_agent.rules.levels import LevelSettings, Need, Op, Policy, Review, Tier, level_of, next_level
from pos_agent.rules.parse import parse
from pos_agent.rules.values import Rules

HEAD = "[program]\nid = 'p'\nname = 'P'\n"
TIERS = """
[accrue]
tiers = [{ name = "low", from_kop = 0, bp = 100 }, { name = "plus", from_kop = 1000, bp = 200 },
         { name = "top", from_kop = 3000, bp = 300 }]
"""
DAYS = [date(2026, 1, 25) + timedelta(days=count) for count in range(12)]  # 1 February is the eighth


def rules(level: str) -> Rules:
    return parse(HEAD + TIERS + f"[program.level]\nwindow = 'days'\ndays = 10\n{level}")


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (LevelSettings(), "020110000000"),
        (LevelSettings(policy=Policy.NEVER), "022222222222"),
        (LevelSettings(policy=Policy.HOLD, hold_days=3), "022221110000"),
        (LevelSettings(policy=Policy.ONE_STEP), "022222211111"),
        (LevelSettings(policy=Policy.ONE_STEP, review=Review.YEAR), "022222222222"),
    ],
)
def test_the_table_of_policies(settings, expected):
    given = [int(step) for step in "020110000000"]
    assert "".join(map(str, course(settings, DAYS, given))) == expected


def test_one_step_goes_down_once_a_review_and_quarters_are_reviews_of_quarters():
    days = [date(2026, 1, 1) + timedelta(days=count) for count in range(100)]
    given = [3] + [-1] * 99
    monthly = course(LevelSettings(policy=Policy.ONE_STEP), days, given)
    assert [monthly[index] for index in (30, 31, 58, 59, 89, 90, 99)] == [3, 2, 2, 1, 1, 0, 0]
    quarterly = course(LevelSettings(policy=Policy.ONE_STEP, review=Review.QUARTER), days, given)
    assert [quarterly[index] for index in (89, 90)] == [3, 2]


BOUGHT = [Fact("f001", "sale", 0, "c-a", net=2500), Fact("f002", "sale", 2, "c-a", net=600, pieces=2)]


def names(level: str, *facts: Fact, days: range = range(16)) -> list[str]:
    events = [event_of(fact) for fact in facts]
    made = rules(level)
    return [(standing(events, "c-a", day_of(day), made).level or Tier("", 0, 0)).name for day in days]


def test_a_rise_shows_on_the_day_after_and_each_policy_loses_in_its_way():
    assert names("", *BOUGHT) == ["low"] + ["plus"] * 2 + ["top"] * 8 + ["low"] * 5
    assert names("policy = 'never'", *BOUGHT)[11:] == ["top"] * 5
    assert names("policy = 'hold'\nhold_days = 2", *BOUGHT)[10:14] == ["top", "top", "top", "low"]
    stepped = names("policy = 'one_step'", *BOUGHT, days=range(70))
    assert [stepped[day] for day in (30, 31, 58, 59)] == ["top", "plus", "plus", "low"]


@pytest.mark.parametrize("level", ["policy = 'never'", "policy = 'one_step'", "policy = 'hold'\nhold_days = 9"])
def test_a_return_undoes_a_level_from_the_day_it_is_known(level):
    back = Fact("f003", "back", 5, "c-a", of="f002", net=600, pieces=2)
    assert names(level, *BOUGHT, back)[3:8] == ["top", "top", "plus", "plus", "plus"]


def test_rules_use_the_level_that_the_policy_keeps_and_the_way_to_the_next_is_the_real_one():
    made = rules("policy = 'never'")
    events = [event_of(Fact("f001", "sale", 0, "c-a", net=1000)), event_of(Fact("f002", "sale", 20, "c-a", net=100))]
    who = snapshot(events, "c-a", day_of(25), made)
    assert (who.level, who.metric_kop) == ("plus", 100)
    earned = accrue(made, [AccrualLine("1", "x", 10_000)], who, day=day_of(25))
    assert (earned.level and earned.level.name, earned.total_pt) == ("plus", 200)
    assert earned.next_level is not None
    assert (earned.next_level[0].name, earned.next_level[1]) == ("top", 2900)
    figures = level_figures(events, "c-a", day_of(25), made)
    assert figures == {
        "level": "plus", "level_bp": 200, "next_level": "top", "next_level_bp": 300, "next_left_kop": 2900,
    }  # fmt: skip


def test_a_customer_is_told_of_tomorrow_and_of_the_day_a_level_is_lost():
    events = [event_of(fact) for fact in BOUGHT]
    now = standing(events, "c-a", day_of(2), rules(""))
    assert (now.level and now.level.name, now.tomorrow and now.tomorrow.name) == ("plus", "top")
    assert now.lost_from == day_of(11)
    assert standing(events, "c-a", day_of(2), rules("policy = 'never'")).lost_from is None
    assert standing([], "c-a", day_of(2), rules("")).lost_from is None


E28 = [("2026-01-10", 1_200_000), ("2026-02-15", 800_000)]


def test_e28_by_the_policy_of_the_file():
    text = """[accrue]
tiers = [{ name = "base", from_kop = 0, bp = 300 }, { name = "plus", from_kop = 2_000_000, bp = 500 }]
[program.level]
window = "days"
days = 90
"""
    made = parse(HEAD + text)
    facts = [
        Fact(f"f00{number}", "sale", (date.fromisoformat(day) - day_of(0)).days, "c-a", net=net)
        for number, (day, net) in enumerate(E28, 1)
    ]
    events = [event_of(fact) for fact in facts]
    told = standing(events, "c-a", date(2026, 2, 16), made)
    assert (told.level and told.level.bp, told.lost_from) == (500, date(2026, 4, 11))
    before = standing(events, "c-a", date(2026, 2, 15), made)
    assert (before.level and before.level.bp, before.tomorrow and before.tomorrow.bp) == (300, 500)


BOTH = [Tier("low", 0, 100), Tier("plus", 1000, 200, need=Need.ALL, visits=3)]
EITHER = [Tier("low", 0, 100), Tier("plus", 1000, 200, Op.GT, need=Need.ANY, visits=3)]


@pytest.mark.parametrize(
    ("tiers", "kop", "visits", "name", "missing"),
    [
        (BOTH, 1000, 3, "plus", None),
        (BOTH, 1000, 2, "low", 1),
        (BOTH, 999, 3, "low", 1),
        (BOTH, 400, 1, "low", 600),
        (EITHER, 1000, 3, "low", 1),
        (EITHER, 1001, 0, "plus", None),
        (EITHER, 0, 4, "plus", None),
    ],
)
def test_a_level_may_want_money_and_visits_or_one_of_them(tiers, kop, visits, name, missing):
    who = CustomerSnapshot("c", metric_kop=kop, visits=visits)
    level, following = level_of(tiers, who), next_level(tiers, who)
    assert (level and level.name, following and following[1]) == (name, missing)


def test_two_conditions_are_read_from_the_file():
    text = "[accrue]\ntiers = [{ name = 'a', from_kop = 5, from_visits = 2, need = 'any', bp = 1 }]"
    made = parse(HEAD + text)
    assert made.accrue is not None
    assert made.accrue.tiers == (Tier("a", 5, 1, need=Need.ANY, visits=2),)
