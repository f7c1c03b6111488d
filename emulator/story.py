"""Stories for ``fiscal-emulator scenario``: what a till does, what happens to the printer meanwhile, what must be true.

A story is TOML: ``title``; the register by ``profile``, ``ffd``, ``seed``, ``faults``, ``device_time``, ``paper_mm``
(files are looked for from the story's folder); ``password`` of the till; and one ``[[step]]`` after another, each of
one sort:

* ``hand = "paper out after 2"``: a line of the console
* ``wait = 1.5``: seconds pass
* ``do = "sale"`` and the rest of a till's step (``emulator.till``). ``refused = "46"`` (the error) or ``"no answer"``:
  it must end so. ``port``: file name of the port it opens, default ``till``. ``meanwhile = [{ at = …, hand = … }]``:
  hands at named moments, see :data:`MOMENTS`
* ``expect = { … }``: what must be true now, see :data:`EXPECTATIONS`
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emulator.till import Till

MOMENTS = {
    "printed line N": "line N of what this step prints does not fit the paper any more",
    "before CODE, after CODE": "around the first command of this code (hex) in the step",
    "before line N, after line N": "around the N-th line of the receipt",
    "before close, after close": "around the command that registers the receipt",
    "no paper": "when the till sees that there is no paper (once)",
}
"""Moments of a step and when they are."""

EXPECTATIONS = {
    "documents": "number of documents in the storage, the registration among them",
    "forms": "form codes of the documents, in order",
    "last": "keys of the last document, as `documents --json` has them",
    "tape": "text that is on the paper (one or a list)",
    "not_on_tape": "text that is not",
    "on_tape_times": "{ text = how often }",
    "mode": "SHIFT_OPEN, SHIFT_OVER, SHIFT_CLOSED, RECEIPT_OPEN",
    "paper": "PRESENT, OUT, OUT_WHILE_PRINTING, BACK",
    "shift": "number of the shift",
    "drawer_open": "the cash drawer",
    "cash_kop": "kopecks in the drawer",
    "unsent": "documents that the OFD has not confirmed",
    "faults": "at least so many faults of the plan have happened",
}
"""What a story can ask for."""

SORTS = ("hand", "wait", "do", "expect")
KEYS = {"title", "profile", "ffd", "seed", "faults", "device_time", "paper_mm", "password", "tax_system", "step"}
NO_ANSWER = "no answer"
_MOMENT = re.compile(
    r"no paper|printed line [1-9]\d*|(?:before|after) (?:close|line [1-9]\d*|(?:FF)?[0-9A-F]{2})", re.IGNORECASE
)


class StoryError(ValueError):
    """The story cannot be read or asks for what there is not."""


@dataclass(frozen=True)
class Step:
    """One step: its ``sort`` and the whole table it was written as."""

    number: int
    sort: str
    table: dict[str, Any]

    @property
    def title(self) -> str:
        """For people: ``3. sale "coffee"``."""
        match self.sort:
            case "hand":
                words = f"hand: {self.table['hand']}"
            case "wait":
                words = f"wait {self.table['wait']} s"
            case "do":
                name = self.table.get("name")
                words = f"{self.table['do']} {name!r}" if name else str(self.table["do"])
            case _:
                words = f"expect {', '.join(self.table['expect'])}"
        return f"{self.number}. {words}"


@dataclass(frozen=True)
class Story:
    """A story as it was read; ``register`` are the keys that build the printer."""

    title: str
    steps: tuple[Step, ...]
    register: dict[str, Any]
    password: int
    tax_system: int


def load(path: Path) -> Story:
    """Read a story and check all of it. Raises StoryError."""
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise StoryError(f"{path}: {error}") from error
    strange = sorted(set(table) - KEYS)
    rows = table.get("step")
    if strange or not isinstance(rows, list) or not rows:
        raise StoryError(f"{path}: {f'unknown keys {strange}' if strange else 'there are no steps'}")
    steps = tuple(_step(number, row, path) for number, row in enumerate(rows, 1))
    apart = ("title", "step", "password", "tax_system")
    register = {key: _beside(path, value) for key, value in table.items() if key not in apart}
    title = str(table.get("title", path.stem))
    return Story(title, steps, register, table.get("password", 30), table.get("tax_system", 1))


def _beside(path: Path, value: object) -> object:
    """Files that a story names lie where the story says, seen from its own folder."""
    return str(path.parent / value) if isinstance(value, str) and value.endswith(".toml") else value


def _step(number: int, row: dict[str, Any], path: Path) -> Step:
    sorts = [sort for sort in SORTS if sort in row]
    where = f"{path}: step {number}"
    if len(sorts) != 1:
        raise StoryError(f"{where}: one of {', '.join(SORTS)} is needed, there is {sorts or 'none'}")
    if sorts == ["do"]:
        _check_do(where, row)
    if sorts == ["expect"] and (strange := sorted(set(row["expect"]) - set(EXPECTATIONS))):
        raise StoryError(f"{where}: expect {', '.join(strange)}: there is {', '.join(EXPECTATIONS)}")
    return Step(number, sorts[0], row)


def _check_do(where: str, row: dict[str, Any]) -> None:
    if row["do"] not in Till.KINDS:
        raise StoryError(f"{where}: do = {row['do']!r} is none of {', '.join(Till.KINDS)}")
    for each in row.get("meanwhile", []):
        if not _MOMENT.fullmatch(str(each.get("at", ""))) or not each.get("hand"):
            raise StoryError(f"{where}: meanwhile {each}: at is one of {'; '.join(MOMENTS)}, and a hand is needed")
