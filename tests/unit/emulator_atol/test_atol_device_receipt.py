"""Receipts: lines, requisites, payments, discounts, corrections, taxes, what the storage gets."""

from __future__ import annotations

import pytest

from emulator.atol.bench import Bench, item_command
from emulator.atol.variant import Variant

SALE, BEGIN, CLOSE = b"\x92\x00\x01", b"\xea\x00\x01\x00", b"\x4a\x00\x01" + bytes(5)
CONTACT = bytes.fromhex("E8 01 01 00 F0 03 0C 00 2B 37 39 30 30 31 32 33 34 35 36 37")
UNIT = bytes.fromhex("E8 01 01 00 AD 04 02 00 E8 E2")


def pay(code: int, kind: int, kop: int, flags: int = 0) -> bytes:
    return bytes((code, flags, kind)) + bytes.fromhex(f"{kop:010d}")


def tags(bench: Bench) -> dict[int, object]:
    return {tlv.tag: tlv.value for tlv in bench.device.fn.documents[bench.device.fn.last_fd].tags}


def extended(bench: Bench) -> str:
    return bench.ok(b"\x91\x37\x00\x00").hex(" ", 2)


@pytest.fixture
def sale(shift: Bench) -> Bench:
    shift.ok(SALE)
    return shift


def test_requisites_have_their_place(sale: Bench):
    sale.ok(CONTACT)
    assert sale.code(UNIT) == 0xEE
    assert extended(sale) == "00e8 0207 0000 0000"
    sale.ok(BEGIN)
    assert sale.code(CONTACT) == 0xEE
    assert extended(sale) == "00e8 0208 0000 0000"
    sale.ok(UNIT)
    assert sale.code(UNIT) == 0xEE
    assert extended(sale) == "00e8 0201 0000 0000"
    sale.ok(item_command(100, 1000, 100, 6, b"A"))
    sale.ok(CLOSE)
    found = tags(sale)
    assert found[1008] == "+79001234567"
    assert [tlv.value for tlv in found[1059] if tlv.tag == 1197] == ["шт"]


def test_storage_tags_are_not_the_hosts(sale: Bench):
    assert sale.code(bytes.fromhex("E8 01 01 00 10 04 04 00 01 00 00 00")) == 0xEE
    assert extended(sale) == "00e8 0203 0000 0000"
    assert sale.code(bytes.fromhex("E8 01 01 00 F0 03 0C 00 2B")) == 0xE7


def test_a_line_too_long_for_the_storage_is_not_added(sale: Bench):
    sale.ok(BEGIN)
    sale.ok(bytes.fromhex("E8 01 01 00 8A 04 E8 03") + bytes(1000))
    assert sale.code(item_command(100, 1000, 100, 6, b"A")) == 0xE8
    assert sale.device.operations_in_receipt == 0


def test_a_value_in_blocks(sale: Bench):
    sale.ok(bytes.fromhex("E8 01 02 00 F0 03 05 00 2B 37"))
    sale.ok(bytes.fromhex("E8 01 02 01 F0 03 39 30 30"))
    sale.item(100)
    sale.ok(CLOSE)
    assert tags(sale)[1008] == "+7900"


def test_blocks_out_of_order(sale: Bench):
    assert sale.code(bytes.fromhex("E8 01 02 01 F0 03 39 30 30")) == 0xE7
    assert sale.code(bytes.fromhex("E8 01 00 00 F0 03 01 00 30")) == 0xE7


def test_items_want_ea_and_right_numbers(sale: Bench):
    good = item_command(100, 1500, 150, 6, b"A")
    assert sale.code(good) == 0x66
    for command, code in (
        (item_command(100, 0, 0, 6, b"A"), 0x0A),
        (item_command(100, 1500, 152, 6, b"A"), 0x08),
        (item_command(100, 1500, 150, 7, b"A"), 0xEE),
        (item_command(100, 1500, 150, 6, b"A" * 129), 0x14),
        (good[:31] + b"\x08" + good[32:], 0xEE),
    ):
        sale.ok(BEGIN)
        assert sale.code(command) == code, command.hex(" ")
    sale.ok(BEGIN)
    sale.ok(good)
    assert sale.code(good) == 0x66
    assert sale.device.subtotal() == 150


def test_test_runs_change_nothing(shift: Bench):
    shift.ok(b"\x92\x01\x01")
    assert shift.device.receipt is None
    shift.ok(SALE)
    shift.ok(BEGIN)
    shift.ok(b"\xeb\x01" + item_command(100, 1000, 100, 6, b"A")[2:])
    assert shift.device.operations_in_receipt == 0
    shift.ok(item_command(100, 1000, 100, 6, b"A"))
    assert shift.ok(pay(0x99, 2, 40, flags=1)).hex() == "0000000060" + "0000000000"
    shift.ok(pay(0x4A, 1, 0, flags=1))
    assert shift.device.receipt is not None
    shift.ok(CLOSE)
    assert tags(shift)[1081] == 0


