"""Error codes of the device: sentences for people and the driver's reaction. Texts: drivers/spec/shtrih_errors.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib import resources

# 6Ah "power failed while answering over I2C": the vendor's driver repeats the command. The failure comes with the
# answer, after the work, so for what must not happen twice this is no refusal. [derived]
DOUBTFUL = frozenset({0x6A})

NO_DOCUMENT = 0x08  # FN: no such document; also the end of FF3Bh
NOT_SUPPORTED = 0x37
PRINTING = 0x50
WAITS_FOR_CONTINUE = 0x58
ANOTHER_OPERATOR = 0x59
NO_TABLE = 0x5D
NO_PAPER = 0x6B
WRONG_SUBMODE = 0x72
WRONG_MODE = 0x73
RAM_RESTORED = 0x93
CONFIRM_CLOCK = 0xC0
NOTHING_TO_REPEAT = 0x56
NO_DATA = 0x34
WRONG_PARAMETERS = 0x33
WRONG_LENGTH = 0x7E


class Reaction(Enum):
    """What to do about a refusal (protocol notes, section 3.4)."""

    WAIT = "wait"  # poll 10h and repeat
    CONTINUE = "continue"  # B0h, then repeat
    PAPER = "paper"  # a person puts paper in
    STATE = "state"  # read 10h and FF01h, then decide
    INPUT = "input"  # the command itself is wrong: do not repeat
    SHIFT = "shift"  # close or open the shift
    CLOCK = "clock"  # set the clock
    OFD = "ofd"  # documents must go to the OFD
    CLOSE = "close"  # close or cancel the open receipt
    REPEAT = "repeat"  # once more
    NORMAL = "normal"  # an answer, not a fault
    SERVICE = "service"  # stop, call service


@dataclass(frozen=True)
class ErrorText:
    """One code. `safe`: R recorded, N no receipt was made, C checking, W sell as usual, "-" no receipt concerned."""

    code: int
    meaning: str
    reaction: Reaction
    safe: str
    ru: str  # what happened. What to do.
    en: str


@cache
def all_errors() -> dict[int, ErrorText]:
    """Every known code. Read once from the spec."""
    raw = resources.files("drivers.spec").joinpath("shtrih_errors.toml").read_text("utf-8")
    errors = {}
    for key, entry in tomllib.loads(raw)["errors"].items():
        code = int(key, 16)
        reaction = Reaction(entry["reaction"])
        errors[code] = ErrorText(code, entry["meaning"], reaction, entry["safe"], entry["ru"], entry["en"])
    return errors


def explain(code: int) -> ErrorText:
    """The sentences for a code; a code nobody described gets a general one."""
    known = all_errors().get(code)
    if known is not None:
        return known
    return ErrorText(
        code,
        "code without a description",
        Reaction.STATE,
        "N",
        f"Принтер отказал, код {code:02X}h. Повторите, при повторном отказе звоните в сервис.",
        f"The printer refused, code {code:02X}h. Try again; if it refuses again, call service.",
    )
