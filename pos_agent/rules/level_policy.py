"""How a level is lost: four policies over the levels that the metric of each day gives (loyalty rules, section 8).

| policy    | level on day d |
| immediate | l(d) |
| hold n    | the highest l(d') for d - n <= d' <= d |
| one_step  | at a review date the higher of l(d) and one step below yesterday's; else the higher of l(d), yesterday's |
| never     | the highest l(d') for d' <= d |

l is computed from the purchases that remain, so a return can undo a level it had brought. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import accumulate

from pos_agent.rules.levels import LevelSettings, Policy, Review

_MONTHS = {Review.MONTH: 1, Review.QUARTER: 3, Review.YEAR: 12}


def first_day(settings: LevelSettings, first_purchase: date | None, day: date) -> date:
    """From which day on the metric's levels must be known to tell the level of `day`."""
    if settings.policy is Policy.HOLD:
        return day - timedelta(days=settings.hold_days)
    if settings.policy is Policy.IMMEDIATE or first_purchase is None:
        return day
    return min(first_purchase, day)


def course(settings: LevelSettings, days: Sequence[date], given: Sequence[int]) -> list[int]:
    """Step of the ladder (0 = lowest level, -1 = none) on each of these consecutive days.

    `given`: the step that the metric of the day gives. A day is right when `first_day` of it is among the days.
    """
    if settings.policy is Policy.NEVER:
        return list(accumulate(given, max))
    if settings.policy is Policy.HOLD:
        return [max(given[max(0, at - settings.hold_days) : at + 1]) for at in range(len(given))]
    if settings.policy is Policy.ONE_STEP:
        return _one_step(settings.review, days, given)
    return list(given)


def _one_step(review: Review, days: Sequence[date], given: Sequence[int]) -> list[int]:
    found: list[int] = []
    for day, step in zip(days, given, strict=True):
        before = found[-1] if found else -1
        kept = before - 1 if _is_review(review, day) else before
        found.append(max(step, kept))
    return found


def _is_review(review: Review, day: date) -> bool:
    return day.day == 1 and (day.month - 1) % _MONTHS[review] == 0
