"""Positions of a receipt -> lines of a basket whose list price is exactly what the till reckoned.

A till may have shared a discount of its own among pieces, so that `amount` is not `price` times `quantity`; a fiscal
item always is. Whole pieces are then told as two lines, some a kopeck dearer; a weighed line gets the price next to its
own that gives its sum.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pos_agent.money import MICRO

NEAR_KOP = 100  # how far from the till's price a price may be that gives its sum


@dataclass(frozen=True)
class Position:
    """One position. `vat` is a word of ours, None = the register's; `measure` of 2108; `mark` as in a basket.

    `part` of the basket: see `checkout.part_words`.
    """

    name: str
    price_kop: int
    quantity_micro: int
    amount_kop: int
    vat: str | None = None
    method: int = 4
    subject: int = 1
    department: int = 0
    measure: int | None = None
    flags: tuple[str, ...] = ()
    mark: Mapping[str, Any] | None = field(default=None, repr=False)
    sku: str = ""
    category: str = ""
    part: str = ""


def line_sum(price_kop: int, quantity_micro: int) -> int:
    """Half up, as every fiscal item is reckoned."""
    return (2 * price_kop * quantity_micro + MICRO) // (2 * MICRO)


def added_up(position: Position) -> list[Position] | None:
    """The position as one or two whose sums are prices times quantities and add up to `amount`; None: no such two."""
    price, micro, amount = position.price_kop, position.quantity_micro, position.amount_kop
    if line_sum(price, micro) == amount:
        return [position]
    pieces, rest = divmod(micro, MICRO)
    if not rest and pieces:
        low, dearer = divmod(amount, pieces)
        if abs(low - price) > NEAR_KOP or (dearer and position.mark is not None):
            return None
        kinds = [(low, pieces - dearer), (low + 1, dearer)]
        return [
            replace(position, price_kop=kop, quantity_micro=count * MICRO, amount_kop=kop * count)
            for kop, count in kinds
            if count
        ]
    guess = amount * MICRO // micro
    fit = next((kop for kop in _around(guess) if kop >= 0 and line_sum(kop, micro) == amount), None)
    if fit is None or abs(fit - price) > NEAR_KOP:
        return None
    return [replace(position, price_kop=fit)]


def lowered(positions: Sequence[Position], by_kop: int) -> list[Position] | None:
    """The goods, `by_kop` cheaper in all: a till that drops kopecks says so only in `total`. None: not possible."""
    if not by_kop:
        return list(positions)
    for number in range(len(positions) - 1, -1, -1):
        one = positions[number]
        pieces, rest = divmod(one.quantity_micro, MICRO)
        if rest or one.price_kop < by_kop:
            continue
        price = one.price_kop - by_kop
        cheaper = replace(one, price_kop=price, quantity_micro=MICRO, amount_kop=price)
        others = (pieces - 1) * MICRO
        kept = [replace(one, quantity_micro=others, amount_kop=one.price_kop * (pieces - 1))] if others else []
        return [*positions[:number], *kept, cheaper, *positions[number + 1 :]]
    return None


def line(position: Position, name: str) -> dict[str, Any]:
    """The line of a basket; `name` is its id."""
    quantity = f"{position.quantity_micro // MICRO}.{position.quantity_micro % MICRO:06d}".rstrip("0").rstrip(".")
    made: dict[str, Any] = {"id": name, "name": position.name, "price_kop": position.price_kop, "qty": quantity}
    optional = {"vat": position.vat, "flags": [*position.flags], "sku": position.sku, "category": position.category}
    optional["part"] = position.part
    made |= {key: value for key, value in optional.items() if value}
    return {**made, "mark": dict(position.mark)} if position.mark is not None else made


def _around(guess: int) -> Iterator[int]:
    yield guess
    for step in (1, 2):
        yield guess + step
        yield guess - step
