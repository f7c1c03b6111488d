"""The picture of the tape: real QR codes, letters in their cells, sizes, cuts."""

from __future__ import annotations

from pathlib import Path

import pytest
import zxingcpp
from PIL import Image, ImageChops

from emulator import tape_png
from emulator.marks import qr_matrix
from emulator.paper import CutMark, FeedMark, Line, QrMark, Raster, Tape

LEFT = tape_png.TABLE_DOTS + tape_png.SIDE_DOTS
TOP = tape_png.TABLE_DOTS + tape_png.EDGE_DOTS


def picture(tape: Tape, folder: Path, since: int = 0) -> Image.Image:
    file = folder / "tape.png"
    tape.png(file, since)
    with Image.open(file) as image:
        return image.convert("L")


def ink(tape: Tape, folder: Path) -> Image.Image:
    """The printed area, ink white on black."""
    whole = picture(tape, folder).point(lambda value: 255 if value < 0x40 else 0)
    return whole.crop((LEFT, TOP, LEFT + tape.dots, whole.height))


@pytest.mark.parametrize(
    "text",
    [
        "t=20251121T0905&s=959.00&fn=9999078902001234&i=102&fp=180150000&n=1",
        "https://example.org/c/2f6d1b",
        "Карта Ёлка 77",
    ],
)
@pytest.mark.parametrize(("dot", "level", "align"), [(3, "L", "left"), (5, "M", "center"), (8, "H", "right")])
def test_printed_qr_codes_are_read_back(tmp_path: Path, text: str, dot: int, level: str, align: str) -> None:
    tape = Tape(48, 576)
    tape.put(Line("НЕФИСКАЛЬНЫЙ ДОКУМЕНТ"), QrMark(text, dot, level, align), Line("Покажите код на кассе"), CutMark())
    found = zxingcpp.read_barcodes(picture(tape, tmp_path))
    assert [(code.text, code.format) for code in found] == [(text, zxingcpp.BarcodeFormat.QRCode)]
    centre = sum(point.x for point in _corners(found[0])) / 4 - LEFT
    assert {"left": centre < 288 - 20, "center": abs(centre - 288) < 3, "right": centre > 288 + 20}[align]


def test_a_qr_is_not_mirrored(tmp_path: Path) -> None:
    tape = Tape(48, 576)
    tape.put(QrMark("right way round", dot=2, level="L", align="left"))
    image = ink(tape, tmp_path)
    matrix = qr_matrix("right way round", "L")
    quiet = tape_png.QUIET_MODULES
    side = range(len(matrix))
    seen = [[image.getpixel((2 * (x + quiet), 2 * (y + quiet))) == 255 for x in side] for y in side]
    assert seen == [list(row) for row in matrix]


def _corners(code: zxingcpp.Barcode) -> list[zxingcpp.Point]:
    place = code.position
    return [place.top_left, place.top_right, place.bottom_left, place.bottom_right]


def test_a_qr_wider_than_the_head_shrinks_and_still_reads(tmp_path: Path) -> None:
    tape = Tape(32, 384)
    tape.put(QrMark("https://example.org/" + "a1" * 40, dot=16))
    assert [code.text for code in zxingcpp.read_barcodes(picture(tape, tmp_path))] == [
        "https://example.org/" + "a1" * 40
    ]


