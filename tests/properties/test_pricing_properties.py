"""Whatever the rules and the basket: sums, floors, caps, fiscal items, order of files and lines.

The checks count with Decimal and by trying every possibility; none of them calls the engine's own arithmetic.
"""

from __future__ import annotations

import json
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from pos_agent.rules import answer, basket
from pos_agent.rules.parse import parse
from pos_agent.rules.price import price

KINDS = ("item_percent", "item_amount", "item_price", "receipt_percent", "receipt_amount", "card_percent")
SETS = ("n_plus_m", "cheapest_percent", "free_units", "buy_x_get_y", "punch_card")
QUANTITIES = st.one_of(
    st.integers(1, 12).map(str),
    st.integers(1, 9_999_999).map(lambda micro: str(Decimal(micro).scaleb(-6))),
)
TERMS = {
    "item_amount": {"kop": st.integers(0, 5000)},
    "item_price": {"kop": st.integers(0, 9000)},
    "receipt_amount": {"kop": st.integers(0, 20_000)},
    "round_total": {"to_kop": st.integers(1, 10_000)},
    "n_plus_m": {"buy": st.integers(1, 3), "free": st.integers(1, 2)},
    "buy_x_get_y": {"buy": st.integers(1, 3), "get": st.integers(1, 2)},
    "free_units": {"units": st.integers(1, 4)},
    "punch_card": {"every": st.integers(1, 5)},
}
PERCENT = {"bp": st.integers(0, 10_000)}


def half_up(exact: Decimal) -> int:
    return int(exact.to_integral_value(ROUND_HALF_UP))


def gross_of(line) -> int:
    return half_up(line["price_kop"] * Decimal(line["qty"]))


@st.composite
def lines(draw, least=1, most=5):
    found = []
    for number in range(draw(st.integers(least, most))):
        flags = draw(st.sets(st.sampled_from(["no_discount", "no_spend", "no_accrue"]), max_size=1))
        found.append(
            {
                "id": f"l{number}",
                "price_kop": draw(st.one_of(st.integers(0, 20_000), st.sampled_from([100, 1000, 1005]))),
                "qty": draw(QUANTITIES),
                "category": draw(st.sampled_from(["a", "b", ""])),
                "flags": sorted(flags),
                "floor_kop": draw(st.sampled_from([0, 0, 1, 90, 5000])),
            }
        )
    return found


@st.composite
def rule(draw, number, kinds=(*KINDS, *SETS, "tier_percent", "round_total")):
    kind = draw(st.sampled_from(kinds))
    found = {"id": f"r{number}", "kind": kind}
    if kind == "tier_percent":
        found["tiers"] = [{"name": "one", "from_kop": 0, "bp": draw(st.integers(0, 20_000))}]
    else:
        found |= {key: draw(value) for key, value in TERMS.get(kind, PERCENT).items()}
    found["priority"] = draw(st.integers(0, 3))
    found["base"] = draw(st.sampled_from(["net", "gross"]))
    found["exclusive"] = draw(st.sampled_from([False, False, False, True]))
    found["scope"] = draw(st.sampled_from([{}, {"categories": ["a"]}, {"only_undiscounted": True}]))
    if draw(st.booleans()):
        group = draw(st.sampled_from(["best", "first", "all"]))
        found |= {"group": group, "group_policy": group, "phase": 3}
    return found


@st.composite
def programs(draw):
    found = {
        "program": {"id": "p", "name": "P", "kop_per_pt": draw(st.sampled_from([[1, 1], [1, 1], [2, 3], [10, 1]]))},
        "rule": [draw(rule(number)) for number in range(draw(st.integers(0, 5)))],
        "accrue": {"bp": draw(st.integers(0, 2000)), "step_pt": draw(st.sampled_from([1, 100]))},
        "spend": {
            "cap_bp": draw(st.integers(0, 10_000)),
            "step_pt": draw(st.sampled_from([1, 7, 100])),
            "min_money_kop": draw(st.sampled_from([0, 100])),
            "not_on_discounted": draw(st.booleans()),
        },
    }
    if draw(st.booleans()):
        found["program"]["max_discount_bp"] = draw(st.integers(0, 10_000))
    found["program"]["min_unit_kop"] = draw(st.sampled_from([0, 0, 1, 50]))
    return found


