"""The printed paper as text, by pieces: what lies between two cuts. Pure."""

from __future__ import annotations

from collections.abc import Sequence

SCISSORS = "✂"
FRAME = ("┌", "└")


def pieces(tape: str) -> list[list[str]]:
    """Rows of each receipt, report and slip of `fiscal-emulator tape`, without frame, cuts and blank rows around."""
    found: list[list[str]] = [[]]
    for row in tape.splitlines():
        if SCISSORS in row[:2]:
            found.append([])
        elif row and not row.startswith(FRAME):
            found[-1].append(row)
    return [stripped for piece in found if (stripped := _stripped(piece))]


def drawn(shown: Sequence[Sequence[str]]) -> list[str]:
    """Pieces as one strip of paper again, with its edges and cuts."""
    if not shown:
        return []
    width = max(len(row) for piece in shown for row in piece) - 2
    rows = [f"┌{'─' * width}┐"]
    for number, piece in enumerate(shown):
        rows += [f"├✂{'╌' * (width - 1)}┤"] if number else []
        rows += piece
    return [*rows, f"└{'─' * width}┘"]


def tail(shown: Sequence[Sequence[str]], rows: int) -> list[Sequence[str]]:
    """The last pieces that fit into so many rows; one at least."""
    kept: list[Sequence[str]] = []
    for piece in reversed(shown):
        rows -= len(piece) + 1
        if kept and rows < 0:
            break
        kept.insert(0, piece)
    return kept


def _stripped(piece: list[str]) -> list[str]:
    inked = [number for number, row in enumerate(piece) if row.strip("│ ")]
    return piece[inked[0] : inked[-1] + 1] if inked else []
