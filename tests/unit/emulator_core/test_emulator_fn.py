"""The rules of the fiscal storage: numbers, time, life, queue to the OFD, reading (notes on 54-FZ, section 2.11)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from emulator.device import Device, DeviceMode, Reason, Refusal
from emulator.fn_document import fiscal_sign
from emulator.profile import load
from emulator.tlv import TlvError, decode, first, members, number


def refused(reason: Reason) -> Any:
    return pytest.raises(Refusal, match=reason.name)


def test_a_new_storage_is_registered(rig: Any) -> None:
    fn = rig.device.fn
    assert (fn.last_fd, fn.phase, fn.shift_number, fn.shift_open) == (1, 3, 0, False)
    assert fn.find(1).form == 1
    assert rig.device.mode is DeviceMode.SHIFT_CLOSED


def test_numbers_follow_the_rules(rig: Any) -> None:
    fn = rig.device.fn
    assert rig.device.open_shift(1).shift == 1
    assert fn.receipt_in_shift == 0
    assert [rig.sell().receipt, rig.sell().receipt] == [1, 2]
    assert rig.device.close_shift(1).fd == 5
    assert (fn.shift_number, fn.receipt_in_shift) == (1, 2)
    rig.device.open_shift(1)
    assert (fn.shift_number, fn.receipt_in_shift, rig.sell().receipt) == (2, 0, 1)
    assert sorted(fn.documents) == list(range(1, 8))


def test_after_24_hours_only_the_shift_can_be_closed(rig: Any) -> None:
    device: Device = rig.device
    device.open_shift(1)
    device.open_receipt(1, 1)
    device.add_item(rig.item())
    rig.wait(hours=23, minutes=59)
    assert not device.fn.shift_over(device.now())
    rig.wait(minutes=1)
    with refused(Reason.SHIFT_OVER_24H):
        device.close_receipt([10000] + [0] * 15, 0, 0, 1)
    device.cancel_receipt(1)
    assert device.mode is DeviceMode.SHIFT_OVER
    with refused(Reason.SHIFT_OVER_24H):
        device.open_receipt(1, 1)
    with refused(Reason.SHIFT_OVER_24H):
        device.cash_in(1, 100)
    device.x_report(1)
    device.close_shift(1)
    device.open_shift(1)
    assert device.mode is DeviceMode.SHIFT_OPEN


def test_time_does_not_go_back(rig: Any) -> None:
    rig.device.open_shift(1)
    rig.wait(minutes=10)
    rig.sell()
    rig.wait(minutes=-1)
    with refused(Reason.BAD_TIME):
        rig.device.open_receipt(1, 1)
    with refused(Reason.BAD_TIME):
        rig.device.close_shift(1)
    rig.wait(minutes=1, seconds=-0.5)
    with refused(Reason.BAD_TIME):
        rig.device.close_shift(1)
    rig.wait(seconds=0.5)
    rig.device.close_shift(1)


def test_a_shift_may_open_an_hour_before_the_last_close(rig: Any) -> None:
    rig.device.set_time(rig.at - timedelta(minutes=61))
    with refused(Reason.BAD_TIME):
        rig.device.open_shift(1)
    rig.device.set_time(rig.at - timedelta(minutes=60))
    rig.device.open_shift(1)
    assert rig.device.fn.last_at == rig.at - timedelta(hours=1)
    with refused(Reason.SHIFT_OPEN):
        rig.device.set_time(rig.at)


def test_a_storage_past_its_last_day_writes_no_receipt(rig: Any) -> None:
    device: Device = rig.device
    device.open_shift(1)
    rig.at = rig.at.replace(hour=23, minute=50) + timedelta(days=rig.profile.fn_days)
    device.ofd_deliver()
    device.close_shift(1)
    device.ofd_deliver()
    device.open_shift(1)
    assert device.fn.days_left(rig.at) == 0
    rig.wait(minutes=15)
    with refused(Reason.FN_EXPIRED):
        device.open_receipt(1, 1)
    device.close_shift(1)
    with refused(Reason.FN_EXPIRED):
        device.open_shift(1)


def test_a_full_storage_still_closes_its_shift(rig_of: Any) -> None:
    rig = rig_of(replace(load("shtrih-m-01f"), fn_capacity=4))
    rig.device.open_shift(1)
    rig.sell()
    rig.sell()
    assert rig.device.fn.warnings(rig.at) & 4
    with refused(Reason.FN_FULL):
        rig.device.open_receipt(1, 1)
    rig.device.close_shift(1)
    with refused(Reason.FN_FULL):
        rig.device.open_shift(1)


def test_documents_unsent_for_a_month_stop_sales(rig: Any) -> None:
    device: Device = rig.device
    rig.wait(days=30)
    device.open_shift(1)
    rig.wait(minutes=1)
    with refused(Reason.FN_QUEUE_TOO_OLD):
        device.open_receipt(1, 1)
    assert device.ofd_deliver(1) == 1
    rig.sell()


@pytest.mark.parametrize(("days_before_end", "bits"), [(31, 0), (30, 2), (4, 2), (3, 3), (0, 3)])
def test_the_storage_warns_of_its_end(rig: Any, days_before_end: int, bits: int) -> None:
    rig.wait(days=rig.profile.fn_days - days_before_end)
    rig.device.ofd_deliver()
    assert rig.device.fn.warnings(rig.at) == bits
    rig.device.open_shift(1)
    signs = {tlv.tag for tlv in decode(rig.device.fn.body(2)[1]) if 1050 <= tlv.tag <= 1053}
    assert signs == {tag for bit, tag in ((1, 1051), (2, 1050)) if bits & bit}


def test_a_silent_ofd_is_a_warning(rig: Any) -> None:
    rig.wait(days=5)
    assert rig.device.fn.warnings(rig.at) == 0
    rig.wait(minutes=1)
    assert rig.device.fn.warnings(rig.at) == 8


def test_the_queue_shrinks_from_its_head(rig: Any) -> None:
    fn = rig.device.fn
    rig.wait(minutes=3)
    rig.device.open_shift(1)
    assert (fn.ofd_queue().count, fn.ofd_queue().first_fd) == (2, 1)
    with refused(Reason.NO_DOCUMENT):
        fn.ofd_receipt(1)
    assert rig.device.ofd_deliver(1) == 1
    assert (fn.ofd_queue().first_fd, fn.ofd_queue().first_at) == (2, rig.at)
    assert fn.find(1).ofd_receipt
    assert not fn.find(2).ofd_receipt
    (confirmed,) = decode(fn.ofd_receipt(1))
    assert number(members([confirmed], 7), 1040) == 1
    assert rig.device.ofd_deliver() == 1
    assert (fn.ofd_queue().count, rig.device.ofd_deliver()) == (0, 0)


def test_short_forms_carry_what_their_form_has(rig: Any) -> None:
    rig.device.open_shift(1)
    sold = rig.sell(12345)
    rig.device.calculation_report(1)
    opened, receipt, report = (rig.device.fn.find(fd) for fd in (2, 3, 4))
    assert (opened.form, opened.shift, opened.operation, opened.total_kop) == (2, 1, None, None)
    assert (receipt.form, receipt.operation, receipt.total_kop, receipt.sign) == (3, 1, 12345, sold.sign)
    assert (report.form, report.shift) == (21, None)
    with refused(Reason.NO_DOCUMENT):
        rig.device.fn.find(5)


def test_the_sign_in_the_document_is_the_answered_one_big_endian(rig: Any) -> None:
    rig.device.open_shift(1)
    sold = rig.sell()
    found = first(decode(rig.device.fn.body(sold.fd)[1]), 1077)
    assert found is not None
    assert found.raw == b"\x31\x04" + sold.sign.to_bytes(4, "big")
    shift = first(decode(rig.device.fn.body(2)[1]), 1077)
    assert shift is not None
    assert shift.raw[:2] == b"\x21\x04"


def test_the_sign_depends_on_everything(rig: Any) -> None:
    identity = rig.device.fn.identity
    signs = {
        fiscal_sign(identity, 3, 7, b"body"),
        fiscal_sign(replace(identity, seed=1), 3, 7, b"body"),
        fiscal_sign(replace(identity, serial="9999078902001235"), 3, 7, b"body"),
        fiscal_sign(identity, 31, 7, b"body"),
        fiscal_sign(identity, 3, 8, b"body"),
        fiscal_sign(identity, 3, 7, b"bodY"),
    }
    assert len(signs) == 6
    assert fiscal_sign(identity, 3, 7, b"body") in signs


def test_a_damaged_document_is_unreadable_and_still_counted(rig: Any) -> None:
    rig.device.open_shift(1)
    sold = rig.sell(500)
    rig.device.damage_document(sold.fd)
    with pytest.raises((TlvError, UnicodeDecodeError)):
        decode(rig.device.fn.body(sold.fd)[1])
    assert rig.device.fn.find(sold.fd).total_kop == 500
    assert rig.device.registers["sale_kop"] == 500


def test_full_texts_are_dropped_after_their_time(rig_of: Any) -> None:
    rig = rig_of(replace(load("shtrih-m-01f"), full_store_days=30))
    rig.device.ofd_deliver()
    rig.wait(days=31)
    rig.device.open_shift(1)
    with refused(Reason.NO_DOCUMENT):
        rig.device.fn.body(1)
    assert rig.device.fn.find(1).form == 1
    assert rig.device.fn.body(2)[0] == 2


def test_a_receipt_too_long_for_the_storage_is_refused(rig: Any) -> None:
    rig.device.open_shift(1)
    rig.device.open_receipt(1, 1)
    line = b"".join([b"\xa7\x04\x40\x00" + b"x" * 64] * 3)  # 1191
    for _ in range(140):
        rig.device.add_item(rig.item(100))
        rig.device.add_item_tlv(line)
    with refused(Reason.TLV_TOO_LONG):
        rig.device.close_receipt([14000] + [0] * 15, 0, 0, 1)
    assert rig.device.mode is DeviceMode.RECEIPT_OPEN