CUSTOMERS = st.fixed_dictionaries(
    {"id": st.just("c"), "balance_pt": st.integers(0, 50_000), "stamps": st.just({"r0": 3, "r1": -2})}
)


def priced(program, offered, **keys):
    return price(parse(json.dumps(program), "json"), basket.read({"lines": offered, **keys}))


@given(program=programs(), offered=lines(), customer=CUSTOMERS, spend=st.sampled_from(["max", "none"]))
def test_a_receipt_adds_up(program, offered, customer, spend):
    found = priced(program, offered, customer=customer, spend=spend)
    for line, sold in zip(offered, found.lines, strict=True):
        assert sold.gross_kop == gross_of(line)
        assert sold.net_kop == sold.gross_kop - sum(sold.discounts.values()) - sold.points_kop
        assert all(kop > 0 for kop in sold.discounts.values())
        assert sum(item.sum_kop for item in sold.items) == sold.net_kop
        assert sum(item.quantity_micro for item in sold.items) == int(Decimal(line["qty"]).scaleb(6))
        if "no_discount" in line["flags"]:
            assert not sold.discounts
        if "no_spend" in line["flags"]:
            assert sold.points_pt == 0
    totals = found.totals
    assert totals.payable_kop == totals.gross_kop - totals.discount_kop - totals.points_kop
    assert totals.payable_kop == sum(item.sum_kop for line in found.lines for item in line.items)
    assert set(found.applied) == {rule for line in found.lines for rule in line.discounts}
    rounding = {rule["id"] for rule in program["rule"] if rule["kind"] == "round_total"}
    bounded = sum(kop for line in found.lines for rule, kop in line.discounts.items() if rule not in rounding)
    assert bounded * 10_000 <= program["program"].get("max_discount_bp", 10_000) * totals.gross_kop


@given(program=programs(), offered=lines(), customer=CUSTOMERS)
def test_every_item_is_price_times_quantity_between_floor_and_catalogue_price(program, offered, customer):
    found = priced(program, offered, customer=customer, spend="max")
    least = program["program"]["min_unit_kop"]
    for line, sold in zip(offered, found.lines, strict=True):
        floor = min(max(line["floor_kop"], least), line["price_kop"])
        assert len(sold.items) in (1, 2)
        for item in sold.items:
            assert item.sum_kop == half_up(item.price_kop * Decimal(item.quantity_micro).scaleb(-6))
            assert item.quantity_micro > 0
            assert floor <= item.price_kop <= line["price_kop"]
        untouched = not sold.discounts and not sold.points_kop
        assert not untouched or [item.price_kop for item in sold.items] == [line["price_kop"]]


@given(program=programs(), offered=lines(), customer=CUSTOMERS)
def test_points_never_exceed_the_balance_the_cap_the_money_minimum_and_whole_steps(program, offered, customer):
    found = priced(program, offered, customer=customer, spend="max")
    before = priced(program, offered, customer=customer)
    a, b = program["program"]["kop_per_pt"]
    spend, totals = program["spend"], found.totals
    assert totals.points_pt <= customer["balance_pt"]
    assert totals.points_pt % spend["step_pt"] == 0
    assert totals.points_pt * a == totals.points_kop * b
    allowed = [
        net.net_kop
        for line, net in zip(offered, before.lines, strict=True)
        if "no_spend" not in line["flags"]
        and not (spend["not_on_discounted"] and set(net.discounts) - rounding_rules(program))
    ]
    assert totals.points_kop * 10_000 <= spend["cap_bp"] * sum(allowed)
    assert totals.points_kop == 0 or totals.payable_kop >= spend["min_money_kop"]


def rounding_rules(program) -> set[str]:
    return {rule["id"] for rule in program["rule"] if rule["kind"] == "round_total"}


@given(offered=lines(most=3), balance=st.integers(0, 300), cap=st.integers(0, 10_000), rate=st.data())
def test_as_many_points_as_fit_no_fewer(offered, balance, cap, rate):
    a, b = rate.draw(st.sampled_from([(1, 1), (2, 3), (5, 2)]))
    step = rate.draw(st.integers(1, 9))
    program = {"program": {"id": "p", "name": "P", "kop_per_pt": [a, b]}, "spend": {"cap_bp": cap, "step_pt": step}}
    found = priced(program, offered, customer={"id": "c", "balance_pt": balance}, spend="max")
    open_lines = [line for line in offered if "no_spend" not in line["flags"]]
    base = sum(gross_of(line) for line in open_lines)
    room = sum(max(0, gross_of(line) - least_sum(line)) for line in open_lines)
    fits = [
        points
        for points in range(balance + 1)
        if points % step == 0
        and points * a % b == 0
        and points * a <= room * b
        and points * a * 10_000 <= cap * base * b
    ]
    assert found.spent_pt == max(fits)


