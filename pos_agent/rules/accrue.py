"""Points earned by a receipt (loyalty rules, section 6): exact figures, rounded once, laid back over lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from pos_agent.model.loyalty import CustomerSnapshot
from pos_agent.money import ROUNDINGS
from pos_agent.rules.layout import lay_out
from pos_agent.rules.levels import Tier, level_of, next_level
from pos_agent.rules.scope import NO_ACCRUE, barred_by
from pos_agent.rules.values import AccrueRule, Rules

BP = 10_000


@dataclass(frozen=True)
class AccrualLine:
    """A line after discounts and points. `net_kop` >= 0; `gtin` 14 digits or ""; unknown texts are ""."""

    id: str
    name: str
    net_kop: int
    sku: str = ""
    category: str = ""
    gtin: str = ""
    flags: frozenset[str] = frozenset()
    discounted: bool = False


@dataclass(frozen=True)
class Accrual:
    """What a receipt earns, in hundredths of a point. `by_line` sums to `total_pt`.

    `level` is the customer's tier before the receipt, `next_level` the next tier with what is missing (kopecks or
    visits). `trace` is JSON values; exact figures are texts `n/d`.
    """

    total_pt: int
    by_line: tuple[int, ...]
    level: Tier | None
    next_level: tuple[Tier, int] | None
    trace: list[dict[str, Any]]


def accrue(rules: Rules, lines: Sequence[AccrualLine], customer: CustomerSnapshot | None, spent_pt: int = 0) -> Accrual:
    """Points for the lines of one receipt. ValueError for two lines with one id or a net below 0."""
    return earn(rules, lines, customer, spent_pt)


def earn(
    rules: Rules,
    lines: Sequence[AccrualLine],
    customer: CustomerSnapshot | None,
    spent_pt: int,
    most: Fraction | None = None,
) -> Accrual:
    """`accrue`, with no multiplier above `most` (a return without its sale reverses at the lowest rate)."""
    _check(lines)
    tiers = rules.accrue.tiers if rules.accrue else ()
    level = level_of(tiers, customer) if customer else None
    following = next_level(tiers, customer) if customer else None
    reason = _no_accrual(rules.accrue, customer, spent_pt)
    if rules.accrue is None or reason:
        return Accrual(0, (0,) * len(lines), level, following, [{"step": "nothing", "reason": reason}])
    bp = level.bp if level else rules.accrue.bp  # with tiers and none reached bp is 0
    trace: list[dict[str, Any]] = [{"step": "rate", "bp": bp, "level": level.name if level else ""}]
    raw = [_line(rules, rules.accrue, line, bp, most, trace) for line in lines]
    exact = _full_parts(rules.accrue, lines, raw, trace)
    total = _total(rules.accrue, sum(exact, Fraction(0)), trace)
    parts = lay_out(total, exact)
    trace.append({"step": "by_line", "parts_pt": {line.id: part for line, part in zip(lines, parts, strict=True)}})
    return Accrual(total, parts, level, following, trace)


def _check(lines: Sequence[AccrualLine]) -> None:
    if len({line.id for line in lines}) != len(lines):
        raise ValueError("two lines with one id")
    if any(line.net_kop < 0 for line in lines):
        raise ValueError("a line's net is below 0")


def _no_accrual(rule: AccrueRule | None, customer: CustomerSnapshot | None, spent_pt: int) -> str:
    if rule is None:
        return "no accrue rule"
    if customer is None:
        return "no customer"
    return "points were spent" if spent_pt > 0 and not rule.when_spent_all else ""


def _line(
    rules: Rules, rule: AccrueRule, line: AccrualLine, bp: int, most: Fraction | None, trace: list[dict[str, Any]]
) -> Fraction | None:
    """Exact accrual of a line, None when it does not accrue at all."""
    barred = barred_by(NO_ACCRUE, line, rules.blacklist)
    if barred or not rule.scope.matches(line):
        trace.append({"step": "skip", "line": line.id, "reason": NO_ACCRUE if barred else "not in scope", "by": barred})
        return None
    factors = [factor.ratio for factor in rule.multipliers if factor.scope.matches(line)]
    if most is not None:
        factors = [min(factor, most) for factor in factors]
    exact = Fraction(line.net_kop * bp, BP)
    for factor in factors:
        exact *= factor
    shown = {"net_kop": line.net_kop, "multipliers": [ratio(factor) for factor in factors], "exact_pt": ratio(exact)}
    trace.append({"step": "line", "line": line.id, **shown})
    return exact


def _full_parts(
    rule: AccrueRule, lines: Sequence[AccrualLine], exact: Sequence[Fraction | None], trace: list[dict[str, Any]]
) -> list[Fraction]:
    """The threshold form: only full parts of `per_full_kop` of the accruing lines' net count."""
    figures = [figure or Fraction(0) for figure in exact]
    base = sum(line.net_kop for line, figure in zip(lines, exact, strict=True) if figure is not None)
    if rule.per_full_kop is None or base == 0:
        return figures
    parts = base // rule.per_full_kop
    factor = Fraction(parts * rule.per_full_kop, base)
    shown = {"base_kop": base, "per_full_kop": rule.per_full_kop, "parts": parts, "factor": ratio(factor)}
    trace.append({"step": "full_parts", **shown})
    return [figure * factor for figure in figures]


def _total(rule: AccrueRule, exact: Fraction, trace: list[dict[str, Any]]) -> int:
    rounded = ROUNDINGS[rule.round](exact / rule.step_pt) * rule.step_pt
    total = rounded if rule.max_pt is None else min(rounded, rule.max_pt)
    shown = {"round": rule.round, "step_pt": rule.step_pt, "rounded_pt": rounded, "total_pt": total}
    trace.append({"step": "total", "exact_pt": ratio(exact), **shown})
    return total


def ratio(value: Fraction) -> str:
    """`3/2`, `7/1`: an exact value as text."""
    return f"{value.numerator}/{value.denominator}"
