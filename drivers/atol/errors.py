"""Result codes of the register: sentences for people and what helps. Texts: drivers/spec/atol_errors.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib import resources
from typing import Any

WRONG_PASSWORDS = frozenset({0x8C, 0xA4})  # two texts for one thing (protocol notes, section 8)
NO_MODE = 0x66
NO_PAPER = 0x67
NOT_SUPPORTED = 0x7A
NO_TABLE_PARTS = frozenset({0x91, 0x92, 0x93})  # no such table, row, field
NOT_YET = frozenset({0x76, 0x8E})  # busy: the command was not executed, the same one may be sent again
NO_DATA = 0xDA  # the FN has no such document; also the end of A4h 46h
NO_MARKING = "marking belongs to FFD 1.2, for which no low level is known: take the backend fptr10"
EXTENDED = 0xEE
EXTRA_BYTE = 0xF6

# After a command that registers, these speak of paper alone: the storage may have its document (protocol notes, B.5).
PRINTING_TROUBLE = frozenset({0x67, 0x68, 0x69, 0xD1})


class Kind(Enum):
    """Who can help (protocol notes, section 3.9)."""

    PROGRAM = "program"
    STATE = "state"
    OPERATOR = "operator"
    SERVICE = "service"
    NORMAL = "normal"


class Reaction(Enum):
    """What to do about a refusal."""

    WAIT = "wait"  # poll and repeat
    PAPER = "paper"  # a person puts paper in
    STATE = "state"  # read 3Fh and A4h 30h, then decide
    INPUT = "input"  # the command itself is wrong: do not repeat
    SHIFT = "shift"  # close or open the shift
    CLOCK = "clock"  # set the clock
    OFD = "ofd"  # documents must go to the OFD
    CLOSE = "close"  # close or cancel the open receipt
    MODE = "mode"  # leave the mode, then repeat
    REPEAT = "repeat"  # once more
    EXTENDED = "extended"  # register 37h says why
    NORMAL = "normal"  # an answer, not a fault
    SERVICE = "service"  # stop, call service


@dataclass(frozen=True)
class ErrorText:
    """One code. `safe`: R recorded, N no receipt was made, C checking, "-" no receipt concerned."""

    code: int
    meaning: str
    kind: Kind
    reaction: Reaction
    safe: str
    ru: str  # what happened. What to do.
    en: str


@cache
def _spec() -> Mapping[str, Any]:
    return tomllib.loads(resources.files("drivers.spec").joinpath("atol_errors.toml").read_text("utf-8"))


def _texts(section: str) -> dict[int, ErrorText]:
    return {int(key, 16): _text(int(key, 16), entry) for key, entry in _spec()[section].items()}


def _text(code: int, entry: Mapping[str, str]) -> ErrorText:
    kind, reaction = Kind(entry["class"]), Reaction(entry["reaction"])
    return ErrorText(code, entry["meaning"], kind, reaction, entry["safe"], entry["ru"], entry["en"])


@cache
def all_errors() -> dict[int, ErrorText]:
    """Every known result code."""
    return _texts("errors")


@cache
def extended_errors() -> dict[int, ErrorText]:
    """Every known extended code: register 37h after EEh."""
    return _texts("extended")


@cache
def extra_errors() -> dict[int, ErrorText]:
    """The byte after F6h."""
    return _texts("f6")


def explain(code: int) -> ErrorText:
    """The sentences for a code; a code nobody described gets a general one."""
    known = all_errors().get(code)
    if known is not None:
        return known
    return ErrorText(
        code,
        "code without a description",
        Kind.STATE,
        Reaction.STATE,
        "C",
        f"Касса отказала, код {code:02X}h. Повторите, при повторном отказе звоните в сервис.",
        f"The register refused, code {code:02X}h. Try again; if it refuses again, call service.",
    )


def extended_detail(code: int, rest: bytes) -> str:
    """Words for the log about an extended code; with 0206h `rest` begins with the tag that is missing."""
    known = extended_errors().get(code)
    words = known.meaning if known else "code without a description"
    tag = f", tag {int.from_bytes(rest[:2], 'big')}" if code == 0x0206 and len(rest) >= 2 else ""
    return f"extended {code:04X}h: {words}{tag}"


def extra_detail(extra: int) -> str:
    """Words for the log about the byte after F6h."""
    known = extra_errors().get(extra)
    return f"F6h, {extra:02X}h: {known.meaning if known else 'not described'}"
