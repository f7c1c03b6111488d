"""The fiscal storage through the Shtrih front end (protocol notes, sections 2.7 and 5)."""

from __future__ import annotations

import pytest

from emulator.shtrih.variant import Variant
from emulator.till_orders import close, item, le
from emulator.tlv import decode, first


def text(tags, tag: int) -> str:
    return str(first(tags, tag).value).rstrip()


def sell(bench, *items: bytes, kind: bytes = b"\0") -> bytes:
    """A receipt of 100.00 (or of `items`) paid with 100.00 in cash; the answer of FF45h."""
    bench.ok(0x8D, kind)
    for one in items or (item(),):
        bench.ok(0xFF46, one)
    return bench.ok(0xFF45, close({1: 10_000}))


OPEN, SALE = 0xE0, b"\0"


def test_shift_by_fn_commands_takes_tlv(bench):
    name = "Петрова".encode("cp866")
    bench.ok(0xFF41)
    assert bench.ok(0xFF01)[1:3] == b"\x02\x00"
    bench.ok(0xFF0C, le(1021, 2) + le(len(name), 2) + name)
    assert bench.ok(0xFF01)[2] == 1
    opened = bench.ok(0xFF0B)
    assert (opened[:2], opened[2:6], len(opened)) == (le(1, 2), le(2, 4), 10)
    assert text(bench.device.fn.document(2).tags, 1021) == "Петрова"
    bench.ok(0xFF42)
    closed = bench.ok(0xFF43)
    assert (closed[:2], closed[2:6], len(closed)) == (le(1, 2), le(3, 4), 10)


def test_a_half_made_document_blocks_others_until_ff08(bench):
    bench.ok(0xFF41)
    assert bench.code(OPEN) == 0x5E
    assert bench.code(0xFF37) == 0x5E
    assert bench.code(0xFF43) == 0x02
    bench.ok(0xFF08)
    assert bench.code(0xFF08) == 0x02
    bench.ok(OPEN)
    assert bench.code(0xFF41) == 0x73


def test_tlv_without_a_document_is_02h(bench):
    assert bench.code(0xFF0C, le(1008, 2) + le(1, 2) + b"x") == 0x02


def test_calculation_report(bench):
    bench.ok(0xFF37)
    answer = bench.ok(0xFF38)
    assert answer == le(2, 4) + answer[4:8] + le(2, 4) + bytes((26, 11, 21))


def test_correction_receipt(bench):
    bench.ok(OPEN)
    bench.ok(0xFF35)
    assert bench.ok(0xFF01)[1] == 0x14
    sums = [10_000, 10_000, 0, 0, 0, 0, 0, 0, 0, 10_000, 0, 0]
    answer = bench.ok(0xFF4A, b"\0\1" + b"".join(le(each, 5) for each in sums[:6]) + b"".join(
        le(each, 5) for each in sums[6:]) + b"\1")  # fmt: skip
    assert (answer[:2], answer[2:6]) == (le(1, 2), le(3, 4))
    assert bench.ok(0xFF0A, le(3, 4))[0] == 31


def test_reading_a_document_whole(bench):
    bench.ok(OPEN)
    bench.ok(0x8D, SALE)
    bench.ok(0xFF46, item(name="Н" * 128))
    bench.ok(0xFF4D, le(1191, 2) + le(64, 2) + b"x" * 64)
    bench.ok(0xFF4D, le(1197, 2) + le(16, 2) + b"y" * 16)
    fd = int.from_bytes(bench.ok(0xFF45, close({1: 10_000}))[5:9], "little")
    head = bench.ok(0xFF3A, le(fd, 4))
    assert head[:2] == le(3, 2)
    pieces = []
    while (answer := bench.do(0xFF3B))[0] == 0:
        pieces.append(answer[1:])
    assert answer == b"\x08"
    body = b"".join(pieces)
    assert body == bench.device.fn.body(fd)[1]
    assert len(body) == int.from_bytes(head[2:], "little")
    assert max(len(piece) for piece in pieces) == 252
    short = [piece for piece in pieces if len(piece) < 252]
    assert decode(short[0])[0].whole == short[0]


@pytest.mark.parametrize("code", [0x10, 0xFF01, 0x13])
def test_another_command_drops_the_reading_position(bench, code):
    bench.ok(0xFF3A, le(1, 4))
    bench.ok(0xFF3B)
    bench.ok(code)
    assert bench.code(0xFF3B) == 0x08


def test_short_forms(bench):
    bench.ok(OPEN)
    sell(bench)
    bench.ok(0x41)
    forms = [bench.ok(0xFF0A, le(fd, 4)) for fd in (1, 2, 3, 4)]
    assert [form[0] for form in forms] == [1, 2, 3, 5]
    assert [len(form) for form in forms] == [15 + 34, 15 + 2, 15 + 6, 15 + 2]
    assert forms[2][15:] == b"\x01" + le(10_000, 5)
    assert bench.code(0xFF0A, le(5, 4)) == 0x08
    assert bench.code(0xFF3A, le(5, 4)) == 0x08


def test_ofd_state(bench):
    assert bench.ok(0xFF39) == b"\x02\0\x01\0" + le(1, 4) + bytes((26, 11, 21, 12, 30))
    assert bench.ok(0xFF3F) == le(1, 4)
    assert bench.code(0xFF3C, le(1, 4)) == 0x08
    bench.device.ofd_deliver()
    assert bench.ok(0xFF3F) == bytes(4)
    assert len(bench.ok(0xFF3C, le(1, 4))) > 20
    assert bench.ok(0xFF0A, le(1, 4))[1] == 1


def test_counter_of_ff3f_has_two_widths(make_bench):
    assert make_bench(Variant(unconfirmed_width=2)).ok(0xFF3F) == b"\1\0"


def test_registration_and_fn_facts(bench):
    profile = bench.device.profile
    answer = bench.ok(0xFF09)
    assert len(answer) == 47
    assert answer[5:17].decode() == profile.inn.ljust(12)
    assert answer[17:37].decode() == profile.rnm.ljust(20)
    assert answer[39:43] == le(1, 4)
    assert bench.ok(0xFF02).decode() == profile.fn_serial
    assert len(bench.ok(0xFF03)) == 5
    assert len(bench.ok(0xFF04)) == 17


def test_registration_of_ffd_12_has_the_long_form(make_bench):
    assert len(make_bench(ffd="1.2").ok(0xFF09)) == 64


def test_current_shift(bench):
    assert bench.ok(0xFF40) == bytes(5)
    bench.ok(OPEN)
    assert bench.ok(0xFF40) == b"\1\1\0\0\0"
    sell(bench)
    assert bench.ok(0xFF40) == b"\1\1\0\1\0"
