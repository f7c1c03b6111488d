"""Corrections, FFD 1.1, printing and power around the close of a receipt."""

from __future__ import annotations

from emulator.atol.bench import Bench
from emulator.atol.variant import Variant
from emulator.device_core import PowerCutError

SALE, BEGIN, CLOSE = b"\x92\x00\x01", b"\xea\x00\x01\x00", b"\x4a\x00\x01" + bytes(5)


def tags(bench: Bench) -> dict[int, object]:
    return {tlv.tag: tlv.value for tlv in bench.device.fn.documents[bench.device.fn.last_fd].tags}


def test_corrections(shift: Bench):
    shift.ok(b"\x92\x00\x07")
    shift.item(100)
    assert shift.code(BEGIN) == 0xEE
    assert shift.ok(b"\x91\x37\x00\x00")[2:4] == b"\x01\x01"
    shift.ok(CLOSE)
    assert shift.device.fn.documents[3].form == 31
    assert [shift.code(bytes((0x92, 0, kind))) for kind in (8, 10, 3, 6)] == [0x6A] * 4
    shift.ok(b"\x92\x00\x09")
    assert shift.device.receipt_kind == 3


def test_correction_of_a_purchase_by_another_source(make_bench):
    bench = make_bench(variant=Variant(correction_buy=8))
    bench.mode(1)
    bench.ok(b"\x92\x00\x08")
    assert (bench.device.receipt_kind, bench.device.receipt_is_correction) == (3, True)


def test_ffd_11(make_bench):
    bench = make_bench(ffd="1.1", atol={"qr": True})
    assert bench.ok(b"\x91\x36\x00\x00")[:2] == b"\x03\x03"
    bench.mode(1)
    bench.sell()
    assert tags(bench)[1209] == 3
    bench.mode(3)
    bench.ok(b"\x5a")
    found = tags(bench)
    assert {1194, 1157, 1213} <= set(found)
    assert found[1209] == 3


def test_not_printed_receipts(shift: Bench):
    before = len(shift.device.tape.marks)
    shift.ok(b"\x92\x04\x01")
    shift.item(100)
    shift.ok(CLOSE)
    assert len(shift.device.tape.marks) == before
    assert shift.device.fn.last_fd == 3
    shift.sell()
    assert len(shift.device.tape.marks) > before


def test_paper_out_while_the_receipt_prints(shift: Bench):
    shift.ok(SALE)
    shift.item(100)
    shift.device.paper_out(after_lines=3)
    assert shift.do(CLOSE) == b"\x55\x67\x00"
    assert shift.device.fn.last_fd == 3
    assert shift.do(b"\x3f")[22] == 0
    shift.device.paper_in()
    shift.ok(b"\x4c\x41")
    assert "ИТОГ" in "".join(getattr(mark, "text", "") for mark in shift.device.tape.marks)


def test_paper_out_is_not_told_by_a_switch(make_bench):
    bench = make_bench(variant=Variant(paper_out_fails=False))
    bench.mode(1)
    bench.ok(SALE)
    bench.item(100)
    bench.device.paper_out(after_lines=3)
    assert bench.code(CLOSE) == 0


def test_power_cut_around_the_commit(shift: Bench):
    for instant, last in (("before-commit", 2), ("after-commit", 3)):

        def cut(now: str, wanted: str = instant) -> None:
            if now == wanted:
                raise PowerCutError(now)

        if shift.device.receipt is None:
            shift.ok(SALE)
            shift.item(100)
        shift.device.probe = cut
        assert shift.do(CLOSE) == b""
        shift.device.probe = lambda _now: None
        shift.machine.power_lost()
        shift.ok(b"\x56\x01\x00\x00\x00\x30")
        assert shift.device.fn.last_fd == last


def test_another_cashier_may_close(shift: Bench):
    shift.ok(SALE)
    shift.item(100)
    shift.machine.power_lost()
    shift.ok(b"\x56\x01\x00\x00\x00\x01")
    shift.ok(CLOSE)
    assert tags(shift)[1021] == "Сис. администратор"
