"""No number on any slip is ever cut, no line is longer than the paper: every kind, long names, sums from 0 to 10^12."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.slip.slip_story import ANNA, BALANCE, RETURN, SALE, STYLE, paper, seen

from drivers.api import Text
from pos_agent.model.slip import SlipFacts, SlipKind
from pos_agent.money import plain, points, roubles
from pos_agent.printing.slip import lay_out

COLUMNS = st.sampled_from([24, 32, 36, 42, 48])
MOST = 10**12
SUMS = st.one_of(st.sampled_from([0, 1, 99, 100, 10_000, MOST, MOST + 7]), st.integers(0, MOST))
MICRO = st.one_of(st.sampled_from([1, 1_000_000, 345_678, 999_999_999_999]), st.integers(1, MOST))
TEN = st.one_of(  # in the second, all are long and none stands elsewhere by chance
    st.lists(SUMS, min_size=10, max_size=10),
    st.lists(st.integers(10**8, MOST), min_size=10, max_size=10, unique=True),
)
NAMES = st.one_of(
    st.sampled_from(["Круассан", "Ё", "Я" * 70, "Хлеб «Бородинский» нарезка №5", "a:b=c x 1", "слово " * 20]),
    st.text(st.characters(exclude_categories=["Cs", "Nd", "Nl", "No"]), min_size=1, max_size=40),
)


def whole_in(number: str, lines: list[str]) -> bool:
    """Does it stand in one line, with no digit before or behind it?"""
    return any(re.search(rf"(?<![\d.]){re.escape(number)}(?![\d]|\.\d)", line) for line in lines)


def printed(facts: SlipFacts, columns: int, lang: str = "ru") -> list[str]:
    device = paper(columns)
    parts = lay_out(facts, ANNA if facts.customer else None, replace(STYLE, lang=lang), device)
    for part in parts:
        if isinstance(part, Text):
            assert len(part.text) <= (device.double_columns if part.double else columns), part
    return seen(parts, columns)


def check(facts: SlipFacts, numbers: Iterator[str] | list[str], columns: int) -> None:
    for lang in ("ru", "en"):
        lines = printed(facts, columns, lang)
        missing = [number for number in numbers if not whole_in(number, lines)]
        assert not missing, lines


@given(SUMS, SUMS, SUMS, SUMS, SUMS, COLUMNS, NAMES)
def test_points_of_a_sale(before: int, spent: int, earned: int, debt: int, left: int, columns: int, name: str) -> None:
    spent = min(spent, before)
    available = before - spent + earned
    facts = replace(
        SALE, before_pt=before, spent_pt=spent, earned_pt=earned, earned_from="", available_pt=available, pending_pt=0,
        debt_pt=debt, next_left_kop=left, level=name, next_level=name, stamps=((name, 4, 6),),
    )  # fmt: skip
    told = [points(available), *(points(one) for one in (before, spent, earned, debt) if one), roubles(left)]
    check(facts, told, columns)


@given(SUMS, SUMS, SUMS, MICRO, MICRO, COLUMNS, NAMES)
def test_points_and_goods_of_a_return(
    before: int, restored: int, burning: int, back: int, sold: int, columns: int, name: str
) -> None:
    facts = replace(
        RETURN, before_pt=before, restored_pt=restored, available_pt=before + restored, expiry_pt=burning,
        pending_before_pt=MOST, cancelled_pending_pt=before, pending_pt=restored, returned=((name, back, sold),),
    )  # fmt: skip
    told = [points(before + restored), points(burning), plain(back), plain(sold)]
    check(facts, told, columns)


@given(st.lists(st.tuples(st.just("2027-03-15"), SUMS), max_size=4), SUMS, SUMS, COLUMNS)
def test_points_of_a_balance(burns: list[tuple[str, int]], available: int, here: int, columns: int) -> None:
    facts = replace(BALANCE, available_pt=available, burns=tuple(burns), as_of="2026-11-21T14:20", here_pt=here)
    check(facts, [points(available), points(here), *(points(pt) for _, pt in burns)], columns)


@given(SUMS, SUMS, MICRO, MICRO, COLUMNS, NAMES, st.booleans())
def test_what_is_left_on_accounts(
    rest: int, value: int, left: int, units: int, columns: int, name: str, sold: bool
) -> None:
    common = {"name": name, "last": "2027-11-20", "sold": sold, "rest": "keep", "personal": False}
    accounts: list[Mapping[str, Any]] = [
        {**common, "kind": "certificate", "account": "C4RT9HXD2MPQ", "rest_kop": rest, "value_kop": value,
         "rest_micro": 0, "units_micro": 0},
        {**common, "kind": "abonement", "account": "A1", "rest_kop": 0, "value_kop": 0, "rest_micro": left,
         "units_micro": units},
        {**common, "kind": "deposit", "account": "", "rest_kop": rest, "value_kop": 0, "rest_micro": 0,
         "units_micro": 0},
    ]  # fmt: skip
    for facts in (
        replace(SALE, prepaid=tuple(accounts)),
        SlipFacts(SlipKind.RECEIPT, at=SALE.at, prepaid=(accounts[0],)),
    ):
        told = [roubles(rest), *([roubles(value)] if sold and value else [])]
        told += [plain(left), plain(units)] if facts.customer else []
        check(facts, told, columns)


@given(TEN, MICRO, st.integers(0, 10_000), COLUMNS, NAMES)
def test_every_figure_of_the_answer_to_why(sums: list[int], quantity: int, bp: int, columns: int, name: str) -> None:
    base, amount, weight, whole, gross, price, *exact = sums  # what they would come to does not matter here
    good = {
        "name": name, "quantity_micro": quantity, "price_kop": price, "gross_kop": gross,
        "off": [{"name": name, "kop": base, "bp": bp, "base_kop": base, "exact_kop": f"{exact[0]}/1"}],
        "points": [{"kop": weight, "amount_kop": amount, "weight_kop": weight, "whole_kop": whole,
                    "exact_kop": f"{exact[1]}/1"}],
    }  # fmt: skip
    facts = SlipFacts(
        SlipKind.WHY,
        at=SALE.at,
        why={
            "rules_day": "2026-11-01",
            "lines": [good],
            "spent": [{"pt": amount, "kop": amount, "step_pt": 100, "program": "", "cap_bp": bp, "base_kop": base,
                       "cap_kop": f"{exact[2]}/1", "by_cap": True, "barred": [{"name": name, "kop": weight}]}],
            "earned": [{"pt": gross, "program": "", "exact_pt": f"{exact[3]}/1", "step_pt": 1, "bp": bp,
                        "base_kop": whole}],
            "lost": [{"name": name, "reason": "lost in group", "to": name}, {"tier": name, "bp": bp, "level": ""}],
            "check": "9C47A7E3",
        },
    )  # fmt: skip
    told = [roubles(gross), roubles(price), plain(quantity), roubles(base), roubles(weight), roubles(whole)]
    told += [points(amount), points(gross), *(roubles(one) for one in exact)]
    check(facts, [*told, "9C47-A7E3"], columns)


@pytest.mark.parametrize("columns", [24, 32, 36, 42, 48])
def test_a_figure_wider_than_what_is_beside_it_keeps_its_own_line(columns: int) -> None:
    facts = replace(RETURN, returned=(("Крупа", 1_234_567_123_456, 7_654_321_654_321),))
    lines = printed(facts, columns)
    assert whole_in("1234567.123456", lines)
    assert whole_in("7654321.654321", lines)


def test_a_good_too_many_is_said_and_not_printed() -> None:
    good = {"name": "Товар", "quantity_micro": 1_000_000, "price_kop": 100, "gross_kop": 100,
            "off": [{"name": "Скидка", "kop": 10, "bp": 1000, "base_kop": 100, "exact_kop": "10/1"}],
            "points": []}  # fmt: skip
    facts = SlipFacts(SlipKind.WHY, at=SALE.at, why={"lines": [good] * 40, "check": "9C47A7E3"})
    lines = printed(facts, 32)
    shown = sum(line.startswith("ТОВАР") for line in lines)
    assert f"Ещё товаров со скидкой: {40 - shown}" in lines
    assert 1 <= shown < 40
    assert len(lines) < 42
