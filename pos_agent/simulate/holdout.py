"""Does the program work? Customers it reaches beside those kept out of it, by hash (loyalty rules, section 12).

treated = hash(customer, salt) mod 10 000 below the share, control = the rest. Uplift = net money per customer who
bought, treated less control. The interval is by bootstrap over customers, percentile method: whole customers are drawn
again and again, for receipts of one person are not independent.
"""

from __future__ import annotations

import hashlib
import sys
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from pos_agent.money import half_up
from pos_agent.rules.calendars import bucket_of

BASIS = 10_000
WORD = 8  # bytes of one draw
NO_DATA = None


@dataclass(frozen=True)
class Design:
    """How customers were split and how the interval is made. `level_bp`: its confidence, 9500 = 95 %."""

    salt: str
    treated_bp: int
    seed: int = 1
    draws: int = 1000
    level_bp: int = 9500


def holdout(money_kop: Mapping[str, int], design: Design) -> dict[str, Any]:
    """`money_kop`: net money by customer with a purchase in the period. No money or one customer: None, never 0."""
    treated, control = split(money_kop, design)
    ours, theirs = _mean(treated), _mean(control)
    found: dict[str, Any] = {
        "split": {"salt": design.salt, "treated_bp": design.treated_bp},
        "treated": _told(treated),
        "control": _told(control),
        "uplift_kop": NO_DATA,
        "uplift_bp": NO_DATA,
        "interval": NO_DATA,
    }
    if ours is None or theirs is None:
        return found
    found["uplift_kop"] = half_up(ours - theirs)
    found["uplift_bp"] = _relative(ours, theirs)
    if len(treated) > 1 and len(control) > 1:
        found["interval"] = _interval(treated, control, design)
    return found


def split(money_kop: Mapping[str, int], design: Design) -> tuple[list[int], list[int]]:
    """Money of treated and of control customers, each in the order of customers' ids."""
    groups: tuple[list[int], list[int]] = ([], [])
    for customer in sorted(money_kop):
        groups[bucket_of(customer, design.salt) >= design.treated_bp].append(money_kop[customer])
    return groups


def _told(group: Sequence[int]) -> dict[str, Any]:
    mean = _mean(group)
    return {"customers": len(group), "net_kop": sum(group), "arpu_kop": NO_DATA if mean is None else half_up(mean)}


def _mean(group: Sequence[int]) -> Fraction | None:
    return Fraction(sum(group), len(group)) if group else None


def _relative(ours: Fraction, theirs: Fraction) -> int | None:
    return half_up((ours / theirs - 1) * BASIS) if theirs > 0 else NO_DATA


def _interval(treated: Sequence[int], control: Sequence[int], design: Design) -> dict[str, Any]:
    drawn = sorted(
        _drawn_mean(treated, f"{design.seed}:treated:{number}")
        - _drawn_mean(control, f"{design.seed}:control:{number}")
        for number in range(design.draws)
    )
    tail = Fraction(BASIS - design.level_bp, 2 * BASIS)
    return {
        "low_kop": half_up(percentile(drawn, tail)),
        "high_kop": half_up(percentile(drawn, 1 - tail)),
        "level_bp": design.level_bp,
        "draws": design.draws,
        "seed": design.seed,
    }


def percentile(ordered: Sequence[Fraction], share: Fraction) -> Fraction:
    """Between the two nearest of the ordered values, in proportion."""
    place = share * (len(ordered) - 1)
    low = place.numerator // place.denominator
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def _drawn_mean(group: Sequence[int], name: str) -> Fraction:
    """Mean of as many customers as there are, drawn with replacement: SHAKE-256 of the name is the chance.

    Taking a 64-bit number modulo the count favours some customers by less than 1 in 10**12.
    """
    count = len(group)
    words = array("Q", hashlib.shake_256(name.encode()).digest(WORD * count))
    if sys.byteorder == "big":
        words.byteswap()  # the same draws on every machine
    return Fraction(sum([group[word % count] for word in words]), count)
