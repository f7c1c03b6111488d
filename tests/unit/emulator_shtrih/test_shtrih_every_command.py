"""Every code of the device's table, and every code that is not in it."""

from __future__ import annotations

import pytest

from emulator.shtrih.commands import COMMANDS

OPEN = 0xE0


@pytest.mark.parametrize("code", [code for code in range(255) if code not in COMMANDS.codes()])
def test_other_commands_are_37h(bench, code):
    assert bench.ask(bytes((code,)) + b"\x1e\0\0\0") == bytes((code, 0x37))


@pytest.mark.parametrize("second", [0x05, 0x06, 0x07, 0x61, 0x67, 0xFF])
def test_other_fn_commands_are_37h_in_three_bytes(bench, second):
    assert bench.ask(bytes((0xFF, second)) + b"\x1e\0\0\0") == bytes((0xFF, second, 0x37))


@pytest.mark.parametrize("code", [0x40, 0x41])
def test_reports_want_an_administrator(bench, code):
    bench.ok(OPEN)
    assert bench.code(code, password=28) == 0x4F
    assert bench.ok(code, password=29) == bytes((29,))


@pytest.mark.parametrize("code", [0x1F, 0x26, 0x2D, 0xFF01, 0xFF0C, 0xFF3A])
def test_tables_and_the_fn_want_the_system_administrator(bench, code):
    assert bench.code(code, password=29) == 0x4F


@pytest.mark.parametrize("code", COMMANDS.codes())
@pytest.mark.parametrize("ffd", ["1.05", "1.2"])
def test_no_request_of_any_length_upsets_the_device(make_bench, code, ffd):
    bench = make_bench(ffd=ffd)
    head = bytes((0xFF, code & 0xFF)) if code > 0xFF else bytes((code,))
    for size in (0, 1, 3, 4, 5, 6, 8, 11, 40, 120, 240):
        for fill in (0x00, 0x01, 0xFF):
            payload = (head + b"\x1e\0\0\0" + bytes((fill,)) * size)[: 4 + size]
            answer = bench.ask(payload or head)
            assert answer.startswith(head[: len(payload)])


def test_text_of_an_error(bench):
    assert bench.ask(b"\x6b\x4f")[2:].decode("cp1251") == "Неверный пароль"
    bench.code(0x88)
    assert bench.ask(b"\x6b")[2:].decode("cp1251") == "Чек закрыт, операция невозможна"
