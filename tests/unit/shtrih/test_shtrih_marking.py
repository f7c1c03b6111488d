"""Marked goods on Shtrih-M: which commands an item with a code becomes, in which order, and what each failure means."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from kit.shtrih_selling import BUN, SALE

from drivers.api import Done, NotSent, OutcomeUnknown, Refused
from drivers.marking import MarkChecker, check_tlv
from drivers.selling import MarkCode
from drivers.service import MarkVerdict
from drivers.shtrih.marking import LONGEST
from drivers.shtrih.printer import ShtrihPrinter

CODE = b"0104600653105990" + b"2152CUnq\x1d93Gk30"
MARKED = replace(BUN, subject=33, measure=0, mark=MarkCode(CODE))
PART = replace(MARKED, mark=MarkCode(CODE, 2, (1, 3)))
MEASURED = replace(MARKED, quantity_micro=500_000, measure=41, mark=MarkCode(CODE, 2))
BIND = f"FF67 {len(CODE):02X}{CODE.hex().upper()}"
PIECES = "3C08010000"  # 2108 = 0


@pytest.fixture
def marks(till: ShtrihPrinter, register: Any) -> ShtrihPrinter:
    register.answers |= {"FF61": "00 01 05 00 00", "FF69": "00 00", "FF67": "00 4D 44 05"}
    return till


def test_the_printer_is_a_checker(marks: ShtrihPrinter) -> None:
    assert isinstance(marks, MarkChecker)


def test_an_item_is_registered_measured_and_bound(marks: ShtrihPrinter, register: Any) -> None:
    assert marks.receipt_item(SALE, MARKED) == Done(None)
    assert register.codes() == ["FF46", "FF4D", "FF67"]
    assert register.seen[1:] == [f"FF4D {PIECES}", BIND]


def test_a_part_of_a_pack_and_goods_by_measure(marks: ShtrihPrinter, register: Any) -> None:
    """1291 {1292 "1/3", 1293, 1294} after 2108; FFh after the code for what is measured, not for a part."""
    assert marks.receipt_item(SALE, PART) == Done(None)
    part = "0B0511000C050300312F330D050100010E05010003"
    assert register.seen[1:] == [f"FF4D {PIECES}{part}", BIND]
    register.seen.clear()
    assert marks.receipt_item(SALE, MEASURED) == Done(None)
    assert register.seen[1:] == ["FF4D 3C08010029", BIND + "FF"]


def test_a_check_is_told_what_is_not_a_whole_piece(marks: ShtrihPrinter, register: Any) -> None:
    assert check_tlv(MARKED) == check_tlv(BUN) == b""
    assert check_tlv(MEASURED).hex() == "3c08010029" + "ff0302000105"
    assert check_tlv(PART).hex() == "3c08010000" + "ff0302000001"
    marks.mark_check(CODE, 2, check_tlv(MEASURED))
    size = len(CODE)
    assert register.seen == [f"FF61 0200{size:02X}0B{CODE.hex().upper()}3C08010029FF0302000105"]


def test_clearing_drops_what_waits_and_is_content_with_nothing(marks: ShtrihPrinter, register: Any) -> None:
    assert marks.mark_clear() == Done(None)
    assert register.seen == ["FF69 00"]
    register.answers["FF69"] = "A1"
    assert marks.mark_clear() == Done(None)
    register.answers["FF69"] = "A0"
    assert marks.mark_clear() == Refused(0xA0, "FF69h")


def test_a_code_that_was_not_checked_is_a_refusal(marks: ShtrihPrinter, register: Any) -> None:
    register.answers["FF67"] = "AC"
    assert marks.receipt_item(SALE, MARKED) == Refused(0xAC, "FF67h")


@pytest.mark.parametrize("code", ["FF61", "FF69", "FF67"])
def test_silence_is_unknown_and_nothing_is_repeated(marks: ShtrihPrinter, register: Any, code: str) -> None:
    register.deaf_to = {code}
    act = {
        "FF61": lambda: marks.mark_check(CODE, 1),
        "FF69": lambda: marks.mark_accept(True),
        "FF67": lambda: marks.receipt_item(SALE, MARKED),
    }[code]
    assert isinstance(act(), OutcomeUnknown)
    assert register.codes().count(code) == 1


def test_a_line_lost_before_the_binding_leaves_the_item_in_doubt(marks: ShtrihPrinter, register: Any) -> None:
    """ "Not sent" would promise that nothing of the item is in the receipt."""

    def fall_silent(code: str) -> None:
        register.mute = code == "FF4D"

    register.on_request = fall_silent
    assert isinstance(marks.receipt_item(SALE, MARKED), OutcomeUnknown)


def test_a_code_too_long_for_a_frame_is_told_before_a_byte(marks: ShtrihPrinter, register: Any) -> None:
    long = replace(MARKED, mark=MarkCode(b"9" * (LONGEST + 1)))
    assert "201" in (marks.takes([long]) or "")
    assert "201" in (marks.takes([long], "en") or "")
    assert marks.takes([MARKED]) is None
    with pytest.raises(ValueError, match="201"):
        marks.receipt_item(SALE, long)
    assert register.seen == []


def test_the_verdict_of_a_server(marks: ShtrihPrinter, register: Any) -> None:
    register.answers["FF61"] = "00 03 00 05 02 00 0F"
    assert marks.mark_check(CODE, 1) == Done(MarkVerdict(3, 0, 5, 15))
    register.answers["FF61"] = "00 00 01 05 00"
    assert marks.mark_check(CODE, 1) == Done(MarkVerdict(0, 1, 5, None))


def test_nothing_before_connect(printer: ShtrihPrinter) -> None:
    assert isinstance(printer.mark_clear(), NotSent)
    assert isinstance(printer.receipt_item(SALE, MARKED), NotSent)


@pytest.mark.parametrize(
    "wrong", [{"code": b""}, {"code": b"1" * 257}, {"planned": 5}, {"part": (3, 3)}, {"part": (0, 2)}]
)
def test_a_code_that_is_none(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"bytes|planned|part"):
        MarkCode(**{"code": CODE, **wrong})


def test_a_code_is_not_shown() -> None:
    assert "CUnq" not in repr(MARKED)