def test_mixed_payment_and_change(sale: Bench):
    sale.item(95900)
    told = sale.do(pay(0x99, 2, 50000))
    assert told.hex() == "5500" + "0000045900" + "0000000000"
    assert sale.do(b"\x45")[1] == 0x41
    assert sale.code(pay(0x99, 3, 50000)) == 0x71
    assert sale.code(pay(0x99, 6, 1)) == 0x7E
    assert sale.code(pay(0x9B, 2, 50001)) == 0x70
    assert sale.ok(pay(0x9B, 2, 10000)).hex() == "0000055900" + "0000000000"
    assert sale.code(pay(0x4A, 1, 55899)) == 0x72
    assert sale.ok(pay(0x99, 1, 60000)).hex() == "0000000000" + "0000004100"
    sale.ok(CLOSE)
    found = tags(sale)
    assert (found[1020], found[1031], found[1081]) == (95900, 55900, 40000)
    assert sale.ok(b"\x91\x03\x01\x02").hex() == "000000040000"
    assert sale.ok(b"\x91\x06\x01\x00").hex() == "0001"
    assert sale.ok(b"\x91\x28\x01\x00").hex() == "00000000095900"
    assert sale.ok(b"\x91\x35\x00\x00").hex() == "000001" + "000001"


def test_other_payments(sale: Bench):
    sale.item(600)
    for kind in (3, 4, 5):
        sale.ok(pay(0x99, kind, 100))
    sale.ok(pay(0x4A, 2, 0))
    assert [tags(sale)[tag] for tag in (1031, 1081, 1215, 1216, 1217)] == [0, 300, 100, 100, 100]


def test_cancel(sale: Bench):
    sale.item(100)
    assert sale.code(b"\x59") == 0
    assert sale.code(b"\x59") == 0x9A
    assert sale.device.fn.last_fd == 2
    assert sale.code(CLOSE) == 0x9A


def test_an_empty_receipt_is_not_closed(sale: Bench):
    assert sale.code(CLOSE) == 0x9A
    sale.ok(BEGIN)
    assert sale.code(CLOSE) == 0x66


@pytest.mark.parametrize(
    ("command", "total"),
    [
        ("01 00", 9000),
        ("01 01", 11000),
        ("00 00", 9000),
    ],
)
def test_discount_on_the_receipt(sale: Bench, command: str, total: int):
    sale.item(4000)
    sale.item(6000)
    discount = bytes.fromhex(f"43 00 00 {command} 00 00 00 10 00")
    sale.ok(discount)
    assert sale.device.subtotal() == total
    assert sale.code(BEGIN) == 0x7C
    assert sale.code(discount) == 0x7B
    sale.ok(CLOSE)
    assert tags(sale)[1020] == total


def test_tax_on_the_receipt_is_checked(sale: Bench):
    sale.item(100)
    assert sale.code(bytes.fromhex("B8 00 00 01 00 00 00 00 00 00 20")) == 0
    assert sale.code(bytes.fromhex("B8 00 00 01 00 00 00 00 00 01 01")) == 0xDF


@pytest.mark.parametrize(("number", "vat"), [(1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 6)])
def test_unified_taxes(sale: Bench, number: int, vat: int):
    sale.item(100, tax=number)
    assert sale.device.receipt.items[0].order.vat == vat


@pytest.mark.parametrize(("number", "vat"), [(2, 2), (3, 1), (4, 5)])
def test_old_taxes(make_bench, number: int, vat: int):
    bench = make_bench(firmware_build=3688)
    bench.mode(1)
    bench.ok(SALE)
    bench.item(100, tax=number)
    assert bench.device.receipt.items[0].order.vat == vat
    bench.ok(BEGIN)
    assert bench.code(item_command(100, 1000, 100, 6, b"A")) == 0xEE


@pytest.mark.parametrize(("row", "rate", "vat"), [(1, 2200, 11), (3, 2200, 12), (2, 500, 7), (4, 700, 10)])
def test_rates_of_table_13_count(bench: Bench, row: int, rate: int, vat: int):
    bench.mode(4)
    assert bench.ok(bytes((0x46, 13, 0, row, 2))).hex() in ("2000", "1000")
    bench.ok(bytes((0x50, 13, 0, row, 2)) + bytes.fromhex(f"{rate:04d}"))
    bench.mode(1)
    bench.ok(SALE)
    bench.item(12200, tax=row)
    bench.ok(CLOSE)
    line = tags(bench)[1059]
    assert [tlv.value for tlv in line if tlv.tag == 1199] == [vat]


@pytest.mark.parametrize("command", ["52 00 00 00 00 16 03 00 00 00 15 00 03", "57 00 00 00 00 16 03 00 00 00 15 00"])
def test_old_registrations_are_refused_with_a_storage(sale: Bench, command: str):
    assert sale.do(bytes.fromhex(command)) == b"\x55\xf6\x01"


def test_old_registrations_by_a_switch(make_bench):
    bench = make_bench(variant=Variant(pre_fn=True))
    bench.mode(1)
    bench.ok(SALE)
    bench.ok(bytes.fromhex("52 00 00 00 00 16 03 00 00 00 15 00 03"))
    assert (bench.device.subtotal(), bench.device.receipt.items[0].order.name) == (2405, "СЕКЦИЯ 3")
    named = b"\xe6\x00" + b"\x95\xab\xa5\xa1".ljust(64, b"\0") + bytes.fromhex("000000000100" + "0000001000")
    bench.ok(named + bytes(8) + b"\x06\x01" + bytes(17))
    assert bench.device.receipt.items[1].order.name == "Хлеб"
