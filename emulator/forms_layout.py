"""Setting printed forms in columns: words are wrapped, amounts stay whole and at the right edge."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from emulator.marks import Line, Mark
from emulator.tlv import Tlv, first


class Sheet:
    """Collects the marks of one document for paper of `columns` characters."""

    def __init__(self, columns: int) -> None:
        self.columns = columns
        self.marks: list[Mark] = []

    def put(self, *marks: Mark) -> None:
        self.marks.extend(marks)

    def text(self, text: str, indent: int = 0, bold: bool = False) -> None:
        """Wrapped by words from the left."""
        for row in _wrapped(text, self.columns - indent):
            self.put(Line(" " * indent + row, bold=bold))

    def centred(self, text: str, bold: bool = False) -> None:
        """Wrapped by words into rows of about one length, each centred."""
        for row in _balanced(text, self.columns):
            self.put(Line(_centre(row, self.columns), bold=bold))

    def title(self, text: str) -> None:
        """Double size and centred; in bold normal size when a word or two rows would not hold it."""
        half = self.columns // 2
        rows = textwrap.wrap(text, half, break_long_words=False, break_on_hyphens=False)
        if len(rows) > 2 or any(len(row) > half for row in rows):
            self.centred(text, bold=True)
            return
        for row in rows:
            self.put(Line(_centre(row, half), bold=True, double=True))

    def rule(self) -> None:
        self.put(Line("-" * self.columns))

    def pair(self, left: str, right: str, indent: int = 0, bold: bool = False) -> None:
        """`left` wrapped, `right` whole at the right edge: beside the last row of `left`, or below it."""
        rows = _wrapped(left, self.columns - indent)
        last = " " * indent + rows[-1]
        for row in rows[:-1]:
            self.put(Line(" " * indent + row, bold=bold))
        if len(last) + 1 + len(right) <= self.columns:
            self.put(Line(last + right.rjust(self.columns - len(last)), bold=bold))
            return
        self.put(Line(last, bold=bold))
        for row in _wrapped(right, self.columns):
            self.put(Line(row.rjust(self.columns), bold=bold))

    def double_pair(self, left: str, right: str) -> None:
        """A pair in double size; an amount too long for it is set in bold normal size."""
        half = self.columns // 2
        if len(left) + 1 + len(right) <= half:
            self.put(Line(left + right.rjust(half - len(left)), bold=True, double=True))
        else:
            self.pair(left, right, bold=True)

    def cells(self, *cells: str) -> None:
        """Short facts, two on a row, left and right, where both fit with two spaces between them."""
        waiting = ""
        for cell in cells:
            if waiting and len(waiting) + 2 + len(cell) <= self.columns:
                self.put(Line(waiting + cell.rjust(self.columns - len(waiting))))
                waiting = ""
            else:
                if waiting:
                    self.text(waiting)
                waiting = cell
        if waiting:
            self.text(waiting)


def money(kop: int) -> str:
    """Kopecks as roubles with two decimals: 95900 -> 959.00."""
    sign = "-" if kop < 0 else ""
    return f"{sign}{abs(kop) // 100}.{abs(kop) % 100:02}"


def amount(kop: int) -> str:
    """A sum as registers print it: =959.00."""
    return "=" + money(kop)


def tag_text(tags: Sequence[Tlv], tag: int) -> str:
    """The text of the first such tag without padding; "" when it is absent or no text."""
    found = first(tags, tag)
    return found.value.strip() if found and isinstance(found.value, str) else ""


def _wrapped(text: str, room: int) -> list[str]:
    return textwrap.wrap(text, max(1, room), break_on_hyphens=False) or [""]


def _balanced(text: str, room: int) -> list[str]:
    """The narrowest wrapping that takes no more rows than the widest one: no lonely last word."""
    rows = _wrapped(text, room)
    for narrower in range(room - 1, room // 2, -1):
        trial = _wrapped(text, narrower)
        if len(trial) > len(rows) or max(map(len, text.split()), default=0) > narrower:
            break
        rows = trial
    return rows


def _centre(text: str, room: int) -> str:
    return (" " * ((room - len(text)) // 2) + text).rstrip()
