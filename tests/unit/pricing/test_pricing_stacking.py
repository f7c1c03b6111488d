"""Order, groups, exclusive rules, the ceiling, and the reasons in the trace (loyalty rules, sections 3 and 4)."""

import pytest

from pos_agent.rules.conditions import FIELDS
from pos_agent.rules.discounts import GIVE
from pos_agent.rules.explain import TEXTS, explain
from pos_agent.rules.kinds import AFTER_SALE, KINDS
from pos_agent.rules.ready_rule import BUY_X_GET_Y


def test_every_kind_of_rule_is_priced():
    assert set(GIVE) | {BUY_X_GET_Y} | set(AFTER_SALE) == set(KINDS)


def test_phase_then_priority_then_id(till):
    rules = till.rule("z", "receipt_percent", bp=100, phase=1, priority=1)
    rules += till.rule("b", "item_percent", bp=100)
    rules += till.rule("B", "item_percent", bp=100)
    rules += till.rule("late", "item_percent", bp=100, phase=4, priority=1)
    rules += till.rule("card", "card_percent", bp=100)
    priced = till.price(rules, till.lines(100000), balance=0)
    assert priced.applied == ("z", "B", "b", "card", "late")


def test_kinds_of_the_customer_without_one(till):
    rules = till.rule("c", "card_percent", bp=100)
    rules += till.rule("t", "tier_percent", tiers='[{name = "x", from_kop = 0, bp = 100}]')
    rules += till.rule("p", "punch_card", every=1)
    priced = till.price(rules, till.lines(1000))
    assert {entry["reason"] for entry in till.skipped(priced).values()} == {"no customer"}
    assert priced.stamps_after == {}


@pytest.mark.parametrize(
    ("customer", "given"),
    [({"metric_kop": 999}, 0), ({"metric_kop": 1000}, 300), ({"metric_kop": 2000}, 300), ({"metric_kop": 2001}, 500)],
)
def test_tiers(till, customer, given):
    tiers = '[{name = "b", from_kop = 2000, op = "gt", bp = 500}, {name = "a", from_kop = 1000, bp = 300}]'
    priced = till.price(
        till.rule("t", "tier_percent", tiers=tiers), till.lines(10000), customer={"id": "c", **customer}
    )
    assert till.given(priced, "t") == [given]


def test_item_amount_and_price_by_quantity(till):
    lines = [till.line(1, 10000, "0.333"), till.line(2, 5000, "2")]
    assert till.given(till.price(till.rule("r", "item_amount", kop=150), lines), "r") == [50, 300]
    assert till.given(till.price(till.rule("r", "item_price", kop=4990), lines), "r") == [3330 - 1662, 20]


def test_item_price_never_raises(till):
    priced = till.price(till.rule("r", "item_price", kop=6000), till.lines(5000))
    assert till.skipped(priced)["r"]["reason"] == "nothing to give"


def test_receipt_percent_has_a_maximum(till):
    priced = till.price(till.rule("r", "receipt_percent", bp=5000, max_kop=100), till.lines(1000, 1000))
    assert till.given(priced, "r") == [50, 50]


def test_round_total_looks_at_all_lines_and_takes_from_its_own(till):
    lines = [till.line(1, 5050), till.line(2, 1007, flags=["no_discount"])]
    priced = till.price(till.rule("r", "round_total", to_kop=100), lines)
    assert till.given(priced, "r") == [57, 0]
    assert priced.totals.payable_kop == 6000


def test_best_group_runs_at_the_place_of_its_first_member(till):
    group = {"group": '"g"', "group_policy": '"best"'}
    rules = till.rule("a", "item_amount", kop=100, priority=1, **group)
    rules += till.rule("m", "item_percent", bp=5000, priority=2)
    rules += till.rule("z", "item_amount", kop=200, priority=3, **group)
    priced = till.price(rules, till.lines(1000))
    assert priced.applied == ("z", "m")
    assert priced.lines[0].discounts == {"z": 200, "m": 400}
    assert list(till.skipped(priced)) == ["a"]


def test_best_group_compares_what_would_really_be_given(till):
    group = {"group": '"g"', "group_policy": '"best"'}
    rules = till.rule("big", "item_amount", kop=900, scope='{ids = ["1"]}', **group)
    rules += till.rule("small", "item_amount", kop=300, scope='{ids = ["2"]}', **group)
    lines = [till.line(1, 1000, floor_kop=900), till.line(2, 1000)]
    assert till.price(rules, lines).applied == ("small",)


