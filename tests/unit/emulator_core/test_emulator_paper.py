"""Paper, cover, busy time and what is left to print (Shtrih-M submodes; protocol notes, section 3.2)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from emulator.device import Device, PaperState, Reason, Refusal
from emulator.profile import load


def refused(reason: Reason) -> Any:
    return pytest.raises(Refusal, match=reason.name)


def test_paper_that_is_out_stops_printing_commands_and_comes_back_by_itself(rig: Any) -> None:
    device: Device = rig.device
    device.paper_out()
    assert device.paper is PaperState.OUT
    for call in (lambda: device.print_line("x"), lambda: device.open_shift(1), device.cut, lambda: device.feed(1)):
        with refused(Reason.NO_PAPER):
            call()
    assert device.fn.last_fd == 1
    with refused(Reason.NO_PAPER):
        device.continue_print()
    device.paper_in()
    assert device.paper is PaperState.PRESENT
    device.open_shift(1)


def test_a_receipt_registered_when_the_paper_ends_is_printed_on(rig: Any) -> None:
    device: Device = rig.device
    device.open_shift(1)
    expected = printed_by_sale(rig)
    device.paper_out(after_lines=7)
    before = len(device.tape.marks)
    sold = rig.sell()
    assert device.fn.find(sold.fd).total_kop == 10000
    assert device.paper is PaperState.OUT_WHILE_PRINTING
    assert 0 < len(device.tape.marks) - before <= 7
    with refused(Reason.NO_PAPER):
        device.open_receipt(1, 1)
    device.paper_in()
    assert device.paper is PaperState.BACK
    with refused(Reason.WAIT_CONTINUE):
        device.close_shift(1)
    device.continue_print()
    assert device.paper is PaperState.PRESENT
    assert len(device.tape.marks) - before == expected
    with refused(Reason.NOTHING_TO_CONTINUE):
        device.continue_print()


def printed_by_sale(rig: Any) -> int:
    before = len(rig.device.tape.marks)
    rig.sell()
    return len(rig.device.tape.marks) - before


def test_the_paper_may_end_twice_in_one_receipt(rig: Any) -> None:
    device: Device = rig.device
    device.open_shift(1)
    expected = printed_by_sale(rig)
    before = len(device.tape.marks)
    device.paper_out(after_lines=5)
    rig.sell()
    device.paper_in()
    device.paper_out(after_lines=5)
    device.continue_print()
    assert device.paper is PaperState.OUT_WHILE_PRINTING
    device.paper_in()
    device.continue_print()
    assert len(device.tape.marks) - before == expected


def test_a_roll_that_ends_with_the_last_line_leaves_nothing_to_continue(rig: Any) -> None:
    rig.device.paper_out(after_lines=2)
    rig.device.print_line("a")
    assert rig.device.paper is PaperState.PRESENT
    rig.device.print_line("b")
    assert rig.device.paper is PaperState.OUT
    rig.device.paper_in()
    assert rig.device.paper is PaperState.PRESENT


def test_an_open_cover_stops_printing(rig: Any) -> None:
    rig.device.cover(True)
    with refused(Reason.COVER_OPEN):
        rig.device.print_line("x")
    rig.device.cover(False)
    rig.device.print_line("x")


def test_the_device_is_busy_while_it_prints(rig_of: Any) -> None:
    rig = rig_of(replace(load("shtrih-m-01f"), print_seconds=2.0, line_seconds=0.5))
    assert rig.device.busy
    with refused(Reason.PRINTING):
        rig.device.open_shift(1)
    rig.monotonic = 2.0
    assert not rig.device.busy
    rig.device.print_line("x")
    rig.monotonic = 2.4
    with refused(Reason.PRINTING):
        rig.device.print_line("y")
    rig.monotonic = 2.5
    rig.device.print_line("y")


def test_paper_pulled_while_printing_waits_for_the_order_to_continue(rig_of: Any) -> None:
    rig = rig_of(replace(load("shtrih-m-01f"), print_seconds=2.0))
    rig.device.paper_out()
    assert rig.device.paper is PaperState.OUT_WHILE_PRINTING
    rig.device.paper_in()
    rig.device.continue_print()
    assert rig.device.paper is PaperState.PRESENT


def test_a_power_cut_after_the_document_was_written_leaves_its_print(rig_of: Any, tmp_path: Any) -> None:
    rig = rig_of(load("shtrih-m-01f"), tmp_path / "state")
    rig.device.open_shift(1)

    def cut(instant: str) -> None:
        if instant == "after-commit":
            raise PowerCutError

    rig.device.probe = cut
    with pytest.raises(PowerCutError):
        rig.sell(4200)
    device = rig.restart()
    assert device.fn.find(3).total_kop == 4200
    assert device.receipt_kind is None
    assert device.paper is PaperState.BACK
    device.continue_print()
    assert "КАССОВЫЙ" in device.tape.text().replace(" ", "").replace("ЧЕК", " ЧЕК")
    assert rig.restart().paper is PaperState.PRESENT


def test_a_power_cut_before_the_document_was_written_leaves_the_receipt_open(rig_of: Any, tmp_path: Any) -> None:
    rig = rig_of(load("shtrih-m-01f"), tmp_path / "state")
    rig.device.open_shift(1)

    def cut(instant: str) -> None:
        if instant == "before-commit":
            raise PowerCutError

    rig.device.probe = cut
    with pytest.raises(PowerCutError):
        rig.sell(4200)
    device = rig.restart()
    assert (device.fn.last_fd, device.receipt_kind, device.subtotal()) == (2, 1, 4200)
    assert device.fn.current_document == 4
    assert device.close_receipt([4200] + [0] * 15, 0, 0, 1).fd == 3


class PowerCutError(Exception):
    pass


def test_a_copy_repeats_the_last_document(rig: Any) -> None:
    rig.device.open_shift(1)
    before = len(rig.device.tape.marks)
    sale = printed_by_sale(rig)
    rig.device.repeat_document(1)
    assert len(rig.device.tape.marks) - before == 2 * sale + 1
    assert "ПОВТОР ДОКУМЕНТА" in rig.device.tape.text(before)


@pytest.mark.parametrize("text", ["", "x" * 4000])
def test_a_qr_that_cannot_be_is_refused(rig: Any, text: str) -> None:
    with refused(Reason.BAD_PARAMETER):
        rig.device.print_qr(text)


def test_other_nonsense_is_refused(rig: Any) -> None:
    with refused(Reason.BAD_PARAMETER):
        rig.device.print_raster((b"\x00",), 9)
    with refused(Reason.BAD_PARAMETER):
        rig.device.feed(-1)


def test_a_long_line_is_cut_to_the_paper(rig: Any) -> None:
    rig.device.print_line("x" * 60)
    rig.device.print_line("y" * 60, double=True)
    assert [len(mark.text) for mark in rig.device.tape.marks[-2:]] == [48, 24]
