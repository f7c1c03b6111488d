"""Receipts and money of the emulated device (protocol notes, sections 2.5 to 2.7)."""

from __future__ import annotations

import pytest

from emulator.till_orders import close, item, le
from emulator.tlv import first, number


def text(tags, tag: int) -> str:
    return str(first(tags, tag).value).rstrip()


def sell(bench, *items: bytes, kind: bytes = b"\0") -> bytes:
    """A receipt of 100.00 (or of `items`) paid with 100.00 in cash; the answer of FF45h."""
    bench.ok(0x8D, kind)
    for one in items or (item(),):
        bench.ok(0xFF46, one)
    return bench.ok(0xFF45, close({1: 10_000}))


OPEN, SALE = 0xE0, b"\0"


def test_sale_is_registered_with_its_tags(bench):
    bench.ok(OPEN)
    bench.ok(0x8D, SALE)
    bench.ok(0xFF46, item(micro=2_000_000, price_kop=15_000, rate=0xCB, name="//Кофе"))
    bench.ok(0xFF4D, le(1162, 2) + le(4, 2) + b"\x44\x4d\x01\x02")
    bench.ok(0xFF0C, le(1008, 2) + le(6, 2) + b"a@b.ru")
    assert bench.ok(0x89) == b"\x1e" + le(30_000, 5)
    answer = bench.ok(0xFF45, close({1: 50_000}))
    assert answer[:5] == le(20_000, 5)
    fd = int.from_bytes(answer[5:9], "little")
    tags = bench.device.fn.document(fd).tags
    line = next(tag for tag in tags if tag.tag == 1059).value
    assert (number(tags, 1020), text(tags, 1008), number(line, 1199)) == (30_000, "a@b.ru", 11)
    assert text(line, 1030) == "Кофе"
    assert any(tag.tag == 1162 for tag in line)
    assert next(tag.raw for tag in tags if tag.tag == 1077)[2:] == answer[9:13][::-1]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"rate": 0x03}, 0x33),
        ({"rate": 0x00}, 0x33),
        ({"rate": 0x90}, 0x33),
        ({"sum_kop": 10_002}, 0x33),
        ({"sum_kop": 9_998}, 0x33),
        ({"sum_kop": 10_001}, 0x00),
        ({"kind": 2}, 0x33),
    ],
)
def test_operation_is_checked(bench, change, code):
    bench.ok(OPEN)
    bench.ok(0x8D, SALE)
    assert bench.code(0xFF46, item(**change)) == code


@pytest.mark.parametrize(
    ("rate", "vat"),
    [(0x01, 11), (0x02, 2), (0x04, 5), (0x08, 6), (0x10, 12), (0x20, 4), (0x81, 7), (0x82, 8), (0x84, 9), (0x88, 10),
     (0xCB, 11), (0xCC, 12)],
)  # fmt: skip
def test_rate_codes(bench, rate, vat):
    bench.ok(OPEN)
    answer = sell(bench, item(rate=rate))
    line = next(t for t in bench.device.fn.document(int.from_bytes(answer[5:9], "little")).tags if t.tag == 1059)
    assert number(line.value, 1199) == vat


def test_twenty_percent_stays_when_it_is_not_replaced(bench):
    bench.ok(0x1E, b"\x11\x01\x00\x47\x02")
    bench.ok(OPEN)
    fd = int.from_bytes(sell(bench, item(rate=0x01))[5:9], "little")
    line = next(tag for tag in bench.device.fn.document(fd).tags if tag.tag == 1059)
    assert number(line.value, 1199) == 1


def test_nano_has_its_own_codes_of_22_percent(make_bench):
    bench = make_bench(model_code=152)
    bench.ok(OPEN)
    fd = int.from_bytes(sell(bench, item(rate=0x90))[5:9], "little")
    line = next(tag for tag in bench.device.fn.document(fd).tags if tag.tag == 1059)
    assert number(line.value, 1199) == 11


