"""What the trace, its sentences and the figures derived from it say where other tests look at sums alone."""

import pytest

from pos_agent.rules import answer, basket
from pos_agent.rules.accrue import AccrualLine, accrue
from pos_agent.rules.detail import detail
from pos_agent.rules.explain import explain, sentences
from pos_agent.rules.line_state import LineState
from pos_agent.rules.price import price
from pos_agent.rules.selection import select

CUSTOMER = {"id": "c-1"}


def entry(priced, step, **more):
    return next(
        one for one in priced.trace if one["step"] == step and all(one.get(key) == value for key, value in more.items())
    )


def steps(priced):
    return entry(priced, "accrual")["steps"]


def test_why_nothing_is_earned(till):
    lines = till.lines(1000)
    assert steps(till.price("", lines, customer=CUSTOMER)) == [{"step": "nothing", "reason": "no accrue rule"}]
    assert steps(till.price("[accrue]\nbp = 500", lines)) == [{"step": "nothing", "reason": "no customer"}]
    rules = '[accrue]\nbp = 500\nwhen_spent = "none"\n[spend]'
    assert steps(till.price(rules, lines, balance=100, spend="max")) == [
        {"step": "nothing", "reason": "points were spent"}
    ]


def test_full_parts_are_told(till):
    priced = till.price("[accrue]\nbp = 500\nper_full_kop = 300", till.lines(1000), customer=CUSTOMER)
    assert steps(priced)[2] == {
        "step": "full_parts", "base_kop": 1000, "per_full_kop": 300, "parts": 3, "factor": "9/10"
    }  # fmt: skip


def test_a_line_without_accrual_needs_its_flag_or_its_entry(till):
    rules = till.rules('[accrue]\nbp = 1000\n[[blacklist]]\nid = "b"\nskus = ["9"]\nflags = ["no_accrue"]')
    told = accrue(rules, [AccrualLine("1", "", 1000), AccrualLine("2", "", 1000, sku="9")], None)
    assert told.total_pt == 0
    priced = till.price(rules, [till.line(1, 1000), till.line(2, 1000, sku="9")], customer=CUSTOMER)
    assert [line.accrued_pt for line in priced.lines] == [100, 0]
    assert {"step": "skip", "line": "2", "reason": "no_accrue", "by": "blacklist:b"} in steps(priced)


def test_points_of_further_rules_are_told_with_their_lines(till):
    rules = till.rule("r", "cashback", bp=100, scope='{categories = ["a"]}') + "[accrue]\nbp = 1"
    priced = till.price(rules, [till.line(1, 5000, category="a"), till.line(2, 700)], customer=CUSTOMER)
    assert entry(priced, "points")["lines"] == ["1"]
    assert entry(priced, "points")["base_kop"] == 5000
    assert [line.accrued_pt for line in priced.lines] == [50, 0]


def test_the_higher_of_two_rates_stands_and_one_of_nothing_is_one(till):
    rules = "".join(till.rule(f"r{bp}", "cashback", bp=bp, mode='"replace"') for bp in (0, 300, 200))
    priced = till.price(rules + "[accrue]\nbp = 100", till.lines(10000), customer=CUSTOMER)
    assert priced.totals.accrued_pt == 300
    priced = till.price(till.rule("r", "cashback", bp=0, mode='"replace"') + "[accrue]\nbp = 100", till.lines(10000),
                        customer=CUSTOMER)  # fmt: skip
    assert priced.totals.accrued_pt == 0


def test_a_program_tells_only_lines_that_have_points(till):
    rules = '[[programs]]\nid = "q"\nname = "Q"\naccrue = {bp = 1000, scope = {categories = ["a"]}}'
    told = answer.to_json(till.price(rules, [till.line(1, 1000, category="a"), till.line(2, 1000)], customer=CUSTOMER))
    assert told["programs"][0]["accrued"] == {"1": 100}
    assert told["programs"][0]["spent"] == {}


