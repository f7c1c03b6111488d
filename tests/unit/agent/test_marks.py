"""Marking codes in a basket: how they may be written, what is refused, what is remembered of them."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.selling import MarkCode
from pos_agent.checkout.mark_checks import verdict_of, why_refused
from pos_agent.checkout.marks import Mark, as_sold, coming_back, gtin_of, named, read_mark, read_marks, taken
from pos_agent.errors import UsageError
from pos_agent.texts import message, table

NAMED = "0104603934000793215uXqJx9aPb6YQ"
CODE = f"{NAMED}\x1d93abcd"
TOBACCO = "00000046198488X?io+qCABm8wAYa"  # GTIN, serial of 7, price of 4, key of 4: no groups
LINE = {"id": "1", "price_kop": 100, "qty": "1"}


def refusals(basket: dict[str, Any]) -> tuple[str, ...]:
    with pytest.raises(UsageError) as told:
        taken(basket)
    assert told.value.code == "MRK-01"
    assert told.value.params == {"count": len(told.value.lines)}
    return told.value.lines


@pytest.mark.parametrize(
    "written",
    [
        CODE,
        CODE + "\r\n",
        CODE.replace("\x1d", r"\u001d"),
        CODE.replace("\x1d", r"\U001D"),
        CODE.replace("\x1d", r"\x1d"),
        {"text": CODE},
        {"base64": base64.b64encode(CODE.encode()).decode()},
    ],
)
def test_one_code_written_in_every_way(written: object) -> None:
    assert read_mark(written) == Mark(CODE.encode())


def test_the_words_of_a_pack() -> None:
    mark = read_mark({"text": CODE, "part": "1/3", "excise": True})
    assert (mark.part, mark.subject) == ((1, 3), 31)
    assert mark.to_sell() == MarkCode(CODE.encode(), 2, (1, 3))
    assert mark.to_return() == MarkCode(CODE.encode(), 4, (1, 3))
    whole = read_mark(CODE)
    assert (whole.subject, whole.to_sell().planned, whole.to_return().planned) == (33, 1, 3)


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("", "shape"),
        (7, "shape"),
        (None, "shape"),
        ({}, "shape"),
        ({"text": CODE, "base64": ""}, "shape"),
        ({"text": CODE, "price": 1}, "shape"),
        ({"text": CODE, "excise": 1}, "shape"),
        (CODE.replace("uXq", "гЧй"), "letters"),
        (CODE + "\x1d", "letters"),
        ("\x1d" + CODE, "letters"),
        (CODE.replace("uXq", "u q"), "letters"),
        (CODE.replace("uXq", "u\0q"), "letters"),
        ("1" * 257, "long"),
        ({"base64": "абв"}, "base64"),
        ({"base64": "MDE"}, "base64"),
        ({"base64": None}, "base64"),
        ({"base64": "/w=="}, "letters"),
        *(({"text": CODE, "part": part}, "part") for part in ("", "1", "0/3", "3/3", "4/3", "1/0", "١/٣", None, 0.5)),
    ],
)
def test_what_is_no_code(written: object, why: str) -> None:
    (line,) = refusals({"lines": [{**LINE, "mark": written}]})
    assert line == f"lines[0].mark: {table('marks')[why]['ru']}"


def test_every_wrong_code_is_named_at_once() -> None:
    lines = [{**LINE, "mark": CODE}, {**LINE, "mark": CODE}, LINE, {**LINE, "qty": "2", "mark": TOBACCO}, {"mark": ""}]
    told = refusals({"lines": lines})
    assert [line.split(":")[0] for line in told] == ["lines[1].mark", "lines[3].mark", "lines[4].mark"]


def test_the_basket_goes_on_without_codes() -> None:
    """The line is flagged as marked and has the code's GTIN unless it names its own; others are untouched."""
    lines = [
        {**LINE, "id": "a", "mark": CODE, "flags": ["no_spend"]},
        {**LINE, "id": "b", "mark": TOBACCO, "gtin": "04600000000000", "flags": ["marked"]},
        {**LINE, "id": "c"},
    ]
    basket, marks = taken({"lines": lines, "spend": "max"})
    assert basket == {
        "lines": [
            {**LINE, "id": "a", "gtin": "04603934000793", "flags": ["no_spend", "marked"]},
            {**LINE, "id": "b", "gtin": "04600000000000", "flags": ["marked"]},
            {**LINE, "id": "c"},
        ],
        "spend": "max",
    }
    assert marks == {"a": Mark(CODE.encode()), "b": Mark(TOBACCO.encode())}
    assert lines[0]["mark"] == CODE, "the caller's basket is not changed"


