"""Slips over a small register: parts, refusals that pass by themselves, and honest ends."""

from __future__ import annotations

from typing import Any

import pytest

from drivers.api import Cut, Done, Feed, LinkFault, NotSent, OutcomeUnknown, Qr, Refused, Text
from drivers.shtrih.printer import ShtrihPrinter

STATUS = "00 1E {flags} {mode} {submode} 00 9D D7 00 00 00 00 00 00"


def short_status(mode: str = "02", submode: str = "00", flags: str = "92 02") -> str:
    return STATUS.format(mode=mode, submode=submode, flags=flags)


def test_a_print_command_is_never_sent_twice_after_silence(connected: ShtrihPrinter, register: Any) -> None:
    register.deaf_to = {"17"}
    outcome = connected.print_slip([Text("Спасибо!")])
    assert isinstance(outcome, OutcomeUnknown)
    assert outcome.command == "17h"
    assert register.codes() == ["17"]


def test_slip(connected: ShtrihPrinter, register: Any) -> None:
    parts = [
        Text("Баллы: 150"),
        Text("Спасибо!", double=True),
        Text("жирный", double=True, bold=True),
        Text("x", bold=True),
        Feed(3),
        Cut(),
    ]
    assert connected.print_slip(parts) == Done(None)
    cp1251 = "Баллы: 150".encode("cp1251").ljust(40, b"\0").hex().upper()
    assert register.seen[0] == f"17 02{cp1251}"
    assert register.codes() == ["17", "2F", "12", "17", "29", "10", "25", "10"]
    assert register.seen[1].startswith("2F 0202D1EF")
    assert register.seen[4] == "29 0203"
    assert register.seen[6] == "25 01"


def test_double_without_the_font_command(connected: ShtrihPrinter, register: Any) -> None:
    register.answers["2F"] = "37"
    assert connected.print_slip([Text("a" * 30, double=True)]) == Done(None)
    assert register.codes() == ["2F", "12", "10"]
    assert register.seen[1] == "12 02" + "61" * 21, "cut to 21 characters, as wide as font 2"


def test_busy_refusals_are_waited_out(connected: ShtrihPrinter, register: Any) -> None:
    register.answers |= {"17": ["50", "50", "00 1E"], "25": ["50", "00 1E"]}
    assert connected.print_slip([Text("a"), Cut()]) == Done(None)
    assert register.codes() == ["17", "17", "17", "10", "25", "25", "10"]
    assert register.waited == [0.3] * 3


def test_busy_for_ever_is_given_up(connected: ShtrihPrinter, register: Any) -> None:
    register.answers["17"] = "50"
    assert connected.print_slip([Text("a")]) == Refused(0x50, "17h")
    assert sum(register.waited) == pytest.approx(30.0)


def test_continue_print_first_when_the_device_waits_for_it(connected: ShtrihPrinter, register: Any) -> None:
    register.answers["17"] = ["58", "00 1E"]
    assert connected.print_slip([Text("a")]) == Done(None)
    assert register.codes() == ["17", "B0", "17", "10"]


@pytest.mark.parametrize(("code", "looks"), [(0x6B, []), (0x73, ["10"])])
def test_paper_and_mode_are_refusals(connected: ShtrihPrinter, register: Any, code: int, looks: list[str]) -> None:
    register.answers["17"] = f"{code:02X}"
    assert connected.print_slip([Text("a"), Text("b")]) == Refused(code, "17h")
    assert register.codes() == ["17", *looks], "73h: is it a report that still prints? no"


@pytest.mark.parametrize(
    ("submode", "expected"),
    [("03", ["17", "10", "B0", "17", "10"]), ("05", ["17", "10", "17", "10"]), ("01", ["17", "10"])],
)
def test_wrong_submode_asks_why(connected: ShtrihPrinter, register: Any, submode: str, expected: list[str]) -> None:
    register.answers |= {"17": ["72", "00 1E"], "10": [short_status(submode=submode), short_status()]}
    outcome = connected.print_slip([Text("a")])
    assert outcome == (Refused(0x72, "17h") if submode == "01" else Done(None))
    assert register.codes() == expected


def test_done_means_the_paper_stands_still(connected: ShtrihPrinter, register: Any) -> None:
    register.answers["10"] = [short_status(submode="05"), short_status(submode="05"), short_status()]
    assert connected.print_slip([Text("a")]) == Done(None)
    assert register.codes() == ["17", "10", "10", "10"]
    register.answers["10"] = short_status(submode="02", flags="12 02")
    outcome = connected.print_slip([Text("a")])
    assert isinstance(outcome, Refused)
    assert outcome.code == 0x6B


def test_no_cutter_feeds(connected: ShtrihPrinter, register: Any) -> None:
    register.answers["25"] = "37"
    assert connected.print_slip([Cut()]) == Done(None)
    assert register.codes() == ["10", "25", "29", "10"]


def test_silence_in_the_middle_of_a_slip_is_not_called_not_sent(connected: ShtrihPrinter, register: Any) -> None:
    def vanish(code: str) -> None:
        if code == "29":
            connected.disconnect()

    register.on_request = vanish
    outcome = connected.print_slip([Text("a"), Feed(1), Text("b")])
    assert isinstance(outcome, OutcomeUnknown)
    assert outcome.fault is LinkFault.LOST


def test_native_qr(connected: ShtrihPrinter, register: Any) -> None:
    text = "https://example.org/r/12345?" + "x" * 60
    assert connected.print_slip([Qr(text, module_dots=4, level="Q")]) == Done(None)
    assert register.codes() == ["DD", "DD", "DE", "10"]
    assert register.seen[0] == "DD 0000" + text[:64].encode().hex().upper()
    assert register.seen[1] == "DD 0001" + text[64:].encode().ljust(64, b"\0").hex().upper()
    assert register.seen[2] == "DE 03580000000004000201"


def test_slip_that_nobody_can_print_is_refused_before_ink(connected: ShtrihPrinter, register: Any) -> None:
    for part in (Qr("x", level="Z"), Qr("x" * 2400), Feed(0), Feed(256)):
        with pytest.raises(ValueError, match=r"QR|feed"):
            connected.print_slip([Text("a"), part])
    assert register.seen == []


def test_print_without_connect(printer: ShtrihPrinter) -> None:
    assert isinstance(printer.print_slip([Text("a")]), NotSent)


def test_continue_print(connected: ShtrihPrinter, register: Any) -> None:
    assert connected.continue_print() == Done(None)
    register.answers["B0"] = "72"
    assert connected.continue_print() == Done(None), "nothing waits, paper is there: the state asked for"
    register.answers["10"] = short_status(submode="02", flags="12 02")
    assert connected.continue_print() == Refused(0x72, "B0h")


def test_device_that_falls_silent_between_two_parts(connected: ShtrihPrinter, register: Any) -> None:
    """The second line was not sent, but the first is on paper: the slip as a whole is not "not sent"."""
    register.on_request = lambda code: setattr(register, "mute", code == "17")
    outcome = connected.print_slip([Text("a"), Text("b")])
    assert isinstance(outcome, OutcomeUnknown)
    assert register.codes() == ["17"]
    assert isinstance(connected.print_slip([Text("a")]), NotSent)
