"""The newer conditions one by one, and phase 8: points by rules, coupons, notes, experiments."""

import hashlib

import pytest

from pos_agent.rules.calendars import Experiment

C = {"id": "c"}
HELD = [
    ({"registers": '["t1"]'}, {"register": "t1"}, {"register": "t2"}),
    ({"deliveries": '["pickup"]'}, {"delivery": "pickup"}, {}),
    ({"partners": '["gym"]'}, {"partner": "gym"}, {"partner": "spa"}),
    ({"payments": '["sbp"]'}, {"payments": [{"kind": "sbp", "sum_kop": 1}, {"kind": "cash", "sum_kop": 1}]}, {}),
    ({"only_payments": '["sbp"]'}, {"payments": [{"kind": "sbp", "sum_kop": 1}]},
     {"payments": [{"kind": "sbp", "sum_kop": 1}, {"kind": "cash", "sum_kop": 1}]}),
    ({"only_payments": '["sbp"]'}, {"payments": [{"kind": "sbp", "sum_kop": 1}]}, {}),
    ({"nth_receipt": 3}, {"receipts_today": 2}, {"receipts_today": 3}),
    ({"visit_numbers": "[2]"}, {"customer": {**C, "visits": 1}}, {"customer": {**C, "visits": 2}}),
    ({"visits_today": "[1]"}, {"customer": {**C, "visits_today": 0}}, {"customer": {**C, "visits_today": 1}}),
    ({"calendars": '["h"]'}, {"at": "2027-01-08T23:59:00+03:00"}, {"at": "2027-01-09T00:00:00+03:00"}),
    ({"calendars": '["h"]'}, {"at": "2030-03-08T10:00:00+03:00"}, {}),
    ({"not_calendars": '["h"]'}, {"at": "2027-01-09T10:00:00+03:00"}, {"at": "2027-01-01T10:00:00+03:00"}),
    ({"not_calendars": '["h"]'}, {"at": "2027-01-09T10:00:00+03:00"}, {}),
    ({"min_total_kop": 1000}, {}, None),
    ({"max_total_kop": 1000}, {}, None),
    ({"min_qty": '"1"'}, {}, None),
    ({"max_qty": '"1"'}, {}, None),
]  # fmt: skip
CALENDAR = '[[calendar]]\nid = "h"\ndates = ["2026-12-31", "2027-01-01/2027-01-08"]\nyearly = ["03-08"]\n'


@pytest.mark.parametrize(("when", "holds", "fails"), HELD)
def test_a_condition_holds_and_fails(till, when, holds, fails):
    said = "{" + ", ".join(f"{key} = {value}" for key, value in when.items()) + "}"
    rules = CALENDAR + till.rule("r", "item_amount", kop=100, when=said)
    assert till.price(rules, till.lines(1000), **holds).applied == ("r",)
    if fails is not None:
        priced = till.price(rules, till.lines(1000), **fails)
        assert priced.applied == ()
        assert till.skipped(priced)["r"]["condition"] == next(iter(when))


@pytest.mark.parametrize(
    ("when", "qty"), [("min_total_kop = 3001", "3"), ("max_total_kop = 2999", "3"), ('min_qty = "3.1"', "3"),
                      ('max_qty = "2.9"', "3")],
)  # fmt: skip
def test_bounds_look_at_the_lines_of_the_rule_together(till, when, qty):
    priced = till.price(till.rule("r", "item_amount", kop=1, when=f"{{{when}}}"), [till.line(1, 1000, qty)])
    assert till.skipped(priced)["r"]["condition"] == when.split(" ")[0]


def test_a_scope_by_quantity_barcode_and_gtin(till):
    lines = [till.line(1, 100, "2", barcode="2001"), till.line(2, 100, "3", barcode="2002", gtin="046"),
             till.line(3, 100, "3")]  # fmt: skip
    for scope, ids in [('min_qty = "3"', ["2", "3"]), ('barcodes = ["20*"]', ["1", "2"]), ('gtins = ["04*"]', ["2"])]:
        priced = till.price(till.rule("r", "item_amount", kop=1, scope=f"{{{scope}}}"), lines)
        assert [line.id for line in priced.lines if line.discounts] == ids