def test_equal_members_of_a_best_group_lower_priority_then_id(till):
    group = {"group": '"g"', "group_policy": '"best"', "kop": 100}
    rules = till.rule("a", "item_amount", priority=2, **group) + till.rule("c", "item_amount", priority=1, **group)
    rules += till.rule("b", "item_amount", priority=1, **group)
    assert till.price(rules, till.lines(1000)).applied == ("b",)


def test_a_best_group_that_gives_nothing_loses_nobody_and_moves_stamps(till):
    group = {"group": '"g"', "group_policy": '"best"', "phase": 2}
    rules = till.rule("card", "punch_card", every=5, **group)
    rules += till.rule("free", "item_amount", kop=100, scope='{ids = ["9"]}', **group)
    priced = till.price(rules, till.lines(1000), balance=0)
    assert priced.applied == ()
    assert priced.stamps_after == {"card": 1}
    assert {rule: entry["reason"] for rule, entry in till.skipped(priced).items()} == {
        "card": "nothing to give",
        "free": "not in scope",
    }


def test_a_punch_card_that_lost_its_group_keeps_its_stamps(till):
    group = {"group": '"g"', "group_policy": '"best"', "phase": 2}
    rules = till.rule("card", "punch_card", every=2, **group) + till.rule("big", "item_amount", kop=1000, **group)
    lines = [till.line(1, 1000), till.line(2, 500)]
    priced = till.price(rules, lines, customer={"id": "c", "stamps": {"card": 1, "tea": 3}})
    assert priced.applied == ("big",)
    assert priced.stamps_after == {"card": 1, "tea": 3}
    assert till.skipped(priced)["card"]["offered_kop"] == 500


def test_first_group_stops_at_the_first_that_gives(till):
    group = {"group": '"g"', "group_policy": '"first"'}
    rules = till.rule("a", "item_amount", kop=100, scope='{ids = ["9"]}', **group)
    rules += till.rule("b", "item_amount", kop=10, **group) + till.rule("c", "item_amount", kop=500, **group)
    priced = till.price(rules, till.lines(1000))
    assert priced.applied == ("b",)
    assert till.skipped(priced)["c"]["to"] == "b"
    assert till.skipped(priced)["a"]["reason"] == "not in scope"


def test_group_all_cascades(till):
    rules = till.rule("a", "item_percent", bp=5000, group='"g"') + till.rule("b", "item_percent", bp=5000, group='"g"')
    assert till.price(rules, till.lines(1000)).totals.discount_kop == 750


def test_exclusive_lets_rounding_through_and_zero_excludes_nobody(till):
    rules = till.rule("a", "item_percent", bp=500, exclusive="true", scope='{ids = ["9"]}')
    rules += till.rule("b", "item_amount", kop=33, exclusive="true")
    rules += till.rule("c", "receipt_percent", bp=1000) + till.rule("d", "round_total", to_kop=100)
    priced = till.price(rules, till.lines(1000))
    assert priced.applied == ("b", "d")
    assert till.skipped(priced)["c"]["by"] == "b"


def test_a_loser_of_a_best_group_excludes_nobody(till):
    group = {"group": '"g"', "group_policy": '"best"'}
    rules = till.rule("a", "item_amount", kop=10, exclusive="true", **group)
    rules += till.rule("b", "item_amount", kop=20, **group) + till.rule("c", "receipt_amount", kop=5)
    assert till.price(rules, till.lines(1000)).applied == ("b", "c")


def test_an_exclusive_rule_leaves_stamps_as_they_were(till):
    rules = till.rule("a", "item_amount", kop=10, exclusive="true") + till.rule("p", "punch_card", every=2)
    priced = till.price(rules, till.lines(1000), customer={"id": "c", "stamps": {"p": 1}})
    assert priced.stamps_after == {"p": 1}


