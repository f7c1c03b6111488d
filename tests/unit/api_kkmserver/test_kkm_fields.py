"""Members as real clients write them (`kkmserver.md`, sections 2 and 6)."""

from __future__ import annotations

import json
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_agent.api.kkmserver.fields import Fields, WrongFieldError, parse


def of(**members: object) -> Fields:
    found = parse(json.dumps(members).encode())
    assert found is not None
    return found


@pytest.mark.parametrize("body", [b"", b"[1]", b"1", b"null", b"NaN", b"\xff", b'{"a": 1'])
def test_what_is_no_object_is_none(body: bytes) -> None:
    assert parse(body) is None


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "9" * 5000, "1e400", '"\\udc00"'])
def test_what_nobody_can_read_is_told_by_its_place(number: str) -> None:
    fields = parse(f'{{"CheckStrings": [{{"a": 1}}, {{"Register": {{"Price": {number}}}}}]}}'.encode())
    assert fields is not None
    with pytest.raises(WrongFieldError, match=r"^Не принято поле CheckStrings\[2\]\.Register\.Price$"):
        fields.must_be_readable()
    of(CheckStrings=[{"Price": 1.5}]).must_be_readable()


def test_names_are_matched_without_case_and_null_is_absent() -> None:
    fields = of(NUMDEVICE=3, cashierVatin="1", TaxVariant=None)
    assert fields.whole("NumDevice") == 3
    assert fields.text("CashierVATIN") == "1"
    assert not fields.has("TaxVariant")


@pytest.mark.parametrize(
    ("written", "kop"),
    [
        ("301.5", 30150),
        ('"301.50"', 30150),
        ('"301.50000"', 30150),
        ("0.30000000000000004", 30),
        ("2.675", None),
        ("1e2", 10000),
        ("0", 0),
        ('""', 0),
        ('"1,50"', None),
        ('"1_0"', None),
        ('"١"', None),
        ("true", None),
        ("[1]", None),
        ('"1e400"', None),
        ("1e999999", None),
        ("99999999999999", None),
        ('"nan"', None),
    ],
)
def test_money(written: str, kop: int | None) -> None:
    fields = parse(f'{{"Cash": {written}}}'.encode())
    assert fields is not None
    if kop is None:
        with pytest.raises(WrongFieldError, match="Cash"):
            fields.kop("Cash")
    else:
        assert (fields.kop("Cash") or 0) == kop


@given(st.integers(0, 10**9))
def test_money_survives_the_binary_numbers_of_other_languages(kop: int) -> None:
    as_float = parse(json.dumps({"Cash": kop / 100}).encode())
    as_text = parse(json.dumps({"Cash": f"{Decimal(kop) / 100:.2f}"}).encode())
    assert as_float is not None
    assert as_text is not None
    assert as_float.kop("Cash") == as_text.kop("Cash") == kop


@pytest.mark.parametrize("value", [True, "true", "True", 1, "1"])
def test_booleans_that_are_true(value: object) -> None:
    assert of(flag=value).flag("Flag")


@pytest.mark.parametrize("value", [False, "false", 0, "0", "", None])
def test_booleans_that_are_false(value: object) -> None:
    assert not of(flag=value).flag("Flag")


@pytest.mark.parametrize("value", ["да", 2, [], {}])
def test_booleans_that_are_none(value: object) -> None:
    with pytest.raises(WrongFieldError):
        of(flag=value).flag("Flag")


def test_the_canonical_request_forgets_spelling_and_nothing_else() -> None:
    one = parse(b'{"Cash": 10.00, "checkStrings": [{"Register": {"Name": "a", "Ean": null}}], "Timeout": 5}')
    two = parse(b'{"cash": 10, "CHECKSTRINGS": [{"register": {"name": "a"}}]}')
    three = parse(b'{"cash": 10, "CHECKSTRINGS": [{"register": {"name": "A"}}]}')
    assert one is not None
    assert two is not None
    assert three is not None
    assert one.canonical(("Timeout",)) == two.canonical(("Timeout",)) != three.canonical()


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False, allow_infinity=False),
        st.lists,
    )
)
def test_any_value_anywhere_is_read_or_refused(value: object) -> None:
    fields = parse(json.dumps({"x": value}).encode())
    assert fields is not None
    for read in (fields.text, fields.whole, fields.flag, fields.kop, fields.micro, fields.block, fields.rows):
        with suppress(WrongFieldError):
            read("x")


def test_a_half_of_a_pair_is_no_text() -> None:
    fields = parse(b'{"Name": "\\ud800"}')
    assert fields is not None
    with pytest.raises(WrongFieldError):
        fields.canonical()
    with pytest.raises(WrongFieldError):
        fields.text("Name")
