"""Receipts beyond the plain sale: discounts, storno, long TLV, marking."""

from __future__ import annotations

import pytest

from emulator.discounts import shares
from emulator.receipt import OpenReceipt
from emulator.shtrih.frame2 import crc16
from emulator.shtrih.variant import Variant
from emulator.till_orders import close, item, le, tlv
from emulator.tlv import decode, first, members, number

CODE = b"010460065310599021ABCDEFGHIJKLM\x1d91EE06\x1d92abcdefgh"
GTIN_AND_SERIAL = "010460065310599021ABCDEFGHIJKLM"


def tags_of_last(bench):
    fn = bench.device.fn
    return decode(fn.body(fn.last_fd)[1])


def sums(bench) -> list[tuple[int, int]]:
    """Price and sum of every line of the last document."""
    items = [tag.value for tag in tags_of_last(bench) if tag.tag == 1059]
    return [(number(one, 1079), number(one, 1043)) for one in items]


# --- discounts


@pytest.mark.parametrize(
    ("weights", "delta", "parts"),
    [([100, 100, 100], -100, [-34, -33, -33]), ([1, 2], 3, [1, 2]), ([0, 0], 5, [3, 2]), ([7], -7, [-7])],
)
def test_shares_add_up(weights, delta, parts):
    assert shares(weights, delta) == parts
    assert sum(parts) == delta


def test_a_discount_is_spread_over_the_lines(bench):
    bench.ok(0xE0)
    bench.ok(0x8D, b"\0")
    for price in (10_000, 5_000):
        bench.ok(0xFF46, item(price_kop=price))
    bench.ok(0x86, le(1_501, 5) + bytes(4))
    assert bench.ok(0x89)[1:] == le(13_499, 5)
    assert bench.code(0x8A, le(1_502, 5) + bytes(4)) == 0x2B
    bench.ok(0x8A, le(1, 5) + bytes(4))
    assert bench.code(0x86, le(13_501, 5) + bytes(4)) == 0x5A
    bench.ok(0xFF45, close({1: 13_500}))
    assert sums(bench) == [(9_000, 9_000), (4_500, 4_500)]


def test_85h_takes_a_percentage_off_and_keeps_the_receipt_when_refused(bench):
    bench.ok(0xE0)
    bench.ok(0x80, le(2000, 5) + le(10_000, 5) + b"\1\1\0\0\0" + b"Tea")
    discount = (1_000).to_bytes(2, "little", signed=True)
    assert bench.code(0x85, le(17_999, 5) + bytes(15) + discount + bytes(4)) == 0x45
    assert bench.ok(0x89)[1:] == le(20_000, 5)
    assert bench.ok(0x85, le(20_000, 5) + bytes(15) + discount + bytes(4))[1:] == le(2_000, 5)
    assert sums(bench) == [(9_000, 18_000)]


def test_storno_takes_a_line_back(bench):
    bench.ok(0xE0)
    sale = le(3000, 5) + le(10_000, 5) + b"\1\1\0\0\0" + b"Tea"
    bench.ok(0x80, sale)
    bench.ok(0x84, le(1000, 5) + sale[5:])
    assert bench.ok(0x89)[1:] == le(20_000, 5)
    assert bench.code(0x84, sale) == 0x2D
    bench.ok(0x84, le(2000, 5) + sale[5:])
    assert bench.ok(0x89)[1:] == le(0, 5)


def test_the_receipt_with_a_discount_survives_the_state_file(bench):
    bench.ok(0xE0)
    bench.ok(0x8D, b"\0")
    bench.ok(0xFF46, item(price_kop=10_000))
    bench.ok(0x87, le(500, 5) + bytes(4))
    assert OpenReceipt.from_table(bench.device.receipt.to_table()) == bench.device.receipt


# --- long TLV


def test_a_long_tlv_through_the_buffer(bench):
    text = ("Заметка " * 40).encode("cp866")[:256]
    whole = tlv(1084, tlv(1085, b"NOTE") + tlv(1086, text))
    bench.ok(0xE0)
    bench.ok(0x8D, b"\0")
    bench.ok(0xFF46, item())
    block = bench.ok(0xFF32, le(len(whole), 2))[0]
    for at in range(0, len(whole), block):
        piece = whole[at : at + block]
        bench.ok(0xFF33, le(at, 2) + le(len(piece), 1) + piece)
    assert bench.code(0xFF33, le(len(whole), 2) + b"\1x") == 0x33
    bench.ok(0xFF64)
    assert bench.code(0xFF64) == 0x02
    bench.ok(0xFF45, close({1: 10_000}))
    assert first(tags_of_last(bench), 1084).whole == whole


def test_tags_of_a_receipt_may_be_more_than_one_kilobyte(bench):
    bench.ok(0xE0)
    bench.ok(0x8D, b"\0")
    bench.ok(0xFF46, item())
    for _ in range(6):
        bench.ok(0xFF0C, tlv(1084, tlv(1085, b"A") + tlv(1086, b"B" * 200)))
    bench.ok(0xFF45, close({1: 10_000}))
    assert sum(tag.tag == 1084 for tag in tags_of_last(bench)) == 6


# --- marking


def test_a_marking_code_from_check_to_notification(make_bench):
    bench = make_bench(Variant(marking_server=True), ffd="1.2")
    checked = bench.ok(0xFF61, bytes((1, 0, len(CODE), 0)) + CODE)
    assert checked == bytes((0, 1, 5, 2, 0, 15))
    assert bench.ok(0xFF69, b"\1") == b"\x0f"
    bench.ok(0xE0)
    bench.ok(0x8D, b"\0")
    bench.ok(0xFF46, item(subject=33))
    bench.ok(0xFF67, bytes((len(CODE),)) + CODE)
    assert bench.ok(0xFF70)[4] == 1
    bench.ok(0xFF45, close({1: 10_000}))
    line = members(tags_of_last(bench), 1059)
    assert first(members(line, 1163), 1305).value == GTIN_AND_SERIAL
    assert number(line, 2106) == 15
    start = bench.ok(0xFF71)
    assert start[:2] == le(1, 2)
    size = int.from_bytes(start[6:8], "little")
    body = b""
    while len(body) < size:
        answer = bench.ok(0xFF72)
        assert answer[4:6] == le(size, 2)
        assert answer[6:8] == le(len(body), 2)
        body += answer[10:]
    assert bench.code(0xFF72) == 0x08
    assert bench.code(0xFF73, le(1, 4) + le(crc16(body) ^ 1, 2)) == 0x33
    bench.ok(0xFF73, le(1, 4) + le(crc16(body), 2))
    assert bench.ok(0xFF68)[1:3] == le(0, 2)


def test_marking_out_of_order(make_bench):
    bench = make_bench(ffd="1.2")
    assert bench.code(0xFF69, b"\1") == 0xA1
    bench.ok(0xFF61, bytes((1, 0, len(CODE), 0)) + CODE)
    bench.ok(0xFF69, b"\0")
    bench.ok(0xE0)
    bench.ok(0x8D, b"\0")
    bench.ok(0xFF46, item())
    assert bench.code(0xFF67, bytes((len(CODE),)) + CODE) == 0xAC
    for index in range(128):
        code = CODE + str(index).encode()
        bench.ok(0xFF61, bytes((1, 0, len(code), 0)) + code)
        bench.ok(0xFF69, b"\1")
    assert bench.code(0xFF61, bytes((1, 0, len(CODE), 0)) + CODE) == 0xA3