def least_sum(line) -> int:
    exact = Fraction(line["floor_kop"]) * Fraction(line["qty"])
    return -(-exact.numerator // exact.denominator)


@given(program=programs(), offered=lines(), customer=CUSTOMERS, shuffled=st.data())
def test_the_order_of_rules_in_the_file_means_nothing_and_the_same_input_gives_the_same_bytes(
    program, offered, customer, shuffled
):
    told = answer.to_json(priced(program, offered, customer=customer, spend="max"))
    other = {**program, "rule": shuffled.draw(st.permutations(program["rule"]))}
    again = answer.to_json(priced(other, offered, customer=customer, spend="max"))
    assert json.dumps(told, sort_keys=True) == json.dumps(again, sort_keys=True)
    assert told["hash"] == again["hash"]
    json.dumps(told, allow_nan=False)


@given(found=st.data(), offered=lines(least=2))
def test_permuting_lines_moves_only_tied_kopecks(found, offered):
    one = found.draw(rule(0, KINDS))
    program = {"program": {"id": "p", "name": "P"}, "rule": [one], "spend": {"cap_bp": 3000}}
    customer = {"id": "c", "balance_pt": 10**6}
    straight = priced(program, offered, customer=customer)
    turned = priced(program, found.draw(st.permutations(offered)), customer=customer)
    assert straight.totals == turned.totals
    by_id = {line.id: line.net_kop for line in turned.lines}
    allowed = 1 if one["kind"].startswith("receipt") else 0
    assert all(abs(line.net_kop - by_id[line.id]) <= allowed for line in straight.lines)
    same = [line for line in straight.lines if line.net_kop == by_id[line.id]]
    weights = [line.gross_kop for line in straight.lines if line not in same]
    assert not weights or any(weights.count(weight) > 1 for weight in weights), "only equal lines may swap a kopeck"


@given(found=st.data(), offered=lines(least=2))
def test_a_best_group_gives_what_its_best_member_gives_alone(found, offered):
    members = [found.draw(rule(number)) | {"group": "g", "group_policy": "best", "phase": 2} for number in range(3)]
    customer = {"id": "c"}
    head = {"program": {"id": "p", "name": "P", "max_discount_bp": 4000}}
    together = priced({**head, "rule": members}, offered, customer=customer)
    alone = {one["id"]: priced({**head, "rule": [one]}, offered, customer=customer) for one in members}
    assert together.totals.discount_kop == max(single.totals.discount_kop for single in alone.values())
    assert len(together.applied) == (together.totals.discount_kop > 0)
    if together.applied:
        assert together.lines == alone[together.applied[0]].lines


@given(offered=lines(), rates=st.lists(st.tuples(st.integers(0, 10_000), st.booleans()), max_size=4))
def test_percent_rules_cascade_line_by_line(offered, rates):
    rules = [
        {"id": f"r{number}", "kind": "item_percent", "bp": bp, "base": "gross" if gross else "net"}
        for number, (bp, gross) in enumerate(rates)
    ]
    found = priced({"program": {"id": "p", "name": "P"}, "rule": rules}, offered)
    for line, sold in zip(offered, found.lines, strict=True):
        net = gross_of(line)
        for bp, gross in rates if "no_discount" not in line["flags"] else []:
            wanted = half_up(Decimal((gross_of(line) if gross else net) * bp) / 10_000)
            net -= max(0, min(wanted, net - least_sum(line)))
        assert sold.net_kop == net


@given(offered=lines(least=2), caps=st.lists(st.integers(0, 10_000), min_size=2, max_size=2), step=st.integers(1, 200))
def test_a_higher_cap_never_raises_what_is_paid(offered, caps, step):
    low, high = (
        priced(
            {"program": {"id": "p", "name": "P"}, "spend": {"cap_bp": cap, "step_pt": step}},
            offered,
            customer={"id": "c", "balance_pt": 10**6},
            spend="max",
        )
        for cap in sorted(caps)
    )
    assert high.totals.payable_kop <= low.totals.payable_kop
