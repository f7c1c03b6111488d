"""Prepayments, parts of one basket, further programs, migrations (loyalty rules, sections 3.4, 5 and 6)."""

import pytest

from pos_agent.rules import basket
from pos_agent.rules.basket import BasketError
from pos_agent.rules.parse import parse
from pos_agent.rules.price import price
from pos_agent.rules.returns import certificate_part, return_part

SERVICE = {"categories": ["service"]}


def offsets(priced):
    return [(one.kind, one.by_line_kop, one.units_micro) for one in priced.paid.offsets]


def test_abonement_certificate_deposit_then_money_whatever_the_order_given(till):
    lines = [till.line(1, 10001, "3", category="service"), till.line(2, 5000)]
    pays = [
        {"kind": "cash", "sum_kop": 99999},
        {"kind": "deposit", "id": "D", "sum_kop": 1000},
        {"kind": "certificate", "id": "S", "sum_kop": 15000},
        {"kind": "abonement", "id": "A", "units": "2", "scope": SERVICE},
    ]
    priced = till.price("", lines, payments=pays)
    assert offsets(priced) == [
        ("abonement", (20002, 0), 2_000_000),
        ("certificate", (10000, 5000), 0),  # 15 000 of the 15 001 that are due
        ("deposit", (1, 0), 0),
    ]
    assert priced.paid.due_kop == 0
    assert priced.totals.payable_kop == 35003


def test_k_of_q_units_are_worth_the_whole_part_and_two_abonements_the_exact_rest(till):
    lines = [till.line(1, 3333, "3", category="service")]
    pays = [{"kind": "abonement", "units": "1", "scope": SERVICE}, {"kind": "abonement", "units": "5"}]
    priced = till.price(till.rule("r", "receipt_amount", kop=100), lines, payments=pays)
    assert offsets(priced) == [("abonement", (3299,), 1_000_000), ("abonement", (6600,), 2_000_000)]
    assert priced.lines[0].net_kop == 9899


def test_an_abonement_takes_earlier_lines_first_and_its_scope_only(till):
    lines = [till.line(1, 100), till.line(2, 500, "2", category="service"), till.line(3, 700, category="service")]
    priced = till.price("", lines, payments=[{"kind": "abonement", "units": "2.5", "scope": SERVICE}])
    assert offsets(priced) == [("abonement", (0, 1000, 350), 2_500_000)]


def test_prepayments_change_no_price_no_points_and_no_item(till):
    rules = till.rule("r", "receipt_percent", bp=1000) + "[spend]\ncap_bp = 5000\n[accrue]\nbp = 500"
    asks = {"balance": 2000, "spend": "max"}
    with_certificate = till.price(
        rules, till.lines(1999, 3001), payments=[{"kind": "certificate", "sum_kop": 900}], **asks
    )
    plain = till.price(rules, till.lines(1999, 3001), **asks)
    assert with_certificate.lines == plain.lines
    assert (with_certificate.paid.due_kop, plain.paid.due_kop) == (1600, 2500)


@pytest.mark.parametrize(("accrue_on", "goods", "sale"), [("use", 100, 0), ("sale", 60, 100)])
def test_goods_or_their_certificates_earn_never_both(till, accrue_on, goods, sale):
    rules = f'[accrue]\nbp = 1000\naccrue_on = "{accrue_on}"'
    bought = till.price(rules, till.lines(1000), balance=0, payments=[{"kind": "certificate", "sum_kop": 400}])
    assert bought.totals.accrued_pt == goods
    sold = till.price(rules, [till.line(1, 1000, sells="certificate")], balance=0)
    assert sold.totals.accrued_pt == sale


def test_what_goes_back_to_a_certificate_ends_at_what_it_paid():
    back = [certificate_part(1000, 2999, done, now) for done, now in [(0, 1000), (1000, 999), (1999, 1000)]]
    assert back == [333, 333, 334]
    with pytest.raises(ValueError, match="cannot return"):
        certificate_part(1000, 2999, 2999, 1)


def test_parts_sum_up_to_the_receipt_and_money_fills_them_cash_last(till):
    lines = [till.line(1, 601, part="b"), till.line(2, 300, part="a"), till.line(3, 299, part="b")]
    pays = [{"kind": "cash", "sum_kop": 5000}, {"kind": "card", "sum_kop": 850}]
    priced = till.price(till.rule("r", "receipt_amount", kop=100), lines, payments=pays)
    b, a = priced.parts
    assert (b.name, b.lines, a.name, a.lines) == ("b", (0, 2), "a", (1,))
    assert b.payable_kop + a.payable_kop == priced.totals.payable_kop == 1100
    assert b.discount_kop + a.discount_kop == 100
    assert (b.payments, a.payments) == (
        (("card", b.payable_kop),),
        (("card", 850 - b.payable_kop), ("cash", a.payable_kop - 850 + b.payable_kop)),
    )
    assert b.short_kop == a.short_kop == 0


def test_money_that_is_short_is_told_and_no_payment_is_all_cash(till):
    lines = [till.line(1, 600, part="b"), till.line(2, 300, part="a")]
    short = till.price("", lines, payments=[{"kind": "card", "sum_kop": 700}]).parts
    assert [part.short_kop for part in short] == [0, 200]
    assert [part.payments for part in till.price("", lines).parts] == [(("cash", 600),), (("cash", 300),)]
    assert till.price("", till.lines(100)).parts == ()


