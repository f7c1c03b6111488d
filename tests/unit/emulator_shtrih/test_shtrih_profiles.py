"""Shipped registers: each works a whole day, and shows the widths, tables and refusals its file says."""

from __future__ import annotations

from datetime import datetime

import pytest

from emulator import profile as profiles
from emulator.device import Device
from emulator.paper import Tape
from emulator.shtrih.bench import Bench, Clocks
from emulator.shtrih.front import ShtrihFront
from emulator.shtrih.machine import Machine
from emulator.shtrih.variant import Variant, from_profile
from emulator.till_orders import close, item

SHIPPED = [name for name in profiles.names() if name.startswith("shtrih")]


def start(name: str) -> Bench:
    profile = profiles.load(name)
    clocks = Clocks(datetime(2026, 11, 21, 12, 30))  # noqa: DTZ001 - local time of a register
    tape = Tape(profile.columns, profile.dots)
    device = Device.open(profile, tape, None, lambda: clocks.wall, monotonic=lambda: clocks.monotonic)
    bench = Bench(ShtrihFront(Machine(device), 2), device, clocks)
    bench.wake()
    return bench


@pytest.mark.parametrize("name", SHIPPED)
def test_a_day_on_every_register(name):
    bench = start(name)
    bench.ok(0xE0)
    bench.ok(0x8D, b"\0")
    bench.ok(0xFF46, item(name="Кофе"))
    bench.ok(0xFF45, close({1: 10_000}))
    bench.ok(0x17, b"\x02" + "Бонусы: 150".encode("cp1251").ljust(40, b"\0"))
    bench.ok(0x41)
    assert [document.form for document in bench.device.fn.documents.values()] == [1, 2, 3, 5]
    assert "Бонусы: 150" in bench.device.tape.text()


@pytest.mark.parametrize("name", SHIPPED)
def test_fonts_fit_the_paper_by_26h(name):
    bench = start(name)
    variant, profile = bench.machine.variant, bench.device.profile
    for font in range(1, variant.fonts + 1):
        answer = bench.ok(0x26, bytes((font,)))
        width = int.from_bytes(answer[0:2], "little")
        assert width <= profile.dots
        wanted = variant.columns_of(font, profile.columns, profile.double_columns)
        assert width // answer[2] == wanted
        assert answer[4] == variant.fonts
    assert bench.code(0x26, bytes((variant.fonts + 1,))) == 0x33


@pytest.mark.parametrize("name", SHIPPED)
def test_what_a_register_lacks_is_37h(name):
    bench = start(name)
    for code in bench.machine.variant.unsupported:
        assert bench.code(code) == 0x37


def test_a_cash_core_keeps_its_tables_elsewhere():
    bench = start("shtrih-smartpos-f")
    assert bench.ok(0x1F, bytes((14, 1, 0, 1))).rstrip(b"\0") == b"0000000000045678"
    assert bench.ok(0x1F, bytes((10, 1, 0, 17))) == b"\x04"
    for table in (8, 17, 18, 19, 20):
        assert bench.code(0x2D, bytes((table,))) == 0x5D
    bench.ok(0x1E, bytes((10, 1, 0, 36, 1)))
    bench.ok(0xE0)
    assert len(bench.ok(0xFF38)) == 15 + 5


def test_old_firmware_wants_forty_bytes():
    bench = start("shtrih-mini-01f")
    assert bench.code(0x17, b"\x02abc") == 0x7E
    assert bench.ok(0x17, b"\x02" + b"abc".ljust(40, b"\0")) == b"\x1e"
    assert len(bench.ok(0xFF03)) == 3
    assert len(bench.ok(0xFF3F)) == 2


@pytest.mark.parametrize("length", [48, 50, 52])
def test_full_status_comes_in_three_lengths(make_bench, length):
    bench = make_bench(Variant(full_status_bytes=length), serial="99999999999999")
    answer = bench.ask(b"\x11\x1e\0\0\0")
    assert len(answer) == length
    if length == 52:
        assert int.from_bytes(answer[32:36] + answer[50:52], "little") == 99999999999999


def test_shift_opening_without_a_result_byte(make_bench):
    assert make_bench(Variant(short_shift_answer=True)).ask(b"\xe0\x1e\0\0\0") == b"\xe0\x1e"


@pytest.mark.parametrize(
    "table",
    [{"colour": 1}, {"protocol": "3.0"}, {"full_status_bytes": 49}, {"unsupported": "13"}, {"unsupported": ["zz"]}],
)
def test_a_wrong_section_is_refused(table):
    with pytest.raises(ValueError, match=r"\[shtrih\]|protocol|status|invalid"):
        from_profile(table)
