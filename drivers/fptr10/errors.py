"""Error codes of the vendor's driver: sentences for people and what helps. Texts: drivers/spec/fptr10_errors.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib import resources
from typing import Any

from drivers.api import LinkFault, Refused

NOT_SUPPORTED = 11
NO_MORE_DATA = 30
NO_PAPER = 44
SHIFT_EXPIRED = 68
SHIFT_CLOSED = 73
RECEIPT_OPEN = 82
NO_DOCUMENT = 123
DOCUMENT_OPEN = 200
DOCUMENT_CLOSED = 201
LONGEST_NAME = 60


class Recovery(Enum):
    """What to do about an error (JSON tasks notes, sections 2.6 and 5)."""

    LINK = "link"
    DOUBT = "doubt"  # a document may or may not be made
    PAPER = "paper"
    WAIT = "wait"
    INPUT = "input"  # do not repeat
    SHIFT = "shift"
    CLOSE = "close"
    STATE = "state"
    NORMAL = "normal"
    SERVICE = "service"


@dataclass(frozen=True)
class ErrorText:
    """One code. `safe`: R recorded, N no receipt was made, C checking, "-" no receipt concerned.

    `fault`: only with LINK.
    """

    code: int
    meaning: str
    recovery: Recovery
    safe: str
    ru: str  # what happened. What to do.
    en: str
    fault: LinkFault | None = None


@cache
def _spec() -> Mapping[str, Any]:
    return tomllib.loads(resources.files("drivers.spec").joinpath("fptr10_errors.toml").read_text("utf-8"))


@cache
def all_errors() -> dict[int, ErrorText]:
    """Every code described by itself."""
    return {int(key): _text(int(key), entry) for key, entry in _spec()["errors"].items()}


@cache
def ranges() -> dict[range, Mapping[str, str]]:
    """Codes described together."""
    found = {}
    for key, entry in _spec()["ranges"].items():
        first, _, last = key.partition("-")
        found[range(int(first), int(last) + 1)] = entry
    return found


def explain(code: int) -> ErrorText:
    """The sentences for a code; a code nobody described gets a general one that promises nothing."""
    known = all_errors().get(code)
    if known is not None:
        return known
    entry = next((entry for codes, entry in ranges().items() if code in codes), None)
    if entry is not None:
        return _text(code, entry)
    return ErrorText(
        code,
        "code without a description",
        Recovery.DOUBT,
        "C",
        f"Касса отказала, код драйвера {code}. Повторите, при повторном отказе звоните в сервис.",
        f"The register refused, driver code {code}. Try again; if it refuses again, call service.",
    )


def refused(code: int, command: str, words: str = "") -> Refused:
    """A refusal whose number is shown as the vendor writes it: decimal, with its name. `words`: the driver's own."""
    name = words.strip().splitlines()[0][:LONGEST_NAME] if words.strip() else explain(code).meaning
    return Refused(code, command, words, shown=f"{code} ({name})")


def _text(code: int, entry: Mapping[str, str]) -> ErrorText:
    fault = LinkFault(entry["fault"]) if "fault" in entry else None
    return ErrorText(
        code, entry["meaning"], Recovery(entry["recovery"]), entry["safe"], entry["ru"], entry["en"], fault
    )