def test_hours_by_the_wall_clock_on_the_days_when_it_jumps(till):
    rules = till.rule("r", "item_amount", kop=1, when='{hours = ["02:00", "03:00"]}')
    zone = {"zone": "Europe/Berlin"}
    for at, held in [("2026-10-25T02:30:00+02:00", True), ("2026-10-25T02:30:00+01:00", True),
                     ("2026-03-29T01:59:00", False), ("2026-03-29T03:00:00", False)]:  # fmt: skip
        assert bool(till.price(rules, till.lines(10), at=at, **zone).applied) is held


def test_the_highest_of_two_rates_replaces_and_added_ones_come_on_top(till):
    rules = "[accrue]\nbp = 100\nmultipliers = [{num = 2}]\n"
    rules += till.rule("a", "cashback", bp=500, mode='"replace"') + till.rule("b", "cashback", bp=300, mode='"replace"')
    rules += till.rule("c", "cashback", bp=50)
    priced = till.price(rules, till.lines(1000), balance=0)
    assert priced.totals.accrued_pt == 105  # 5 % doubled, and half a per cent that is not
    accrual = next(entry for entry in priced.trace if entry["step"] == "accrual")
    assert next(step for step in accrual["steps"] if step["step"] == "line")["bp"] == 500
    plain = till.price("[accrue]\nbp = 100", till.lines(1000), balance=0)
    steps = next(entry for entry in plain.trace if entry["step"] == "accrual")["steps"]
    assert "bp" not in next(step for step in steps if step["step"] == "line")


def test_points_by_rules_keep_the_one_rounding_the_maximum_and_the_bars(till):
    rules = "[accrue]\nbp = 33\nstep_pt = 100\nmax_pt = 500\n" + till.rule("a", "points_amount", pt=70)
    lines = [till.line(1, 10000), till.line(2, 10000, flags=["no_accrue"])]
    assert till.price(rules, lines, balance=0).totals.accrued_pt == 100  # 33 + 70 is 103, in whole points 1
    assert [line.accrued_pt for line in till.price(rules, lines, balance=0).lines] == [100, 0]
    rich = rules.replace("pt = 70", "pt = 9999")
    assert till.price(rich, lines, balance=0).totals.accrued_pt == 500
    assert till.price(rich, lines).totals.accrued_pt == 0


def test_why_phase_eight_gave_nothing(till):
    rules = "[accrue]\nbp = 1\n[[codes]]\nid = 'b'\n"
    rules += till.rule("coupon", "coupon", batch='"b"') + till.rule("full", "points_per_full", pt=1, per_kop=9999)
    rules += till.rule("hint", "hint", text='"x"', up_to_kop=100) + till.rule(
        "far", "cashback", bp=1, scope='{ids=["9"]}'
    )
    skipped = till.skipped(till.price(rules, till.lines(1000), balance=0))
    assert {rule: entry["reason"] for rule, entry in skipped.items()} == {
        "coupon": "no key", "full": "nothing to give", "hint": "nothing to give", "far": "not in scope",
    }  # fmt: skip


def test_goods_without_discounts_earn_no_coupon_and_no_hint(till):
    rules = "[[codes]]\nid = 'b'\ncodes = ['X']\n" + till.rule("c", "coupon", batch='"b"')
    rules += till.rule("h", "hint", text='"{left}"', up_to_kop=1000)
    lines = [till.line(1, 900, flags=["no_discount"]), till.line(2, 300)]
    priced = till.price(rules, lines)
    assert priced.notes[0]["text"] == "7.00"
    assert priced.coupons[0]["code"] == "X"
    assert till.price(rules, lines[:1]).coupons == ()


def test_experiment_groups_by_hash_cover_their_shares():
    experiment = Experiment("e", "salt", (("a", 2000), ("b", 3000)))
    found = [experiment.group_of(f"c-{number}") for number in range(4000)]
    shares = {name: sum(group == name for _, group in found) / 4000 for name in ("a", "b", "")}
    assert abs(shares["a"] - 0.2) < 0.03
    assert abs(shares["b"] - 0.3) < 0.03
    bucket = int.from_bytes(hashlib.sha256(b"salt:c-0").digest()[:8], "big") % 10_000
    assert found[0] == (bucket, "a" if bucket < 2000 else "b" if bucket < 5000 else "")


def test_nobody_is_in_a_group_without_being_named(till):
    rules = '[[experiment]]\nid = "e"\ngroups = [{name = "a", bp = 10000}]\n'
    rules += till.rule("r", "item_amount", kop=1, when='{variants = ["e:a"]}')
    assert till.price(rules, till.lines(10), balance=0).applied == ("r",)
    assert till.skipped(till.price(rules, till.lines(10)))["r"]["reason"] == "no customer"
