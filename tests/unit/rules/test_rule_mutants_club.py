"""What the tables of the club ask of each other, answers of a questionnaire, days that a level's policy looks back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from kit.rule_tables import FILE, changed, read, told

from pos_agent.model.loyalty import CustomerSnapshot
from pos_agent.rules.club_terms import (
    MOST_ANSWER,
    CardTerms,
    Club,
    DonationTerms,
    PartnerTerms,
    Question,
    ReferralTerms,
    Reward,
)
from pos_agent.rules.level_policy import course, first_day
from pos_agent.rules.levels import LevelSettings, Metric, Need, Op, Policy, Review, Tier
from pos_agent.rules.limit_terms import Limit, Limits
from pos_agent.rules.prepaid_terms import PrepaidTerms

MISTAKES = [
    ("program.questionnaire.fields", [{"id": "a", "options": ["x"]}], "program.questionnaire.fields[0].options",
     "makes sense only with kind = \"choice\""),
    ("program.questionnaire.fields", [{"id": "a", "kind": "choice"}], "program.questionnaire.fields[0].options",
     "the key is required"),
    ("program.questionnaire.fields", [{"id": "a", "kind": "list"}], "program.questionnaire.fields[0].kind",
     "must be one of: text, number, date, choice, flag"),
    ("referral", {"friend_pt": 0, "newcomer_pt": 0}, "referral",
     "one of these keys is required: friend_pt, newcomer_pt"),
    ("action", [{"id": "a", "pt": 1, "on": "registration", "once": "day"}], "action[0].once",
     "makes sense only with on = \"outside\""),
    ("action", [{"id": "a", "pt": 1, "on": "birthday", "once": "report"}], "action[0].once",
     "makes sense only with on = \"outside\""),
    ("subscription[0].sold", {"categories": ["x"]}, "subscription[0].sold",
     "one of these keys is required: skus, names, gtins"),
    ("subscription[0].sold", {}, "subscription[0].sold", "one of these keys is required: skus, names, gtins"),
    ("subscription[0].sold", {"skus": ["1"], "min_qty": "1"}, "subscription[0].sold",
     "one of these keys is required: skus, names, gtins"),
    ("partner[0].ways", ["in", "away"], "partner[0].ways", "must be one of: in, out"),
    ("donation", {"round_up_kop": 100, "funds": [{"id": "a", "name": "A", "segment": "s"},
                                                 {"id": "b", "name": "B", "segment": "s"}]},
     "donation.funds", "'s' is given twice"),
    ("donation", {"funds": [{"id": "a", "name": "A", "segment": "s"}]}, "donation.funds",
     "makes sense only with round_up_kop"),
    ("prepaid", [{"id": "g", "kind": "abonement"}], "prepaid[0].units", "the key is required"),
    ("prepaid", [{"id": "g", "kind": "certificate", "units": "1"}], "prepaid[0].units",
     "makes sense only with kind = \"abonement\""),
    ("prepaid", [{"id": "g", "kind": "deposit", "batch": "c"}], "prepaid[0].batch",
     "makes sense only with kind = \"abonement\" | kind = \"certificate\""),
    ("program.level.metric", "visits", "program.level.metric", "the tiers use from_kop, but metric = 'visits'"),
    ("accrue.tiers", [{"name": "t", "from_kop": 1, "bp": 1, "need": "all"}], "accrue.tiers[0].need",
     "makes sense only with from_kop, from_visits"),
    ("migration", [{"old": ["p"]}], "migration[0].on", "the key is required"),
    ("codes[0].kind", "once", "codes[0].times", "makes sense only with kind = \"times\""),
    ("codes[0].prefix", "UZ", "codes[0].prefix", "a code's prefix is made of digits and Latin letters but Z and U"),
]  # fmt: skip


@pytest.mark.parametrize(("key", "value", "path", "text"), MISTAKES, ids=[f"{one[2]}-{one[3]}" for one in MISTAKES])
def test_what_one_key_asks_of_another(key: str, value: object, path: str, text: str) -> None:
    assert [(one[0], one[2]) for one in told(changed(key, value))] == [(path, text)]


def test_two_punch_cards_need_two_counters() -> None:
    cards = [{"id": name, "kind": "punch_card", "every": 5, "counter": "c"} for name in "ab"]
    assert told(changed("rule", cards)) == [("rule", "punch_cards", "two punch cards on one counter 'c'")]
    cards[1]["counter"] = "d"
    assert [one.terms.counter for one in read(changed("rule", cards)).sale_rules] == ["c", "d"]


def test_levels_by_visits_are_told_by_their_key() -> None:
    file = changed("accrue.tiers", [{"name": "t", "from_visits": 1, "bp": 1}])
    file["program"]["level"]["metric"] = "money"
    assert told(file)[0][2] == "the tiers use from_visits, but metric = 'money'"


def test_what_is_read_of_the_club() -> None:
    club = read(changed("donation.funds[0].segment", "s")).club
    assert club.questionnaire == (Question("pet", "choice", options=("cat", "dog")),)
    assert (club.partners[0].out, club.partners[0].into) == (False, True)
    away = read(changed("partner[0].ways", ["out"])).club.partners[0]
    assert (away.out, away.into) == (True, False)
    assert (club.donation.fund("dogs"), club.donation.fund("cats")) == (club.donation.funds[0], None)
    assert (club.subscriptions[0].sold.skus, club.subscriptions[0].sold.min_micro) == (("1",), 0)
    lives = read(changed("referral", {"friend_pt": 5, "newcomer_pt": 6, "life_days": 7, "delay_days": 8})).club.referral
    assert [(one.points_pt, one.life_days, one.delay_days) for one in (lives.friend, lives.newcomer)] == [
        (5, 7, 8), (6, 7, 8),
    ]  # fmt: skip
    two = read(changed("donation", {"funds": [{"id": "a", "name": "A"}, {"id": "b", "name": "B"}]})).club.donation
    assert [(one.id, one.name, one.segment) for one in two.funds] == [("a", "A", ""), ("b", "B", "")]
    assert read(changed("referral")).club.referral is None


def test_defaults_of_values() -> None:
    assert MOST_ANSWER == 200
    assert CardTerms() == CardTerms(warn_above=0, provisional=False, claim_days=0)
    assert Reward() == Reward(points_pt=0, life_days=0, delay_days=0)
    assert ReferralTerms(Reward(), Reward()) == ReferralTerms(Reward(), Reward(), 1, 0, "")
    assert PartnerTerms("a") == PartnerTerms("a", (1, 1), out=False, into=False, name="")
    assert DonationTerms() == DonationTerms(0, ()) == Club().donation
    assert Limit("x") == Limit("x", "flag", 0, 0, 0)
    assert Limits() == Limits((), "slip", 4)
    terms = PrepaidTerms("a", "b")
    assert (terms.units_micro, terms.value_kop, terms.valid_days, terms.rest, terms.method) == (
        0, 0, 0, "keep", "advance",
    )  # fmt: skip
    late = read(changed("limits.late_card", {})).limits.get("late_card")
    assert late == Limit("late_card")
    (tier,) = read(FILE).accrue.tiers
    assert (tier.visits, tier.need, tier.op, tier.metric) == (0, None, Op.GE, Metric.MONEY)
    rules = read(FILE)
    assert (rules.batches[1].times, rules.prepaid[0].units_micro) == (1, 0)
    immediate = {"window": "days", "days": 1}
    assert read(changed("program.level", immediate)).program.level == LevelSettings(
        window=rules.program.level.window, policy=Policy.IMMEDIATE, hold_days=0, review=Review.MONTH
    )


ANSWERS = [
    ("text", ["a", "я" * MOST_ANSWER, "да нет"], ["", "a" * (MOST_ANSWER + 1), "a\nb", "\x00"]),
    ("number", ["0", "-5", "1" * 12], ["", "1" * 13, "1.5", "one", "-", "+1"]),
    ("date", ["1990-05-21", "2024-02-29"], ["19900521", "1990-W20-1", "2023-02-29", "21.05.1990", "x"]),
    ("flag", ["yes", "no"], ["true", "Yes", "1"]),
    ("choice", ["cat", "dog"], ["cow", "Cat", "ca"]),
]


@pytest.mark.parametrize(("kind", "good", "bad"), ANSWERS, ids=[one[0] for one in ANSWERS])
def test_answers_of_each_kind(kind: str, good: list[str], bad: list[str]) -> None:
    question = Question("q", kind, options=("cat", "dog") if kind == "choice" else ())
    assert [question.takes(answer) for answer in good] == [True] * len(good)
    assert [question.takes(answer) for answer in bad] == [False] * len(bad)


def test_how_much_of_a_questionnaire_is_answered() -> None:
    three = Club(questionnaire=tuple(Question(name, "text") for name in "abc"))
    shares = [three.complete_bp(dict.fromkeys(said)) for said in ("", "a", "ab", "abc", "xyz", "axc")]
    assert shares == [0, 3_333, 6_666, 10_000, 0, 6_666]
    assert Club().complete_bp({"a": "1"}) == 0


def test_from_which_day_on_a_policy_looks() -> None:
    day, first = date(2026, 11, 21), date(2026, 1, 31)
    hold = LevelSettings(policy=Policy.HOLD, hold_days=30)
    assert first_day(hold, first, day) == first_day(hold, None, day) == date(2026, 10, 22)
    assert first_day(LevelSettings(), first, day) == day
    for policy in (Policy.NEVER, Policy.ONE_STEP):
        settings = LevelSettings(policy=policy)
        assert [first_day(settings, one, day) for one in (first, None, day + timedelta(days=1))] == [first, day, day]


def test_courses_by_hand() -> None:
    days = [date(2026, 3, 30) + timedelta(days=count) for count in range(5)]  # 1 April is the third
    given = [2, 0, 0, 1, -1]
    assert course(LevelSettings(), days, given) == given
    assert course(LevelSettings(policy=Policy.NEVER), days, given) == [2, 2, 2, 2, 2]
    assert course(LevelSettings(policy=Policy.HOLD, hold_days=1), days, given) == [2, 2, 0, 1, 1]
    assert course(LevelSettings(policy=Policy.ONE_STEP, review=Review.QUARTER), days, given) == [2, 2, 1, 1, 1]
    assert course(LevelSettings(policy=Policy.ONE_STEP, review=Review.YEAR), days, given) == [2] * 5
    assert course(LevelSettings(policy=Policy.ONE_STEP), days, [-1] * 5) == [-1] * 5
    new_year = [date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 2)]
    assert course(LevelSettings(policy=Policy.ONE_STEP, review=Review.YEAR), new_year, [3, -1, -1]) == [3, 2, 2]
    assert course(LevelSettings(policy=Policy.ONE_STEP), days[2:3], [0]) == [0]


def test_what_a_customer_lacks_of_a_tier() -> None:
    customer = CustomerSnapshot("c", metric_kop=300, visits=2)
    assert Tier("a", 1_000, 1).missing(customer) == (700, 0)
    assert Tier("a", 1_000, 1, Op.GT).missing(customer) == (701, 0)
    assert Tier("a", 5, 1, metric=Metric.VISITS).missing(customer) == (0, 3)
    assert Tier("a", 100, 1, need=Need.ALL, visits=3).missing(customer) == (0, 1)