@pytest.mark.parametrize("basket", [{}, {"lines": None}, {"lines": "x"}, {"lines": [1, None, LINE]}])
def test_other_mistakes_are_left_to_the_reader_of_baskets(basket: dict[str, Any]) -> None:
    assert taken(basket) == (basket, {})


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=20), st.text("abc", max_size=9))
def test_no_key_and_no_tail_in_what_is_remembered(serial: str, tail: str) -> None:
    code = f"0104603934000793215{serial}\x1d91EE06\x1d92{tail}="
    assert "\x1d" not in named(code.encode())
    assert named(code.encode()) == f"0104603934000793215{serial}"[:38]


def test_a_code_without_groups_keeps_gtin_and_serial() -> None:
    assert named(TOBACCO.encode()) == "00000046198488X?io+qC"
    assert gtin_of(TOBACCO.encode()) == "00000046198488"
    assert gtin_of(b"X" * 30) == gtin_of(b"123") == ""


def test_codes_that_come_back() -> None:
    sold = {"number": 1, "mark": {"code": NAMED, "subject": 31, "part": "1/3"}}
    plain = {"number": 2}
    scanned = read_marks({1: CODE, 2: TOBACCO})
    backs = as_sold(scanned, [sold, plain])
    assert backs == {1: Mark(CODE.encode(), (1, 3), True), 2: Mark(TOBACCO.encode())}
    assert coming_back(backs, sold, 1_000_000) == backs[1]
    assert coming_back({}, plain, 500_000) is None
    for given_marks, line, micro, code in (({}, sold, 1_000_000, "MRK-03"), (backs, sold, 500_000, "MRK-01")):
        with pytest.raises(UsageError) as told:
            coming_back(given_marks, line, micro)
        assert told.value.code == code
    for wrong, code in (({1: Mark(TOBACCO.encode())}, "MRK-04"), ({3: scanned[1]}, "API-01")):
        with pytest.raises(UsageError) as told:
            as_sold(wrong, [sold, plain])
        assert told.value.code == code
    with pytest.raises(UsageError) as told:
        read_marks({1: CODE, 2: CODE})
    assert told.value.code == "MRK-01"


@pytest.mark.parametrize(
    ("bits", "verdict", "why"),
    [
        (0, "offline", ""),
        (1, "refused", "mark_key"),
        (3, "offline", ""),
        (4, "refused", "mark_status"),
        (12, "allowed", ""),
        (13, "refused", "mark_key"),
        (7, "refused", "mark_status"),
        (15, "allowed", ""),
        (16, "offline", ""),
        (19, "offline", ""),
    ],
)
def test_tag_2106_in_a_word(bits: int, verdict: str, why: str) -> None:
    assert (verdict_of(bits), why_refused(bits)) == (verdict, why)


@pytest.mark.parametrize("bits", [1, 7])
def test_a_refusal_is_told_in_words(bits: int) -> None:
    why = why_refused(bits)
    russian, english = (message("MRK-02", lang, None, n=2, why=why) for lang in ("ru", "en"))
    assert russian.what.startswith("Код маркировки строки 2 не прошёл проверку: ")
    assert why not in russian.what + english.what
    assert russian.safe == "Чек не пробит, деньги и баллы не тронуты."


def test_a_code_is_not_shown() -> None:
    assert "93abcd" not in repr(read_mark(CODE))
