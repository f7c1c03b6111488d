"""Facts of a vendor's protocol that sources leave open, each with the question that decides it on a real device.

Evidence never holds a serial number, INN, registration number or the content of a document: only lengths, codes, equal
or not, names that the firmware gives to its own fields.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from drivers.discover.questions import UnansweredError

UNDECIDED = ""
Q = TypeVar("Q")  # who asks the questions: `questions.Questions`, `atol_questions.AtolQuestions`


@dataclass(frozen=True)
class Ruling:
    """What the device said. `reading`: which of the fact's readings holds, UNDECIDED when the answer does not tell."""

    reading: str
    evidence: str


@dataclass(frozen=True)
class Fact(Generic[Q]):
    """One open point. `section`: of the protocol notes; `asks`: commands sent; `readings`: what is said, by whom;
    `ours`: what the driver does until it is decided."""

    name: str
    section: str
    question: str
    asks: tuple[str, ...]
    readings: tuple[str, ...]
    ours: str
    decide: Callable[[Q], Ruling]


@dataclass(frozen=True)
class Ruled:
    """A fact with its ruling."""

    fact: Fact[Any]
    ruling: Ruling

    @property
    def decided(self) -> bool:
        return self.ruling.reading != UNDECIDED


def undecided(why: str) -> Ruling:
    return Ruling(UNDECIDED, why)


def rule(facts: Sequence[Fact[Q]], questions: Q) -> list[Ruled]:
    """Ask one after another. A device that falls silent in one question is asked the next all the same."""
    ruled = []
    for fact in facts:
        try:
            ruling = fact.decide(questions)
        except UnansweredError as silence:
            ruling = undecided(f"no answer: {silence}")
        ruled.append(Ruled(fact, ruling))
    return ruled