def test_the_ceiling_cuts_the_rule_that_crosses_it_and_spares_rounding(till):
    rules = till.rule("a", "item_percent", bp=1000) + till.rule("b", "item_amount", kop=300)
    rules += till.rule("c", "receipt_percent", bp=1000) + till.rule("d", "round_total", to_kop=1000)
    priced = till.price(rules, till.lines(2000, 1000), program="max_discount_bp = 1500")
    assert till.given(priced, "a") == [200, 100]
    assert till.given(priced, "b") == [75, 75]  # 600 wanted, 150 left, its own parts as weights
    assert priced.totals.payable_kop == 2000
    cut = next(entry for entry in priced.trace if entry.get("rule") == "b")
    assert (cut["wanted_kop"], cut["ceiling_left_kop"], cut["total_kop"]) == (600, 150, 150)
    assert till.skipped(priced)["c"]["reason"] == "cut by the ceiling"


def test_floors_and_the_programs_lowest_price(till):
    lines = [till.line(1, 1000, "0.333", floor_kop=900), till.line(2, 1000, "2"), till.line(3, 1)]
    priced = till.price(till.rule("r", "item_percent", bp=10000), lines, program="min_unit_kop = 5")
    assert till.given(priced, "r") == [333 - 300, 1990, 0]  # 299.7 is up to 300; a price below the floor stays
    only = till.price(till.rule("r", "item_amount", kop=5), till.lines(3), program="min_unit_kop = 3")
    assert till.skipped(only)["r"]["reason"] == "no room"


def test_an_amount_that_does_not_fit_is_told(till):
    priced = till.price(till.rule("r", "receipt_amount", kop=900), [till.line(1, 1000, floor_kop=500)])
    applied = next(entry for entry in priced.trace if entry["step"] == "discount")
    assert (applied["total_kop"], applied["no_room_kop"]) == (500, 400)


def test_a_discount_says_how_it_came_about(till):
    rules = till.rule("r", "item_percent", bp=333, name='"Осень"', when='{codes = ["A"]}')
    priced = till.price(rules, till.lines(1001), codes=["A", "B"])
    applied = next(entry for entry in priced.trace if entry["step"] == "discount")
    assert (applied["base"], applied["total_kop"]) == ("net", 33)
    assert (applied["name"], applied["when"], applied["bp"], applied["lines"]) == ("Осень", ["codes"], 333, {"1": 33})
    assert [entry for entry in priced.trace if entry["step"] == "code"] == [
        {"step": "code", "code": "A", "rules": ["r"]},
        {"step": "code", "code": "B", "rules": []},
    ]


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_every_reason_has_a_sentence(till, lang):
    group = {"group": '"g"', "group_policy": '"best"'}
    rules = till.rule("scope", "item_amount", kop=1, scope='{ids = ["9"]}')
    rules += till.rule("when", "item_amount", kop=1, when='{codes = ["NO"]}') + till.rule("who", "card_percent", bp=1)
    rules += till.rule("zero", "item_amount", kop=0) + till.rule("g1", "item_amount", kop=1, **group)
    rules += till.rule("g2", "item_amount", kop=2, **group) + till.rule("h", "item_amount", kop=900, priority=200)
    rules += till.rule("i", "item_amount", kop=9, priority=201)
    rules += till.rule("x", "receipt_amount", kop=0, exclusive="true")
    program = "max_discount_bp = 5000"
    priced = till.price(rules, till.lines(1000), program=program)
    told = explain(priced.trace, lang)
    reasons = {entry["reason"] for entry in priced.trace if entry["step"] == "skip"}
    assert reasons == {
        "not in scope", "condition", "no customer", "nothing to give", "lost in group", "cut by the ceiling",
    }  # fmt: skip
    assert len(told) == len(rules.split("[[rule]]")) - 1
    assert all("{" not in sentence for sentence in told)
    assert reasons | {"no room", "excluded", "no key"} == {
        key.removeprefix("reason.") for key in TEXTS if "reason." in key
    }


def test_every_condition_and_flag_has_words(till):
    for key in FIELDS:
        assert f"when.{key}" in TEXTS
    rules = till.rule("r", "item_amount", kop=1, when='{codes = ["X"]}', name='"Осень"')
    rules += '[[blacklist]]\nid = "t"\ncategories = ["t"]\nflags = ["no_discount", "no_accrue"]'
    priced = till.price(rules, [till.line(1, 100, category="t", flags=["no_spend"])])
    assert explain(priced.trace) == [
        "Строка 1: без скидок (список t), без оплаты баллами, без начисления (список t)",
        "«Осень» (r): не применено - нужный код не введён",
    ]
