"""Tables that act, registers that a Z report clears, submodes, a storage in trouble."""

from __future__ import annotations

import pytest

from emulator.paper import CutMark, Line
from emulator.till_orders import close, item, le


def write(bench, table: int, field: int, value: int, row: int = 1) -> None:
    bench.ok(0x1E, bytes((table,)) + le(row, 2) + bytes((field, value)))


def money(bench, register: int) -> int:
    return int.from_bytes(bench.ok(0x1A, bytes((register,)))[1:], "little")


def count(bench, register: int) -> int:
    return int.from_bytes(bench.ok(0x1B, bytes((register,)))[1:], "little")


def sell(bench, *prices: int, paid: int | None = None) -> None:
    bench.ok(0x8D, b"\0")
    for price in prices:
        bench.ok(0xFF46, item(price_kop=price))
    bench.ok(0xFF45, close({1: sum(prices) if paid is None else paid}))


# --- a Z report


def test_a_z_report_clears_what_it_must(bench):
    bench.ok(0xE0)
    bench.ok(0x50, le(50_000, 5))
    bench.ok(0x51, le(10_000, 5))
    sell(bench, 10_000)
    bench.ok(0x8D, b"\0")
    bench.ok(0x88)
    bench.ok(0x40)
    before = {number: money(bench, number) for number in (193, 241, 242, 243, 244)}
    assert before == {193: 10_000, 241: 50_000, 242: 50_000, 243: 10_000, 244: 10_000}
    wanted = {144: 1, 148: 1, 153: 1, 154: 1, 158: 1, 159: 0, 166: 1}
    assert {number: count(bench, number) for number in wanted} == wanted
    bench.ok(0x41)
    assert {number: money(bench, number) for number in before} == {193: 0, 241: 50_000, 242: 0, 243: 0, 244: 10_000}
    after = {144: 0, 148: 1, 153: 0, 154: 0, 158: 1, 159: 1, 166: 0}
    assert {number: count(bench, number) for number in after} == after


def test_table_1_field_2_empties_the_drawer(bench):
    write(bench, 1, 2, 1)
    bench.ok(0xE0)
    sell(bench, 10_000)
    bench.ok(0x41)
    assert money(bench, 241) == 0


def test_department_and_tax_reports(bench):
    bench.ok(0xE0)
    bench.ok(0x8D, b"\0")
    bench.ok(0xFF46, item(price_kop=10_000, department=2, rate=0x02))
    bench.ok(0xFF46, item(price_kop=5_000, department=3))
    bench.ok(0xFF45, close({1: 15_000}))
    for code in (0x42, 0x43):
        bench.ok(code)
    text = bench.device.tape.text()
    assert "ОТДЕЛ 2 ПРИХОД" in text
    assert "=50.00" in text.split("ОТДЕЛ 3 ПРИХОД")[1].splitlines()[0]
    assert "ПРИХОД НДС 10%" in text
    bench.ok(0x41)
    bench.ok(0xE0)
    bench.ok(0x42)
    assert "ОПЕРАЦИЙ НЕ БЫЛО" in bench.device.tape.text()


# --- tables


def test_table_17_field_7_skips_one_document_or_all(bench):
    bench.ok(0xE0)
    printed = len(bench.device.tape.marks)
    write(bench, 17, 7, 1)
    sell(bench, 10_000)
    assert len(bench.device.tape.marks) == printed
    assert bench.ok(0x1F, b"\x11\1\0\7") == b"\0"
    sell(bench, 10_000)
    assert len(bench.device.tape.marks) > printed
    write(bench, 17, 7, 2)
    printed = len(bench.device.tape.marks)
    for _ in range(2):
        sell(bench, 10_000)
    assert len(bench.device.tape.marks) == printed
    assert bench.ok(0x1F, b"\x11\1\0\7") == b"\2"
    assert bench.device.fn.last_fd == 6


def test_table_17_field_53_prints_no_reports(bench):
    write(bench, 17, 53, 1)
    printed = len(bench.device.tape.marks)
    bench.ok(0xE0)
    bench.ok(0x40)
    assert len(bench.device.tape.marks) == printed
    sell(bench, 10_000)
    assert len(bench.device.tape.marks) > printed


@pytest.mark.parametrize(("value", "cut"), [(0, []), (1, [CutMark(False)]), (2, [CutMark(True)])])
def test_table_1_field_7_cuts(bench, value, cut):
    write(bench, 1, 7, value)
    before = len(bench.device.tape.marks)
    bench.ok(0xE0)
    assert [mark for mark in bench.device.tape.marks[before:] if isinstance(mark, CutMark)] == cut


def test_table_1_field_3_prints_the_advert(bench):
    write(bench, 1, 3, 1)
    bench.ok(0xE0)
    assert any(isinstance(mark, Line) and mark.text == "СПАСИБО" for mark in bench.device.tape.marks)


def test_the_drawer_its_sensor_and_no_drawer_at_all(bench):
    opened = 1 << 11

    def flags() -> int:
        return int.from_bytes(bench.ok(0x10)[1:3], "little")

    bench.ok(0x28, b"\0")
    assert flags() & opened
    write(bench, 1, 9, 1)
    assert not flags() & opened
    bench.device.close_drawer()
    assert flags() & opened
    write(bench, 1, 6, 0)
    bench.ok(0x28, b"\0")
    assert not bench.device.drawer_open


def test_table_1_field_23_forbids_a_zero_receipt(bench):
    bench.ok(0xE0)
    sell(bench, 0)
    write(bench, 1, 23, 1)
    bench.ok(0x8D, b"\0")
    bench.ok(0xFF46, item(price_kop=0))
    assert bench.code(0xFF45, close({1: 0})) == 0x8E


# --- submodes and the storage's troubles


def test_a_long_report_is_submode_4(bench):
    bench.device.head.keep_busy(5.0, long_report=True)
    assert bench.ok(0x10)[4] == 4
    bench.clocks.monotonic += 6
    assert bench.ok(0x10)[4] == 0
    bench.device.head.keep_busy(5.0)
    assert bench.ok(0x10)[4] == 5


def test_a_storage_full_over_broken_and_mended(bench):
    bench.device.storage_left(documents=0)
    assert bench.code(0xE0) == 0x06
    bench.device.storage_left(documents=10, days=-1)
    assert bench.code(0xE0) == 0x05
    assert bench.ok(0xFF01)[4] & 3 == 3
    bench.device.storage_left(days=100)
    bench.device.storage_failed(True)
    assert bench.code(0xE0) == 0x03
    bench.device.storage_failed(False)
    assert bench.code(0xE0) == 0


def test_a_roll_of_so_many_millimetres(bench):
    bench.device.paper_in(30)
    for _ in range(10):
        bench.ok(0x17, b"\x02abc")
    assert bench.code(0x17, b"\x02abc") == 0x6B
    assert bench.ok(0x10)[4] == 1
    bench.device.paper_in()
    assert bench.ok(0x10)[4] == 0
