"""Lines and pictures on firmware that counts and measures otherwise: what is sent after which refusal."""

from __future__ import annotations

from typing import Any

from drivers.api import Done, Refused, Text
from drivers.service import Picture
from drivers.shtrih.printer import ShtrihPrinter

LINE = "1234567890" * 5


def test_a_long_line_in_a_small_font_is_cut_at_that_font(connected: ShtrihPrinter, register: Any) -> None:
    """56 characters in font 7 of 504 dots, where font 1 has 42."""
    register.answers["26"] = "00 F8 01 09 19 09"
    assert connected.print_line(LINE + LINE, 7) == Done(None)
    assert [entry.split()[0] for entry in register.seen] == ["26", "2F"]
    assert register.seen[1] == "2F 0207" + (LINE + LINE)[:56].encode().hex().upper()


def test_a_short_line_asks_nothing(connected: ShtrihPrinter, register: Any) -> None:
    assert connected.print_line(LINE[:21], 7) == Done(None)
    assert register.codes() == ["2F"]


def test_a_font_that_is_not_there_is_refused_by_the_line_itself(connected: ShtrihPrinter, register: Any) -> None:
    register.answers |= {"26": "33", "2F": "33"}
    assert connected.print_line(LINE, 99) == Refused(0x33, "2Fh")


def test_firmware_that_wants_forty_bytes_gets_them(connected: ShtrihPrinter, register: Any) -> None:
    register.answers["17"] = ["7E", "00 01"]
    assert connected.print_line(LINE) == Done(None)
    assert [entry[5:] for entry in register.seen] == [
        LINE[:42].encode().hex().upper(),
        LINE[:40].encode().hex().upper(),
    ]
    register.seen.clear()
    register.answers["17"] = ["7E", "00 01"]
    assert connected.print_slip([Text(LINE)]) == Done(None)
    assert [len(entry) for entry in register.seen if entry.startswith("17")] == [3 + 2 + 84, 3 + 2 + 80]


def test_a_short_line_that_is_7e_is_the_callers_to_hear(connected: ShtrihPrinter, register: Any) -> None:
    register.answers["17"] = "7E"
    assert connected.print_line("Чек") == Refused(0x7E, "17h")
    assert register.codes() == ["17"]


def test_a_model_without_line_0_loads_from_line_1(connected: ShtrihPrinter, register: Any) -> None:
    """33h for line 0: nothing was loaded; every line goes under the number it is printed by."""
    register.answers["C4"] = ["33", "00 01"]
    assert connected.print_picture(Picture(8, (b"\x80", b"\x01"))) == Done(None)
    loads = [entry for entry in register.seen if entry.startswith("C4")]
    assert [load[3:7] for load in loads] == ["0000", "0100", "0200"]
    assert [load[7:9] for load in loads] == ["01", "01", "80"], "the refused line goes again"
    assert next(entry for entry in register.seen if entry.startswith("C3"))[:11] == "C3 01000200"
