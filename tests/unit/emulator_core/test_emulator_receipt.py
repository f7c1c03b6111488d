"""Arithmetic and order of commands of a receipt (notes on 54-FZ, section 4.2; Shtrih-M FF45h, FF46h)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.device import Device, DeviceMode, Reason, Refusal
from emulator.receipt import line_sum, settle
from emulator.tlv import decode, make, number
from emulator.vat import inside


def refusal(call: Callable[[], object]) -> Reason:
    with pytest.raises(Refusal) as caught:
        call()
    return caught.value.reason


def pay(**sums: int) -> list[int]:
    """cash=..., card=... -> sixteen payments."""
    places = {"cash": 0, "card": 1, "other_card": 12, "advance": 13, "credit": 14, "barter": 15}
    payments = [0] * 16
    for name, kop in sums.items():
        payments[places[name]] = kop
    return payments


@pytest.fixture
def selling(rig: Any) -> Device:
    """A receipt with one line of 100.00 is open."""
    rig.device.open_shift(1)
    rig.device.open_receipt(1, 1)
    rig.device.add_item(rig.item())
    device: Device = rig.device
    return device


@pytest.mark.parametrize(
    ("sum_kop", "accepted"), [(None, 3333), (3332, 3332), (3333, 3333), (3334, 3334), (3331, None), (3335, None)]
)
def test_a_sum_may_differ_by_one_kopeck(rig: Any, sum_kop: int | None, accepted: int | None) -> None:
    order = rig.item(9999, quantity_micro=333_333, sum_kop=sum_kop)
    if accepted is None:
        assert refusal(lambda: line_sum(order)) is Reason.BAD_SUM
    else:
        assert line_sum(order) == accepted


def test_half_a_kopeck_is_rounded_up(rig: Any) -> None:
    assert line_sum(rig.item(1, quantity_micro=500_000)) == 1
    assert line_sum(rig.item(1, quantity_micro=499_999)) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"quantity_micro": 0},
        {"price_kop": -1},
        {"vat": 0},
        {"vat": 13},
        {"method": 8},
        {"subject": 0},
        {"kind": 2},
    ],
)
def test_a_line_of_nonsense_is_refused_and_not_added(selling: Device, rig: Any, wrong: dict[str, int]) -> None:
    assert refusal(lambda: selling.add_item(rig.item(**wrong))) is Reason.BAD_PARAMETER
    assert selling.operations_in_receipt == 1


@pytest.mark.parametrize(
    ("payments", "reason"),
    [
        (pay(cash=9999), Reason.NOT_ENOUGH_PAYMENT),
        (pay(cash=5000, card=4999), Reason.NOT_ENOUGH_PAYMENT),
        (pay(card=10001), Reason.NONCASH_OVER_TOTAL),
        (pay(cash=10000, advance=6000, barter=4001), Reason.NONCASH_OVER_TOTAL),
        ([10000], Reason.BAD_PARAMETER),
        (pay(cash=10001, card=-1), Reason.BAD_PARAMETER),
    ],
)
def test_wrong_payments_leave_the_receipt_open(selling: Device, payments: list[int], reason: Reason) -> None:
    last = selling.fn.last_fd
    assert refusal(lambda: selling.close_receipt(payments, 0, 0, 1)) is reason
    assert (selling.mode, selling.fn.last_fd) == (DeviceMode.RECEIPT_OPEN, last)
    assert selling.close_receipt(pay(cash=10000), 0, 0, 1).fd == last + 1


def test_change_comes_from_cash_and_is_not_in_the_document(selling: Device) -> None:
    closed = selling.close_receipt(
        pay(cash=10000, card=1000, other_card=500, advance=300, credit=200, barter=100), 0, 0, 1
    )
    tags = decode(selling.fn.body(closed.fd)[1])
    assert closed.change_kop == 2100
    assert [number(tags, tag) for tag in (1031, 1081, 1215, 1216, 1217)] == [7900, 1500, 300, 200, 100]
    assert selling.registers["cash_kop"] == 7900
    assert "СДАЧА" in selling.tape.text()


@pytest.mark.parametrize("rounding", [-1, 100])
def test_rounding_is_kopecks_only(selling: Device, rounding: int) -> None:
    assert refusal(lambda: selling.close_receipt(pay(cash=10000), rounding, 0, 1)) is Reason.BAD_PARAMETER


def test_rounding_lowers_the_total_alone(selling: Device) -> None:
    closed = selling.close_receipt(pay(cash=9950), 50, 0, 1)
    short = selling.fn.find(closed.fd)
    assert (short.total_kop, closed.change_kop) == (9950, 0)
    assert number(decode(selling.fn.body(closed.fd)[1]), 1102) == inside(1, 10000)


def test_a_receipt_without_lines_is_not_closed(rig: Any) -> None:
    rig.device.open_shift(1)
    rig.device.open_receipt(1, 1)
    assert refusal(lambda: rig.device.close_receipt(pay(), 0, 0, 1)) is Reason.EMPTY_RECEIPT


def test_a_free_receipt_is_registered(rig: Any) -> None:
    rig.device.open_shift(1)
    assert rig.device.fn.find(rig.sell(0).fd).total_kop == 0


@pytest.mark.parametrize("system", [3, 4, 64])
def test_the_tax_system_must_be_one_of_the_registered(selling: Device, system: int) -> None:
    assert refusal(lambda: selling.close_receipt(pay(cash=10000), 0, system, 1)) is Reason.BAD_PARAMETER


def test_another_operator_is_refused_but_the_system_one_is_not(selling: Device) -> None:
    assert refusal(lambda: selling.close_receipt(pay(cash=10000), 0, 0, 2)) is Reason.WRONG_OPERATOR
    assert refusal(lambda: selling.cancel_receipt(2)) is Reason.WRONG_OPERATOR
    selling.cancel_receipt(30)
    assert selling.mode is DeviceMode.SHIFT_OPEN


def test_cash_is_not_paid_out_of_an_empty_drawer(rig: Any) -> None:
    rig.device.open_shift(1)
    assert refusal(lambda: rig.sell(5000, kind=2)) is Reason.NOT_ENOUGH_CASH
    rig.device.cancel_receipt(1)
    assert refusal(lambda: rig.device.cash_out(1, 1)) is Reason.NOT_ENOUGH_CASH
    assert rig.device.cash_in(1, 7000) == rig.device.running_document_number
    rig.sell(5000, kind=2)
    rig.device.cash_out(1, 2000)
    assert rig.device.registers["cash_kop"] == 0


def test_commands_out_of_order_are_refused(rig: Any) -> None:
    device: Device = rig.device
    wrong = [
        (lambda: device.close_shift(1), Reason.SHIFT_CLOSED),
        (lambda: device.open_receipt(1, 1), Reason.SHIFT_CLOSED),
        (device.subtotal, Reason.NO_RECEIPT),
        (lambda: device.add_item(rig.item()), Reason.NO_RECEIPT),
        (lambda: device.cancel_receipt(1), Reason.NO_RECEIPT),
        (lambda: device.repeat_document(1), Reason.NOTHING_TO_REPEAT),
    ]
    assert [refusal(call) for call, _ in wrong] == [reason for _, reason in wrong]
    device.open_shift(1)
    assert refusal(lambda: device.open_shift(1)) is Reason.SHIFT_OPEN
    device.open_receipt(1, 1)
    for call in (
        device.open_shift,
        device.close_shift,
        device.x_report,
        device.calculation_report,
        device.repeat_document,
    ):
        assert refusal(lambda call=call: call(1)) is Reason.RECEIPT_OPEN  # type: ignore[misc]
    assert refusal(lambda: device.add_item_tlv(make(1191, "x").whole)) is Reason.WRONG_STATE


@pytest.mark.parametrize(
    ("tlv", "reason"),
    [
        (b"", Reason.BAD_PARAMETER),
        (b"\x01", Reason.BAD_PARAMETER),
        (make(1191, "x").whole[:-1] + b"", Reason.BAD_PARAMETER),
        (make(1040, 5).whole, Reason.BAD_PARAMETER),
        (make(1031, 5).whole, Reason.BAD_PARAMETER),
        (make(1059, []).whole, Reason.BAD_PARAMETER),
        (make(1086, "x" * 250).whole * 5, Reason.TLV_TOO_LONG),
    ],
)
def test_a_bad_tag_is_refused_and_forgotten(selling: Device, tlv: bytes, reason: Reason) -> None:
    assert refusal(lambda: selling.add_receipt_tlv(tlv)) is reason
    assert refusal(lambda: selling.add_item_tlv(tlv)) is reason
    selling.close_receipt(pay(cash=10000), 0, 0, 1)
    tags = {tlv.tag for tlv in decode(selling.fn.body(selling.fn.last_fd)[1])}
    assert not tags & {1086, 1191}


def test_text_inside_a_receipt_is_printed_with_it(selling: Device) -> None:
    before = len(selling.tape.marks)
    selling.print_line("Скидка по карте 5.00")
    assert len(selling.tape.marks) == before
    assert refusal(selling.cut) is Reason.RECEIPT_OPEN
    selling.close_receipt(pay(cash=10000), 0, 0, 1, "Спасибо!")
    text = selling.tape.text(before)
    assert text.index("Скидка по карте") < text.index("Спасибо!")


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**8), min_size=16, max_size=16))
def test_what_stays_in_the_drawer_and_the_cards_make_the_total(total: int, sums: list[int]) -> None:
    noncash = sum(sums[1:])
    if noncash > total or sum(sums) < total:
        with pytest.raises(Refusal):
            settle(total, sums)
        return
    paid = settle(total, sums)
    assert paid.cash + paid.electronic + paid.advance + paid.credit + paid.other == total
    assert paid.change == sum(sums) - total
    assert 0 <= paid.cash <= sums[0]


@given(st.sampled_from([(1, 20), (2, 10), (7, 5), (8, 7), (11, 22)]), st.integers(0, 10**9))
def test_tax_inside_a_sum_is_the_nearest_kopeck(rate: tuple[int, int], gross: int) -> None:
    code, percent = rate
    assert abs(2 * (inside(code, gross) * (100 + percent) - gross * percent)) <= 100 + percent
