"""Values of the tasks: exact decimals, positions that add up, payments that stay consistent."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_agent.api.atol_tasks import numbers, tender
from pos_agent.api.atol_tasks.goods import Position, added_up, line, line_sum, lowered
from pos_agent.api.atol_tasks.paths import clean
from pos_agent.money import MICRO

KOP = st.integers(0, 10**9)


@given(KOP)
def test_kopecks_survive_json(kop: int) -> None:
    text = numbers.write({"sum": numbers.roubles(kop)})
    assert numbers.kop(numbers.read(text)["sum"]) == kop
    assert "e" not in text.lower()


@pytest.mark.parametrize(
    ("written", "kop"),
    [
        ("0.1", 10),
        ("669.95", 66995),
        ("100", 10000),
        ('"12.5"', 1250),
        ("1e2", 10000),
        ("59.900000000000006", 5990),
        ("0.001", None),
        ("1e300", None),
        ("1e-300", None),
        ("true", None),
        ('"x"', None),
        ('"NaN"', None),
        ("[]", None),
    ],
)
def test_roubles_as_written(written: str, kop: int | None) -> None:
    assert numbers.kop(numbers.read(written)) == kop


@pytest.mark.parametrize("text", ["{", "", "[" * 100_000])
def test_what_is_no_json(text: str) -> None:
    with pytest.raises(ValueError, match=r"Expecting|too deep"):
        numbers.read(text)


@pytest.mark.parametrize("text", ["NaN", "Infinity", "1e999999", "1e-999999", "9" * 5000])
def test_what_is_no_number_is_told_by_its_place(text: str) -> None:
    with pytest.raises(numbers.UnreadableError) as raised:
        numbers.read(f'{{"a": [1, {{"b": {text}}}]}}')
    assert raised.value.path == "a[1].b"


def test_decimals_are_written_plainly() -> None:
    assert (
        numbers.write([Decimal("1.50"), Decimal("1E+3"), Decimal("0.00"), None, True, "ё"])
        == '[1.5,1000,0,null,true,"ё"]'
    )


@given(st.integers(1, 10**6), st.integers(1, 500), st.integers(-300, 300))
def test_whole_pieces_add_up_to_the_amount(price: int, pieces: int, more: int) -> None:
    amount = max(0, price * pieces + more)
    found = added_up(Position("x", price, pieces * MICRO, amount))
    if found is None:
        assert abs(amount // pieces - price) > 100
        return
    assert sum(line_sum(one.price_kop, one.quantity_micro) for one in found) == amount
    assert sum(one.quantity_micro for one in found) == pieces * MICRO


@given(st.integers(1, 10**6), st.integers(1, 5 * 10**6), st.integers(-2, 2))
def test_a_weighed_line_keeps_its_sum_or_is_refused(price: int, micro: int, more: int) -> None:
    amount = max(0, line_sum(price, micro) + more)
    found = added_up(Position("x", price, micro, amount))
    if found is not None:
        assert sum(line_sum(one.price_kop, one.quantity_micro) for one in found) == amount


def test_a_discount_shared_among_pieces() -> None:
    found = added_up(Position("x", 3333, 3 * MICRO, 10_000))
    assert found is not None
    assert [(one.price_kop, one.quantity_micro // MICRO) for one in found] == [(3333, 2), (3334, 1)]
    assert added_up(Position("x", 3333, 3 * MICRO, 20_000)) is None


def test_dropped_kopecks_lower_one_piece() -> None:
    two = [Position("a", 1050, 2 * MICRO, 2100), Position("b", 990, MICRO // 2, 495)]
    found = lowered(two, 95)
    assert found is not None
    assert sum(line_sum(one.price_kop, one.quantity_micro) for one in found) == 2500
    assert lowered([two[1]], 95) is None


def test_a_basket_line_names_what_it_has() -> None:
    assert line(Position("Сыр", 89900, 347_000, 31195, "vat10"), "2") == {
        "id": "2",
        "name": "Сыр",
        "price_kop": 89900,
        "qty": "0.347",
        "vat": "vat10",
    }


@given(st.dictionaries(st.sampled_from(sorted(tender.KINDS)), st.integers(1, 10**6)), st.integers(0, 10**6))
def test_what_is_not_cash_never_exceeds_the_total(paid: dict[str, int], payable: int) -> None:
    payable = min(payable, sum(paid.values()))
    made = tender.reduced(paid, payable)
    assert sum(kop for kind, kop in made.items() if kind != "cash") <= payable
    assert sum(made.values()) >= payable
    assert made.get("cash", 0) == paid.get("cash", 0), "cash becomes change"
    assert tender.uncovered(made, payable) == 0


def test_the_card_becomes_less_first() -> None:
    paid = {"electronically": 5000, "prepaid": 3000, "cash": 1000}
    assert tender.reduced(paid, 6000) == {"electronically": 3000, "prepaid": 3000, "cash": 1000}
    assert tender.as_basket({"electronically": 1}) == [{"kind": "card", "sum_kop": 1}]


@pytest.mark.parametrize(
    ("path", "cleaned"),
    [
        ("/requests/", "/requests"),
        ("/api/v2/operations//queryShiftStatus", "/api/v2/operations/queryShiftStatus"),
        ("//", "/"),
    ],
)
def test_paths_as_clients_write_them(path: str, cleaned: str) -> None:
    assert clean(path) == cleaned
