"""The printing half of a device: paper, cover, how long printing takes, and what is left to print after a paper-out.

States of paper: Shtrih-M protocol 2.0, submodes (protocol notes, section 3.2).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from emulator.marks import CutMark, FeedMark, Line, Mark, QrMark, Raster, from_json, qr_matrix, to_json
from emulator.paper import Tape
from emulator.terms import PaperState, Reason, Refusal

LINE_DOTS = 24
DOTS_PER_MM = 8
GONE = (PaperState.OUT, PaperState.OUT_WHILE_PRINTING)


def height(mark: Mark) -> int:
    """How many text lines of paper a mark takes."""
    match mark:
        case Line():
            return 2 if mark.double else 1
        case FeedMark():
            return mark.lines
        case QrMark():
            return -(-len(qr_matrix(mark.text, mark.level)) * mark.dot // LINE_DOTS)
        case Raster():
            return -(-len(mark.rows) * mark.scale // LINE_DOTS)
        case CutMark():
            return 0


def printable(make: Callable[[], Mark]) -> Mark:
    """Build a mark from a host's parameters. Refuses BAD_PARAMETER when it cannot be printed."""
    try:
        mark = make()
        if isinstance(mark, QrMark):
            qr_matrix(mark.text, mark.level)
    except ValueError as error:
        raise Refusal(Reason.BAD_PARAMETER, str(error)) from error
    return mark


@dataclass
class PrintHead:
    """Prints on `tape` until the paper ends; `pending` waits for new paper and the order to continue."""

    tape: Tape
    monotonic: Callable[[], float]
    paper: PaperState = PaperState.PRESENT
    cover_open: bool = False
    lines_left: int | None = None
    pending: list[Mark] = field(default_factory=list)
    busy_until: float = 0.0
    long_report: bool = False  # what keeps the head busy is a long report

    @property
    def busy(self) -> bool:
        """Still printing the previous document."""
        return self.monotonic() < self.busy_until

    def check(self) -> None:
        """Refuse COVER_OPEN, NO_PAPER, WAIT_CONTINUE or PRINTING when nothing can be printed now."""
        self._check_paper()
        if self.paper is PaperState.BACK:
            raise Refusal(Reason.WAIT_CONTINUE)

    def _check_paper(self) -> None:
        if self.cover_open:
            raise Refusal(Reason.COVER_OPEN)
        if self.paper in GONE:
            raise Refusal(Reason.NO_PAPER)
        if self.busy:
            raise Refusal(Reason.PRINTING)

    def run(self, seconds: float) -> None:
        """Print what is pending; the rest stays pending when the paper ends."""
        fits = self._fitting()
        self.tape.put(*self.pending[:fits])
        self.pending = self.pending[fits:]
        self.keep_busy(seconds)
        if self.pending:
            self.paper = PaperState.OUT_WHILE_PRINTING
        elif self.lines_left == 0:
            self.paper = PaperState.OUT

    def keep_busy(self, seconds: float, long_report: bool = False) -> None:
        """Print for so many seconds from now."""
        self.busy_until = self.monotonic() + seconds
        self.long_report = long_report

    def _fitting(self) -> int:
        if self.lines_left is None:
            return len(self.pending)
        for index, mark in enumerate(self.pending):
            if height(mark) > self.lines_left:
                self.lines_left = 0
                return index
            self.lines_left -= height(mark)
        return len(self.pending)

    def proceed(self, seconds: float) -> None:
        """Continue after new paper. Refuses NOTHING_TO_CONTINUE, NO_PAPER, COVER_OPEN, PRINTING."""
        self._check_paper()
        if self.paper is not PaperState.BACK:
            raise Refusal(Reason.NOTHING_TO_CONTINUE)
        self.paper = PaperState.PRESENT
        self.run(seconds)

    def drop(self) -> None:
        """Forget what was left to print."""
        self.pending = []
        if self.paper is PaperState.BACK:
            self.paper = PaperState.PRESENT
        if self.paper is PaperState.OUT_WHILE_PRINTING:
            self.paper = PaperState.OUT

    def paper_out(self, after_lines: int) -> None:
        """The roll has `after_lines` lines left; 0: it has ended."""
        self.lines_left = after_lines
        if after_lines > 0:
            return
        interrupted = self.paper in (PaperState.BACK, PaperState.OUT_WHILE_PRINTING) or self.busy
        self.paper = PaperState.OUT_WHILE_PRINTING if interrupted else PaperState.OUT
        self.busy_until = 0.0

    def paper_in(self, lines: int | None = None) -> None:
        """A new roll is in: endless, or of so many lines."""
        self.lines_left = lines
        if self.paper is PaperState.OUT:
            self.paper = PaperState.PRESENT
        if self.paper is PaperState.OUT_WHILE_PRINTING:
            self.paper = PaperState.BACK

    def power_lost(self) -> None:
        """An interrupted print waits for the order to continue."""
        self.busy_until = 0.0
        if self.pending and self.paper is PaperState.PRESENT:
            self.paper = PaperState.BACK

    def to_table(self) -> dict[str, Any]:
        """For the state file."""
        pending = [to_json(mark) for mark in self.pending]
        return {"paper": self.paper.name, "cover": self.cover_open, "lines_left": self.lines_left, "pending": pending}

    def load(self, table: dict[str, Any]) -> None:
        """From the state file, as after a power loss."""
        self.paper = PaperState[table["paper"]]
        self.cover_open = table["cover"]
        self.lines_left = table["lines_left"]
        self.pending = [from_json(line) for line in table["pending"]]
        self.power_lost()
