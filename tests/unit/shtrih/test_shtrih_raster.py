"""QR codes drawn on the host: read back from the very bytes that go to the printer."""

from __future__ import annotations

from typing import Any

import numpy
import pytest
import zxingcpp

from drivers.api import Done, Qr
from drivers.shtrih.paper_text import printable
from drivers.shtrih.printer import ShtrihPrinter
from drivers.shtrih.qr_raster import qr_lines

TEXT = "https://example.org/r/12345"


def picture(lines: list[bytes], mirrored: bool = False) -> Any:
    order: Any = "big" if mirrored else "little"
    rows = [numpy.unpackbits(numpy.frombuffer(line, numpy.uint8), bitorder=order) for line in lines]
    return (1 - numpy.array(rows)) * numpy.uint8(255)


def decode(lines: list[bytes], mirrored: bool = False) -> list[str]:
    image = picture(lines, mirrored).astype(numpy.uint8)
    return [found.text for found in zxingcpp.read_barcodes(image)]


@pytest.mark.parametrize("level", ["L", "M", "Q", "H"])
@pytest.mark.parametrize("dots", [3, 6, 8])
def test_picture_can_be_scanned(level: str, dots: int) -> None:
    lines = qr_lines(TEXT, level, dots)
    assert {len(line) for line in lines} == {40}
    assert decode(lines) == [TEXT]


def test_picture_is_centred_with_white_around() -> None:
    lines = qr_lines(TEXT, "M", 6)
    black = picture(lines) == 0
    columns = numpy.flatnonzero(black.any(axis=0))
    rows = numpy.flatnonzero(black.any(axis=1))
    assert abs(columns[0] - (319 - columns[-1])) <= 1
    assert rows[0] == 24
    assert len(lines) - 1 - rows[-1] == 24


def test_bit_order_is_a_switch() -> None:
    plain, mirrored = qr_lines(TEXT, "M", 4), qr_lines(TEXT, "M", 4, mirrored=True)
    assert plain != mirrored
    assert decode(mirrored, mirrored=True) == [TEXT]
    first_black = next(line for line in plain if any(line))
    at = next(i for i, byte in enumerate(first_black) if byte)
    left = (320 - 29 * 4) // 2
    assert at == left // 8
    assert first_black[at] & -first_black[at] == 1 << left % 8, "bit 0 is the leftmost dot"


def test_big_code_is_scaled_down_and_a_too_big_one_refused() -> None:
    text = "x" * 300
    assert decode(qr_lines(text, "M", 8)) == [text]
    with pytest.raises(ValueError, match="does not fit"):
        qr_lines("x" * 2300, "M", 8)


def loaded(register: Any) -> tuple[list[int], list[bytes]]:
    """Numbers of the first line of each C4h, and all lines."""
    loads = [bytes.fromhex(entry[3:]) for entry in register.seen if entry.startswith("C4")]
    lines = [load[at : at + 40] for load in loads for at in range(2, len(load), 40)]
    return [int.from_bytes(load[:2], "little") for load in loads], lines


@pytest.mark.parametrize(("capability", "step"), [("20", 1), ("28", 6)], ids=["line by line", "F7h bit 35"])
def test_printer_without_qr_gets_the_picture(printer: ShtrihPrinter, register: Any, capability: str, step: int) -> None:
    register.answers["DD"] = "37"
    register.answers["F7"] = register.answers["F7"].replace("07 20 6C", f"07 {capability} 6C")
    assert isinstance(printer.connect(), Done)
    register.seen.clear()
    assert printer.print_slip([Qr(TEXT, module_dots=4)]) == Done(None)
    numbers, lines = loaded(register)
    assert decode(lines) == [TEXT]
    assert numbers == list(range(0, len(lines), step))
    height = len(lines).to_bytes(2, "little").hex().upper()
    assert f"C3 0100{height}02" in register.seen, "print flags follow with F7h bit 37"


def test_printable_text() -> None:
    assert printable("Цена 100\u202f₽ − 5 × 2", 40) == "Цена 100 р. - 5 x 2"
    assert printable("a\x00b\x1bc\nd\x7f", 40) == "abcd"
    assert printable("Čapek 😀 №1", 40) == "Capek ? №1"
    assert printable("й ё", 40) == "й ё"
    assert printable("x" * 50, 42) == "x" * 42
