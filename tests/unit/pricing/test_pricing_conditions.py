"""Conditions and scopes (loyalty rules, section 3.3): which hold, and which one the trace names when they do not."""

import pytest

MONDAY = "2026-11-23T09:59:59+03:00"


def holds(till, when, customer=None, lines=None, **basket):
    """None when a 10 % rule with this `when` is applied, else (reason, condition)."""
    keys = {"at": MONDAY, **basket}
    if customer is not None:
        keys["customer"] = {"id": "c-1", **customer}
    priced = till.price(till.rule("r", "item_percent", bp=1000, when=when), lines or till.lines(10000), **keys)
    if priced.applied == ("r",):
        assert priced.totals.discount_kop > 0
        return None
    skipped = till.skipped(priced)["r"]
    return skipped["reason"], skipped.get("condition")


@pytest.mark.parametrize(
    ("when", "failed"),
    [
        ('{from = "2026-11-23"}', None),
        ('{from = "2026-11-24"}', "from"),
        ('{to = "2026-11-24"}', None),
        ('{to = "2026-11-23"}', "to"),
        ("{weekdays = [1]}", None),
        ("{weekdays = [7, 2]}", "weekdays"),
        ("{weekdays = []}", None),
        ('{hours = ["08:00", "10:00"]}', None),
        ('{hours = ["08:00", "09:59"]}', "hours"),
        ('{hours = ["09:59", "10:00"]}', None),
        ('{hours = ["22:00", "10:00"]}', None),
        ('{hours = ["22:00", "09:00"]}', "hours"),
        ('{hours = ["00:00", "24:00"]}', None),
        ('{channels = ["till"]}', None),
        ('{channels = ["site"]}', "channels"),
        ('{stores = ["msk-1", "msk-2"]}', None),
        ('{stores = ["msk-2"]}', "stores"),
        ('{codes = ["SPRING", "SUMMER"]}', None),
        ('{codes = ["spring"]}', "codes"),
        ("{min_total_kop = 10000}", None),
        ("{min_total_kop = 10001}", "min_total_kop"),
        ('{weekdays = [1], hours = ["11:00", "12:00"]}', "hours"),
    ],
)
def test_conditions_of_the_moment_and_the_basket(till, when, failed):
    found = holds(till, when, store="msk-1", channel="till", codes=["SPRING"])
    assert found == (failed and ("condition", failed))


def test_the_date_is_that_of_the_stores_own_offset(till):
    late = "2026-11-23T23:30:00-05:00"  # already Tuesday in UTC
    assert holds(till, "{weekdays = [1]}", at=late) is None
    assert holds(till, '{hours = ["23:00", "01:00"]}', at=late) is None


def test_without_a_moment_no_rule_bound_to_time_holds(till):
    assert holds(till, '{from = "2020-01-01"}', at=None) == ("condition", "from")


@pytest.mark.parametrize(
    ("when", "customer", "failed"),
    [
        ('{segments = ["vip", "staff"]}', {"segments": ["staff"]}, None),
        ('{segments = ["vip"]}', {"segments": ["staff"]}, "segments"),
        ("{nth_visit = 5}", {"visits": 4}, None),
        ("{nth_visit = 5}", {"visits": 5}, "nth_visit"),
        ("{first_purchase = true}", {"visits": 0}, None),
        ("{first_purchase = true}", {"visits": 1}, "first_purchase"),
        ("{first_purchase = true}", {"visits": 1, "first_purchase": True}, None),
        ("{first_purchase = true}", {"visits": 0, "first_purchase": False}, "first_purchase"),
        ("{first_purchase = false}", {"visits": 9}, None),
    ],
)
def test_conditions_of_the_customer(till, when, customer, failed):
    assert holds(till, when, customer) == (failed and ("condition", failed))


@pytest.mark.parametrize("when", ['{segments = ["vip"]}', "{nth_visit = 1}", "{birthday = [3, 3]}"])
def test_a_condition_of_the_customer_without_one(till, when):
    assert holds(till, when)[0] == "no customer"


@pytest.mark.parametrize(
    ("today", "born", "inside"),
    [
        ("2026-03-03", "1990-02-28", True),
        ("2026-03-04", "1990-02-28", False),
        ("2026-02-26", "1990-02-28", True),
        ("2026-02-25", "1990-02-28", False),
        ("2026-01-02", "1990-12-30", True),  # the birthday of last year
        ("2026-12-30", "1990-01-01", True),  # of next year
        ("2026-03-03", "1992-02-29", True),  # 28 February in a common year
        ("2026-03-04", "1992-02-29", False),
        ("2028-03-05", "1992-02-29", True),
        ("2028-02-26", "1992-02-29", False),
    ],
)
def test_birthday_two_days_before_and_three_four_five_after(till, today, born, inside):
    after = 5 if today.startswith("2028") else 3
    found = holds(till, f"{{birthday = [2, {after}]}}", {"birthday": born}, at=f"{today}T12:00:00+03:00")
    assert (found is None) == inside


def test_scopes(till):
    lines = [
        till.line("a", 1000, sku="4601", name="Кофе", category="drinks"),
        till.line("b", 1000, sku="", name="КОФЕЙНИК"),
        till.line("c", 1000, flags=["no_discount"], name="кофе"),
    ]
    for scope, expected in [
        ('{names = ["кофе*"]}', [100, 100, 0]),
        ('{categories = ["other"]}', [0, 100, 0]),
        ('{not_categories = ["other"]}', [100, 0, 0]),
        ('{skus = ["46??"]}', [100, 0, 0]),
        ('{ids = ["b"], names = ["кофе*"]}', [0, 100, 0]),
    ]:
        priced = till.price(till.rule("r", "item_percent", bp=1000, scope=scope), lines)
        assert till.given(priced, "r") == expected, scope


def test_only_undiscounted_does_not_count_rounding(till):
    rules = till.rule("a-round", "round_total", to_kop=100, phase=1)
    rules += till.rule("b", "item_amount", kop=100, scope='{ids = ["2"]}')
    rules += till.rule("c", "item_amount", kop=10, scope="{only_undiscounted = true}", priority=200)
    priced = till.price(rules, till.lines(5050, 5000))
    assert till.given(priced, "c") == [10, 0]


def test_a_line_barred_from_discounts_is_in_no_base_and_no_minimum(till):
    lines = [till.line(1, 10000), till.line(2, 90000, flags=["no_discount"])]
    assert holds(till, "{min_total_kop = 10001}", lines=lines) == ("condition", "min_total_kop")
    priced = till.price(till.rule("r", "receipt_percent", bp=1000), lines)
    assert till.given(priced, "r") == [1000, 0]


def test_nothing_in_scope(till):
    priced = till.price(till.rule("r", "receipt_amount", kop=1, scope='{ids = ["9"]}'), till.lines(1))
    assert till.skipped(priced)["r"]["reason"] == "not in scope"
