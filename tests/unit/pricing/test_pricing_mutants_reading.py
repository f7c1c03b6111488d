"""Bounds of what is read: one step inside is taken, one step outside is refused, by the name of its key."""

import json
from dataclasses import replace

import pytest

from pos_agent.rules import basket
from pos_agent.rules.basket import BasketError
from pos_agent.rules.calendars import Experiment
from pos_agent.rules.parse import parse
from pos_agent.rules.problems import RulesError
from pos_agent.rules.values import Scope, Terms, When, made

PROGRAM = {"id": "p", "name": "P"}


def problems(**tables):
    try:
        parse(json.dumps({"program": PROGRAM, **tables}), "json")
    except RulesError as error:
        return [(one.code, one.path) for one in error.problems]
    return []


def of_basket(**keys):
    try:
        basket.read({"lines": [{"id": "1", "price_kop": 1, "qty": "1"}], **keys})
    except BasketError as error:
        return [(one.code, one.path) for one in error.problems]
    return []


def of_rule(kind, **keys):
    return problems(rule=[{"id": "a", "kind": kind, **keys}])


NEEDED = {
    "item_percent": ["bp"], "item_amount": ["kop"], "item_price": ["kop"], "receipt_percent": ["bp"],
    "receipt_amount": ["kop"], "n_plus_m": ["buy", "free"], "buy_x_get_y": ["buy", "get"], "free_units": ["units"],
    "punch_card": ["every"], "card_percent": ["bp"], "tier_percent": ["tiers"], "round_total": ["to_kop"],
    "cashback": ["bp"], "points_per_full": ["pt", "per_kop"], "points_amount": ["pt"], "coupon": ["batch"],
    "privilege": ["text"], "hint": ["text"],
}  # fmt: skip


@pytest.mark.parametrize("kind", NEEDED)
def test_a_kind_without_its_figures(kind):
    assert of_rule(kind) == [("missing", f"rule[0].{key}") for key in NEEDED[kind]]


def test_a_rule_without_kind_or_id():
    assert problems(rule=[{"id": "a"}]) == [("missing", "rule[0].kind")]
    assert problems(rule=[{"kind": "item_amount", "kop": 1}]) == [("missing", "rule[0].id")]


@pytest.mark.parametrize(
    ("kind", "key", "least"),
    [
        ("n_plus_m", "buy", 1), ("n_plus_m", "free", 1), ("buy_x_get_y", "get", 1), ("free_units", "units", 1),
        ("punch_card", "every", 1), ("round_total", "to_kop", 1), ("points_per_full", "per_kop", 1),
        ("points_amount", "pt", 1), ("item_amount", "kop", 0), ("item_price", "kop", 0), ("item_percent", "bp", 0),
    ],
)  # fmt: skip
def test_the_least_figure_of_a_kind(kind, key, least):
    others = {one: 1 for one in NEEDED[kind] if one != key}
    assert of_rule(kind, **others, **{key: least}) == []
    assert of_rule(kind, **others, **{key: least - 1}) == [("range", f"rule[0].{key}")]


@pytest.mark.parametrize("kind", ["item_percent", "receipt_percent", "card_percent", "cheapest_percent"])
def test_no_percent_above_a_hundred(kind):
    assert of_rule(kind, bp=10_000) == []
    assert of_rule(kind, bp=10_001) == [("range", "rule[0].bp")]


