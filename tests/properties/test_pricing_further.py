"""Scopes as bits, prepayments, parts, several programs, points by rules: whatever the rules and the basket."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from pos_agent.rules import answer, basket
from pos_agent.rules.accrue import AccrualLine
from pos_agent.rules.layout import lay_out, told
from pos_agent.rules.matcher import Matcher
from pos_agent.rules.parse import parse
from pos_agent.rules.price import price
from pos_agent.rules.scope import BlacklistEntry, Scope

LETTERS = st.text("abA4*?[", min_size=1, max_size=4)
TEXTS = st.text("abAB4[", max_size=4)
LISTS = st.lists(LETTERS, max_size=2).map(tuple)
SCOPES = st.builds(
    Scope,
    ids=st.lists(st.sampled_from(["1", "2"]), max_size=1).map(tuple),
    skus=LISTS,
    names=LISTS,
    gtins=LISTS,
    barcodes=LISTS,
    categories=st.lists(st.sampled_from(["x", "y", "other"]), max_size=2).map(tuple),
    not_categories=st.lists(st.sampled_from(["x", "y", "other"]), max_size=1).map(tuple),
    min_micro=st.sampled_from([0, 0, 2_000_000]),
)
GOODS = st.builds(
    AccrualLine,
    id=st.sampled_from(["1", "2", "3"]),
    name=TEXTS,
    net_kop=st.just(1),
    sku=TEXTS,
    gtin=TEXTS,
    barcode=TEXTS,
    category=st.sampled_from(["", "x", "y", "z"]),
    quantity_micro=st.sampled_from([0, 1_000_000, 2_000_000]),
)
ENTRIES = st.builds(
    BlacklistEntry, id=st.just("e"), flags=st.just(frozenset({"no_spend"})), names=LISTS, skus=LISTS, gtins=LISTS,
    barcodes=LISTS, categories=st.lists(st.sampled_from(["x", "other"]), max_size=1).map(tuple),
)  # fmt: skip


@given(scopes=st.lists(SCOPES, max_size=5), entries=st.lists(ENTRIES, max_size=3), line=GOODS)
def test_bits_say_what_scopes_and_entries_say(scopes, entries, line):
    matcher = Matcher(scopes, entries)
    assert [bool(matcher.scopes_of(line) >> n & 1) for n in range(len(scopes))] == [one.matches(line) for one in scopes]
    found = matcher.entries_of(line)
    assert [bool(found >> n & 1) for n in range(len(entries))] == [one.matches(line) for one in entries]


@given(
    amount=st.integers(0, 3000),
    lines=st.lists(st.tuples(st.integers(0, 900), st.integers(0, 900)), min_size=1, max_size=6),
)
def test_the_told_layout_is_the_layout(amount, lines):
    weights, rooms = [weight for weight, _ in lines], [room for _, room in lines]
    parts = [part for _, _, part, _ in told(amount, weights, rooms)]
    assert parts == list(lay_out(amount, weights, rooms))
    assert sum(parts) == min(amount, sum(room for weight, room in lines if weight))


@st.composite
def receipts(draw):
    """A program with points by rules, two currencies, prepayments and parts."""
    rules = []
    for number in range(draw(st.integers(0, 5))):
        kind = draw(st.sampled_from(["item_percent", "cashback", "points_per_full", "points_amount", "n_plus_m"]))
        one = {"id": f"r{number}", "kind": kind, "scope": draw(st.sampled_from([{}, {"categories": ["a"]}]))}
        if kind in ("item_percent", "cashback"):
            one["bp"] = draw(st.integers(0, 3000))
        if kind.startswith("points"):
            one |= {"pt": draw(st.integers(1, 500)), "program": draw(st.sampled_from(["p", "q"]))}
        if kind == "points_per_full":
            one["per_kop"] = draw(st.integers(1, 5000))
        if kind == "cashback":
            one["mode"] = draw(st.sampled_from(["add", "replace"]))
        if kind == "n_plus_m":
            one |= {"buy": 1, "free": 1}
        rules.append(one)
    spends = {"cap_bp": draw(st.integers(0, 10_000)), "step_pt": draw(st.sampled_from([1, 100]))}
    program = {
        "program": {"id": "p", "name": "P", "gift_lines": draw(st.booleans())},
        "accrue": {"bp": draw(st.integers(0, 1000)), "accrue_on": draw(st.sampled_from(["use", "sale"]))},
        "spend": spends,
        "programs": [{"id": "q", "name": "Q", "kop_per_pt": [3, 2], "accrue": {"bp": 100}, "spend": spends}],
        "rule": rules,
    }
    lines = [
        {"id": str(n), "price_kop": draw(st.integers(0, 9000)), "qty": draw(st.sampled_from(["1", "3", "0.5", "2.25"])),
         "category": draw(st.sampled_from(["a", "b"])), "part": draw(st.sampled_from(["x", "y"]))}
        for n in range(draw(st.integers(1, 5)))
    ]  # fmt: skip
    payments = draw(
        st.lists(
            st.one_of(
                st.builds(lambda kop, kind: {"kind": kind, "sum_kop": kop}, st.integers(0, 9000),
                          st.sampled_from(["certificate", "deposit", "card", "cash"])),
                st.builds(lambda units: {"kind": "abonement", "units": units, "scope": {"categories": ["a"]}},
                          st.sampled_from(["1", "2", "0.7"])),
            ),
            max_size=4,
        )
    )  # fmt: skip
    customer = {"id": "c", "balance_pt": 4000, "programs": {"q": {"balance_pt": 3000, "spend": "max"}}}
    return program, {"lines": lines, "payments": payments, "customer": customer, "spend": "max"}


def priced(program, offered):
    return price(parse(json.dumps(program), "json"), basket.read(offered))


@given(receipt=receipts())
def test_parts_payments_and_programs_add_up_to_the_receipt(receipt):
    program, offered = receipt
    found = priced(program, offered)
    (other,), totals = found.programs, found.totals
    assert totals.points_kop == totals.points_pt + other.spent_kop
    assert other.spent_kop * 2 == other.spent_pt * 3
    assert sum(other.accrued_by_line_pt) == other.accrued_pt
    assert sum(other.spent_by_line_pt) == other.spent_pt
    for line in found.lines:
        assert sum(item.sum_kop for item in line.items) == line.net_kop >= 0
        assert line.net_kop + line.points_kop + sum(line.discounts.values()) == line.gross_kop
    for one in found.paid.offsets:
        assert all(0 <= kop <= line.net_kop for kop, line in zip(one.by_line_kop, found.lines, strict=True))
    assert found.paid.due_kop + sum(one.sum_kop for one in found.paid.offsets) == totals.payable_kop
    for name in ("gross_kop", "payable_kop", "points_pt", "points_kop", "accrued_pt", "discount_kop"):
        assert sum(getattr(part, name) for part in found.parts) == getattr(totals, name)
    for part in found.parts:
        taken = sum(kop for _, kop in (*part.offsets, *part.payments))
        assert taken + part.short_kop == part.payable_kop
        assert part.short_kop >= 0


@given(receipt=receipts())
def test_prepayments_move_nothing_but_what_is_due(receipt):
    program, offered = receipt
    program["accrue"]["accrue_on"] = "use"
    bare = priced(program, {**offered, "payments": []})
    assert priced(program, offered).lines == bare.lines


@given(receipt=receipts(), order=st.data())
def test_no_order_in_the_file_means_anything(receipt, order):
    program, offered = receipt
    turned = {**program, "rule": order.draw(st.permutations(program["rule"]))}
    assert answer.to_json(priced(program, offered)) == answer.to_json(priced(turned, offered))
