"""What an earlier owner left behind: what the driver puts right unasked, and what it tells in words."""

from __future__ import annotations

import re
from typing import Any

import pytest

from drivers.api import Done, NotSent, OutcomeUnknown
from drivers.selling import ReceiptKind
from drivers.service import Obstacle, Readiness, Repair
from drivers.shtrih.printer import ShtrihPrinter
from drivers.shtrih.readiness import explain_obstacle

FREE = "00 03 00 00 01 00 12 06 15 06 25 39 32 38 39 30 30 30 31 30 30 30 35 35 36 33 32 F9 B2 00 00"
HALF = FREE.replace("00 03 00", "00 03 02", 1)
UNREGISTERED = FREE.replace("00 03 00", "00 01 00", 1)


def status(mode: str = "02", submode: str = "00", flags: str = "92 02") -> str:
    return f"00 1E {flags} {mode} {submode} 00 9D D7 00 00 00 00 00 00"


def readiness(printer: ShtrihPrinter, drop_receipt: bool = False) -> Readiness:
    outcome = printer.ready(drop_receipt)
    assert isinstance(outcome, Done), outcome
    return outcome.reply


def test_ready(connected: ShtrihPrinter, register: Any) -> None:
    assert readiness(connected) == Readiness()
    assert readiness(connected).ready
    assert set(register.codes()) == {"10", "FF01"}, "looking changes nothing"


@pytest.mark.parametrize(
    ("mode", "submode", "flags", "obstacle"),
    [
        ("02", "01", "12 02", Obstacle.PAPER_OUT),
        ("02", "02", "12 02", Obstacle.PAPER_OUT_PRINTING),
        ("02", "00", "92 06", Obstacle.COVER_OPEN),
        ("03", "00", "92 02", Obstacle.SHIFT_OVER_24H),
        ("08", "00", "92 02", Obstacle.RECEIPT_OPEN),
        ("28", "00", "92 02", Obstacle.RECEIPT_OPEN),
        ("05", "00", "92 02", Obstacle.LOCKED),
        ("06", "00", "92 02", Obstacle.DATE_UNCONFIRMED),
        ("09", "00", "92 02", Obstacle.NEEDS_RESET),
        ("01", "00", "92 02", Obstacle.SERVICE_MODE),
        ("0C", "05", "92 02", Obstacle.STILL_PRINTING),
    ],
)
def test_told(connected: ShtrihPrinter, register: Any, mode: str, submode: str, flags: str, obstacle: Obstacle) -> None:
    register.answers["10"] = status(mode, submode, flags)
    assert readiness(connected) == Readiness((obstacle,))
    assert set(register.codes()) == {"10", "FF01"}


def test_a_closed_shift_is_no_obstacle(connected: ShtrihPrinter, register: Any) -> None:
    register.answers["10"] = status("04")
    assert readiness(connected).ready


def test_paper_is_back(connected: ShtrihPrinter, register: Any) -> None:
    register.answers["10"] = [status(submode="03"), status(submode="05"), status()]
    assert readiness(connected) == Readiness(repairs=(Repair.PRINT_CONTINUED,))
    assert register.codes() == ["10", "B0", "10", "10", "FF01"]


def test_paper_is_back_and_printing_will_not_go_on(connected: ShtrihPrinter, register: Any) -> None:
    register.answers |= {"10": status(submode="03"), "B0": "71"}
    assert readiness(connected) == Readiness((Obstacle.WAITS_FOR_CONTINUE,))
    assert register.codes().count("B0") <= 3


def test_somebody_s_receipt_is_dropped_only_when_asked(connected: ShtrihPrinter, register: Any) -> None:
    register.answers |= {"10": [status("08"), status("08"), status("02")], "88": "00 1E"}
    assert readiness(connected, drop_receipt=True) == Readiness(repairs=(Repair.RECEIPT_DROPPED,))
    assert register.codes().count("88") == 1


def test_a_receipt_of_another_operator_takes_the_other_password(connected: ShtrihPrinter, register: Any) -> None:
    passwords = []
    original = register._execute

    def spy(payload: bytes) -> Any:
        if payload[0] == 0x88:
            passwords.append(payload[1])
        return original(payload)

    register._execute = spy
    register.answers["88"] = ["59", "00 1E"]
    assert connected.receipt_cancel() == Done(None)
    assert passwords == [1, 30]


def test_a_document_the_storage_never_finished_is_dropped(connected: ShtrihPrinter, register: Any) -> None:
    register.answers |= {"FF01": [HALF, FREE], "FF08": "00"}
    assert readiness(connected) == Readiness(repairs=(Repair.STORAGE_DOCUMENT_DROPPED,))
    register.answers |= {"FF01": HALF, "FF08": "02"}
    assert readiness(connected) == Readiness((Obstacle.STORAGE_DOCUMENT,))


def test_but_not_while_a_receipt_is_open(connected: ShtrihPrinter, register: Any) -> None:
    register.answers |= {"10": status("08"), "FF01": HALF}
    assert readiness(connected) == Readiness((Obstacle.RECEIPT_OPEN,))
    assert "FF08" not in register.codes()


def test_not_registered(connected: ShtrihPrinter, register: Any) -> None:
    register.answers["FF01"] = UNREGISTERED
    assert readiness(connected) == Readiness((Obstacle.NOT_FISCAL,))


def test_silence(connected: ShtrihPrinter, printer: ShtrihPrinter, register: Any) -> None:
    register.answers |= {"FF01": HALF, "FF08": "00"}
    register.deaf_to = {"FF08"}
    assert isinstance(connected.ready(), OutcomeUnknown)
    assert register.codes().count("FF08") == 1
    register.mute = True
    assert isinstance(connected.ready(), NotSent)


def test_a_report_that_prints_is_waited_out_whatever_it_is_called(till: ShtrihPrinter, register: Any) -> None:
    """73h in mode 12 means 50h on some models."""
    register.answers |= {"8D": ["73", "00 1E"], "10": [status("0C", "00"), status()]}
    assert till.receipt_open(ReceiptKind.SALE) == Done(None)
    assert register.codes() == ["8D", "10", "8D"]


@pytest.mark.parametrize("obstacle", Obstacle)
def test_every_obstacle_has_its_words(obstacle: Obstacle) -> None:
    ru, en = explain_obstacle(obstacle)
    assert re.search("[а-я]", ru)
    assert re.fullmatch("[ -~]+", en)
    for sentence in (ru, en):
        assert sentence.count(".") >= 3, "what happened, what to do, is the sale safe"
        assert len(sentence) <= 100
