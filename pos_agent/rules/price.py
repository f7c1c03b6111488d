"""The price of a basket: discounts, points, accrual, fiscal items, and why (loyalty rules, sections 2 to 6).

Pure: the same rules, basket and customer give the same bytes of answer and trace.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pos_agent.rules.accrue import Accrual, AccrualLine, accrue
from pos_agent.rules.basket import Basket
from pos_agent.rules.items import FiscalItem, fiscal_items
from pos_agent.rules.line_state import LineState, opened
from pos_agent.rules.spend import Spending, spend
from pos_agent.rules.stacking import Stacking
from pos_agent.rules.values import Rules


@dataclass(frozen=True)
class PricedLine:
    """One line of the basket. net = gross - discounts - points_kop = sum of `items`; `discounts` without zeros."""

    id: str
    gross_kop: int
    discounts: Mapping[str, int]
    points_pt: int
    points_kop: int
    net_kop: int
    accrued_pt: int
    items: tuple[FiscalItem, ...]


@dataclass(frozen=True)
class Totals:
    """Sums over the lines."""

    gross_kop: int
    discount_kop: int
    points_pt: int
    points_kop: int
    payable_kop: int
    accrued_pt: int


@dataclass(frozen=True)
class Priced:
    """The answer. `applied`: ids of rules that gave something, in order; `stamps_after`: the customer's counters.

    `confirm`: the points spent need a confirmation code ([spend] confirm_above_pt). `trace`: JSON values, why every
    rule gave what it gave.
    """

    lines: tuple[PricedLine, ...]
    totals: Totals
    applied: tuple[str, ...]
    stamps_after: Mapping[str, int]
    trace: tuple[Mapping[str, Any], ...]
    confirm: bool = False

    @property
    def spent_pt(self) -> int:
        """Points spent on the whole receipt."""
        return self.totals.points_pt


def price(rules: Rules, basket: Basket) -> Priced:
    """Price a basket. Both are checked when they are read, so nothing is refused here."""
    rules = replace(
        rules, blacklist=tuple(sorted(rules.blacklist, key=lambda entry: entry.id))
    )  # file order: no meaning
    lines = opened(basket.lines, rules.blacklist, rules.program.min_unit_kop)
    stacking = Stacking(rules, basket, lines)
    stacking.run()
    spending = spend(rules, basket, stacking.lines, stacking.exclusive)
    paid = tuple(replace(line, points_kop=kop) for line, kop in zip(stacking.lines, spending.by_line_kop, strict=True))
    earned = accrue(rules, [_accrual_line(line) for line in paid], basket.customer, sum(spending.by_line_pt))
    priced = tuple(
        _priced(line, points_pt, accrued_pt)
        for line, points_pt, accrued_pt in zip(paid, spending.by_line_pt, earned.by_line, strict=True)
    )
    stamps = dict(basket.customer.stamps) if basket.customer else {}
    return Priced(
        lines=priced,
        totals=_totals(priced),
        applied=tuple(stacking.applied),
        stamps_after={**stamps, **stacking.stamps},
        trace=_trace(rules, basket, lines, stacking, spending, earned),
        confirm=spending.confirm,
    )


def _accrual_line(line: LineState) -> AccrualLine:
    return AccrualLine(
        id=line.id,
        name=line.name,
        net_kop=line.net_kop,
        sku=line.sku,
        category=line.category,
        gtin=line.gtin,
        flags=line.line.flags,  # not those of the blacklist: the trace of accrual names its entry itself
        discounted=line.discounted,
    )


def _priced(line: LineState, points_pt: int, accrued_pt: int) -> PricedLine:
    return PricedLine(
        id=line.id,
        gross_kop=line.gross_kop,
        discounts=dict(line.discounts),
        points_pt=points_pt,
        points_kop=line.points_kop,
        net_kop=line.net_kop,
        accrued_pt=accrued_pt,
        items=fiscal_items(line.line.price_kop, line.line.quantity_micro, line.net_kop),
    )


def _totals(lines: Sequence[PricedLine]) -> Totals:
    return Totals(
        gross_kop=sum(line.gross_kop for line in lines),
        discount_kop=sum(sum(line.discounts.values()) for line in lines),
        points_pt=sum(line.points_pt for line in lines),
        points_kop=sum(line.points_kop for line in lines),
        payable_kop=sum(line.net_kop for line in lines),
        accrued_pt=sum(line.accrued_pt for line in lines),
    )


def _trace(
    rules: Rules,
    basket: Basket,
    lines: Sequence[LineState],
    stacking: Stacking,
    spending: Spending,
    earned: Accrual,
) -> tuple[Mapping[str, Any], ...]:
    return (
        *(_normalised(line) for line in lines),
        *({"step": "code", "code": code, "rules": _rules_of(rules, code)} for code in basket.codes),
        *stacking.trace,
        spending.trace,
        {"step": "accrual", "accrued_pt": earned.total_pt, "steps": earned.trace},
    )


def _normalised(line: LineState) -> dict[str, Any]:
    return {
        "step": "line",
        "line": line.id,
        "gross_kop": line.gross_kop,
        "floor_kop": line.floor_kop,
        "barred": dict(line.barred),
    }


def _rules_of(rules: Rules, code: str) -> list[str]:
    """Rules that ask for the code; none: the code means nothing here."""
    return sorted(rule.id for rule in rules.sale_rules if code in rule.when.codes)