def test_a_small_line_got_nothing_and_an_empty_one_is_not_named(till):
    priced = till.price(till.rule("r", "receipt_amount", kop=2), till.lines(10000, 10000, 1, 0))
    assert entry(priced, "discount")["too_small"] == ["3"]
    assert "too_small" not in entry(till.price(till.rule("r", "receipt_amount", kop=2), till.lines(1, 1)), "discount")


def test_no_room_and_nothing_to_give_are_two_reasons(till):
    full = [till.line(1, 1000, floor_kop=1000)]
    for kind, figure in (("item_percent", {"bp": 100}), ("item_amount", {"kop": 1}), ("item_price", {"kop": 1})):
        assert till.skipped(till.price(till.rule("r", kind, **figure), full))["r"]["reason"] == "no room", kind
    for kind, figure in (("item_percent", {"bp": 100}), ("item_amount", {"kop": 0}), ("item_price", {"kop": 1})):
        found = till.skipped(till.price(till.rule("r", kind, **figure), till.lines(0)))
        assert found["r"]["reason"] == "nothing to give", kind


def test_conditions_and_names_stand_in_the_trace(till):
    rule = till.rule("r", "item_percent", bp=100, name='"Осень"', when='{weekdays = [6], channels = ["till"]}')
    priced = till.price(rule, till.lines(1000), at="2026-11-21T18:05:00+03:00", channel="till")
    found = entry(priced, "discount")
    assert (found["name"], found["when"], found["phase"]) == ("Осень", ["weekdays", "channels"], 1)
    assert "«Осень» (r)" in explain(priced.trace)[0]


def test_sentences_of_a_further_program_name_it(till):
    rules = '[accrue]\nbp = 100\n[[programs]]\nid = "stars"\nname = "Q"\naccrue = {bp = 1000}'
    priced = till.price(rules, till.lines(1000), customer=CUSTOMER)
    told = [one for step in priced.trace if step["step"] == "accrual" for one in sentences(step, "en")]
    assert ["stars" in one for one in told] == [False, True]


def test_a_code_that_no_rule_asks_for_is_told_once(till):
    rules = till.rule("r", "item_percent", bp=100, when='{codes = ["KNOWN"]}')
    priced = till.price(rules, till.lines(1000), codes=["KNOWN", "STRANGE"])
    assert [sentences(one, "en") == [] for one in priced.trace if one["step"] == "code"] == [True, False]


def test_points_once_and_points_per_part_are_told_apart(till):
    once = till.rule("r", "points_amount", pt=500) + "[accrue]\nbp = 0"
    each = till.rule("r", "points_per_full", pt=500, per_kop=1000) + "[accrue]\nbp = 0"
    told = [
        sentences(entry(till.price(one, till.lines(3000), customer=CUSTOMER), "points"), "en") for one in (once, each)
    ]
    assert told[0] != told[1]
    assert "3" in told[1][0]


def test_the_value_of_a_unit_after_other_units_were_given(till):
    """A later set rule on the net starts from the value before the earlier set rules."""
    rules = till.rule("a", "n_plus_m", buy=1, free=1, priority=1) + till.rule("b", "free_units", units=1, bp=5000)
    offered = basket.read({"lines": [till.line(1, 1000, "4")]})
    priced = price(till.rules(rules), offered)
    given = [one for one in detail(offered, priced) if one["step"] == "discount"]
    assert [one["by_line"][0]["base_kop"] for one in given] == [4000, 4000]
    assert [one["by_line"][0]["exact_kop"] for one in given] == ["2000/1", "500/1"]
    assert [one["by_line"][0]["rounded_kop"] for one in given] == [one["by_line"][0]["given_kop"] for one in given]


