"""Returns (loyalty rules, section 9): what a document reverses of a line, and returns without a sale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from pos_agent.model.loyalty import CustomerSnapshot
from pos_agent.money import returned_part
from pos_agent.rules.accrue import Accrual, AccrualLine, earn
from pos_agent.rules.items import FiscalItem, fiscal_items
from pos_agent.rules.price import PricedLine
from pos_agent.rules.values import Rules


def reversal(total: int, sold_micro: int, before_micro: int, now_micro: int) -> int:
    """C(k after) - C(k before): the part of a line's `total` that one return document gets.

    `before_micro` of the line's `sold_micro` were returned earlier, `now_micro` come back now; `total` is kopecks or
    hundredths of a point. ValueError when more would be returned than was sold.
    """
    after_micro = before_micro + now_micro
    return returned_part(total, after_micro, sold_micro) - returned_part(total, before_micro, sold_micro)


def reverse_without_sale(rules: Rules, lines: Sequence[AccrualLine], customer: CustomerSnapshot | None) -> Accrual:
    """Accrual to take back when the return does not name its sale: the lowest rate of the customer's level.

    The level's rate with every multiplier above 1 left out; multipliers below 1 and the blacklist still hold.
    `net_kop` of a line is the money given back. Nothing is restored, and the caller flags the document for review.
    """
    return earn(rules, lines, customer, spent_pt=0, most=Fraction(1))


@dataclass(frozen=True)
class ReturnedLine:
    """Part of a sold line that comes back: money and the fiscal items of the return receipt, points either way."""

    money_kop: int
    restored_pt: int
    cancelled_pt: int
    items: tuple[FiscalItem, ...]


def return_items(line: PricedLine, price_kop: int, sold_micro: int, before_micro: int, now_micro: int) -> ReturnedLine:
    """What one return document gives back of a sold line, and the items it prints (2.2 for its money and quantity).

    `price_kop` is the catalogue price of the sale. A line that returns whole in one document prints the items of the
    sale. ValueError when more would be returned than was sold, or nothing.
    """
    if now_micro <= 0:
        raise ValueError("a return takes back some quantity")
    money_kop = reversal(line.net_kop, sold_micro, before_micro, now_micro)
    return ReturnedLine(
        money_kop=money_kop,
        restored_pt=reversal(line.points_pt, sold_micro, before_micro, now_micro),
        cancelled_pt=reversal(line.accrued_pt, sold_micro, before_micro, now_micro),
        items=fiscal_items(price_kop, now_micro, money_kop),
    )
