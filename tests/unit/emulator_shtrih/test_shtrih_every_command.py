"""Every code of the device's table, and every code that is not in it."""

from __future__ import annotations

import pytest

from emulator.shtrih.commands import COMMANDS

OPEN, SALE = 0xE0, b"\0"


def test_the_promised_commands_are_there():
    base = (0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x17, 0x18, 0x1A, 0x1B, 0x1E, 0x1F, 0x21, 0x22, 0x23, 0x25, 0x26,
            0x28, 0x29, 0x2D, 0x2E, 0x2F, 0x40, 0x41, 0x4D, 0x4E, 0x50, 0x51, 0x52, 0x53, 0x54, 0x6B, 0x80, 0x81, 0x82,
            0x83, 0x85, 0x88, 0x89, 0x8C, 0x8D, 0xB0, 0xC0, 0xC1, 0xC2, 0xC3, 0xC4, 0xC5, 0xDD, 0xDE, 0xE0,
            0xF7, 0xFC)  # fmt: skip
    fn = (1, 2, 3, 4, 8, 9, 0x0A, 0x0B, 0x0C, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3A, 0x3B, 0x3C, 0x3F, 0x40, 0x41, 0x42,
          0x43, 0x45, 0x46, 0x4A, 0x4D)  # fmt: skip
    assert set(COMMANDS.codes()) == set(base) | {0xFF00 + code for code in fn}


@pytest.mark.parametrize("code", [code for code in range(255) if code not in COMMANDS.codes()])
def test_other_commands_are_37h(bench, code):
    assert bench.ask(bytes((code,)) + b"\x1e\0\0\0") == bytes((code, 0x37))


@pytest.mark.parametrize("second", [0x05, 0x44, 0x4B, 0x61, 0x67, 0xFF])
def test_other_fn_commands_are_37h_in_three_bytes(bench, second):
    assert bench.ask(bytes((0xFF, second)) + b"\x1e\0\0\0") == bytes((0xFF, second, 0x37))


@pytest.mark.parametrize("code", [code for code in COMMANDS.codes() if code not in (0xFC, 0xF7, 0x6B)])
def test_a_wrong_password_is_4fh(bench, code):
    assert bench.code(code, password=31) == 0x4F
    assert bench.code(code, password=0) == 0x4F


@pytest.mark.parametrize("code", [0x40, 0x41])
def test_reports_want_an_administrator(bench, code):
    bench.ok(OPEN)
    assert bench.code(code, password=28) == 0x4F
    assert bench.ok(code, password=29) == bytes((29,))


@pytest.mark.parametrize("code", [0x1F, 0x26, 0x2D, 0xFF01, 0xFF0C, 0xFF3A])
def test_tables_and_the_fn_want_the_system_administrator(bench, code):
    assert bench.code(code, password=29) == 0x4F


@pytest.mark.parametrize("code", COMMANDS.codes())
def test_no_request_of_any_length_upsets_the_device(bench, code):
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
