"""Mode, submode and flags of the emulated device (protocol notes, section 3)."""

from __future__ import annotations

from datetime import timedelta

from emulator.shtrih.variant import Variant
from emulator.till_orders import close, item
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


def test_mode_byte_through_a_day(bench):
    mode = lambda: bench.ok(0x10)[3]  # noqa: E731
    assert mode() == 4
    bench.ok(OPEN)
    assert mode() == 2
    for kind, wanted in ((0, 0x08), (1, 0x18), (2, 0x28), (3, 0x38)):
        bench.ok(0x8D, bytes((kind,)))
        assert mode() == wanted
        bench.ok(0x88)
    bench.clocks.wall += timedelta(hours=24)
    assert mode() == 3
    assert bench.code(0x8D, SALE) == 0x4E
    bench.ok(0x41)
    assert mode() == 4


def test_submode_and_flags_follow_the_paper(bench):
    def look() -> tuple[int, int]:
        answer = bench.ok(0x10)
        return answer[4], int.from_bytes(answer[1:3], "little")

    assert look() == (0, 0x0292)
    bench.device.paper_out()
    assert look() == (1, 0x0210)
    assert bench.code(0x17, b"\x02text") == 0x6B
    bench.device.paper_in()
    assert look() == (0, 0x0292)
    bench.device.cover(opened=True)
    assert look() == (1, 0x0692)
    bench.device.cover(opened=False)
    bench.ok(0x28, b"\0")
    assert look() == (0, 0x0A92)


def test_paper_out_inside_a_receipt_wants_b0(bench):
    bench.ok(OPEN)
    bench.device.paper_out(after_lines=5)
    sell(bench)
    assert bench.ok(0x10)[4] == 2
    bench.device.paper_in()
    assert bench.ok(0x10)[4] == 3
    assert bench.code(0x17, b"\x02text") == 0x58
    bench.ok(0xB0)
    assert bench.ok(0x10)[4] == 0
    assert bench.code(0xB0) == 0x72


def test_printing_is_submode_5_and_50h(make_bench):
    bench = make_bench(print_seconds=2.0)
    bench.clocks.monotonic = 10.0
    bench.ok(OPEN)
    assert bench.ok(0x10)[4] == 5
    assert bench.code(0x25, b"\1") == 0x50
    bench.clocks.monotonic = 12.0
    assert bench.ok(0x10)[4] == 0
    bench.ok(0x25, b"\1")


def test_long_short_status_tells_the_print_result(make_bench):
    bench = make_bench(Variant())
    assert len(bench.ok(0x10)) == 15
    bench.ok(OPEN)
    bench.device.paper_out(after_lines=1)
    sell(bench)
    assert bench.ok(0x10)[-1] == 1


def test_operations_in_the_receipt_are_counted(bench):
    bench.ok(OPEN)
    bench.ok(0x8D, SALE)
    for wanted in (1, 2, 3):
        bench.ok(0xFF46, item())
        assert bench.ok(0x10)[5] == wanted
