"""Points earned by a receipt (loyalty rules, section 6): exact figures, rounded once, laid back over lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from math import gcd, lcm
from typing import Any

from pos_agent.model.loyalty import CustomerSnapshot
from pos_agent.money import RATIO_ROUNDINGS
from pos_agent.rules.compiled import Compiled, ReadyProgram, compiled
from pos_agent.rules.layout import shared
from pos_agent.rules.levels import Tier, level_of, next_level
from pos_agent.rules.scope import NO_ACCRUE
from pos_agent.rules.spend import outside
from pos_agent.rules.values import AccrueRule, Rules

BP = 10_000


@dataclass(frozen=True)
class AccrualLine:
    """A line after discounts and points. `net_kop` >= 0; `gtin` 14 digits or ""; unknown texts are "", quantity 0."""

    id: str
    name: str
    net_kop: int
    sku: str = ""
    category: str = ""
    gtin: str = ""
    flags: frozenset[str] = frozenset()
    discounted: bool = False
    barcode: str = ""
    quantity_micro: int = 0


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


@dataclass(slots=True)
class Earning:
    """A line as accrual sees it: `base_kop` what earns, `barred` who sets `no_accrue` ("" = nobody), scopes as bits."""

    id: str
    base_kop: int
    scopes: int
    discounted: bool
    barred: str = ""


@dataclass(frozen=True)
class Extra:
    """What rules of phase 8 add: `rates` replace the program's rate of a line (bp by index), `points` are exact
    figures on top of it (numerator, denominator by index)."""

    rates: Mapping[int, int] = field(default_factory=dict)
    points: Sequence[Mapping[int, tuple[int, int]]] = ()


NO_EXTRA = Extra()


def accrue(
    rules: Rules,
    lines: Sequence[AccrualLine],
    customer: CustomerSnapshot | None,
    spent_pt: int = 0,
    day: date | None = None,
) -> Accrual:
    """Points of the main program for the lines of one receipt, `[[rule]]` apart.

    `day`: the business date; without it a dated section does not hold, a dated blacklist entry does. ValueError for
    two lines with one id or a net below 0.
    """
    return earn(rules, lines, customer, spent_pt, day=day)


def earn(
    rules: Rules,
    lines: Sequence[AccrualLine],
    customer: CustomerSnapshot | None,
    spent_pt: int,
    most: Fraction | None = None,
    day: date | None = None,
) -> Accrual:
    """`accrue`, with no multiplier above `most` (a return without its sale reverses at the lowest rate)."""
    _check(lines)
    ready = compiled(rules)
    earning = [_earning(ready, line, day) for line in lines]
    return earned(ready.programs[0], earning, customer, spent_pt, NO_EXTRA, day, most)


def _check(lines: Sequence[AccrualLine]) -> None:
    if len({line.id for line in lines}) != len(lines):
        raise ValueError("two lines with one id")
    if any(line.net_kop < 0 for line in lines):
        raise ValueError("a line's net is below 0")


def _earning(ready: Compiled, line: AccrualLine, day: date | None) -> Earning:
    barred = "line" if NO_ACCRUE in line.flags else ""
    entries = ready.matcher.entries_of(line) if not barred and ready.blacklist else 0
    if entries:
        named = (one for number, one in enumerate(ready.blacklist) if entries >> number & 1)
        barred = next((f"blacklist:{one.id}" for one in named if NO_ACCRUE in one.flags and one.in_force(day)), "")
    return Earning(line.id, line.net_kop, ready.matcher.scopes_of(line), line.discounted, barred)


def earned(
    one: ReadyProgram,
    lines: Sequence[Earning],
    customer: CustomerSnapshot | None,
    spent_pt: int,
    extra: Extra,
    day: date | None,
    most: Fraction | None = None,
) -> Accrual:
    """What the lines earn in one program."""
    rule = one.accrue
    tiers = rule.tiers if rule else ()
    level = level_of(tiers, customer) if customer else None
    following = next_level(tiers, customer) if customer else None
    reason = _no_accrual(rule, customer, spent_pt, day)
    if rule is None or reason:
        return Accrual(0, (0,) * len(lines), level, following, [{"step": "nothing", "reason": reason}])
    bp = level.bp if level else rule.bp  # with tiers and none reached bp is 0
    trace: list[dict[str, Any]] = [{"step": "rate", "bp": bp, "level": level.name if level else ""}]
    nums, dens, base_kop = [0] * len(lines), [BP] * len(lines), 0
    rates, factors_asked = extra.rates, one.factors
    for index, line in enumerate(lines):
        if line.barred or not _within(one, line):
            reason = NO_ACCRUE if line.barred else "not in scope"
            trace.append({"step": "skip", "line": line.id, "reason": reason, "by": line.barred})
            continue
        base_kop += line.base_kop
        rate = rates.get(index, bp) if rates else bp
        num, den, factors = _rated(one, line, rate, most) if factors_asked else (line.base_kop * rate, BP, [])
        nums[index], dens[index] = num, den
        step: dict[str, Any] = {"step": "line", "line": line.id, "net_kop": line.base_kop, "multipliers": factors}
        if rate != bp:
            step["bp"] = rate
        step["exact_pt"] = ratio(num, den)
        trace.append(step)
    factor = _full_parts(rule, base_kop, trace)
    exact, common = _whole(nums, dens, factor, extra)
    total = _total(rule, sum(exact), common, trace)
    parts = tuple(shared(total, exact))
    trace.append({"step": "by_line", "parts_pt": {line.id: part for line, part in zip(lines, parts, strict=True)}})
    return Accrual(total, parts, level, following, trace)


def _no_accrual(rule: AccrueRule | None, customer: CustomerSnapshot | None, spent_pt: int, day: date | None) -> str:
    if rule is None:
        return "no accrue rule"
    if customer is None:
        return "no customer"
    if spent_pt > 0 and not rule.when_spent_all:
        return "points were spent"
    return outside(rule.start, rule.end, day)


def _within(one: ReadyProgram, line: Earning) -> bool:
    scope = one.accrue_scope
    return bool(line.scopes & scope.bit) and not (scope.undiscounted and line.discounted)


def _rated(one: ReadyProgram, line: Earning, bp: int, most: Fraction | None) -> tuple[int, int, list[str]]:
    """Exact accrual of a line as numerator and denominator, and the multipliers as texts."""
    num, den, shown = line.base_kop * bp, BP, []
    for scope, factor in one.factors:
        if line.scopes & scope.bit and not (scope.undiscounted and line.discounted):
            if most is not None:
                factor = min(factor, most)
            num, den = num * factor.numerator, den * factor.denominator
            shown.append(ratio(factor.numerator, factor.denominator))
    return num, den, shown


def _full_parts(rule: AccrueRule, base_kop: int, trace: list[dict[str, Any]]) -> tuple[int, int]:
    """The threshold form: only full parts of `per_full_kop` of the accruing lines' net count."""
    if rule.per_full_kop is None or base_kop == 0:
        return 1, 1
    parts = base_kop // rule.per_full_kop
    shown = {"base_kop": base_kop, "per_full_kop": rule.per_full_kop, "parts": parts}
    trace.append({"step": "full_parts", **shown, "factor": ratio(parts * rule.per_full_kop, base_kop)})
    return parts * rule.per_full_kop, base_kop


def _whole(nums: Sequence[int], dens: Sequence[int], factor: tuple[int, int], extra: Extra) -> tuple[list[int], int]:
    """All exact figures over one denominator."""
    common = lcm(*set(dens)) * factor[1]
    for more in extra.points:
        common = lcm(common, *{den for _, den in more.values()})
    exact = [num * factor[0] * (common // (den * factor[1])) for num, den in zip(nums, dens, strict=True)]
    for more in extra.points:
        for index, (num, den) in more.items():
            exact[index] += num * (common // den)
    return exact, common


def _total(rule: AccrueRule, num: int, den: int, trace: list[dict[str, Any]]) -> int:
    rounded = RATIO_ROUNDINGS[rule.round](num, den * rule.step_pt) * rule.step_pt
    total = rounded if rule.max_pt is None else min(rounded, rule.max_pt)
    shown = {"round": rule.round, "step_pt": rule.step_pt, "rounded_pt": rounded, "total_pt": total}
    trace.append({"step": "total", "exact_pt": ratio(num, den), **shown})
    return total


def ratio(num: int, den: int) -> str:
    """`3/2`, `7/1`: an exact value in lowest terms as text; den > 0."""
    common = gcd(num, den)
    return f"{num // common}/{den // common}"
