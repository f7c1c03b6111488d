"""The shop's own slips: a Jinja template per kind. What it writes is laid out line by line.

    {# remark #}                          left out
    = Спасибо, {{ name }}!                centred
    Списано | -{{ spent }}                left text, right figure
    ! ДОСТУПНО | {{ available }}          the one line in large letters
    ---                                   a rule
    @card                                 a part that the agent lays out itself
    @qr HTTPS://EXAMPLE.ORG/7             a QR code

A line that writes a figure which is not there is left out. What is wrong with a file is a `Fault`; the built-in slip is
printed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

KINDS = ("receipt", "return", "balance", "invitation")
WORDS = frozenset({
    "name", "card", "heading", "at", "purchase_at", "before", "spent", "restored", "cancelled", "earned", "earned_from",
    "available", "pending", "pending_day", "debt", "burning", "burning_day", "level", "level_rate", "next_level",
    "next_rate", "next_left", "point", "cap", "claim_until",
})  # fmt: skip
LISTS = {
    "stamps": ("counter", "have", "full"),
    "burns": ("day", "points"),
    "coupons": ("code", "text", "since", "until"),
    "goods": ("name", "back", "sold"),
}
BLOCKS = frozenset({
    "who", "movements", "burns", "level", "stamps", "goods", "accounts", "coupons", "friend", "card", "invitation",
    "here",
})  # fmt: skip
MOST_BYTES, MOST_LINES = 8192, 60
QR_TEXT = re.compile(r"[0-9A-Z $%*+\-./:]{1,61}")
FISCAL = re.compile(r"(?i)\b(итог|итого|ндс|фн|фд|фп|ккт|total|vat)\b|кассовый чек|nalog")
# What a figure brings is text whatever it is: the signs of the layout in it mean nothing. Not in CP866, never printed.
BEGINS, BAR, NOTHING = "\ue000", "\ue001", "\ue002"
SHIELD = str.maketrans({"|": BAR, **dict.fromkeys((BEGINS, BAR, NOTHING), "?")})
TAG = re.compile(r"(?s)\{%.*?%\}|\{#.*?#\}")
FIGURE, FIGURE_IN = re.compile(r"(?s)\{\{.*?\}\}"), "{{"


class How(Enum):
    """How a line stands on paper."""

    PLAIN = "plain"
    CENTRED = "centred"
    LOUD = "loud"
    RULE = "rule"
    BLOCK = "block"
    QR = "qr"


@dataclass(frozen=True)
class TemplateLine:
    """A line as it is printed: `left` and `right`; of a block its name, of a QR code its text."""

    how: How
    left: str = ""
    right: str = ""


@dataclass(frozen=True)
class Fault:
    """What is wrong with a file: a key of `texts/reasons.toml`, or what the system says. `line` 0 = the whole file."""

    file: str
    line: int
    why: str


class BadSlipError(Exception):
    """A template, or what it wrote, cannot be printed. `line` of the template, 0 = not known."""

    def __init__(self, why: str, line: int = 0) -> None:
        super().__init__(why)
        self.why, self.line = why, line


@dataclass(frozen=True)
class Template:
    """`write` gives the text for these figures, as `shielded` ones. BadSlipError."""

    file: str
    write: Callable[[Mapping[str, object]], str]

    def lines(self, figures: Mapping[str, object]) -> tuple[TemplateLine, ...]:
        """What to print. BadSlipError: something that no slip may show, too much, or nothing."""
        text = self.write(figures)
        found = tuple(line for written in text.splitlines() for line in line_of(written))
        if len(found) > MOST_LINES:
            raise BadSlipError("slip_too_long")
        if sum(line.how is How.LOUD for line in found) > 1:
            raise BadSlipError("slip_two_loud")
        return found


@dataclass(frozen=True)
class Templates:
    """The good ones by kind; `faults` of the others, whose kinds print the built-in slip.

    `failed`: by file, what the figures of the last slip made of it; empty again when one comes out.
    """

    made: Mapping[str, Template] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    failed: dict[str, Fault] = field(default_factory=dict, compare=False)


def shielded(value: object) -> str:
    """A figure as a template writes it: one line, and none of its signs is one of the layout.

    BadSlipError "slip_word": a whole list is no figure.
    """
    if isinstance(value, list | dict):
        raise BadSlipError("slip_word")
    text = " ".join(str(value).split()).translate(SHIELD)
    return BEGINS + text if text else NOTHING


def line_of(written: str) -> Iterator[TemplateLine]:
    """One written line, or none. BadSlipError."""
    text = written.strip()  # a line within `{% if %}` may be indented
    if not text or NOTHING in text:
        return
    if set(text) == {"-"}:
        yield TemplateLine(How.RULE)
    elif text.startswith("@qr "):
        code = _bare(text[4:]).strip()
        if not QR_TEXT.fullmatch(code):
            raise BadSlipError("slip_qr")
        yield TemplateLine(How.QR, code)
    elif text.startswith("@"):
        if text[1:] not in BLOCKS:
            raise BadSlipError("slip_block")
        yield TemplateLine(How.BLOCK, text[1:])
    else:
        yield _text_line(text)


def _text_line(text: str) -> TemplateLine:
    how = {"=": How.CENTRED, "!": How.LOUD}.get(text[0], How.PLAIN)
    left, _, right = (text if how is How.PLAIN else text[1:].strip()).partition("|")
    line = TemplateLine(how, _bare(left).rstrip(), _bare(right).strip())
    if FISCAL.search(" ".join(f"{line.left} {line.right}".split())):
        raise BadSlipError("slip_fiscal")
    return line


def _bare(text: str) -> str:
    return text.replace(BEGINS, "").replace(BAR, "|")


def seen_in_source(source: str) -> None:
    """What is wrong whatever the figures are, with its line. BadSlipError."""
    figures = FIGURE.sub("0", TAG.sub(lambda tag: "\n" * tag[0].count("\n"), source))
    if not figures.strip():
        raise BadSlipError("slip_empty")
    for number, written in enumerate(figures.split("\n"), 1):
        if set(written) & set("{}"):
            raise BadSlipError("slip_word", number)  # one brace instead of two
        if written.lstrip().startswith("@") and FIGURE_IN in source.split("\n")[number - 1]:
            continue  # known when it is written
        try:
            list(line_of(written))
        except BadSlipError as bad:
            raise BadSlipError(bad.why, number) from bad
