"""The shop's own slips: a text file per kind, read once, checked whole. It cannot loop, call or fail when it prints.

    # remark                     left out
    = Спасибо, {name}!           centred
    Списано | -{spent}           left text, right figure
    ! ДОСТУПНО | {available}     the one line in large letters
    ---                          a rule
    @card                        a part that the agent lays out itself
    @qr HTTPS://EXAMPLE.ORG/7    a QR code

A line with a word that has no value is left out. What is wrong with a file is a `Fault`; the built-in slip is printed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

KINDS = ("receipt", "return", "balance", "invitation")
SUFFIX = ".txt"
MOST_BYTES, MOST_LINES = 8192, 60
WORDS = frozenset({
    "name", "card", "heading", "at", "purchase_at", "before", "spent", "restored", "cancelled", "earned", "earned_from",
    "available", "pending", "pending_day", "debt", "burning", "burning_day", "level", "level_rate", "next_level",
    "next_rate", "next_left", "point", "cap", "claim_until",
})  # fmt: skip
BLOCKS = frozenset({
    "who", "movements", "burns", "level", "stamps", "goods", "accounts", "coupons", "friend", "card", "invitation",
    "here",
})  # fmt: skip
WORD = re.compile(r"\{([^{}]*)\}")
QR_TEXT = re.compile(r"[0-9A-Z $%*+\-./:]{1,61}")
FISCAL = re.compile(r"(?i)\b(итог|итого|ндс|фн|фд|фп|ккт|total|vat)\b|кассовый чек|nalog")


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
    """`left` and `right` with their `{words}`; of a block its name, of a QR code its text."""

    how: How
    left: str = ""
    right: str = ""

    @property
    def words(self) -> list[str]:
        return [] if self.how in (How.BLOCK, How.QR) else WORD.findall(self.left + self.right)


@dataclass(frozen=True)
class Fault:
    """What is wrong with a file: a key of `texts/reasons.toml`, or what the system says. `line` 0 = the whole file."""

    file: str
    line: int
    why: str


@dataclass(frozen=True)
class Templates:
    """The good ones by kind; `faults` of the others, whose kinds print the built-in slip."""

    lines: Mapping[str, tuple[TemplateLine, ...]] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()


class _BadLineError(Exception):
    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def load(folder: Path | None) -> Templates:
    """Read `receipt.txt`, `return.txt`, `balance.txt`, `invitation.txt` of the folder. Never raises.

    A missing file is no fault: that kind prints the built-in slip.
    """
    if folder is None:
        return Templates()
    good: dict[str, tuple[TemplateLine, ...]] = {}
    faults: list[Fault] = []
    try:
        present = {path.name for path in folder.iterdir()}
    except OSError as error:
        return Templates(faults=(Fault(folder.name, 0, error.strerror or str(error)),))
    for kind in KINDS:
        if f"{kind}{SUFFIX}" in present:
            read = _read(folder / f"{kind}{SUFFIX}")
            if isinstance(read, Fault):
                faults.append(read)
            else:
                good[kind] = read
    return Templates(good, tuple(faults))


def _read(path: Path) -> tuple[TemplateLine, ...] | Fault:
    try:
        if not path.is_file():  # a pipe would be waited for
            return Fault(path.name, 0, "Is a directory")
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return Fault(path.name, 0, "not a text in UTF-8")
    except OSError as error:
        return Fault(path.name, 0, error.strerror or str(error))
    if len(content) > MOST_BYTES or text.count("\n") > MOST_LINES:
        return Fault(path.name, 0, "slip_too_long")
    return parse(path.name, text)


def parse(name: str, text: str) -> tuple[TemplateLine, ...] | Fault:
    """The lines of a template, or the first thing wrong with it."""
    lines: list[TemplateLine] = []
    for number, written in enumerate(text.splitlines(), 1):
        try:
            lines += _line(written)
        except _BadLineError as bad:
            return Fault(name, number, bad.why)
        if sum(line.how is How.LOUD for line in lines) > 1:
            return Fault(name, number, "slip_two_loud")
    return tuple(lines) if lines else Fault(name, 0, "slip_empty")


def _line(written: str) -> Iterator[TemplateLine]:
    text = written.rstrip()
    if not text or text.startswith("#"):
        return
    if set(text) == {"-"}:
        yield TemplateLine(How.RULE)
        return
    if text.startswith("@qr "):
        if not QR_TEXT.fullmatch(text[4:].strip()):
            raise _BadLineError("slip_qr")
        yield TemplateLine(How.QR, text[4:].strip())
        return
    if text.startswith("@"):
        if text[1:] not in BLOCKS:
            raise _BadLineError("slip_block")
        yield TemplateLine(How.BLOCK, text[1:])
        return
    if FISCAL.search(" ".join(text.replace("|", " ").split())):
        raise _BadLineError("slip_fiscal")
    if set(WORD.findall(text)) - WORDS or set(WORD.sub("", text)) & set("{}"):
        raise _BadLineError("slip_word")
    how = {"=": How.CENTRED, "!": How.LOUD}.get(text[0], How.PLAIN)
    left, _, right = (text if how is How.PLAIN else text[1:].strip()).partition("|")
    yield TemplateLine(how, left.rstrip(), right.strip())