def test_a_floor_above_the_net_leaves_no_room(till):
    offered = basket.read({"lines": [till.line(1, 1000, floor_kop=2000)]})
    line = LineState(offered.lines[0], 0, 0, (), 0)
    assert line.room_kop == 0
    assert till.skipped(price(till.rules(till.rule("r", "item_percent", bp=100)), offered))["r"]["reason"] == "no room"


def test_a_cut_offer_says_what_it_wanted(till):
    cut = {"line": "1", "base_kop": 1000, "room_kop": 1000}
    offered = basket.read({"lines": till.lines(1000)})
    rules = till.rules(till.rule("r", "item_percent", bp=5000), "max_discount_bp = 1000")
    found = next(one for one in detail(offered, price(rules, offered)) if one["step"] == "discount")
    assert found["cut"] == {"wanted_kop": 500, "left_kop": 100}
    assert found["by_line"][0] == {**cut, "exact_kop": "500/1", "rounded_kop": 500, "given_kop": 100, "net_kop": 900}
    exactly = till.price(till.rule("r", "item_percent", bp=1000), till.lines(1000), program="max_discount_bp = 1000")
    assert "wanted_kop" not in entry(exactly, "discount")


@pytest.mark.parametrize(
    ("hours", "at", "holds"),
    [
        ('["18:00", "19:00"]', "18:00", True), ('["18:00", "19:00"]', "18:59", True),
        ('["18:00", "19:00"]', "19:00", False), ('["22:00", "02:00"]', "22:00", True),
        ('["22:00", "02:00"]', "01:59", True), ('["22:00", "02:00"]', "02:00", False),
    ],
)  # fmt: skip
def test_the_ends_of_an_hour(till, hours, at, holds):
    rule = till.rule("r", "item_percent", bp=100, when=f"{{hours = {hours}}}")
    moment = f"2026-11-21T{at}:59+03:00"
    assert (till.price(rule, till.lines(1000), at=moment).applied == ("r",)) is holds
    calendar = f'[[calendar]]\nid = "k"\nhours = {hours}\n'
    by_calendar = calendar + till.rule("r", "item_percent", bp=100, when='{calendars = ["k"]}')
    assert (till.price(by_calendar, till.lines(1000), at=moment).applied == ("r",)) is holds


def test_the_weekday_of_a_receipt_without_a_time_is_none_of_the_seven(till):
    rule = till.rule("r", "item_percent", bp=100, when="{weekdays = [1, 2, 3, 4, 5, 6, 7]}")
    assert till.price(rule, till.lines(1000)).applied == ()
    assert till.price(rule, till.lines(1000), at="2026-11-21T18:05:00+03:00").applied == ("r",)


def test_selection_is_what_price_starts_from(till):
    rules = till.rules(
        till.rule("a", "item_percent", bp=300, scope='{categories = ["x"]}')
        + till.rule("b", "item_percent", bp=500, when='{channels = ["web"]}')
        + till.rule("c", "item_percent", bp=200)
        + till.rule("d", "item_amount", kop=900)
        + '[[blacklist]]\nid = "l"\nskus = ["9"]\nflags = ["no_discount"]'
        + '\n[[blacklist]]\nid = "old"\nskus = ["8"]\nflags = ["no_discount"]\nto = "2026-11-21"'
    )
    lines = [till.line(1, 1000, category="x"), till.line(2, 1000), till.line(3, 1000, flags=["no_discount"]),
             till.line(4, 1000, sku="9"), till.line(5, 1000, sku="8"),
             till.line(6, 1000, flags=["no_spend"])]  # fmt: skip
    offered = basket.read({"lines": lines, "channel": "till", "at": "2026-11-21T18:05:00+03:00"})
    found = [(one.names, one.best_bp) for one in select(rules, offered)]
    open_line = (["c", "d"], 200)
    assert found == [(["a", "c", "d"], 300), open_line, ([], 0), ([], 0), open_line, open_line]
    given = [set(line.discounts) for line in price(rules, offered).lines]
    assert given == [set(names) for names, _ in found]
