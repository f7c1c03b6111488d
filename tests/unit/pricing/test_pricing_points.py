"""Spending and earning inside a price (loyalty rules, sections 5 and 6): bounds, steps, exchange rates, bars."""

import pytest

from pos_agent.rules.explain import explain


def spend_entry(priced):
    return next(entry for entry in priced.trace if entry["step"] == "spend")


def test_without_a_spend_section_a_customer_or_a_wish_nothing_is_spent(till):
    lines = till.lines(1000)
    for priced, reason in [
        (till.price("", lines, balance=1000, spend="max"), "no spend rule"),
        (till.price("[spend]", lines, spend="max"), "no customer"),
        (till.price("[spend]", lines, balance=1000), "not asked"),
        (till.price("[spend]", lines, balance=1000, spend="none", spend_pt=5), "not asked"),
    ]:
        assert priced.spent_pt == 0
        assert spend_entry(priced)["reason"] == reason


@pytest.mark.parametrize(
    ("rule", "balance", "asked", "spent", "lowered_by"),
    [
        ("", 99999, 400, 400, None),
        ("", 300, 400, 300, "balance"),
        ("cap_bp = 3000", 99999, 400, 300, "cap"),
        ("min_money_kop = 700", 99999, 400, 300, "min_money"),
        ("min_money_kop = 5000", 99999, 400, 0, "min_money"),
        ("step_pt = 100", 99999, 350, 300, "step"),
    ],
)
def test_exact_is_lowered_when_it_does_not_fit(till, rule, balance, asked, spent, lowered_by):
    priced = till.price(f"[spend]\n{rule}", till.lines(1000), balance=balance, spend_pt=asked)
    assert priced.spent_pt == spent
    assert spend_entry(priced).get("lowered_by") == lowered_by
    assert any("просили 4" in told or "просили 3.50" in told for told in explain(priced.trace)) == bool(lowered_by)


def test_points_respect_floors(till):
    lines = [till.line(1, 1000, floor_kop=900), till.line(2, 1000)]
    priced = till.price("[spend]", lines, balance=99999, spend="max")
    assert [line.points_kop for line in priced.lines] == [100, 1000]


@pytest.mark.parametrize(
    ("rate", "spent", "kop"),
    [("[1, 1]", 1000, 1000), ("[1, 10]", 10000, 1000), ("[10, 1]", 100, 1000), ("[3, 2]", 666, 999),
     ("[2, 2]", 1000, 1000)],
)  # fmt: skip
def test_exchange_rates_spend_whole_kopecks_only(till, rate, spent, kop):
    priced = till.price("[spend]", till.lines(700, 300), program=f"kop_per_pt = {rate}", balance=10**6, spend="max")
    assert (priced.spent_pt, priced.totals.points_kop) == (spent, kop)
    assert sum(line.points_pt for line in priced.lines) == spent


def test_a_step_that_is_no_whole_kopeck_grows_to_one_that_is(till):
    priced = till.price(
        "[spend]\nstep_pt = 4", till.lines(700, 300), program="kop_per_pt = [1, 6]", balance=10**6, spend_pt=100
    )
    assert (priced.spent_pt, priced.totals.points_kop) == (96, 16)  # a multiple of lcm(4, 6) = 12


def test_points_of_a_line_follow_its_kopecks_at_other_rates(till):
    program = "kop_per_pt = [7, 2]"
    priced = till.price("[spend]", till.lines(700, 300), program=program, balance=10**6, spend="max")
    assert [line.points_kop for line in priced.lines] == [696, 298]  # 994 kopecks: 695.8 and 298.2
    assert [line.points_pt for line in priced.lines] == [199, 85]  # 284 x 696/994 = 198.86


def test_bars_scope_and_discounted_lines(till):
    lines = [till.line(1, 1000), till.line(2, 1000, flags=["no_spend"]), till.line(3, 1000, category="gift")]
    rules = till.rule("r", "item_amount", kop=100, scope='{ids = ["1"]}')
    everything = till.price(rules + '[spend]\nscope = {not_categories = ["gift"]}', lines, balance=9999, spend="max")
    assert [line.points_kop for line in everything.lines] == [900, 0, 0]
    undiscounted = till.price(rules + "[spend]\nnot_on_discounted = true", lines, balance=9999, spend="max")
    assert [line.points_kop for line in undiscounted.lines] == [0, 0, 1000]
    assert spend_entry(undiscounted)["barred"] == {"1": "discounted", "2": "no_spend"}


@pytest.mark.parametrize(("setting", "spent"), [("no_spend_after = true", 0), ("", 900)])
def test_an_exclusive_rule_may_forbid_points(till, setting, spent):
    rules = till.rule("r", "item_amount", kop=100, exclusive="true") + f"[spend]\n{setting}"
    assert till.price(rules, till.lines(1000), balance=9999, spend="max").spent_pt == spent


def test_a_confirmation_is_asked_above_the_limit_and_changes_no_amount(till):
    for limit, confirm in [(999, True), (1000, False)]:
        priced = till.price(f"[spend]\nconfirm_above_pt = {limit}", till.lines(1000), balance=9999, spend="max")
        assert (priced.confirm, priced.spent_pt) == (confirm, 1000)
        assert spend_entry(priced)["confirm"] is confirm


def test_what_is_paid_by_points_earns_nothing(till):
    rules = "[spend]\n[accrue]\nbp = 1000"
    assert till.price(rules, till.lines(1000), balance=400, spend="max").totals.accrued_pt == 60
    none = till.price(rules + '\nwhen_spent = "none"', till.lines(1000), balance=400, spend="max")
    assert none.totals.accrued_pt == 0


def test_level_and_lines_of_the_accrual(till):
    rules = '[accrue]\ntiers = [{name = "s", from_kop = 0, bp = 500}]\nscope = {only_undiscounted = true}\n'
    rules += till.rule("r", "item_amount", kop=100, scope='{ids = ["1"]}')
    priced = till.price(rules, till.lines(1000, 1000), balance=0)
    assert [line.accrued_pt for line in priced.lines] == [0, 50]
    assert "Баллы: начислено 0.50, 5 %, уровень «s»" in explain(priced.trace)


def test_the_minimum_in_money_counts_lines_that_points_may_not_pay(till):
    lines = [till.line(1, 1000), till.line(2, 300, flags=["no_spend"])]
    priced = till.price("[spend]\nmin_money_kop = 500", lines, balance=9999, spend="max")
    assert (priced.spent_pt, priced.totals.payable_kop) == (800, 500)
