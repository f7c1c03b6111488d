"""Fiscal items of a line: prices and quantities whose sums are the line's net to the kopeck (loyalty rules, 2.2)."""

from __future__ import annotations

from typing import NamedTuple

from pos_agent.money import MICRO, line_sum_kop


class FiscalItem(NamedTuple):
    """What is registered: price of a unit (tag 1079), quantity in millionths (1023), sum (1043) = half_up(p x q)."""

    price_kop: int
    quantity_micro: int
    sum_kop: int


def fiscal_items(price_kop: int, quantity_micro: int, net_kop: int) -> tuple[FiscalItem, ...]:
    """One item, or two when no single price gives the net.

    `price_kop` is the catalogue price, `net_kop` what is paid, 0 <= net <= half_up(price x quantity); quantity > 0.
    """
    if (2 * price_kop * quantity_micro + MICRO) // (2 * MICRO) == net_kop:  # nothing off: the price on the shelf
        return (FiscalItem(price_kop, quantity_micro, net_kop),)
    nearest_kop = (2 * net_kop * MICRO + quantity_micro) // (2 * quantity_micro)  # half up, as the sums around it
    if (2 * nearest_kop * quantity_micro + MICRO) // (2 * MICRO) == net_kop:
        return (FiscalItem(nearest_kop, quantity_micro, net_kop),)
    low_kop = net_kop * MICRO // quantity_micro
    dearer = net_kop - line_sum_kop(low_kop, quantity_micro)  # whole units that cost one kopeck more
    rest_micro = quantity_micro - dearer * MICRO
    return (
        FiscalItem(low_kop, rest_micro, line_sum_kop(low_kop, rest_micro)),
        FiscalItem(low_kop + 1, dearer * MICRO, (low_kop + 1) * dearer),
    )


def with_gifts(price_kop: int, quantity_micro: int, net_kop: int, gifts: int) -> tuple[FiscalItem, ...]:
    """`fiscal_items` with the free units as an item of their own at 0.00 (example E14); the net stays what it is.

    Only where the rest of the line can carry the net: whole units beside the gifts, none dearer than on the shelf.
    """
    rest_micro = quantity_micro - gifts * MICRO
    if gifts <= 0 or rest_micro <= 0 or net_kop > line_sum_kop(price_kop, rest_micro):
        return fiscal_items(price_kop, quantity_micro, net_kop)
    return (FiscalItem(0, gifts * MICRO, 0), *fiscal_items(price_kop, rest_micro, net_kop))