def test_lengths_of_names():
    for length, wanted in ((64, []), (65, [("text", "rule[0].id")])):
        assert problems(rule=[{"id": "a" * length, "kind": "item_amount", "kop": 1}]) == wanted
    for length, wanted in ((64, []), (65, [("text", "rule[0].group")])):
        assert of_rule("item_amount", kop=1, group="g" * length) == wanted
    for length, wanted in ((64, []), (65, [("text", "blacklist[0].id")])):
        assert problems(blacklist=[{"id": "b" * length, "skus": ["1"], "flags": ["no_spend"]}]) == wanted
    for length, wanted in ((64, []), (65, [("text", "rule[0].counter")])):
        assert of_rule("punch_card", every=2, counter="c" * length) == wanted
    long = {"id": "p" * 64, "name": "N" * 500}
    for length, wanted in ((64, []), (65, [("text", "rule[0].program")])):
        found = problems(program=long, rule=[{"id": "a", "kind": "cashback", "bp": 1, "program": "p" * length}])
        assert found == wanted
    assert problems(program={"id": "p", "name": "N" * 501}) == [("text", "program.name")]
    assert of_basket(zone="Z" * 64) == [("zone", "zone")]
    assert of_basket(zone="Z" * 65) == [("text", "zone")]


def test_lengths_of_lists():
    assert of_rule("item_amount", kop=1, scope={"skus": ["1"] * 10_000}) == []
    assert of_rule("item_amount", kop=1, scope={"skus": ["1"] * 10_001}) == [("too_many", "rule[0].scope.skus")]
    assert of_basket(codes=[f"c{n}" for n in range(100)]) == []
    assert of_basket(codes=[f"c{n}" for n in range(101)]) == [("too_many", "codes")]


@pytest.mark.parametrize("value", [["a", 1], ["a", ""], "a", {"a": 1}, [None], [["a"]], 5, True])
def test_what_is_no_list_of_texts(value):
    assert of_rule("item_amount", kop=1, scope={"skus": value}) == [("type", "rule[0].scope.skus")]


@pytest.mark.parametrize("value", [[1, "2"], 1, [True], [1.5], "1"])
def test_what_is_no_list_of_numbers(value):
    assert len(of_rule("item_amount", kop=1, when={"weekdays": value})) == 1
    assert of_rule("item_amount", kop=1, when={"weekdays": [0]}) == [("range", "rule[0].when.weekdays[0]")]
    assert of_rule("item_amount", kop=1, when={"weekdays": [1, 8]}) == [("range", "rule[0].when.weekdays[1]")]


def test_flags_of_a_line_and_words_of_a_list_are_known_ones():
    line = {"id": "1", "price_kop": 1, "qty": "1", "flags": ["no_spend", "no_luck"]}
    assert of_basket(lines=[line]) == [("choice", "lines[0].flags")]
    assert of_basket(lines=[{**line, "flags": ["no\x07"]}]) == [("control", "lines[0].flags")]


@pytest.mark.parametrize("key", ["calendar", "experiment", "codes", "programs"])
def test_no_two_definitions_of_one_name(key):
    one = {
        "calendar": {"id": "k", "weekdays": [1]}, "experiment": {"id": "k", "groups": [{"name": "a", "bp": 1}]},
        "codes": {"id": "k"}, "programs": {"id": "k", "name": "K"},
    }[key]  # fmt: skip
    assert problems(**{key: [one]}) == []
    assert problems(**{key: [one, one]}) == [("duplicate", key)]


def test_a_further_program_has_another_name_than_the_main_one():
    assert problems(programs=[{"id": "p", "name": "K"}]) == [("duplicate", "programs")]


@pytest.mark.parametrize(
    ("where", "path"),
    [
        ({"when": {"calendars": ["x"]}}, "when.calendars"), ({"when": {"not_calendars": ["x"]}}, "when.not_calendars"),
        ({"when": {"batches": ["x"]}}, "when.batches"), ({"when": {"variants": ["x:y"]}}, "when.variants"),
    ],
)  # fmt: skip
def test_names_that_nothing_defines(where, path):
    assert of_rule("item_amount", kop=1, **where) == [("unknown_name", f"rule[0].{path}")]


def test_the_nearest_name_is_offered_and_no_other():
    rule = {"id": "a", "kind": "item_amount", "kop": 1, "when": {"calendars": ["hapy"]}}
    calendars = [{"id": name, "weekdays": [1]} for name in ("happy", "happi")]
    text = json.dumps({"program": PROGRAM, "calendar": calendars, "rule": [rule]})
    with pytest.raises(RulesError) as caught:
        parse(text, "json")
    assert caught.value.problems[0].message_en.count("?") == 1
    assert "hapy" in str(caught.value)


