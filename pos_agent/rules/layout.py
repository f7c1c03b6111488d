"""Laying out an amount over lines by largest remainder (loyalty rules, section 2.1)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from pos_agent.money import floor


def lay_out(amount: int, weights: Sequence[Fraction], rooms: Sequence[int] | None = None) -> tuple[int, ...]:
    """Parts of `amount` (>= 0), one per weight (>= 0), in the same unit as `amount`.

    With `rooms` a part never exceeds its room and an amount above the sum of rooms is cut to it. A line of weight 0
    gets 0; when every weight is 0 nothing is laid out. ValueError for negative input.
    """
    if amount < 0 or any(weight < 0 for weight in weights) or any(room < 0 for room in rooms or ()):
        raise ValueError("amounts, weights and rooms must not be negative")
    parts = [0] * len(weights)
    playing = [index for index, weight in enumerate(weights) if weight > 0]
    if rooms is not None:
        amount = min(amount, sum(rooms[index] for index in playing))
        amount, playing = _fill_small_rooms(amount, weights, rooms, playing, parts)
    _share(amount, weights, playing, parts)
    return tuple(parts)


def _fill_small_rooms(
    amount: int, weights: Sequence[Fraction], rooms: Sequence[int], playing: list[int], parts: list[int]
) -> tuple[int, list[int]]:
    """Step 2: lines whose exact share exceeds their room are fixed at it, until none does."""
    while playing:
        total = sum(weights[index] for index in playing)
        tight = [index for index in playing if amount * weights[index] > rooms[index] * total]
        if not tight:
            break
        for index in tight:
            parts[index] = rooms[index]
            amount -= rooms[index]
        playing = [index for index in playing if index not in tight]
    return amount, playing


def _share(amount: int, weights: Sequence[Fraction], playing: list[int], parts: list[int]) -> None:
    """Step 3: floors, then one by one to the largest remainder; ties: larger weight, then earlier line."""
    total = sum((weights[index] for index in playing), Fraction(0))
    exact = {index: amount * weights[index] / total for index in playing}
    for index, share in exact.items():
        parts[index] = floor(share)
    missing = amount - sum(parts[index] for index in playing) if playing else 0
    by_claim = sorted(playing, key=lambda index: (floor(exact[index]) - exact[index], -weights[index], index))
    for index in by_claim[:missing]:
        parts[index] += 1