@pytest.mark.parametrize(
    ("pay", "code"), [(close({1: 9_999}), 0x45), (close({2: 10_001}), 0x4D), (close({2: 10_000}), 0x00)]
)
def test_payments_are_checked(bench, pay, code):
    bench.ok(OPEN)
    bench.ok(0x8D, SALE)
    bench.ok(0xFF46, item())
    assert bench.code(0xFF45, pay) == code
    assert bench.ok(0x10)[3] == (2 if code == 0 else 8)


def test_a_receipt_belongs_to_its_operator(bench):
    bench.ok(OPEN)
    bench.ok(0x8D, SALE, password=1)
    assert bench.code(0x88, password=2) == 0x59
    assert bench.ok(0x88, password=1) == b"\x01"


def test_refusals_name_the_state(bench):
    assert bench.code(0x8D, SALE) == 0x3D
    assert bench.code(0xFF46, item()) == 0x55
    assert bench.code(0x88) == 0x55
    assert bench.code(0xFF45, close({1: 1})) == 0x55
    bench.ok(OPEN)
    assert bench.code(OPEN) == 0x73
    bench.ok(0x8D, SALE)
    assert bench.code(0x41) == 0x4A
    assert bench.code(0x8D, SALE) == 0x4A
    assert bench.code(0x8D, b"\4") == 0x33
    assert bench.code(0x25, b"\1") == 0x4A


def test_old_commands_make_a_receipt(bench):
    bench.ok(OPEN)
    line = le(2_000, 5) + le(15_000, 5) + b"\x01" + b"\2\0\0\0" + "Кофе".encode("cp1251").ljust(40, b"\0")
    assert bench.ok(0x80, line) == b"\x1e"
    answer = bench.ok(0x85, le(40_000, 5) + bytes(15) + bytes(2) + bytes(4) + bytes(40))
    assert answer == b"\x1e" + le(10_000, 5)
    tags = bench.device.fn.document(bench.device.fn.last_fd).tags
    assert number(tags, 1020) == 30_000
    assert number(next(tag for tag in tags if tag.tag == 1059).value, 1199) == 2


def test_close_with_the_date_when_extended_answers_are_on(bench):
    bench.ok(0x1E, b"\x11\x01\x00\x24\x01")
    bench.ok(OPEN)
    assert sell(bench)[13:] == bytes((26, 11, 21, 12, 30))


def test_close_with_ten_tax_sums(bench):
    bench.ok(OPEN)
    bench.ok(0x8D, SALE)
    bench.ok(0xFF46, item())
    assert bench.ok(0xFF45, close({1: 10_000}) + bytes(64) + bytes(20))[:5] == bytes(5)


def test_cash_and_registers(bench):
    bench.ok(OPEN)
    assert len(bench.ok(0x50, le(50_000, 5))) == 3
    assert bench.code(0x51, le(50_001, 5)) == 0x46
    bench.ok(0x51, le(20_000, 5))
    sell(bench)
    money = {number: int.from_bytes(bench.ok(0x1A, bytes((number,)))[1:], "little") for number in (193, 241, 242, 243)}
    assert money == {193: 10_000, 241: 40_000, 242: 50_000, 243: 20_000}
    assert int.from_bytes(bench.ok(0x1B, b"\x90")[1:], "little") == 1
    assert bench.ok(0x1B, b"\x99")[1:] == b"\1\0"
    assert bench.code(0x1A, b"\x00\x01") == 0x33


def test_payment_registers_go_by_payment_then_by_type(bench):
    bench.ok(OPEN)
    bench.ok(0x50, le(50_000, 5))
    bench.ok(0x8D, SALE)
    bench.ok(0xFF46, item())
    bench.ok(0xFF45, close({2: 10_000}))
    bench.ok(0x8D, b"\2")
    bench.ok(0xFF46, item(kind=2, price_kop=700))
    bench.ok(0xFF45, close({1: 700}))
    read = [int.from_bytes(bench.ok(0x1A, bytes((place,)))[1:], "little") for place in range(193, 201)]
    assert read == [0, 0, 700, 0, 10_000, 0, 0, 0]


def test_repeat_document(bench):
    bench.ok(OPEN)
    sell(bench)
    before = len(bench.device.tape.marks)
    bench.ok(0x8C)
    assert len(bench.device.tape.marks) > before