def test_points_of_an_unknown_program_and_coupons_of_an_unknown_batch():
    assert of_rule("cashback", bp=1, program="q") == [("unknown_name", "rule[0].program")]
    assert of_rule("coupon", batch="q") == [("unknown_name", "rule[0].batch")]


def test_values_made_the_short_way_are_those_of_the_constructor():
    for kind, said in ((Terms, {"bp": 5}), (When, {"weekdays": (1,), "min_micro": 2}), (Scope, {"skus": ("a",)})):
        assert made(kind, **said) == kind(**said)
        assert hash(made(kind, **said)) == hash(kind(**said))
        assert repr(made(kind, **said)) == repr(kind(**said))
        assert replace(made(kind), **said) == kind(**said)
        with pytest.raises(TypeError, match=f"no such field of {kind.__name__}: ..nothing"):
            made(kind, nothing=1)


def test_what_a_basket_cannot_be_without():
    assert of_basket(lines=[{}]) == [("missing", f"lines[0].{key}") for key in ("id", "price_kop", "qty")]
    assert of_basket(customer={}) == [("missing", "customer.id")]
    assert of_basket(payments=[{}]) == [("missing", "payments[0].kind"), ("missing", "payments[0].sum_kop")]
    assert of_basket(payments=[{"kind": "abonement"}]) == [("missing", "payments[0].units")]


@pytest.mark.parametrize(
    ("key", "most"), [("volume_ml", 10**9), ("floor_kop", 10**12), ("price_kop", 10**12)]
)  # fmt: skip
def test_the_most_of_a_line(key, most):
    line = {"id": "1", "price_kop": 1, "qty": "1"}
    assert of_basket(lines=[{**line, key: most}]) == []
    assert of_basket(lines=[{**line, key: most + 1}]) == [("range", f"lines[0].{key}")]


def test_the_most_of_a_receipt():
    most = 10**6
    assert of_basket(receipts_today=most, customer={"id": "c", "visits_today": most}) == []
    assert of_basket(receipts_today=most + 1) == [("range", "receipts_today")]
    assert of_basket(customer={"id": "c", "visits_today": most + 1}) == [("range", "customer.visits_today")]


def test_the_edges_of_an_experiment():
    """Shares of 40 % and 30 %: buckets 0..3999, 4000..6999, the rest in no group."""
    experiment = Experiment("e", "s", (("a", 4000), ("b", 3000)))
    wanted = {0: "a", 3999: "a", 4000: "b", 6999: "b", 7000: "", 9999: ""}
    seen = {bucket: group for bucket, group in map(experiment.group_of, map(str, range(150_000))) if bucket in wanted}
    assert seen == wanted


def test_the_longest_file_and_a_key_given_twice():
    text = json.dumps({"program": PROGRAM})
    parse(text + " " * (1_000_000 - len(text)), "json")
    with pytest.raises(RulesError) as caught:
        parse(text + " " * (1_000_001 - len(text)), "json")
    assert caught.value.problems[0].code == "too_large"
    with pytest.raises(RulesError) as caught:
        parse('{"one": 1, "two": 1, "two": 2}', "json")
    assert "two" in caught.value.problems[0].message_en
    assert "one" not in caught.value.problems[0].message_en


def test_members_of_a_group_agree():
    one = {"id": "a", "kind": "item_amount", "kop": 1, "group": "g", "group_policy": "best"}
    assert problems(rule=[one, {**one, "id": "b"}]) == []
    assert problems(rule=[one, {**one, "id": "b", "group_policy": "first"}]) == [("group", "rule")]
    assert problems(rule=[one, {**one, "id": "b", "phase": 2}]) == [("group", "rule")]
    assert problems(rule=[one, {**one, "id": "b", "group": "h", "phase": 2}]) == []


