"""Fiscal items of a line: prices and quantities whose sums are the line's net to the kopeck (loyalty rules, 2.2)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from pos_agent.money import MICRO, floor, half_up, line_sum_kop


@dataclass(frozen=True)
class FiscalItem:
    """What is registered: price of a unit (tag 1079), quantity in millionths (1023), sum (1043) = half_up(p x q)."""

    price_kop: int
    quantity_micro: int
    sum_kop: int


def fiscal_items(price_kop: int, quantity_micro: int, net_kop: int) -> tuple[FiscalItem, ...]:
    """One item, or two when no single price gives the net.

    `price_kop` is the catalogue price, `net_kop` what is paid, 0 <= net <= half_up(price x quantity); quantity > 0.
    """
    if line_sum_kop(price_kop, quantity_micro) == net_kop:  # nothing was taken off: the price on the shelf
        return (FiscalItem(price_kop, quantity_micro, net_kop),)
    exact = Fraction(net_kop * MICRO, quantity_micro)
    nearest_kop = half_up(exact)
    if line_sum_kop(nearest_kop, quantity_micro) == net_kop:
        return (FiscalItem(nearest_kop, quantity_micro, net_kop),)
    low_kop = floor(exact)
    dearer = net_kop - line_sum_kop(low_kop, quantity_micro)  # whole units that cost one kopeck more
    rest_micro = quantity_micro - dearer * MICRO
    return (
        FiscalItem(low_kop, rest_micro, line_sum_kop(low_kop, rest_micro)),
        FiscalItem(low_kop + 1, dearer * MICRO, (low_kop + 1) * dearer),
    )
