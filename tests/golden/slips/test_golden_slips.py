"""Every kind of slip on both vendors' emulated printers, as text and as a picture, against what is kept here.

The driver prints, the tape is read. `PAPER/KIND.txt` holds the lines as on paper, `PAPER/KIND.png` the picture,
compared dot by dot. After a wanted change: `RENEW_SLIPS=1 .venv/bin/pytest tests/golden/slips`, then look at the
pictures in `git diff`; with that variable every comparison fails once, so that a forgotten one cannot pass.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import zxingcpp
from golden.slips.slip_desk import DOTS_PER_MM, PAPERS, Paper, SlipDesk, shown
from golden.slips.slip_kinds import KINDS
from PIL import Image

from drivers.api import Qr
from emulator.marks import QrMark, Raster
from emulator.tape_png import tape_picture
from pos_agent.model.slip import SlipKind

HERE = Path(__file__).parent
RENEW = "RENEW_SLIPS" in os.environ
MODULE_DOTS = 6
MM_OF_VERSION = {21: 15.8, 25: 18.8, 29: 21.8}  # what the texts beside the code promise, module 0.75 mm
LONG = ("receipt_offers",)  # a coupon, a code for friends and the card on one slip
MOST_MM = 120


@pytest.fixture(scope="module", params=PAPERS, ids=lambda paper: paper.name)
def printer(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Paper, SlipDesk]]:
    desk = SlipDesk(request.param, tmp_path_factory.mktemp(request.param.name))
    yield request.param, desk
    desk.close()


def test_no_kind_is_left_out() -> None:
    told = {kind.value for kind in SlipKind}
    assert told <= KINDS.keys() | {kind.partition("_")[0] for kind in KINDS}
    kept = {file.stem for paper in PAPERS for file in (HERE / paper.name).iterdir()}
    assert kept == KINDS.keys(), "a golden of a slip that is no longer printed, or none of a new one"


@pytest.mark.parametrize("kind", KINDS)
def test_the_lines_on_paper(kind: str, printer: tuple[Paper, SlipDesk]) -> None:
    paper, desk = printer
    tape = desk.slip(kind).tape
    kept = HERE / paper.name / f"{kind}.txt"
    if RENEW:
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(shown(tape), encoding="utf-8")
    assert shown(tape) == kept.read_text(encoding="utf-8")
    assert not RENEW, "renewed: look at it, then run again without the variable"


@pytest.mark.parametrize("kind", KINDS)
def test_the_picture_of_the_tape(kind: str, printer: tuple[Paper, SlipDesk]) -> None:
    paper, desk = printer
    made, tape = desk.slip(kind).picture, desk.slip(kind).tape
    if not paper.picture:
        assert made.width > tape.dots
        return
    kept = HERE / paper.name / f"{kind}.png"
    if RENEW:
        kept.parent.mkdir(exist_ok=True)
        tape.png(kept)
    with Image.open(kept) as golden:
        assert made.size == golden.size
        assert made.tobytes() == golden.convert("L").tobytes(), "not the same dots"
    assert not RENEW, "renewed: look at it, then run again without the variable"


@pytest.mark.parametrize("kind", KINDS)
def test_codes_are_read_back_and_as_large_as_promised(kind: str, printer: tuple[Paper, SlipDesk]) -> None:
    made = printer[1].slip(kind)
    tape, wanted = made.tape, [part.text for part in made.parts if isinstance(part, Qr)]
    found = zxingcpp.read_barcodes(made.picture)
    found.sort(key=lambda code: code.position.top_left.y)
    assert [code.text for code in found] == wanted
    marks = [mark for mark in tape.marks if isinstance(mark, QrMark)]
    assert [mark.text for mark in marks] == wanted
    assert not [mark for mark in tape.marks if isinstance(mark, Raster)], "these printers draw codes themselves"
    for code in found:
        side = code.position.top_right.x - code.position.top_left.x
        modules = min(MM_OF_VERSION, key=lambda size: abs(size * MODULE_DOTS - side))
        assert side / DOTS_PER_MM == pytest.approx(MM_OF_VERSION[modules], abs=0.4)
        assert (modules + 8) * MODULE_DOTS <= min(tape.dots, 320), "with its quiet zone on the narrowest graphics"
        middle = (code.position.top_left.x + code.position.bottom_right.x) / 2
        assert middle == pytest.approx(made.picture.width / 2, abs=3)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in LONG])
def test_a_slip_is_shorter_than_twelve_centimetres(kind: str, printer: tuple[Paper, SlipDesk]) -> None:
    made = printer[1].slip(kind)
    cut_alone = tape_picture(made.tape.marks[-1:], made.tape.columns, made.tape.dots)
    ink = made.picture.height - cut_alone.height
    assert ink / DOTS_PER_MM <= MOST_MM


@pytest.mark.parametrize("kind", KINDS)
def test_the_second_line_says_what_it_is_not(kind: str, printer: tuple[Paper, SlipDesk]) -> None:
    paper, desk = printer
    tape = desk.slip(kind).tape
    said = {"ru": "НЕ ЯВЛЯЕТСЯ КАССОВЫМ ЧЕКОМ", "en": "NOT A FISCAL RECEIPT"}[paper.lang]
    assert shown(tape).splitlines()[1].strip("| ") == said
