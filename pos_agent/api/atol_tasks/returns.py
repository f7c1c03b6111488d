"""A return that names its sale: which sold lines come back. Pure.

The money is what was paid for them, whatever price the till remembers; its amounts only help to find the line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pos_agent.api.atol_tasks.faults import PARSE, fault
from pos_agent.api.atol_tasks.goods import Position
from pos_agent.api.atol_tasks.receipt import TillReceipt
from pos_agent.checkout.marks import Mark, read_marks
from pos_agent.errors import UsageError
from pos_agent.model.receipt import DocumentId


@dataclass(frozen=True)
class Back:
    """`lines`: number in the sale -> millionths; `payment` cash or card."""

    receipt: DocumentId
    lines: Mapping[int, int]
    marks: Mapping[int, Mark]
    payment: str


def named_sale(asked: TillReceipt, requisite: str) -> str:
    """FN/FD in the extension member, or in the receipt's own requisite (1084) under our name; "" = not named."""
    by_name = (value for name, value in asked.attributes if name.strip().casefold() == requisite.strip().casefold())
    return asked.wish.receipt or next(by_name, "")


def back(asked: TillReceipt, receipt: str, sold: Sequence[Mapping[str, Any]], lang: str) -> Back:
    """TaskError 501: a position that is no line of the sale, more than was sold of it, or paid both ways."""
    left = {int(line["number"]): int(line["quantity_micro"]) for line in sold}
    lines: dict[int, int] = {}
    codes: dict[int, object] = {}
    for number, one in enumerate(asked.positions):
        rest = one.quantity_micro
        for line in _like(one, sold):
            part = min(rest, left[line])
            if part:
                lines[line] = lines.get(line, 0) + part
                left[line] -= part
                rest -= part
                if one.mark is not None:
                    codes[line] = dict(one.mark)
        if rest:
            raise fault(PARSE, "no_such_sale", lang, path=f"items[{number}]")
    kinds = set(asked.payments) - {"cash", "prepaid"}  # how much goes back to prepaid accounts is told by the sale
    if kinds and (kinds != {"electronically"} or "cash" in asked.payments):
        raise fault(PARSE, "no_such_sale", lang, path="payments")
    return Back(DocumentId.parse(receipt), lines, read_marks(codes), "card" if kinds else "cash")


def known_number(receipt: str) -> DocumentId:
    """UsageError RET-01 for what is no number."""
    try:
        return DocumentId.parse(receipt)
    except ValueError:
        raise UsageError("RET-01") from None


def _like(one: Position, sold: Sequence[Mapping[str, Any]]) -> list[int]:
    """Sold lines of this name, those of this list price or this paid price first."""
    named = [line for line in sold if line["name"] == one.name]
    paid = {int(line["number"]): {item["price_kop"] for item in line["items"]} for line in named}
    prices = {int(line["number"]): {line["price_kop"], *paid[int(line["number"])]} for line in named}
    return sorted(prices, key=lambda number: (one.price_kop not in prices[number], number))
