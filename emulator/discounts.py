"""Changing the lines of an open receipt: discounts and surcharges spread over them, lines taken back.

A fiscal document knows no receipt discount: every line's sum already carries its share (protocol notes on 54-FZ,
section 4.2). Shares are in proportion to the sums, whole kopecks, the remainder to the largest fractions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from emulator.receipt import MAX_SUM, MICRO, Item, OpenReceipt, line_sum
from emulator.terms import ItemInput, Reason, Refusal


def shares(sums: Sequence[int], delta_kop: int) -> list[int]:
    """Split kopecks (of either sign) in proportion to `sums`; equal parts when all of them are 0."""
    weights = list(sums) if any(sums) else [1] * len(sums)
    total, sign, whole = sum(weights), 1 if delta_kop >= 0 else -1, abs(delta_kop)
    parts = [whole * weight // total for weight in weights]
    by_fraction = sorted(range(len(weights)), key=lambda at: (-(whole * weights[at] % total), at))
    for at in by_fraction[: whole - sum(parts)]:
        parts[at] += 1
    return [sign * part for part in parts]


def spread(receipt: OpenReceipt, delta_kop: int) -> None:
    """Add kopecks to the receipt (below 0: a discount). Refuses EMPTY_RECEIPT, DISCOUNT_TOO_LARGE, BAD_SUM."""
    if not receipt.items:
        raise Refusal(Reason.EMPTY_RECEIPT)
    if receipt.subtotal_kop + delta_kop < 0:
        raise Refusal(Reason.DISCOUNT_TOO_LARGE, f"{-delta_kop} of {receipt.subtotal_kop}")
    if receipt.subtotal_kop + delta_kop > MAX_SUM:
        raise Refusal(Reason.BAD_SUM, "the receipt's total is too large")
    parts = shares([item.sum_kop for item in receipt.items], delta_kop)
    receipt.items = [_with_sum(item, item.sum_kop + part) for item, part in zip(receipt.items, parts, strict=True)]
    receipt.changed_kop += delta_kop


def undo(receipt: OpenReceipt, delta_kop: int) -> None:
    """Take back a discount (`delta_kop` above 0) or a surcharge (below). Refuses NOTHING_TO_UNDO beyond that."""
    if delta_kop * receipt.changed_kop >= 0 or abs(delta_kop) > abs(receipt.changed_kop):
        raise Refusal(Reason.NOTHING_TO_UNDO, f"{delta_kop} of {receipt.changed_kop}")
    spread(receipt, delta_kop)


def storno(receipt: OpenReceipt, order: ItemInput) -> None:
    """Take back a quantity sold at this price and department, the last such line first. Refuses STORNO_TOO_LARGE."""
    for at in reversed(range(len(receipt.items))):
        item = receipt.items[at]
        same = (item.order.price_kop, item.order.department) == (order.price_kop, order.department)
        if same and item.order.quantity_micro >= order.quantity_micro > 0:
            left = replace(item.order, quantity_micro=item.order.quantity_micro - order.quantity_micro, sum_kop=None)
            rest = [Item(left, line_sum(left), item.tlvs)] if left.quantity_micro else []
            receipt.items[at : at + 1] = rest
            return
    raise Refusal(Reason.STORNO_TOO_LARGE, f"{order.quantity_micro} at {order.price_kop}")


def _with_sum(item: Item, kop: int) -> Item:
    """The same line at another sum: its price becomes what one unit costs now, to the nearest kopeck."""
    micro = item.order.quantity_micro
    price = (2 * kop * MICRO + micro) // (2 * micro)
    return Item(replace(item.order, price_kop=price, sum_kop=kop), kop, item.tlvs)
