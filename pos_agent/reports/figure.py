"""One figure of a report: an exact value, what it was divided by, and how people read it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any

from pos_agent.money import half_up, roubles

Exact = Fraction | int


class Unit(StrEnum):
    """What a number counts: `PERCENT` holds a share (1 = 100 %), `KOP` kopecks, `PT` hundredths of a point."""

    PERCENT = "%"
    KOP = "rub"
    PT = "points"
    COUNT = "count"
    NUMBER = "number"


@dataclass(frozen=True)
class Figure:
    """`value` None = no data. `numerator` and `denominator` None where the figure is no quotient.

    `part` tells figures of one metric apart: a word of `texts/reports.toml`, or a cohort, a score.
    """

    metric: str
    part: str
    unit: Unit
    value: Exact | None
    numerator: Exact | None = None
    denominator: Exact | None = None
    of: tuple[Unit, Unit] = (Unit.COUNT, Unit.COUNT)  # of numerator and denominator

    def to_json(self) -> dict[str, Any]:
        """Texts as they are printed, null = no data."""
        return {
            "metric": self.metric,
            "part": self.part,
            "value": shown(self.value, self.unit),
            "unit": self.unit.value,
            "numerator": shown(self.numerator, self.of[0]),
            "denominator": shown(self.denominator, self.of[1]),
        }


def shown(value: Exact | None, unit: Unit) -> str | None:
    """Two digits, half away from zero, no sign on zero; counts as they are. `84.44`, `-0.50`, `940`."""
    if value is None:
        return None
    if unit is Unit.COUNT:
        return str(half_up(Fraction(value)))
    scale = {Unit.PERCENT: 10_000, Unit.NUMBER: 100}.get(unit, 1)
    return roubles(half_up(Fraction(value) * scale))


def over(numerator: Exact, denominator: Exact) -> Fraction | None:
    """Their quotient; division by zero is no data, never 0."""
    return Fraction(numerator) / Fraction(denominator) if denominator else None


def share(metric: str, part: str, numerator: Exact, denominator: Exact, unit: Unit = Unit.COUNT) -> Figure:
    """A percentage of two numbers of one unit."""
    return Figure(metric, part, Unit.PERCENT, over(numerator, denominator), numerator, denominator, (unit, unit))


def mean_kop(metric: str, part: str, kop: Exact, count: int) -> Figure:
    """Money for one of so many."""
    return Figure(metric, part, Unit.KOP, over(kop, count), kop, count, (Unit.KOP, Unit.COUNT))


def amount(metric: str, part: str, value: Exact | None, unit: Unit) -> Figure:
    """A figure that is no quotient."""
    return Figure(metric, part, unit, value)
