"""Where a customer stands on a day: the level under the program's policy, what the next one lacks, when it is lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from pos_agent.ledger.metric import Purchases
from pos_agent.model.events import LedgerEvent
from pos_agent.model.loyalty import CustomerSnapshot
from pos_agent.rules.level_policy import course, first_day
from pos_agent.rules.levels import LevelSettings, Policy, Tier, level_of, sorted_tiers
from pos_agent.rules.values import Rules

LOOK_AHEAD_DAYS = 366


@dataclass(frozen=True)
class Standing:
    """On `day`: the customer as rules see it, its level and tomorrow's, both None below the ladder.

    `lost_from`: the first day within a year on which the level is lower if nothing more is bought, None when none is.
    """

    day: date
    who: CustomerSnapshot
    level: Tier | None
    tomorrow: Tier | None
    lost_from: date | None


def ladder(rules: Rules) -> tuple[Tier, ...]:
    """The program's levels: tiers of `[accrue]`, else of its first `tier_percent` rule."""
    if rules.accrue is not None and rules.accrue.tiers:
        return sorted_tiers(rules.accrue.tiers)
    return next((sorted_tiers(rule.terms.tiers) for rule in rules.sale_rules if rule.terms.tiers), ())


def snapshot(events: Sequence[LedgerEvent], customer: str, day: date, rules: Rules) -> CustomerSnapshot:
    """The customer as the rules of a receipt of `day` see it: purchases of the day itself do not count."""
    return snapshot_of(Purchases(events, day, customer), customer, day, rules)


def standing(events: Sequence[LedgerEvent], customer: str, day: date, rules: Rules) -> Standing:
    """All of it, of `day`; tomorrow's level counts what was bought today."""
    return standing_of(Purchases(events, day, customer), customer, day, rules)


def snapshot_of(bought: Purchases, customer: str, day: date, rules: Rules) -> CustomerSnapshot:
    """`snapshot` of purchases that are known on `day`."""
    settings, tiers = rules.program.level, ladder(rules)
    who = _measured(bought, customer, day, settings)
    if settings.policy is Policy.IMMEDIATE or not tiers:
        return who
    step = _steps(bought, customer, day, day, settings, tiers)[-1]
    return replace(who, level=tiers[step].name if step >= 0 else "")


def standing_of(bought: Purchases, customer: str, day: date, rules: Rules) -> Standing:
    """`standing` of purchases that are known on `day`."""
    settings, tiers = rules.program.level, ladder(rules)
    who = snapshot_of(bought, customer, day, rules)
    if not tiers:
        return Standing(day, who, None, None, None)
    steps = _steps(bought, customer, day, day + timedelta(days=LOOK_AHEAD_DAYS), settings, tiers)
    highest = steps[1]
    lost = next((ahead for ahead, step in enumerate(steps[1:], 1) if step < highest), None)
    return Standing(
        day=day,
        who=who,
        level=level_of(tiers, who),
        tomorrow=tiers[steps[1]] if steps[1] >= 0 else None,
        lost_from=day + timedelta(days=lost) if lost is not None else None,
    )


def _steps(
    bought: Purchases, customer: str, day: date, last: date, settings: LevelSettings, tiers: tuple[Tier, ...]
) -> list[int]:
    """Steps of the ladder on `day` to `last`."""
    start = first_day(settings, bought.days[0] if bought.days else None, day)
    days = [start + timedelta(days=count) for count in range((last - start).days + 1)]
    given = [_step(tiers, _measured(bought, customer, one, settings)) for one in days]
    return course(settings, days, given)[(day - start).days :]


def _step(tiers: tuple[Tier, ...], who: CustomerSnapshot) -> int:
    level = level_of(tiers, who)
    return tiers.index(level) if level else -1


def _measured(bought: Purchases, customer: str, day: date, settings: LevelSettings) -> CustomerSnapshot:
    net_kop, visits = bought.before(day, settings.window)
    return CustomerSnapshot(id=customer, metric_kop=net_kop, visits=visits)