def test_a_raster_is_printed_dot_for_dot(tmp_path: Path) -> None:
    tape = Tape(48, 576)
    rows = (b"\x80\x01\x80", b"\x00\x00\x00", b"\xff\xff\x80")
    tape.put(Raster(rows, 17, "left", scale=2))
    image = ink(tape, tmp_path)
    seen = [[image.getpixel((2 * x, 2 * y)) == 255 for x in range(18)] for y in range(4)]
    wanted = [[x < 17 and bool(row[x // 8] & 0x80 >> x % 8) for x in range(18)] for row in (*rows, b"\0\0\0")]
    assert seen == wanted


def test_letters_stand_in_columns(tmp_path: Path) -> None:
    """The 48th letter is in the 48th cell, whatever the font's own advance."""
    tape = Tape(48, 576)
    tape.put(Line(" " * 47 + "Щ"))
    box = ink(tape, tmp_path).getbbox()
    assert box is not None
    assert box[0] >= 47 * 12 - 1
    assert box[2] <= 576


def test_double_is_twice_as_high_and_wide_and_bold_is_blacker(tmp_path: Path) -> None:
    def box_and_black(line: Line) -> tuple[int, int, int]:
        tape = Tape(48, 576)
        tape.put(line)
        image = ink(tape, tmp_path)
        box = image.getbbox()
        assert box is not None
        return box[2] - box[0], box[3] - box[1], sum(image.histogram()[255:])

    width, height, black = box_and_black(Line("ИТОГ 959"))
    double_width, double_height, _ = box_and_black(Line("ИТОГ 959", double=True))
    assert abs(double_width - 2 * width) <= 4
    assert abs(double_height - 2 * height) <= 3
    assert box_and_black(Line("ИТОГ 959", bold=True))[2] > black * 1.2


@pytest.mark.parametrize("bold", [False, True])
def test_the_shipped_font_has_the_letters_of_a_receipt(tmp_path: Path, bold: bool) -> None:
    def glyph(letter: str) -> bytes:
        return bytes(tape_png._font(bold, 12.0).getmask(letter, mode="1"))

    missing = glyph("\U0010fffd")
    cp866 = bytes(range(0x20, 0x7F)).decode() + bytes(range(0x80, 0xFF)).decode("cp866")
    cp1251 = "«»—–№…„“”©®°±€"
    assert [letter for letter in cp866 + cp1251 + "✂₽" if glyph(letter) == missing] == []


def test_cuts_divide_the_paper(tmp_path: Path) -> None:
    """A full cut shows the table in the middle of the sheet, a partial one leaves its bridge there."""

    def middle_of_gap(cut: CutMark) -> int:
        tape = Tape(48, 576)
        tape.put(Line("one"), cut, Line("two"))
        image = picture(tape, tmp_path)
        gap = TOP + tape_png.LINE_DOTS + tape_png.EDGE_DOTS + 10
        value = image.getpixel((image.width // 2 + 20, gap))
        assert isinstance(value, int)
        return value

    assert middle_of_gap(CutMark(partial=False)) < 0xE0 < middle_of_gap(CutMark(partial=True))


def test_feed_moves_what_follows_down(tmp_path: Path) -> None:
    near, far = Tape(48, 576), Tape(48, 576)
    near.put(Line("x"))
    far.put(FeedMark(3), Line("x"))
    one, other = ink(near, tmp_path), ink(far, tmp_path)
    down = 3 * tape_png.LINE_DOTS
    moved = other.crop((0, down, other.width, down + 30))
    assert ImageChops.difference(one.crop((0, 0, one.width, 30)), moved).getbbox() is None
    assert other.crop((0, 0, other.width, down)).getbbox() is None


def test_a_tape_too_long_for_a_picture_keeps_its_newest_paper(tmp_path: Path) -> None:
    tape = Tape(32, 384)
    tape.put(QrMark("oldest"), CutMark(), *[FeedMark(255)] * 10, QrMark("newest"), CutMark())
    image = picture(tape, tmp_path)
    assert 48_000 < image.height < 65_000
    end = image.crop((0, image.height - 600, image.width, image.height))
    assert [code.text for code in zxingcpp.read_barcodes(end)] == ["newest"]
    start = image.crop((0, 0, image.width, 600))
    assert not zxingcpp.read_barcodes(start)


def test_an_empty_tape_is_an_empty_table(tmp_path: Path) -> None:
    assert picture(Tape(), tmp_path).getextrema()[0] > 0xA0
