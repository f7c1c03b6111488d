"""The price of a basket: discounts, points, accrual, fiscal items, and why (loyalty rules, sections 2 to 6).

Pure: the same rules, basket and customer give the same bytes of answer and trace.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from pos_agent.rules import payment
from pos_agent.rules.accrue import NO_EXTRA, Accrual, Earning, earned
from pos_agent.rules.after_sale import After, after_sale
from pos_agent.rules.basket_values import Basket, Wish
from pos_agent.rules.code_usability import NO_SECRETS, judged
from pos_agent.rules.compiled import Compiled, compiled
from pos_agent.rules.conditions import Moment
from pos_agent.rules.items import FiscalItem, fiscal_items, with_gifts
from pos_agent.rules.line_state import LineState
from pos_agent.rules.opening import opened, sells_itself
from pos_agent.rules.parts import Part, parts_of
from pos_agent.rules.scope import NO_ACCRUE
from pos_agent.rules.spend import Spending, spend
from pos_agent.rules.stacking import Stacking
from pos_agent.rules.values import Rules


class PricedLine(NamedTuple):
    """One line of the basket. net = gross - discounts - points_kop = sum of `items`; `discounts` without zeros.

    `points_pt` and `accrued_pt` are of the main program, `points_kop` of all programs.
    """

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
class ProgramPoints:
    """Points of a further program on this receipt, per line and together."""

    program: str
    spent_pt: int
    spent_kop: int
    accrued_pt: int
    spent_by_line_pt: tuple[int, ...]
    accrued_by_line_pt: tuple[int, ...]
    confirm: bool


@dataclass(frozen=True)
class Priced:
    """The answer. `applied`: ids of rules that gave something, in order; `stamps_after`: the customer's counters.

    `confirm`: the points spent need a confirmation code ([spend] confirm_above_pt). `trace`: JSON values, why every
    rule gave what it gave. `paid`: prepayments and what is due in money; `parts`: per register or taxation system.
    """

    lines: tuple[PricedLine, ...]
    totals: Totals
    applied: tuple[str, ...]
    stamps_after: Mapping[str, int]
    trace: tuple[Mapping[str, Any], ...]
    confirm: bool = False
    coupons: tuple[Mapping[str, str], ...] = ()
    notes: tuple[Mapping[str, str], ...] = ()
    programs: tuple[ProgramPoints, ...] = ()
    paid: payment.Paid = payment.NOTHING_PAID
    parts: tuple[Part, ...] = ()

    @property
    def spent_pt(self) -> int:
        """Points of the main program spent on the whole receipt."""
        return self.totals.points_pt


def price(rules: Rules, basket: Basket, secrets: Mapping[str, bytes] = NO_SECRETS) -> Priced:
    """Price a basket. `secrets`: batch of codes -> its secret, to tell mistyped codes and to make coupons.

    Both values are checked when they are read. BasketError: a price above the maximum of a blacklist entry.
    """
    ready = compiled(rules)
    lines = opened(ready, rules, basket)
    normalised = [_normalised(line) for line in lines]
    codes = judged(rules, basket, secrets, ready.asking)
    moment = Moment(rules, basket, codes)
    stacking = Stacking(ready, moment, lines, rules.program.max_discount_bp)
    stacking.run()
    spendings = [spend(one, basket, wish, lines, stacking.exclusive) for one, wish in _wishes(ready, basket)]
    paid = payment.paid(basket.payments, lines)
    earning = {one.program.id: _earning(one.accrue is not None and one.accrue.accrue_on_sale, lines, paid)
               for one in ready.programs}  # fmt: skip
    after = after_sale(rules, ready.after, moment, lines, earning, secrets) if ready.after else After()
    earnings = [
        earned(
            one,
            earning[one.program.id],
            basket.customer,
            sum(spending.by_line_pt),
            after.extra.get(one.program.id, NO_EXTRA),
            moment.day,
        )
        for one, spending in zip(ready.programs, spendings, strict=True)
    ]
    priced = tuple(
        _priced(line, points_pt, accrued_pt, rules.program.gift_lines)
        for line, points_pt, accrued_pt in zip(lines, spendings[0].by_line_pt, earnings[0].by_line, strict=True)
    )
    further = tuple(
        _further(ready, number, spendings[number], earnings[number]) for number in range(1, len(ready.programs))
    )
    stamps = dict(basket.customer.stamps) if basket.customer else {}
    experiments = (
        {"step": "experiment", "experiment": name, "bucket": bucket, "group": group}
        for name, (bucket, group) in sorted(moment.buckets.items())
    )
    offsets = ({"step": "payment", **payment.told(paid, [line.id for line in lines])},) if paid.offsets else ()
    trace = (
        *normalised,
        *codes.trace,
        *experiments,
        *stacking.trace,
        *(_of_program(ready, n, spending.trace) for n, spending in enumerate(spendings)),
        *offsets,
        *after.trace,
        *(
            _of_program(ready, n, {"step": "accrual", "accrued_pt": one.total_pt, "steps": one.trace})
            for n, one in enumerate(earnings)
        ),
    )
    return Priced(
        lines=priced,
        totals=_totals(priced),
        applied=tuple(stacking.applied),
        stamps_after={**stamps, **stacking.stamps},
        trace=trace,
        confirm=any(spending.confirm for spending in spendings),
        coupons=tuple(after.coupons),
        notes=tuple(after.notes),
        programs=further,
        paid=paid,
        parts=parts_of(basket, lines, paid, priced),
    )


def _wishes(ready: Compiled, basket: Basket) -> list[tuple[Any, Wish]]:
    """The main program asks as the basket says, the others as the customer's figures of them say."""
    customer = basket.customer
    main = Wish(customer.balance_pt if customer else 0, basket.asked_pt)
    others = customer.programs if customer else {}
    return [(one, others.get(one.program.id, NO_WISH) if number else main) for number, one in enumerate(ready.programs)]


