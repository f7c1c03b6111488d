"""The slip on emulated paper: the card's QR is read back from the picture, and its dots are as large as promised."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from unit.slip.slip_story import ANNA, BALANCE, RETURN, SALE, STYLE

from drivers.api import Capabilities, Cut, Feed, Qr, SlipPart, Text
from emulator import profile
from emulator.marks import CutMark, FeedMark, Line, Mark, QrMark
from emulator.paper import Tape
from pos_agent.model.slip import SlipFacts, SlipKind
from pos_agent.printing.slip import lay_out

DOTS_PER_MM = 8


def marks(parts: Sequence[SlipPart]) -> Iterator[Mark]:
    """What a printer leaves on paper for each part."""
    for part in parts:
        match part:
            case Text(text, double, bold):
                yield Line(text, bold=bold, double=double)
            case Qr(text, dots, level):
                yield QrMark(text, dots, level)
            case Feed(lines):
                yield FeedMark(lines)
            case Cut(partial):
                yield CutMark(partial)


def printed(facts: SlipFacts, register: str, folder: Path, prefix: str = STYLE.qr_prefix) -> tuple[Tape, Image.Image]:
    shape = profile.load(register)
    device = Capabilities(shape.columns, shape.double_columns, native_qr=True)
    tape = Tape(shape.columns, shape.dots)
    tape.put(*marks(lay_out(facts, ANNA, replace(STYLE, qr_prefix=prefix), device)))
    tape.png(folder / "slip.png")
    with Image.open(folder / "slip.png") as picture:
        return tape, picture.convert("L")


@pytest.mark.parametrize("register", profile.names())
@pytest.mark.parametrize("facts", [SALE, BALANCE], ids=lambda facts: facts.kind.value)
def test_the_card_is_read_from_paper(facts: SlipFacts, register: str, tmp_path: Path) -> None:
    _, picture = printed(facts, register, tmp_path)
    (code,) = zxingcpp.read_barcodes(picture)
    assert code.text == STYLE.qr_prefix + ANNA.card
    assert code.format == zxingcpp.BarcodeFormat.QRCode


def test_a_return_shows_no_code_of_the_card(tmp_path: Path) -> None:
    _, picture = printed(RETURN, "shtrih-m-01f", tmp_path)
    assert list(zxingcpp.read_barcodes(picture)) == []


def test_the_way_into_the_program_is_read_from_an_invitation(tmp_path: Path) -> None:
    facts = SlipFacts(SlipKind.INVITATION, at="2026-11-21T18:05", earned_pt=3200, point_kop=100, cap_bp=3000)
    style = replace(STYLE, join_url="HTTPS://" + "A" * 52 + "/")  # 61 characters, the longest that is taken
    tape = Tape(32, 384)
    tape.put(*marks(lay_out(facts, None, style, Capabilities(32, 16, native_qr=True))))
    tape.png(tmp_path / "slip.png")
    with Image.open(tmp_path / "slip.png") as picture:
        (code,) = zxingcpp.read_barcodes(picture.convert("L"))
    assert code.text == style.join_url


@pytest.mark.parametrize(("prefix", "modules"), [("HTTPS://EXAMPLE.ORG/C/", 25), ("HTTPS://" + "A" * 38 + "/", 29)])
@pytest.mark.parametrize("register", profile.names())
def test_a_module_is_six_dots_and_fits_the_narrowest_graphics(
    register: str, prefix: str, modules: int, tmp_path: Path
) -> None:
    _, picture = printed(SALE, register, tmp_path, prefix)
    (code,) = zxingcpp.read_barcodes(picture)
    assert code.text == prefix + ANNA.card
    side = code.position.top_right.x - code.position.top_left.x
    assert side / modules == pytest.approx(6, abs=0.15), "0.75 mm on a 203 dpi head"
    assert (modules + 8) * 6 <= 320, "fits the narrowest graphics, quiet zone included"
    middle = (code.position.top_left.x + code.position.bottom_right.x) / 2
    assert middle == pytest.approx(picture.width / 2, abs=3)


@pytest.mark.parametrize("register", profile.names())
def test_a_slip_is_shorter_than_twelve_centimetres(register: str, tmp_path: Path) -> None:
    tape, picture = printed(SALE, register, tmp_path)
    empty = Tape(tape.columns, tape.dots)
    empty.put(CutMark())
    empty.png(tmp_path / "empty.png")
    with Image.open(tmp_path / "empty.png") as nothing:
        assert (picture.height - nothing.height) / DOTS_PER_MM <= 120
