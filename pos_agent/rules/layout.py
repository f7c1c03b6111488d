"""Laying out an amount over lines by largest remainder (loyalty rules, section 2.1)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import lcm


def lay_out(amount: int, weights: Sequence[Fraction | int], rooms: Sequence[int] | None = None) -> tuple[int, ...]:
    """Parts of `amount` (>= 0), one per weight (>= 0), in the same unit as `amount`.

    With `rooms` a part never exceeds its room and an amount above the sum of rooms is cut to it. A line of weight 0
    gets 0; when every weight is 0 nothing is laid out. ValueError for negative input.
    """
    if amount < 0 or min(weights, default=0) < 0 or min(rooms or (), default=0) < 0:
        raise ValueError("amounts, weights and rooms must not be negative")
    return tuple(shared(amount, whole(weights), rooms))


def whole(weights: Sequence[Fraction | int]) -> list[int]:
    """The same proportions in whole numbers."""
    common = lcm(*(weight.denominator for weight in weights))
    return [weight.numerator * (common // weight.denominator) for weight in weights]


def shared(amount: int, weights: Sequence[int], rooms: Sequence[int] | None = None) -> list[int]:
    """`lay_out` of whole weights, none of them negative: all comparisons of shares are of integer products."""
    parts = [0] * len(weights)
    playing = [index for index, weight in enumerate(weights) if weight]
    if rooms is not None:
        amount = min(amount, sum([rooms[index] for index in playing]))
        amount, playing = _fill_small_rooms(amount, weights, rooms, playing, parts)
    if playing and amount:
        _share(amount, weights, playing, parts)
    return parts


def told(amount: int, weights: Sequence[int], rooms: Sequence[int]) -> list[tuple[int, int, int, str]]:
    """How `shared` came to its parts: (exact share as numerator and denominator, part, by what) of each line.

    By `room`: the share of the round in which the line was fixed; by `share` or `remainder`: of the last round.
    """
    found = [(0, 1, 0, "share")] * len(weights)
    playing = [index for index, weight in enumerate(weights) if weight]
    amount = min(amount, sum(rooms[index] for index in playing))
    while playing:
        total = sum(weights[index] for index in playing)
        tight = {index for index in playing if amount * weights[index] > rooms[index] * total}
        for index in tight or playing:
            found[index] = (amount * weights[index], total, rooms[index], "room")
        if not tight:
            break
        amount -= sum(rooms[index] for index in tight)
        playing = [index for index in playing if index not in tight]
    parts = [0] * len(weights)
    if playing and amount:
        _share(amount, weights, playing, parts)
    for index in playing:
        num, den, _, _ = found[index]
        found[index] = (num, den, parts[index], "remainder" if parts[index] > num // den else "share")
    return found


def _fill_small_rooms(
    amount: int, weights: Sequence[int], rooms: Sequence[int], playing: list[int], parts: list[int]
) -> tuple[int, list[int]]:
    """Step 2: lines whose exact share exceeds their room are fixed at it, until none does."""
    while playing:
        total = sum([weights[index] for index in playing])
        tight = [index for index in playing if amount * weights[index] > rooms[index] * total]
        if not tight:
            break
        for index in tight:
            parts[index] = rooms[index]
            amount -= rooms[index]
        fixed = set(tight)
        playing = [index for index in playing if index not in fixed]
    return amount, playing


def _share(amount: int, weights: Sequence[int], playing: list[int], parts: list[int]) -> None:
    """Step 3: floors, then one by one to the largest remainder; ties: larger weight, then earlier line."""
    total = sum([weights[index] for index in playing])
    missing, claims = amount, []
    for index in playing:
        part, rest = divmod(amount * weights[index], total)
        parts[index] = part
        missing -= part
        claims.append((-rest, -weights[index], index))
    if missing:
        claims.sort()
        for _, _, index in claims[:missing]:
            parts[index] += 1
