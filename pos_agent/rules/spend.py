"""Points as a means of payment: how many fit and where they lie (loyalty rules, section 5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm
from typing import Any

from pos_agent.rules.accrue import BP
from pos_agent.rules.basket import Basket
from pos_agent.rules.layout import lay_out
from pos_agent.rules.line_state import LineState
from pos_agent.rules.scope import NO_SPEND
from pos_agent.rules.values import Rules, SpendRule


@dataclass(frozen=True)
class Spending:
    """Points and their money value per line of the basket; `confirm`: the program wants a confirmation code."""

    by_line_pt: tuple[int, ...]
    by_line_kop: tuple[int, ...]
    trace: dict[str, Any]
    confirm: bool = False


def spend(rules: Rules, basket: Basket, lines: Sequence[LineState], exclusive: str) -> Spending:
    """Points for this receipt. `exclusive`: the exclusive rule that was applied, "" when none was."""
    rule = rules.spend
    reason = _no_spending(rule, basket)
    if rule is None or basket.customer is None or reason:
        return _none(lines, {"step": "spend", "spent_pt": 0, "reason": reason})
    barred = {line.id: why for line in lines if (why := _barred(rule, line, exclusive))}
    allowed = [index for index, line in enumerate(lines) if line.id not in barred]
    limits = _limits_kop(rule, lines, allowed)
    limit_kop = max(0, min(limits.values()))
    a, b = rules.program.kop_per_pt
    wishes = {"balance": basket.customer.balance_pt, **{key: max(0, kop) * b // a for key, kop in limits.items()}}
    if basket.asked_pt is not None:
        wishes["asked"] = basket.asked_pt
    step_pt = lcm(rule.step_pt, b // gcd(a, b))  # whole steps that are whole kopecks too
    spent_pt = min(wishes.values()) // step_pt * step_pt
    spent_kop = spent_pt * a // b
    confirm = rule.confirm_above_pt is not None and spent_pt > rule.confirm_above_pt
    parts_kop, parts_pt = _laid_out(lines, allowed, spent_kop, spent_pt)
    trace: dict[str, Any] = {
        "step": "spend",
        "asked_pt": "max" if basket.asked_pt is None else basket.asked_pt,
        "balance_pt": basket.customer.balance_pt,
        "base_kop": sum(lines[index].net_kop for index in allowed),
        "limits_kop": limits,
        "limit_kop": limit_kop,
        "step_pt": step_pt,
        "spent_pt": spent_pt,
        "spent_kop": spent_kop,
        "barred": barred,
        "lines": {line.id: kop for line, kop in zip(lines, parts_kop, strict=True) if kop},
        "confirm": confirm,
    }
    if basket.asked_pt is not None and spent_pt < basket.asked_pt:
        least = min(wishes, key=lambda key: wishes[key])
        trace["lowered_by"] = "step" if least == "asked" else least
    return Spending(parts_pt, parts_kop, trace, confirm)


def _no_spending(rule: SpendRule | None, basket: Basket) -> str:
    if rule is None:
        return "no spend rule"
    if basket.customer is None:
        return "no customer"
    return "not asked" if basket.asked_pt == 0 else ""


def _barred(rule: SpendRule, line: LineState, exclusive: str) -> str:
    """Why points may not pay for the line, "" when they may."""
    if rule.no_spend_after and exclusive:
        return f"excluded by {exclusive}"
    if NO_SPEND in line.barred:
        return NO_SPEND
    if not rule.scope.matches(line):
        return "not in scope"
    return "discounted" if rule.not_on_discounted and line.discounted else ""


def _limits_kop(rule: SpendRule, lines: Sequence[LineState], allowed: Sequence[int]) -> dict[str, int]:
    base_kop = sum(lines[index].net_kop for index in allowed)
    return {
        "cap": rule.cap_bp * base_kop // BP,
        "room": sum(lines[index].room_kop for index in allowed),
        "min_money": sum(line.net_kop for line in lines) - rule.min_money_kop,
    }


def _laid_out(
    lines: Sequence[LineState], allowed: Sequence[int], spent_kop: int, spent_pt: int
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Kopecks by nets and rooms, then points by those kopecks."""
    weights = [Fraction(lines[index].net_kop) for index in allowed]
    parts_kop = [0] * len(lines)
    for index, kop in zip(
        allowed, lay_out(spent_kop, weights, [lines[index].room_kop for index in allowed]), strict=True
    ):
        parts_kop[index] = kop
    return tuple(parts_kop), lay_out(spent_pt, [Fraction(kop) for kop in parts_kop])


def _none(lines: Sequence[LineState], trace: dict[str, Any]) -> Spending:
    zeros = (0,) * len(lines)
    return Spending(zeros, zeros, trace)
