"""What `[limits]` says that will not work as its owner means it: limits that never hold, or hold for everybody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from pos_agent.rules.limit_terms import CODE, CODE_ATTEMPTS, OFF, REFUSE, SENIOR, SHARES, SLIP, Limit
from pos_agent.rules.values import Rules

ALL = 10_000  # basis points
MANUAL = SHARES[1]
PAIRS = (("accruals_hour", "accruals_day"), ("spends_hour", "spends_day"))
STRENGTH = {REFUSE: 3, SENIOR: 2, CODE: 1}  # flag: 0
EARNING = ("cashback", "points_amount", "points_per_full")

T = TypeVar("T")


def limits_told(rules: Rules, tell: Callable[..., T]) -> Iterator[T]:
    """In the order of the limits, then what concerns codes."""
    for limit in rules.limits.all:
        path = f"limits.{limit.name}"
        if why := _in_vain(limit, rules):
            yield tell(why, path)
        if limit.name in SHARES:
            yield from _share(limit, path, tell)
        if limit.name == CODE_ATTEMPTS and limit.action == CODE:
            yield tell("limit circle", path)
    for hour, day in PAIRS:
        yield from _pair(rules, hour, day, tell)
    yield from _codes(rules, tell)


def _in_vain(limit: Limit, rules: Rules) -> str:
    """It counts what this program does not do."""
    earns = rules.accrue is not None or any(rule.kind in EARNING for rule in rules.sale_rules)
    if limit.name.startswith("accruals") and not earns:
        return "limit of no accrual"
    return "limit of no spending" if limit.name.startswith("spends") and rules.spend is None else ""


def _share(limit: Limit, path: str, tell: Callable[..., T]) -> Iterator[T]:
    if limit.most == ALL:
        yield tell("limit never", path)
    elif limit.most == 0:  # no manual entry at all is a wish; no card twice with a cashier cannot be one
        if limit.name != MANUAL:
            yield tell("limit zero", path)
    elif limit.most * limit.least < ALL:  # one receipt of `least` is already a larger share
        yield tell("limit always", path, least=limit.least, wanted=-(-ALL // limit.most))


def _pair(rules: Rules, hour: str, day: str, tell: Callable[..., T]) -> Iterator[T]:
    """An hour that allows what the day does not: the day has spoken before, as strictly."""
    short, long = rules.limits.get(hour), rules.limits.get(day)
    if short is None or long is None or short.most < long.most:
        return
    if STRENGTH.get(short.action, 0) <= STRENGTH.get(long.action, 0):
        yield tell("limit idle", f"limits.{hour}", other=day, most=long.most)


def _codes(rules: Rules, tell: Callable[..., T]) -> Iterator[T]:
    asks = [one.name for one in rules.limits.all if one.action == CODE]
    if rules.spend is not None and rules.spend.confirm_above_pt is not None:
        asks.append("confirm_above_pt")
    if not asks:
        return
    if rules.limits.sender == OFF:
        yield tell("code unsent", "limits.sender", names=", ".join(asks))
    elif rules.limits.sender == SLIP:
        yield tell("code on paper", "limits" if rules.limits.all else "spend.confirm_above_pt", names=", ".join(asks))
