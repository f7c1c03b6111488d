"""Paper of one width: how a slip's texts and figures become lines. Pure.

Text stands left and wraps by words, a figure stands right and is never broken. Letters are CP866's, without the signs
that move between code pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from textwrap import wrap

from drivers.api import Qr, Text
from pos_agent.printing.slip_template import Templates
from pos_agent.texts import phrase

LEAST_DOTS, MOST_DOTS = 4, 8
SIGNS = re.compile(r"([=:,])(?=[\d-])")
UNGROUPED = 6


@dataclass(frozen=True)
class SlipStyle:
    """What does not come from the sale: language, shop's heading, what stands before the card code in the QR."""

    lang: str = "ru"
    heading: str = ""
    qr_prefix: str = ""
    join_url: str = ""  # where an invitation leads; "" = no QR on it
    module_dots: int = 6  # 0.75 mm on a 203 dpi head; never under 4
    training: bool = False  # a new cashier learns on an emulated printer: every slip says so
    templates: Templates = field(default_factory=Templates)  # the shop's own slips


@dataclass(frozen=True)
class Page:
    """One width and one table of phrases (`texts/<table>.toml`)."""

    lang: str
    columns: int
    double_columns: int
    table: str = "slip"

    def say(self, key: str, **words: object) -> str:
        """A phrase in the widest wording that this paper takes: `key_32`, `key` or `key_48`."""
        variant = f"{key}_32" if self.columns < 42 else f"{key}_48" if self.columns >= 48 else key
        try:
            return phrase(self.table, variant, self.lang, **words)
        except KeyError:
            return phrase(self.table, key, self.lang, **words)

    def centred(self, text: str) -> Iterator[Text]:
        for line in wrap(fit(text), self.columns):
            yield Text(line.center(self.columns).rstrip())

    def plain(self, text: str, indent: str = "") -> Iterator[Text]:
        """Text alone, wrapped by words; every line begins with `indent`."""
        text = fit(text)
        if any(len(word) > self.columns - len(indent) for word in text.split()):
            text = SIGNS.sub(r"\1 ", text)  # between two figures, so that none of them is cut
        for line in wrap(text, self.columns, initial_indent=indent, subsequent_indent=indent):
            yield Text(line)

    def rule(self) -> Text:
        return Text("-" * self.columns)

    def pair(self, left: str, right: str) -> Iterator[Text]:
        """Left text, right figure; when they do not fit the text wraps and the figure keeps the last line."""
        left, right = fit(left), fit(right)
        room = self.columns - len(right) - (1 if right else 0)
        if len(left.rstrip()) <= room:
            yield Text(left.rstrip().ljust(self.columns - len(right)) + right)
            return
        lines: Sequence[str] = wrap(left, self.columns) or [""]
        for line in lines[:-1]:
            yield Text(line)
        if len(lines[-1]) <= room:
            yield Text(lines[-1].ljust(self.columns - len(right)) + right)
        else:
            yield Text(lines[-1])
            for line in wrap(right, self.columns):
                yield Text(line.rjust(self.columns))

    def loud(self, left: str, right: str) -> Text:
        """The one double-height line, if it fits."""
        if len(left) + len(right) < self.double_columns:
            return Text(left.ljust(self.double_columns - len(right)) + right, double=True)
        return Text(left.ljust(self.columns - len(right)) + right, bold=True)

    def code(self, text: str, style: SlipStyle) -> Qr:
        """A QR code of the shop's own dot size."""
        return Qr(text, module_dots=min(MOST_DOTS, max(LEAST_DOTS, style.module_dots)), level="M")


def fit(text: str) -> str:
    """Text a printer can print: CP866 letters only, no control characters, no signs that move between code pages."""
    plain = text.replace("—", "-").replace("–", "-").replace("«", '"').replace("»", '"').replace("₽", "руб.")
    plain = plain.replace("№", "N").replace("$", "S")
    shown = "".join(char if char.isprintable() else " " for char in plain)
    return shown.encode("cp866", errors="replace").decode("cp866")


def grouped(code: str) -> str:
    """`7Q4M2XKD9W` -> `7Q4M-2XKD-9W`: groups of four for typing; up to six signs stay as they are."""
    if len(code) <= UNGROUPED:
        return code
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def percent(bp: int) -> str:
    """Basis points as people read them: 500 -> `5 %`, 250 -> `2.5 %`."""
    whole, rest = divmod(bp, 100)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".") + " %"


def moment(iso: str) -> str:
    """`2026-11-21T18:05` -> `21.11.2026 18:05`."""
    date, _, clock = iso.partition("T")
    return f"{day(date)} {clock[:5]}".strip()


def day(iso: str) -> str:
    """`2026-11-21` -> `21.11.2026`."""
    return f"{iso[8:10]}.{iso[5:7]}.{iso[:4]}" if len(iso) >= 10 else iso
