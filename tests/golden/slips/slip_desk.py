"""A slip printed for real: the agent's driver speaks to the emulated printer, the tape is what is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from golden.slips.slip_kinds import KINDS
from kit.conformance_plants import Kind
from kit.conformance_register import ConformanceRegister
from PIL import Image

from drivers.api import Capabilities, Done, SlipPart
from emulator.marks import CutMark, Line, Mark, QrMark, qr_matrix
from emulator.paper import Tape
from emulator.tape_png import tape_picture

DOTS_PER_MM = 8


@dataclass(frozen=True)
class Paper:
    """One printer with one width of paper; `picture`: its slips are kept as pictures too."""

    name: str
    kind: Kind
    lang: str = "ru"
    picture: bool = False


PAPERS = (
    Paper("shtrih_48", Kind("slips-shtrih-48", "shtrih", "1.0", profile="shtrih-m-01f"), picture=True),
    Paper("shtrih_42", Kind("slips-shtrih-42", "shtrih", "2.0", profile="shtrih-m-01f-42")),
    Paper("shtrih_42_en", Kind("slips-shtrih-42", "shtrih", "1.0", profile="shtrih-m-01f-42"), lang="en"),
    Paper("atol_32", Kind("slips-atol-32", "atol", "v3", profile="atol-30f"), picture=True),
    Paper("atol_36", Kind("slips-atol-36", "atol", "v2", profile="atol-55f")),
)


@dataclass(frozen=True)
class Slip:
    """What was asked for, what is on paper, and how that looks."""

    parts: Sequence[SlipPart]
    tape: Tape
    picture: Image.Image


class SlipDesk:
    """The printer of one paper, on."""

    def __init__(self, paper: Paper, folder: Path) -> None:
        self._paper = paper
        self._register = ConformanceRegister(folder, paper.kind, slips=True)
        assert isinstance(self._register.printer.connect(), Done)

    @property
    def device(self) -> Capabilities:
        return self._register.printer.capabilities()

    @cache  # noqa: B019 - the desk lives as long as its tests
    def slip(self, kind: str) -> Slip:
        """One kind of slip, printed once for all tests that look at it."""
        parts = KINDS[kind](self.device, self._paper.lang)
        tape = self._printed(parts)
        picture = tape_picture(tape.marks, tape.columns, tape.dots).convert("L")
        return Slip(parts, tape, picture)

    def _printed(self, parts: Sequence[SlipPart]) -> Tape:
        """A tape of its own with what this slip left on paper."""
        whole = self._register.tape
        before = len(whole.marks)
        outcome = self._register.printer.print_slip(parts)
        assert isinstance(outcome, Done), outcome
        tape = Tape(whole.columns, whole.dots)
        tape.put(*whole.marks[before:])
        return tape

    def close(self) -> None:
        self._register.store.close()


def shown(tape: Tape) -> str:
    """The tape for a reader: each line between the paper's edges, letters of double width spaced out, QR codes with
    their size."""
    return "".join(f"{row}\n" for mark in tape.marks for row in _rows(mark, tape.columns))


def _rows(mark: Mark, columns: int) -> list[str]:
    if isinstance(mark, Line):
        text = "".join(letter + " " for letter in mark.text) if mark.double else mark.text
        return [f"|{text[: columns - 1] if mark.double and len(text) > columns else text:<{columns}}|"]
    if isinstance(mark, QrMark):
        modules = len(qr_matrix(mark.text, mark.level))
        return [f"[QR {mark.text}: {modules} x {mark.dot} dots, {mark.level}, {mark.align}]"]
    return ["[cut]"] if isinstance(mark, CutMark) else [f"[{type(mark).__name__}]"]
