"""Levels (tiers): which one a metric gives and how far the next one is (loyalty rules, sections 3.1 and 8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from pos_agent.model.loyalty import ALL_TIME, CustomerSnapshot, Window


class Metric(StrEnum):
    """What thresholds are compared with."""

    MONEY = "money"  # `metric_kop`, thresholds `from_kop`
    VISITS = "visits"  # `visits`, thresholds `from_visits`


class Op(StrEnum):
    """How a threshold holds: texts of programs say both "from" and "above"."""

    GE = "ge"
    GT = "gt"


class Need(StrEnum):
    """Of a tier with both thresholds: how many must hold."""

    ALL = "all"
    ANY = "any"


class Policy(StrEnum):
    """How a level is lost (see `level_policy`)."""

    IMMEDIATE = "immediate"
    HOLD = "hold"
    ONE_STEP = "one_step"
    NEVER = "never"


class Review(StrEnum):
    """At whose first day `one_step` looks."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True)
class Tier:
    """A level: its rate in basis points from a threshold (kopecks or visits, by `metric`).

    With `need` the threshold is of money and `visits` is a second one, compared by the same `op`.
    """

    name: str
    threshold: int
    bp: int
    op: Op = Op.GE
    metric: Metric = Metric.MONEY
    need: Need | None = None
    visits: int = 0

    @property
    def least(self) -> int:
        """The smallest metric at which the tier holds."""
        return self.threshold + (self.op is Op.GT)

    def missing(self, customer: CustomerSnapshot) -> tuple[int, int]:
        """(kopecks, visits) that the customer lacks, each >= 0; a metric the tier does not look at lacks nothing."""
        short = max(0, self.least - measured(self.metric, customer))
        if self.need is not None:
            return short, max(0, self.visits + (self.op is Op.GT) - customer.visits)
        return (0, short) if self.metric is Metric.VISITS else (short, 0)

    def holds(self, customer: CustomerSnapshot) -> bool:
        """Do enough of its thresholds hold?"""
        kop, visits = self.missing(customer)
        return not (kop and visits) if self.need is Need.ANY else not (kop or visits)


@dataclass(frozen=True)
class LevelSettings:
    """`[program.level]`: what is counted over which window, and how a level is lost.

    `hold_days` for `Policy.HOLD`; `review` for `Policy.ONE_STEP`.
    """

    metric: Metric = Metric.MONEY
    window: Window = ALL_TIME
    policy: Policy = Policy.IMMEDIATE
    hold_days: int = 0
    review: Review = Review.MONTH


def sorted_tiers(tiers: Sequence[Tier]) -> tuple[Tier, ...]:
    """By the metric from which they hold, so the last satisfied wins."""
    return tuple(sorted(tiers, key=lambda tier: tier.least))


def measured(metric: Metric, customer: CustomerSnapshot) -> int:
    """The customer's figure that thresholds of this metric look at."""
    return customer.visits if metric is Metric.VISITS else customer.metric_kop


def level_of(tiers: Sequence[Tier], customer: CustomerSnapshot) -> Tier | None:
    """The highest tier that is satisfied or, by the program's policy, still kept; None when there is none."""
    held = [tier for tier in sorted_tiers(tiers) if tier.name == customer.level or tier.holds(customer)]
    return held[-1] if held else None


def next_level(tiers: Sequence[Tier], customer: CustomerSnapshot) -> tuple[Tier, int] | None:
    """The nearest tier above the customer's and what is missing (> 0): kopecks or visits by its metric, of a tier with
    both the kopecks unless only visits are missing (see `Tier.missing`). None at the top.
    """
    ordered = sorted_tiers(tiers)
    level = level_of(ordered, customer)
    for tier in ordered[ordered.index(level) + 1 :] if level else ordered:
        kop, visits = tier.missing(customer)
        if kop or visits:
            return tier, kop or visits
    return None
