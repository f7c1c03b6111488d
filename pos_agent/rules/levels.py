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


@dataclass(frozen=True)
class Tier:
    """A level: its rate in basis points from a threshold (kopecks or visits, by `metric`)."""

    name: str
    threshold: int
    bp: int
    op: Op = Op.GE
    metric: Metric = Metric.MONEY

    @property
    def least(self) -> int:
        """The smallest metric at which the tier holds."""
        return self.threshold + (self.op is Op.GT)


@dataclass(frozen=True)
class LevelSettings:
    """`[program.level]`: what is counted over which window. Downgrade policy: immediate."""

    metric: Metric = Metric.MONEY
    window: Window = ALL_TIME


def sorted_tiers(tiers: Sequence[Tier]) -> tuple[Tier, ...]:
    """By the metric from which they hold, so the last satisfied wins."""
    return tuple(sorted(tiers, key=lambda tier: tier.least))


def measured(metric: Metric, customer: CustomerSnapshot) -> int:
    """The customer's figure that thresholds of this metric look at."""
    return customer.visits if metric is Metric.VISITS else customer.metric_kop


def level_of(tiers: Sequence[Tier], customer: CustomerSnapshot) -> Tier | None:
    """The satisfied tier with the highest threshold, None when none holds."""
    held = [tier for tier in sorted_tiers(tiers) if measured(tier.metric, customer) >= tier.least]
    return held[-1] if held else None


def next_level(tiers: Sequence[Tier], customer: CustomerSnapshot) -> tuple[Tier, int] | None:
    """The nearest tier not reached and what is missing (kopecks or visits, > 0); None at the top."""
    for tier in sorted_tiers(tiers):
        missing = tier.least - measured(tier.metric, customer)
        if missing > 0:
            return tier, missing
    return None