@pytest.mark.parametrize("value", [1, [], {}, True, 1.5])
def test_a_word_that_is_no_word(value):
    assert [path for path, _ in map(reversed, of_rule("item_amount", kop=1, base=value))] == ["rule[0].base"]
    assert [path for path, _ in map(reversed, of_basket(spend=value))] == ["spend"]


def test_more_lengths_and_bounds():
    assert problems(program={"id": "p" * 65, "name": "N"}) == [("text", "program.id")]
    assert problems(programs=[{"id": "q" * 64, "name": "Q"}]) == []
    assert problems(programs=[{"id": "q" * 65, "name": "Q"}]) == [("text", "programs[0].id")]
    for name, wanted in (("g" * 64, []), ("g" * 65, [("text", "experiment[0].groups[0].name")])):
        assert problems(experiment=[{"id": "e", "groups": [{"name": name, "bp": 1}]}]) == wanted
    for source, wanted in (("s" * 500, []), ("s" * 501, [("text", "blacklist[0].source")])):
        assert problems(blacklist=[{"id": "b", "skus": ["1"], "flags": ["no_spend"], "source": source}]) == wanted
    for batch in ("b" * 64, "b" * 65):
        codes = [{"id": batch}] if len(batch) == 64 else []
        found = problems(codes=codes, rule=[{"id": "a", "kind": "coupon", "batch": batch}])
        assert found == ([] if codes else [("text", "rule[0].batch")])
    for days, wanted in (([0, 366], []), ([0, 367], [("range", "rule[0].when.birthday[1]")])):
        assert of_rule("item_amount", kop=1, when={"birthday": days}) == wanted
    same = {"min_total_kop": 5, "max_total_kop": 5, "min_qty": "2", "max_qty": "2"}
    assert of_rule("item_amount", kop=1, when=same) == []
    assert of_rule("item_amount", kop=1, when={**same, "max_total_kop": 4, "max_qty": "1"}) == [
        ("period", "rule[0].when.max_total_kop"), ("period", "rule[0].when.max_qty")
    ]  # fmt: skip


def test_a_window_of_days():
    for days, wanted in ((1, []), (0, [("range", "program.level.days")])):
        assert problems(program={**PROGRAM, "level": {"window": "days", "days": days}}) == wanted
    assert problems(program={**PROGRAM, "level": {"window": "days"}}) == [("missing", "program.level.days")]
    assert problems(program={**PROGRAM, "level": {"days": 3}}) == [("needs", "program.level.days")]
    rules = parse(json.dumps({"program": {**PROGRAM, "level": {"window": "days", "days": 3}}}), "json")
    assert rules.program.level.window.days == 3
    assert parse(json.dumps({"program": {**PROGRAM, "level": {}}}), "json").program.level.window.days == 0


def test_a_point_costs_something_on_both_sides():
    assert problems(program={**PROGRAM, "kop_per_pt": [1, 1_000_000]}) == []
    for said, path in (([0, 1], 0), ([1, 0], 1), ([1, 1_000_001], 1)):
        assert ("range", f"program.kop_per_pt[{path}]") in problems(program={**PROGRAM, "kop_per_pt": said})


def test_all_problems_stand_in_the_text_of_the_error():
    with pytest.raises(RulesError, match=r"program.id: .*; program.name: "):
        parse(json.dumps({"program": {}}), "json")


def test_a_day_of_the_year_may_be_the_one_of_leap_years():
    for day, wanted in (("02-29", []), ("02-30", ["calendar[0].yearly[0]"])):
        assert [path for _, path in problems(calendar=[{"id": "k", "yearly": [day]}])] == wanted


@pytest.mark.parametrize("key", ["nth_visit", "nth_receipt", "visit_numbers", "visits_today"])
def test_counts_begin_with_one(key):
    many = key.startswith("visit")
    for number, wanted in ((0, False), (1, True), (1_000_000, True), (1_000_001, not many)):
        found = of_rule("item_amount", kop=1, when={key: [number] if many else number})
        assert (found == []) is wanted, number
