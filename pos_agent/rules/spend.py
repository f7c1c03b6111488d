"""Points as a means of payment: how many fit and where they lie (loyalty rules, section 5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import gcd, lcm
from typing import Any

from pos_agent.rules.basket_values import Basket, Wish
from pos_agent.rules.compiled import ReadyProgram
from pos_agent.rules.discounts import BP
from pos_agent.rules.layout import shared
from pos_agent.rules.line_state import LineState
from pos_agent.rules.scope import NO_SPEND
from pos_agent.rules.values import SpendRule

Lines = Sequence[LineState]


@dataclass(frozen=True)
class Spending:
    """Points and their money value per line of the basket; `confirm`: the program wants a confirmation code."""

    by_line_pt: Sequence[int]
    by_line_kop: Sequence[int]
    trace: Mapping[str, Any]
    confirm: bool = False


def spend(one: ReadyProgram, basket: Basket, wish: Wish, lines: Lines, exclusive: str) -> Spending:
    """Points of one program for this receipt; the lines' nets are lowered by them.

    `exclusive`: the exclusive rule that was applied, "" when none was.
    """
    rule = one.spend
    reason = _no_spending(rule, basket, wish)
    if rule is None or reason:
        return _none(lines, {"step": "spend", "spent_pt": 0, "reason": reason})
    barred = {line.id: why for line in lines if (why := _barred(one, rule, line, exclusive))}
    allowed = [line for line in lines if line.id not in barred]
    base_kop = sum([line.net_kop for line in allowed])
    limits = {
        "cap": rule.cap_bp * base_kop // BP,
        "room": sum([line.room_kop for line in allowed]),
        "min_money": sum([line.net_kop for line in lines]) - rule.min_money_kop,
    }
    a, b = one.program.kop_per_pt
    wishes = {"balance": wish.balance_pt, **{key: max(0, kop) * b // a for key, kop in limits.items()}}
    if wish.asked_pt is not None:
        wishes["asked"] = wish.asked_pt
    step_pt = lcm(rule.step_pt, b // gcd(a, b))  # whole steps that are whole kopecks too
    spent_pt = min(wishes.values()) // step_pt * step_pt
    spent_kop = spent_pt * a // b
    confirm = rule.confirm_above_pt is not None and spent_pt > rule.confirm_above_pt
    parts_kop, parts_pt = _laid_out(lines, allowed, spent_kop, spent_pt)
    trace: dict[str, Any] = {
        "step": "spend",
        "asked_pt": "max" if wish.asked_pt is None else wish.asked_pt,
        "balance_pt": wish.balance_pt,
        "base_kop": base_kop,
        "limits_kop": limits,
        "limit_kop": max(0, min(limits.values())),
        "step_pt": step_pt,
        "spent_pt": spent_pt,
        "spent_kop": spent_kop,
        "barred": barred,
        "lines": {line.id: kop for line, kop in zip(lines, parts_kop, strict=True) if kop},
        "confirm": confirm,
    }
    if wish.asked_pt is not None and spent_pt < wish.asked_pt:
        least = min(wishes, key=lambda key: wishes[key])
        trace["lowered_by"] = "step" if least == "asked" else least
    for line, kop in zip(lines, parts_kop, strict=True):
        line.net_kop -= kop
        line.points_kop += kop
    return Spending(parts_pt, parts_kop, trace, confirm)


def _no_spending(rule: SpendRule | None, basket: Basket, wish: Wish) -> str:
    if rule is None:
        return "no spend rule"
    if basket.customer is None:
        return "no customer"
    if wish.asked_pt == 0:
        return "not asked"
    return outside(rule.start, rule.end, basket.at.date() if basket.at else None)


def outside(start: date | None, end: date | None, day: date | None) -> str:
    """Why a dated section does not hold on this date, "" when it does; without a date bounded ones do not."""
    if start is not None and (day is None or day < start):
        return "not begun"
    return "over" if end is not None and (day is None or day >= end) else ""


def _barred(one: ReadyProgram, rule: SpendRule, line: LineState, exclusive: str) -> str:
    """Why points may not pay for the line, "" when they may."""
    if rule.no_spend_after and exclusive:
        return f"excluded by {exclusive}"
    if NO_SPEND in line.barred:
        return NO_SPEND
    scope = one.spend_scope
    if not line.scopes & scope.bit or (scope.undiscounted and line.discounted):
        return "not in scope"
    return "discounted" if rule.not_on_discounted and line.discounted else ""


def _laid_out(lines: Lines, allowed: Lines, spent_kop: int, spent_pt: int) -> tuple[list[int], list[int]]:
    """Kopecks by nets and rooms, then points by those kopecks."""
    parts_kop = [0] * len(lines)
    weights, rooms = [line.net_kop for line in allowed], [line.room_kop for line in allowed]
    for line, kop in zip(allowed, shared(spent_kop, weights, rooms), strict=True):
        parts_kop[line.index] = kop
    return parts_kop, parts_kop if spent_pt == spent_kop else shared(spent_pt, parts_kop)


def _none(lines: Lines, trace: dict[str, Any]) -> Spending:
    zeros = [0] * len(lines)
    return Spending(zeros, zeros, trace)