def test_a_part_comes_back_as_it_was_registered(till):
    mapping = {"lines": [till.line(1, 9990, "3", part="b"), till.line(2, 300, part="a")]}
    rules, offered = till.rules(till.rule("r", "receipt_amount", kop=100)), basket.read(mapping)
    priced = price(rules, offered)
    (line,) = return_part(priced, offered, "b")
    assert (line.money_kop, line.items) == (priced.lines[0].net_kop, priced.lines[0].items)
    with pytest.raises(ValueError, match="no part"):
        return_part(priced, offered, "c")


STARS = """
[accrue]
bp = 1000
[spend]
[[programs]]
id = "zz"
name = "Z"
accrue = { bp = 100, when_spent = "none" }
spend = { cap_bp = 5000 }
[[programs]]
id = "aa"
name = "A"
kop_per_pt = [10, 1]
spend = { step_pt = 3 }
"""


def test_programs_spend_in_turn_from_what_is_left_and_accrue_from_what_is_paid(till):
    customer = {"id": "c", "balance_pt": 400, "programs": {
        "aa": {"balance_pt": 20, "spend": "max"}, "zz": {"balance_pt": 9999, "spend": "max"}}}  # fmt: skip
    priced = till.price(STARS, till.lines(600, 400), customer=customer, spend="max")
    aa, zz = priced.programs
    assert (priced.totals.points_pt, aa.program, zz.program) == (400, "aa", "zz")
    assert (aa.spent_pt, aa.spent_kop) == (18, 180)  # whole steps of three
    assert (zz.spent_pt, zz.spent_kop) == (210, 210)  # half of 1000 - 400 - 180
    assert priced.totals.payable_kop == 210
    assert (priced.totals.accrued_pt, aa.accrued_pt, zz.accrued_pt) == (21, 0, 0)
    assert sum(zz.spent_by_line_pt) == 210
    assert [line.net_kop + line.points_kop for line in priced.lines] == [600, 400]
    assert all(sum(item.sum_kop for item in line.items) == line.net_kop for line in priced.lines)


def test_a_rule_gives_points_of_the_program_it_names(till):
    rules = STARS + till.rule("r", "cashback", bp=500, program='"zz"') + till.rule("s", "points_amount", pt=7)
    priced = till.price(rules, till.lines(1000), customer={"id": "c"})
    assert (priced.totals.accrued_pt, priced.programs[1].accrued_pt) == (107, 60)


@pytest.mark.parametrize(("day", "discount", "earned"), [("2026-12-31", 100, 0), ("2027-01-01", 0, 50)])
def test_a_dated_migration_from_a_discount_to_points(till, day, discount, earned):
    rules = till.rule("card", "card_percent", bp=1000) + "[accrue]\nbp = 500\n"
    rules += '[[migration]]\non = "2027-01-01"\nold = ["card"]\nnew = ["p"]'
    priced = till.price(rules, till.lines(1000), balance=0, at=f"{day}T23:59:59+03:00")
    assert (priced.totals.discount_kop, priced.totals.accrued_pt) == (discount, earned)


def test_old_points_may_outlive_their_earning(till):
    rules = "[accrue]\nbp = 500\n[spend]\n[[migration]]\non = '2027-01-01'\nold = ['p']\nparts = ['accrue']"
    priced = till.price(rules, till.lines(1000), balance=300, spend="max", at="2027-06-01T10:00:00+03:00")
    assert (priced.spent_pt, priced.totals.accrued_pt) == (300, 0)


def test_dated_sections_need_a_date(till):
    rules = '[accrue]\nbp = 500\nfrom = "2026-01-01"\n[spend]\nto = "2030-01-01"'
    priced = till.price(rules, till.lines(1000), balance=300, spend="max")
    assert (priced.spent_pt, priced.totals.accrued_pt) == (0, 0)


def test_a_price_above_a_maximum_is_refused_and_floors_by_volume_hold(till):
    text = '[[blacklist]]\nid = "m"\nskus = ["9*"]\nmax_kop = 1000\n[[blacklist]]\npreset = "vodka"\n'
    with pytest.raises(BasketError) as caught:
        till.price(text, [till.line(1, 1000, sku="91"), till.line(2, 1001, sku="92")])
    assert [(found.path, found.code) for found in caught.value.problems] == [("lines[1].price_kop", "max_price")]
    rules = text + till.rule("r", "item_percent", bp=5000)
    bottle = [till.line(1, 50000, "2", name="Водка", volume_ml=700)]
    for at, net in [("2026-01-01T10:00:00+03:00", 100000), ("2025-12-31T10:00:00+03:00", 50000)]:
        assert till.price(rules, bottle, at=at).lines[0].net_kop == net  # 572.60 for 0.7 l is above the shelf price
    half = [till.line(1, 50000, name="Водка", volume_ml=500)]
    assert till.price(rules, half, at="2026-01-01T10:00:00+03:00").lines[0].net_kop == 40900


def test_a_minimum_by_volume_without_the_volume_keeps_the_price_on_the_shelf(till):
    rules = '[[blacklist]]\npreset = "vodka"\n[spend]\n[accrue]\nbp = 100\n' + till.rule("r", "item_percent", bp=5000)
    at = "2026-01-01T10:00:00+03:00"
    priced = till.price(rules, [till.line(1, 50000, name="Водка")], at=at, balance=9999, spend="max")
    assert (priced.totals.payable_kop, priced.totals.accrued_pt) == (50000, 500)


def test_presets_are_part_of_the_hash():
    text = '[program]\nid = "p"\nname = "P"\n[[blacklist]]\npreset = "vodka"'
    alone = parse(text)
    assert alone.blacklist[0].floor_per_litre_kop == 81800
    assert alone.blacklist[0].source
    assert alone.hash != parse(text.replace("vodka", "cognac")).hash
