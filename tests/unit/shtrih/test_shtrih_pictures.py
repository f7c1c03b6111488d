"""Bar codes and pictures: the modules, the bytes of a line, bands, and the ways of older devices."""

from __future__ import annotations

from typing import Any

import pytest

from drivers.api import Done, NotSent, Qr, Refused
from drivers.barcode_bars import bars, check_digit
from drivers.service import Barcode, Picture
from drivers.shtrih.printer import ShtrihPrinter

CAPABLE = "00 {bits} 0C 18 01 0C 10 00 00 00 00 00 00 1E 00 00 00 00 06 FF 00 28 40 B6 03"


def reconnect(printer: ShtrihPrinter, register: Any, *bits: int) -> None:
    register.answers["F7"] = CAPABLE.format(bits=sum(1 << bit for bit in bits).to_bytes(8, "little").hex())
    register.answers |= dict.fromkeys(("C5", "C2", "4E", "4D", "C0", "C1"), "00 1E")
    register.answers["26"] = ["00 F8 01 0C 19 09", "00 F8 01 18 2D 09"]
    assert isinstance(printer.connect(), Done)
    register.seen.clear()


# --- modules


def test_ean13_as_in_its_standard() -> None:
    """5901234123457: the worked example of the GS1 text."""
    assert check_digit("590123412345") == 7
    assert bars("ean13", "590123412345") == bars("ean13", "5901234123457")
    expected = (
        "101 0001011 0100111 0110011 0010011 0111101 0011101 01010 1100110 1101100 1000010 1011100 1001110 1000100 101"
    )
    assert bars("ean13", "5901234123457") == expected.replace(" ", "")


def test_ean8() -> None:
    """96385074, the example seen everywhere."""
    expected = "101 0001011 0101111 0111101 0110111 01010 1001110 1110010 1000100 1011100 101"
    assert bars("ean8", "9638507") == bars("ean8", "96385074") == expected.replace(" ", "")


def test_code128() -> None:
    """Start B, then 33 for A, its check (104 + 33) mod 103 = 34, stop; digits of even number go two by two."""
    start_b, letter_a, check = "11010010000", "10100011000", "10001011000"
    assert bars("code128", "A") == start_b + letter_a + check + "1100011101011"
    start_c, twelve = "11010011100", "10110011100"
    assert bars("code128", "12").startswith(start_c + twelve)
    assert len(bars("code128", "123456")) == 11 * 5 + 13


@pytest.mark.parametrize(
    ("kind", "text"),
    [("ean13", "123"), ("ean13", "5901234123458"), ("ean8", "x"), ("code128", ""), ("code128", "Ы"), ("code39", "1")],
)
def test_what_a_bar_code_cannot_carry(connected: ShtrihPrinter, register: Any, kind: str, text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        connected.print_barcode(Barcode(kind, text))
    assert register.seen == []


# --- on paper


def dots(line: str) -> str:
    return "".join(f"{byte:08b}"[::-1] for byte in bytes.fromhex(line))


def test_barcode_is_one_line_again_and_again(connected: ShtrihPrinter, register: Any) -> None:
    reconnect(connected, register, 13)
    assert connected.print_barcode(Barcode("ean13", "5901234123457", 60, 2)) == Done(None)
    code, text = register.seen
    assert code.startswith("C5 3C00")
    assert len(code) == 3 + 4 + 80, "40 bytes"
    modules = bars("ean13", "5901234123457")
    assert dots(code[7:]) == "0" * 65 + "".join(2 * module for module in modules) + "0" * 65
    assert bytes.fromhex(text.split()[1])[1:].rstrip(b"\0").decode() == "5901234123457".center(42).rstrip()


def test_flags_and_turned_bytes_where_the_model_says_so(connected: ShtrihPrinter, register: Any) -> None:
    reconnect(connected, register)
    connected.print_barcode(Barcode("ean8", "9638507", with_text=False))
    plain = register.seen[0][7:]
    reconnect(connected, register, 26, 37)
    connected.print_barcode(Barcode("ean8", "9638507", with_text=False))
    assert register.seen[0][7:9] == "02"
    turned = bytes(int(f"{byte:08b}"[::-1], 2) for byte in bytes.fromhex(register.seen[0][9:]))
    assert turned.hex().upper() == plain


def test_ean13_by_the_device_when_it_draws_no_lines(connected: ShtrihPrinter, register: Any) -> None:
    reconnect(connected, register)
    register.answers["C5"] = "37"
    assert connected.print_barcode(Barcode("ean13", "590123412345")) == Done(None)
    assert register.seen[1] == f"C2 {(590123412345).to_bytes(5, 'little').hex().upper()}"
    assert connected.print_barcode(Barcode("ean8", "9638507")) == Refused(0x37, "C5h")
    with pytest.raises(ValueError, match="wider"):
        connected.print_barcode(Barcode("code128", "A" * 40, module_dots=3))


def test_narrow_picture(connected: ShtrihPrinter, register: Any) -> None:
    """Asymmetric: the leftmost dot is bit 7 of the picture and bit 0 on the wire."""
    reconnect(connected, register)
    assert connected.print_picture(Picture(16, (b"\x80\x01", b"\xc0\x00"))) == Done(None)
    assert register.seen == ["10", "C4 0000" + "0180".ljust(80, "0"), "C4 0100" + "0300".ljust(80, "0"), "C3 01000200"]


def test_tall_picture_goes_in_bands(connected: ShtrihPrinter, register: Any) -> None:
    reconnect(connected, register, 35)
    assert connected.print_picture(Picture(8, (b"\x01",) * 1300)) == Done(None)
    assert register.codes().count("10") == 2, "the paper stands still before the buffer is filled again"
    assert [entry for entry in register.seen if entry.startswith("C3")] == ["C3 0100B004", "C3 01006400"]


def test_the_small_buffer_of_old_devices(connected: ShtrihPrinter, register: Any) -> None:
    reconnect(connected, register)
    register.answers["C4"] = "37"
    assert connected.print_picture(Picture(8, (b"\x01",) * 250)) == Done(None)
    assert [entry for entry in register.seen if entry.startswith("C1")] == ["C1 01C8", "C1 0132"]
    assert register.codes().count("C4") == 1


def test_wide_picture(connected: ShtrihPrinter, register: Any) -> None:
    wide = Picture(400, (bytes(49) + b"\x01",) * 4)
    reconnect(connected, register)
    assert isinstance(connected.print_picture(wide), Refused)
    assert register.seen == []
    reconnect(connected, register, 42)
    assert connected.print_picture(wide) == Done(None)
    assert register.codes() == ["10", "4E", "4E", "4D"]
    assert register.seen[1].startswith("4E 400100030001")
    assert register.seen[3] == "4D 01000400010102"
    with pytest.raises(ValueError, match="dots wide"):
        connected.print_picture(Picture(8, (b"\x01\x02",)))


def test_qr_still_falls_back_to_dots(connected: ShtrihPrinter, register: Any) -> None:
    reconnect(connected, register)
    register.answers |= {"DD": "37", "C4": "00 1E"}
    assert connected.print_slip([Qr("A", 3)]) == Done(None)
    assert register.codes()[0] == "DD"
    assert register.codes()[-2:] == ["C3", "10"]


def test_nothing_before_connect(printer: ShtrihPrinter, register: Any) -> None:
    assert isinstance(printer.print_picture(Picture(8, (b"\x01",))), NotSent)
    assert isinstance(printer.print_barcode(Barcode("ean8", "9638507")), NotSent)
    assert register.seen == []
