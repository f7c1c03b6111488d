"""Returns (loyalty rules, section 9): what a document reverses of a line, and returns without a sale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from pos_agent.model.loyalty import CustomerSnapshot
from pos_agent.money import returned_part
from pos_agent.rules.accrue import Accrual, AccrualLine, earn
from pos_agent.rules.basket_values import Basket
from pos_agent.rules.items import FiscalItem, fiscal_items
from pos_agent.rules.price import Priced, PricedLine
from pos_agent.rules.values import Rules


def reversal(total: int, sold_micro: int, before_micro: int, now_micro: int) -> int:
    """C(k after) - C(k before): the part of a line's `total` that one return document gets.

    `before_micro` of the line's `sold_micro` were returned earlier, `now_micro` come back now; `total` is kopecks or
    hundredths of a point. ValueError when more would be returned than was sold.
    """
    after_micro = before_micro + now_micro
    return returned_part(total, after_micro, sold_micro) - returned_part(total, before_micro, sold_micro)


def reverse_without_sale(
    rules: Rules, lines: Sequence[AccrualLine], customer: CustomerSnapshot | None, day: date | None = None
) -> Accrual:
    """Accrual to take back when the return does not name its sale: the lowest rate of the customer's level.

    The level's rate with every multiplier above 1 left out; multipliers below 1 and the blacklist still hold.
    `net_kop` of a line is the money given back. Nothing is restored, and the caller flags the document for review.
    """
    return earn(rules, lines, customer, spent_pt=0, most=Fraction(1), day=day)


def certificate_part(paid_kop: int, payable_kop: int, before_kop: int, now_kop: int) -> int:
    """What of a returned sum goes back to the certificate (or deposit) that paid `paid_kop` of `payable_kop`.

    The same formula over the receipt: `before_kop` of its money came back earlier, `now_kop` comes back now; the rest
    of `now_kop` is money. ValueError when more would be returned than was paid.
    """
    return reversal(paid_kop, payable_kop, before_kop, now_kop) if now_kop else 0


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


def return_part(priced: Priced, basket: Basket, part: str) -> tuple[ReturnedLine, ...]:
    """All lines of one part of a sale that several registers shared, whole, as its return document prints them.

    In the order of the basket; the other parts stay as they were sold. ValueError when the sale has no such part.
    """
    found = tuple(
        ReturnedLine(sold.net_kop, sold.points_pt, sold.accrued_pt, sold.items)
        for line, sold in zip(basket.lines, priced.lines, strict=True)
        if line.part == part
    )
    if not found:
        raise ValueError(f"the sale has no part {part!r}")
    return found
