"""Least, most and default of every whole number of a rules file (docs/rules/bounds.md), one beyond each told."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from kit.rule_tables import FILE, alone, read, told

from pos_agent.rules.problems import problem
from pos_agent.rules.values import Rules

HUGE, DAYS, RATE, COUNT = 10**12, 36_500, 1_000_000, 100_000
REQUIRED = "required"
Told = Callable[[Rules], object]


def limit(name: str, field: str) -> Told:
    return lambda rules: getattr(rules.limits.get(name), field)


BOUNDS: list[tuple[str, int, int, object, Told]] = [
    ("program.min_unit_kop", 0, HUGE, 0, lambda rules: rules.program.min_unit_kop),
    ("program.max_discount_bp", 0, 10_000, None, lambda rules: rules.program.max_discount_bp),
    ("program.grace_days", 0, DAYS, 0, lambda rules: rules.program.grace_days),
    ("program.level.days", 1, DAYS, REQUIRED, lambda rules: rules.program.level.window.days),
    ("program.level.hold_days", 1, DAYS, REQUIRED, lambda rules: rules.program.level.hold_days),
    ("program.cards.warn_above", 0, HUGE, 0, lambda rules: rules.club.cards.warn_above),
    ("program.cards.claim_days", 0, 30, 0, lambda rules: rules.club.cards.claim_days),
    ("accrue.tiers[0].bp", 0, RATE, REQUIRED, lambda rules: rules.accrue.tiers[0].bp),
    ("accrue.tiers[0].from_kop", 0, HUGE, "one_of", lambda rules: rules.accrue.tiers[0].threshold),
    ("accrue.multipliers[0].num", 0, RATE, REQUIRED, lambda rules: rules.accrue.multipliers[0].ratio),
    ("accrue.multipliers[0].den", 1, RATE, 1, lambda rules: rules.accrue.multipliers[0].ratio.denominator),
    ("accrue.per_full_kop", 1, HUGE, None, lambda rules: rules.accrue.per_full_kop),
    ("accrue.step_pt", 1, HUGE, 1, lambda rules: rules.accrue.step_pt),
    ("accrue.max_pt", 0, HUGE, None, lambda rules: rules.accrue.max_pt),
    ("accrue.delay_days", 0, DAYS, 0, lambda rules: rules.accrue.delay_days),
    ("accrue.life_days", 0, DAYS, None, lambda rules: rules.accrue.life_days),
    ("accrue.life_months", 1, 1_200, None, lambda rules: rules.accrue.life_months),
    ("spend.cap_bp", 0, 10_000, 10_000, lambda rules: rules.spend.cap_bp),
    ("spend.step_pt", 1, HUGE, 1, lambda rules: rules.spend.step_pt),
    ("spend.min_money_kop", 0, HUGE, 0, lambda rules: rules.spend.min_money_kop),
    ("spend.confirm_above_pt", 0, HUGE, None, lambda rules: rules.spend.confirm_above_pt),
    ("spend.offline.customer_pt", 0, HUGE, 0, lambda rules: rules.spend.offline.customer_pt),
    ("spend.offline.register_pt", 0, HUGE, 0, lambda rules: rules.spend.offline.register_pt),
    ("spend.offline.day_pt", 0, HUGE, 0, lambda rules: rules.spend.offline.day_pt),
    ("spend.offline.max_age_hours", 0, 8_760, 24, lambda rules: rules.spend.offline.max_age_hours),
    ("referral.friend_pt", 0, HUGE, 0, lambda rules: rules.club.referral.friend.points_pt),
    ("referral.newcomer_pt", 0, HUGE, 0, lambda rules: rules.club.referral.newcomer.points_pt),
    ("referral.least_kop", 1, HUGE, 1, lambda rules: rules.club.referral.least_kop),
    ("referral.most_month", 0, HUGE, 0, lambda rules: rules.club.referral.most_month),
    ("referral.life_days", 0, DAYS, 0, lambda rules: rules.club.referral.friend.life_days),
    ("referral.delay_days", 0, DAYS, 0, lambda rules: rules.club.referral.newcomer.delay_days),
    ("action[0].pt", 1, HUGE, REQUIRED, lambda rules: rules.club.actions[0].reward.points_pt),
    ("action[0].life_days", 0, DAYS, 0, lambda rules: rules.club.actions[0].reward.life_days),
    ("action[0].delay_days", 0, DAYS, 0, lambda rules: rules.club.actions[0].reward.delay_days),
    ("subscription[0].days", 1, DAYS, REQUIRED, lambda rules: rules.club.subscriptions[0].days),
    ("donation.round_up_kop", 0, HUGE, 0, lambda rules: rules.club.donation.round_up_kop),
    ("programs[0].accrue.bp", 0, RATE, "one_of", lambda rules: rules.programs[0].accrue.bp),
    ("experiment[0].groups[0].bp", 0, 10_000, REQUIRED, lambda rules: rules.experiments[0].groups[0][1]),
    ("codes[0].times", 1, HUGE, REQUIRED, lambda rules: rules.batches[0].times),
    ("codes[0].body", 4, 24, 8, lambda rules: rules.batches[0].body),
    ("codes[0].check", 1, 6, 1, lambda rules: rules.batches[0].check),
    ("prepaid[0].value_kop", 0, HUGE, 0, lambda rules: rules.prepaid[0].value_kop),
    ("prepaid[0].valid_days", 0, DAYS, 0, lambda rules: rules.prepaid[0].valid_days),
    ("blacklist[0].floor_kop", 0, HUGE, 0, lambda rules: rules.blacklist[0].floor_kop),
    ("blacklist[0].floor_per_litre_kop", 0, HUGE, 0, lambda rules: rules.blacklist[0].floor_per_litre_kop),
    ("blacklist[0].max_kop", 0, HUGE, None, lambda rules: rules.blacklist[0].max_kop),
    ("rule[0].priority", -RATE, RATE, 100, lambda rules: rules.sale_rules[0].priority),
    ("rule[0].phase", 1, 5, 1, lambda rules: rules.sale_rules[0].phase),
    ("rule[0].bp", 0, 10_000, REQUIRED, lambda rules: rules.sale_rules[0].terms.bp),
    ("rule[0].when.nth_visit", 1, HUGE, 0, lambda rules: rules.sale_rules[0].when.nth_visit),
    ("rule[0].when.nth_receipt", 1, HUGE, 0, lambda rules: rules.sale_rules[0].when.nth_receipt),
    ("rule[0].when.min_total_kop", 0, HUGE, 0, lambda rules: rules.sale_rules[0].when.min_total_kop),
    ("rule[0].when.max_total_kop", 0, HUGE, None, lambda rules: rules.sale_rules[0].when.max_total_kop),
    ("limits.code_digits", 4, 6, 4, lambda rules: rules.limits.digits),
    ("limits.accruals_day.most", 1, COUNT, REQUIRED, limit("accruals_day", "most")),
    ("limits.receipts_hour.most", 1, COUNT, REQUIRED, limit("receipts_hour", "most")),
    ("limits.cashier_share.most_bp", 0, 10_000, REQUIRED, limit("cashier_share", "most")),
    ("limits.cashier_share.least", 1, COUNT, 10, limit("cashier_share", "least")),
    ("limits.quick_return.minutes", 1, 1_440, 60, limit("quick_return", "minutes")),
    ("limits.code_attempts.most", 1, COUNT, REQUIRED, limit("code_attempts", "most")),
    ("limits.code_attempts.minutes", 1, 1_440, 60, limit("code_attempts", "minutes")),
]  # path, least, most, what is read without the key ("required" and "one_of": told), where it is read
LISTS = [
    ("program.kop_per_pt", 1, RATE, [1, 1]),
    ("programs[0].kop_per_pt", 1, RATE, [1, 1]),
    ("partner[0].rate", 1, RATE, [1, 1]),
    ("rule[0].when.birthday", 0, 366, [0, 0]),
    ("rule[0].when.weekdays", 1, 7, [1, 7]),
    ("rule[0].when.visit_numbers", 1, RATE, [1, 2]),
    ("rule[0].when.visits_today", 1, RATE, [1, 2]),
    ("calendar[0].weekdays", 1, 7, [1, 2]),
]
PAIRS = [one for one, *_ in LISTS[:4]]


def out_of_range(path: str, least: int, most: int) -> list[tuple[str, str, str]]:
    return [(path, "range", problem("range", path, least=least, most=most).message_en)]


@pytest.mark.parametrize(("path", "least", "most", "default", "value"), BOUNDS, ids=[one[0] for one in BOUNDS])
def test_a_whole_number_between_its_bounds(path: str, least: int, most: int, default: object, value: Told) -> None:
    for inside in (least, most):
        assert value(read(alone(path, inside))) == inside
    for beyond in (least - 1, most + 1):
        assert told(alone(path, beyond))[:1] == out_of_range(path, least, most)
    assert told(alone(path, "1"))[0][:2] == (path, "type")
    assert told(alone(path, True))[0][:2] == (path, "type")
    assert told(alone(path, 1.0))[0][:2] == (path, "float")
    if default == REQUIRED:
        assert told(alone(path)) == [(path, "missing", problem("missing", path).message_en)]
    elif default == "one_of":
        assert told(alone(path))[0][:2] == (path.rpartition(".")[0], "one_of")
    else:
        assert value(read(alone(path))) == default


def test_the_page_says_the_same() -> None:
    page = (Path(__file__).parents[3] / "docs/rules/bounds.md").read_text(encoding="utf-8").split("## ")[1:]
    said = [re.findall(r"^\| `(.+?)` \| (\S+) \| (\S+) \| (.+?) \|$", part, re.M) for part in page]
    words: dict[object, str] = {None: "—", REQUIRED: "обязателен", "one_of": "нужен он или другой"}
    assert said[0] == [
        (re.sub(r"\d(?=])", "", path), str(least), str(most), words.get(default, str(default)))
        for path, least, most, default, _ in BOUNDS
    ]
    assert said[1] == [
        (re.sub(r"\d(?=])", "", path), "2" if path in PAIRS else "любое", str(least), str(most))
        for path, least, most, _ in LISTS
    ]


@pytest.mark.parametrize(("path", "least", "most", "good"), LISTS, ids=[one[0] for one in LISTS])
def test_a_list_of_whole_numbers(path: str, least: int, most: int, good: list[int]) -> None:
    read(alone(path, good))
    read(alone(path, [least, most]))
    for place in (0, 1):
        for beyond in (least - 1, most + 1):
            wrong = [*good]
            wrong[place] = beyond
            assert told(alone(path, wrong)) == out_of_range(f"{path}[{place}]", least, most)
    if path in PAIRS:
        for short in ([1], [1, 1, 1]):
            assert [one[:2] for one in told(alone(path, short))] == [(path, "type")]


def test_pairs_are_read_in_their_order_and_are_one_to_one_without_a_word() -> None:
    rules = read(FILE)
    assert (rules.program.kop_per_pt, rules.programs[0].program.kop_per_pt) == ((1, 1), (1, 1))
    assert rules.club.partners[0].rate == (1, 1)
    assert read(alone("program.kop_per_pt", [2, 3])).program.kop_per_pt == (2, 3)
    assert read(alone("programs[0].kop_per_pt", [2, 3])).programs[0].program.kop_per_pt == (2, 3)
    assert read(alone("partner[0].rate", [2, 3])).club.partners[0].rate == (2, 3)
    assert read(alone("rule[0].when.birthday", [2, 3])).sale_rules[0].when.birthday == (2, 3)


def test_by_visits_and_by_both() -> None:
    for tier in (
        {"name": "t", "from_visits": HUGE, "bp": 1},
        {**FILE["accrue"]["tiers"][0], "from_visits": HUGE, "need": "all"},
    ):
        file = alone("accrue.tiers", [tier])
        assert HUGE in (read(file).accrue.tiers[0].threshold, read(file).accrue.tiers[0].visits)
        assert told(alone("accrue.tiers", [{**tier, "from_visits": HUGE + 1}]))[0][:2] == (
            "accrue.tiers[0].from_visits",
            "range",
        )


def test_shares_of_an_experiment_are_a_whole_at_most() -> None:
    read(alone("experiment[0].groups", [{"name": "A", "bp": 9_999}, {"name": "B", "bp": 1}]))
    file = alone("experiment[0].groups", [{"name": "A", "bp": 9_999}, {"name": "B", "bp": 2}])
    assert [one[:2] for one in told(file)] == [("experiment[0].groups", "shares")]
