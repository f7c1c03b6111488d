"""Payments of a receipt whose total loyalty has made less: they stay consistent. Pure.

Cash stays what the buyer gave: the rest is change. What is not cash may never exceed the total, so it becomes less, the
card first; the till reads in the answer how much that is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

KINDS = {"cash": "cash", "electronically": "card", "prepaid": "advance", "credit": "credit"}  # of a basket
LESS_FIRST = ("electronically", "other", "prepaid", "credit")


def uncovered(payments: Mapping[str, int], payable_kop: int) -> int:
    """By how much what is not cash exceeds the total."""
    others = sum(kop for kind, kop in payments.items() if kind != "cash")
    return max(0, others - payable_kop)


def reduced(payments: Mapping[str, int], payable_kop: int) -> dict[str, int]:
    """The same kinds, never more than the total without cash; zero sums left out."""
    over, made = uncovered(payments, payable_kop), dict(payments)
    for kind in LESS_FIRST:
        less = min(over, made.get(kind, 0))
        if less:
            made[kind] -= less
            over -= less
    return {kind: kop for kind, kop in made.items() if kop}


def as_basket(payments: Mapping[str, int]) -> list[dict[str, Any]]:
    """Payments of a basket. KeyError for a kind that a basket does not know."""
    return [{"kind": KINDS[kind], "sum_kop": kop} for kind, kop in payments.items()]


def as_sums(payments: Mapping[str, int]) -> dict[str, int]:
    """Payments of a plan (`drivers.selling.Tender`)."""
    names = {
        "cash": "cash_kop",
        "electronically": "cashless_kop",
        "prepaid": "advance_kop",
        "credit": "credit_kop",
        "other": "provision_kop",
    }
    return {name: payments.get(kind, 0) for kind, name in names.items()}