NO_WISH = Wish()


def _earning(on_sale: bool, lines: Sequence[LineState], paid: payment.Paid) -> list[Earning]:
    """What earns: money and prepayments, or with accrue_on = "sale" money and the sale of prepayments."""
    return [
        Earning(
            line.id,
            line.net_kop - (paid.of_line(line.index) if on_sale and paid.offsets else 0),
            line.scopes,
            line.discounted,
            line.barred.get(NO_ACCRUE, "") or ("" if on_sale else sells_itself(line)),
        )
        for line in lines
    ]


def _priced(line: LineState, points_pt: int, accrued_pt: int, gift_lines: bool) -> PricedLine:
    apart = line.gifts if gift_lines and not line.floor_kop else 0  # an item at 0.00 would lie below a floor
    make = line.line.price_kop, line.quantity_micro, line.net_kop
    return PricedLine(
        id=line.id,
        gross_kop=line.gross_kop,
        discounts=line.discounts,
        points_pt=points_pt,
        points_kop=line.points_kop,
        net_kop=line.net_kop,
        accrued_pt=accrued_pt,
        items=with_gifts(*make, apart) if apart else fiscal_items(*make),
    )


def _further(ready: Compiled, number: int, spending: Spending, accrual: Accrual) -> ProgramPoints:
    return ProgramPoints(
        program=ready.programs[number].program.id,
        spent_pt=sum(spending.by_line_pt),
        spent_kop=sum(spending.by_line_kop),
        accrued_pt=accrual.total_pt,
        spent_by_line_pt=tuple(spending.by_line_pt),
        accrued_by_line_pt=accrual.by_line,
        confirm=spending.confirm,
    )


def _totals(lines: Sequence[PricedLine]) -> Totals:
    return Totals(
        gross_kop=sum([line.gross_kop for line in lines]),
        discount_kop=sum([line.gross_kop - line.net_kop - line.points_kop for line in lines]),
        points_pt=sum([line.points_pt for line in lines]),
        points_kop=sum([line.points_kop for line in lines]),
        payable_kop=sum([line.net_kop for line in lines]),
        accrued_pt=sum([line.accrued_pt for line in lines]),
    )


def _normalised(line: LineState) -> dict[str, Any]:
    told: dict[str, Any] = {"step": "line", "line": line.id, "gross_kop": line.gross_kop, "floor_kop": line.floor_kop}
    told["barred"] = dict(line.barred)
    return told


def _of_program(ready: Compiled, number: int, entry: Mapping[str, Any]) -> Mapping[str, Any]:
    """Entries of further programs say whose they are."""
    return {**entry, "program": ready.programs[number].program.id} if number else entry
