"""Text, pictures and codes (protocol notes, sections 2.2, 2.3 and 6)."""

from __future__ import annotations

import pytest

from emulator.marks import CutMark, FeedMark, Line, QrMark, Raster
from emulator.shtrih.variant import REVERSED_C5, Variant
from emulator.till_orders import le


def test_text_is_cut_or_wrapped(bench):
    long = "Ж" * 60
    bench.ok(0x17, b"\x02" + long.encode("cp1251"))
    bench.ok(0x17, b"\x42" + long.encode("cp1251"))
    bench.ok(0x12, b"\x02" + b"wide\0hidden")
    bench.ok(0x2F, b"\x02\x01one\ntwo")
    bench.ok(0x17, b"\x01journal only")
    assert bench.device.tape.marks[-6:] == (
        Line("Ж" * 48), Line("Ж" * 48), Line("Ж" * 12), Line("wide", bold=True, double=True), Line("one"), Line("two"),
    )  # fmt: skip
    assert bench.code(0x2F, b"\x02\x08text") == 0x33
    assert bench.code(0x2F, b"\x02\x00text") == 0x33


def test_header_advert_feed_and_cut(bench):
    before = len(bench.device.tape.marks)
    bench.ok(0x52)
    bench.ok(0x53, b"\1")
    bench.ok(0x29, b"\x02\x04")
    bench.ok(0x25, b"\0")
    assert bench.device.tape.marks[before:] == (
        Line("ДОБРО ПОЖАЛОВАТЬ!"), Line("СПАСИБО"), Line("ЗА ПОКУПКУ!"), FeedMark(3), CutMark(partial=True),
        FeedMark(4), CutMark(partial=False),
    )  # fmt: skip
    assert bench.code(0x29, b"\x02\x00") == 0x33
    assert bench.code(0x25, b"\x02") == 0x33


def test_graphics_put_bit_0_leftmost(bench):
    bench.ok(0xC0, b"\x01" + b"\x01" + bytes(39))
    bench.ok(0xC4, le(2, 2) + (b"\x80" + bytes(39)) * 2)
    bench.ok(0xC3, le(1, 2) + le(3, 2))
    mark = bench.device.tape.marks[-1]
    assert isinstance(mark, Raster)
    assert (mark.width, [row[0] for row in mark.rows]) == (320, [0x80, 0x01, 0x01])
    bench.ok(0xC1, b"\x02\x02")
    assert [row[0] for row in bench.device.tape.marks[-1].rows] == [0x01]
    assert bench.code(0xC1, b"\x02\x01") == 0x33
    assert bench.code(0xC4, le(1, 2) + bytes(39)) == 0x33


def test_a_model_that_loads_from_line_0(make_bench):
    bench = make_bench(Variant(graphics_base=0))
    bench.ok(0xC0, b"\x00" + b"\x01" + bytes(39))
    bench.ok(0xC1, b"\x01\x01")
    assert bench.device.tape.marks[-1].rows[0][0] == 0x80


def test_graphics_512_are_scaled(bench):
    bench.ok(0x4E, bytes((64,)) + le(1, 2) + le(2, 2) + b"\x01" + (b"\x01" + bytes(63)) * 2)
    bench.ok(0x4D, le(1, 2) + le(2, 2) + b"\x03\x01\x02")
    mark = bench.device.tape.marks[-1]
    assert (mark.width, len(mark.rows), mark.rows[0][0]) == (512, 6, 0x80)
    bench.ok(0x4D, le(1, 2) + le(1, 2) + b"\x01\x02\x02")
    assert bench.device.tape.marks[-1].rows[0][0] == 0xC0
    assert bench.code(0x4D, le(1, 2) + le(1, 2) + b"\x01\x07\x02") == 0x33
    assert bench.code(0x4E, bytes((64,)) + le(1, 2) + le(2, 2) + b"\x01" + bytes(64)) == 0x33


@pytest.mark.parametrize(("reversed_bits", "wanted"), [(False, 0x80), (True, 0x01)])
def test_repeated_line(make_bench, reversed_bits, wanted):
    capabilities = Variant().capabilities | ({REVERSED_C5} if reversed_bits else set())
    bench = make_bench(Variant(capabilities=capabilities))
    bench.ok(0xC5, le(10, 2) + b"\x01" + bytes(39))
    mark = bench.device.tape.marks[-1]
    assert (len(mark.rows), mark.rows[0][0]) == (10, wanted)


def test_ean13_has_its_check_digit(bench):
    bench.ok(0xC2, le(460123456789, 5))
    raster, line = bench.device.tape.marks[-2:]
    assert line.text.strip() == "4601234567893"
    bits = "".join(f"{byte:08b}" for byte in raster.rows[0])[: raster.width]
    modules = bits[::2]
    assert (len(modules), modules[:3], modules[45:50], modules[-3:]) == (95, "101", "01010", "101")


def test_qr_of_many_blocks(bench):
    text_of_code = "https://example.org/" + "бонус" * 12
    data = text_of_code.encode()
    for at in range(0, len(data), 64):
        bench.ok(0xDD, bytes((0, at // 64)) + data[at : at + 64].ljust(64, b"\0"))
    bench.ok(0xDE, b"\3" + le(len(data), 2) + b"\0\0\0\5\0\1\0")
    assert bench.device.tape.marks[-1] == QrMark(text_of_code, 5, "M", "left")
    assert bench.code(0xDE, b"\3" + le(200, 2) + b"\0\0\0\5\0\1\0") == 0x33
    assert bench.code(0xDE, b"\0" + le(10, 2) + b"\0\0\0\5\0\1\0") == 0x36


def test_device_without_2d_codes(make_bench):
    bench = make_bench(Variant(qr=False))
    assert bench.code(0xDD, bytes(66)) == 0x37
    assert bench.code(0xDE, bytes(10)) == 0x37


def test_newer_firmware_tells_the_size_of_the_symbol(make_bench):
    bench = make_bench(Variant(long_qr_answer=True))
    bench.ok(0xDD, b"\0\0" + b"https://example.org/r/12345".ljust(64, b"\0"))
    answer = bench.ok(0xDE, b"\3" + le(27, 2) + b"\0\0\0\4\0\1\1")
    assert len(answer) == 10
    assert answer[1] == 3
    assert int.from_bytes(answer[6:8], "little") == 29 * 4
