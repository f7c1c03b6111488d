"""Slips: the bytes of each part, what is refused before paper, and an honest end."""

from __future__ import annotations

from typing import Any

import pytest

from drivers.api import Cut, Done, Feed, OutcomeUnknown, Qr, Refused, Text
from drivers.atol.code_page import decode_text, encode_text
from drivers.atol.qr_rows import qr_rows

TITLE = "НЕФИСКАЛЬНЫЙ ДОКУМЕНТ"


def test_the_script_of_the_notes(register: Any) -> None:
    """B.4: two lines, QR, feed, partial cut; one line is enough before the knife here."""
    printer = register.connected(switches={"feed_before_cut": 1})
    slip = [Text(TITLE), Text("Бонусы: 120"), Qr("https://example.org/k/7", 8), Feed(1), Cut()]
    assert printer.print_slip(slip) == Done(None)
    qr = "C1 00 02 08" + " 00" * 11 + " " + b"https://example.org/k/7".hex(" ").upper()
    assert register.seen == [
        "45",
        "4C 8D 85 94 88 91 8A 80 8B 9C 8D 9B 89 20 84 8E 8A 93 8C 85 8D 92",
        "4C 81 AE AD E3 E1 EB 3A 20 31 32 30",
        qr,
        "4C 20",
        "75 01",
        "45",
    ]


def test_the_last_line_is_fed_past_the_knife(v3: Any) -> None:
    printer = v3.connected()
    assert printer.print_slip([Text("а"), Feed(2), Cut(partial=False), Text("б"), Feed(6), Cut()]) == Done(None)
    assert v3.seen[1:-1] == ["4C A0", *["4C 20"] * 5, "75 00", "4C A1", *["4C 20"] * 6, "75 01"]


def test_double_width_and_too_long_lines(v3: Any) -> None:
    printer = v3.connected()
    assert printer.print_slip([Text("ИТОГ", double=True), Text("я" * 50), Text("")]) == Done(None)
    assert v3.seen[1:4] == ["4C 09 88 09 92 09 8E 09 83", "4C " + " ".join(["EF"] * 42), "4C 20"]
    plain = v3.connected(switches={"double_width": False})
    assert plain.capabilities().double_columns == 42
    assert plain.print_slip([Text("ИТОГ", double=True)]) == Done(None)
    assert v3.seen[1] == "4C 88 92 8E 83"


def test_a_model_without_qr_gets_rows_of_dots(v3: Any) -> None:
    printer = v3.connected()
    v3.answers["C1"] = "55 7A 00"
    assert printer.print_slip([Qr("https://example.org", 6)]) == Done(None)
    rows = [seen for seen in v3.seen if seen.startswith("8E")]
    assert len(rows) == 25 + 8, "version 2 and the margins, one command a module row"
    assert all(len(bytes.fromhex(row)) == 6 + 48 for row in rows)
    assert rows[0] == "8E 01 00 06 00 00" + " 00" * 48


def test_other_words_of_the_barcode(v3: Any) -> None:
    printer = v3.connected(switches={"scale_byte": False})
    assert printer.print_slip([Qr("ж", 8)]) == Done(None)
    assert v3.seen[1] == "C1 00 02 00 00 01 00 00 00 00 00 00 00 00 D0 B6"


@pytest.mark.parametrize("part", [Qr("x", level="Z"), Qr(""), Qr("ж" * 2000), Feed(0), Feed(256)])
def test_impossible_parts_cost_no_paper(v3: Any, part: Any) -> None:
    printer = v3.connected()
    with pytest.raises(ValueError, match=r"QR|feed"):
        printer.print_slip([Text("a"), part])
    assert v3.seen == []


def test_an_open_receipt_stops_a_slip(v3: Any) -> None:
    printer = v3.connected()
    v3.answers |= {"45": "55 11 00", "48": "55 9B 00"}
    assert printer.print_slip([Text("a")]) == Refused(0x9B, "48h")
    assert v3.seen == ["45", "48"]


def test_paper_that_ends_meanwhile(register: Any) -> None:
    printer = register.connected()
    register.answers["45"] = ["55 00 00", "55 00 01"]
    assert printer.print_slip([Text("a")]) == Refused(0x67, "45h", "out of paper while the slip was printing")
    register.answers |= {"45": "55 00 00", "4C": ["55 00 00", "55 67 00"]}
    assert printer.print_slip([Text("a"), Text("b")]) == Refused(0x67, "4Ch")


def test_a_line_whose_answer_is_lost_is_not_printed_again(v2: Any) -> None:
    printer = v2.connected()
    v2.deaf_to = {"4C A1"}
    outcome = printer.print_slip([Text("а"), Text("б"), Text("в")])
    assert isinstance(outcome, OutcomeUnknown)
    assert v2.seen == ["45", "4C A0", "4C A1"]


def test_code_page() -> None:
    assert encode_text("Хлеб №1 $") == bytes.fromhex("95 AB A5 A1 20 24 31 20 FC")
    assert encode_text("Ёё €■\u2011’") == bytes.fromhex("F0 F1 20 F2 FF FA 27")
    assert encode_text("«é₽» ÷…") == b'"e' + "р.".encode("cp866") + b'" ?...'
    assert encode_text("Є·\t\x01") == b"??  ", "what the page put something else in place of"
    assert decode_text(encode_text(TITLE + " №5 $€’")) == TITLE + " №5 $€’"


def test_rows_have_the_leftmost_dot_in_bit_7() -> None:
    rows, repeat = qr_rows("A", "L", 8, 384)
    assert repeat == 8
    assert rows[4][13:22] == b"\x0f" + b"\xff" * 6 + b"\xf0" + rows[4][21:22], "(384 - 21 * 8) / 2 = 108 dots in"
    with pytest.raises(ValueError, match="too many"):
        qr_rows("x" * 3000, "L", 8, 384)
    with pytest.raises(ValueError, match="does not fit"):
        qr_rows("x" * 2000, "L", 8, 192)
