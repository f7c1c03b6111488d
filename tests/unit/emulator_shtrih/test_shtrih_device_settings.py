"""Tables, clock, exchange parameters (protocol notes, sections 2.4 and 4)."""

from __future__ import annotations

from datetime import datetime

import pytest

from emulator.till_orders import close, item, le
from emulator.tlv import first


def text(tags, tag: int) -> str:
    return str(first(tags, tag).value).rstrip()


def sell(bench, *items: bytes, kind: bytes = b"\0") -> bytes:
    """A receipt of 100.00 (or of `items`) paid with 100.00 in cash; the answer of FF45h."""
    bench.ok(0x8D, kind)
    for one in items or (item(),):
        bench.ok(0xFF46, one)
    return bench.ok(0xFF45, close({1: 10_000}))


OPEN, SALE = 0xE0, b"\0"


def test_date_confirmation_is_mode_6(bench):
    bench.ok(0x22, bytes((22, 11, 26)))
    assert bench.ok(0x10)[3] == 6
    assert bench.code(OPEN) == 0xC0
    assert bench.code(0x23, bytes((23, 11, 26))) == 0x7C
    bench.ok(0x23, bytes((22, 11, 26)))
    assert bench.device.now() == datetime(2026, 11, 22, 12, 30)  # noqa: DTZ001 - local time of a register
    bench.ok(0x21, bytes((9, 15, 0)))
    assert bench.ok(0x11)[23:29] == bytes((22, 11, 26, 9, 15, 0))


def test_clock_is_refused_with_wrong_values_and_in_a_shift(bench):
    assert bench.code(0x22, bytes((31, 2, 26))) == 0x7D
    assert bench.code(0x21, bytes((24, 0, 0))) == 0x33
    bench.ok(OPEN)
    assert bench.code(0x21, bytes((9, 0, 0))) == 0x73
    assert bench.code(0x22, bytes((21, 11, 26))) == 0x73


def test_tables_can_be_enumerated(bench):
    found = {}
    for table in range(1, 26):
        answer = bench.do(0x2D, bytes((table,)))
        if answer[0] == 0:
            found[table] = (answer[1:41].rstrip(b"\0").decode("cp1251"), int.from_bytes(answer[41:43], "little"))
            for field in range(1, answer[43] + 1):
                bench.ok(0x2E, bytes((table, field)))
                bench.ok(0x1F, bytes((table, 1, 0, field)))
            assert bench.code(0x2E, bytes((table, answer[43] + 1))) == 0x5D
        else:
            assert answer == b"\x5d"
    assert set(found) == {1, 2, 4, 5, 6, 7, 8, 17, 18, 19, 20, 21}
    assert found[2] == ("Пароли кассиров и администраторов", 30)


def test_table_values_are_checked_and_kept(make_bench, tmp_path):
    path = tmp_path / "tables.json"
    bench = make_bench(tables=path)
    assert bench.ok(0x2E, b"\x01\x01")[40:] == bytes((0, 1, 1, 99))
    assert bench.code(0x1E, b"\x01\x01\x00\x01\x64") == 0x33
    assert bench.code(0x1E, b"\x12\x01\x00\x01x") == 0x7A
    assert bench.code(0x1E, b"\x05\x01\x00\x01x") == 0x7A
    assert bench.code(0x1F, b"\x01\x02\x00\x01") == 0x33
    bench.ok(0x1E, b"\x01\x01\x00\x01\x07")
    assert make_bench(tables=path).ok(0x1F, b"\x01\x01\x00\x01") == b"\x07"


def test_a_new_password_and_name_count_at_once(bench):
    bench.ok(0x1E, b"\x02\x01\x00\x01" + le(777, 4))
    bench.ok(0x1E, b"\x02\x01\x00\x02" + "Сидорова".encode("cp1251"))
    assert bench.code(0x13, password=1) == 0x4F
    bench.ok(OPEN, password=777)
    assert text(bench.device.fn.document(2).tags, 1021) == "Сидорова"


def test_exchange_parameters_set_the_byte_timeout(bench):
    assert bench.ok(0x15, b"\2") == bytes((6, 100))
    bench.ok(0x14, b"\2\4\xff")
    assert bench.ok(0x15, b"\2") == bytes((4, 255))
    assert bench.machine.ports.baud(2) == 38400
    bench.send(b"\2")
    assert bench.front.due() == pytest.approx(105.0)
    assert bench.another(3).ok(0x15, b"\3") == bytes((6, 100))
