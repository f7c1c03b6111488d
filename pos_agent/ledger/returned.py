"""Returns by pieces: what one return document takes back, from the set of all that name the sale (section 9).

Read from `facts`, so that two registers that did not see each other still come to C(total k):
sale:   facts["lines"]    = [{"number": 1, "quantity_micro": 3000000, "accrued_pt": 2347, "spent_pt": 5000}, ...]
return: facts["returned"] = [{"number": 1, "quantity_micro": 1000000}, ...], `number` being the line of the sale
Further keys of the items are ignored here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pos_agent.model.events import EntryKind, LedgerEvent
from pos_agent.money import returned_part


@dataclass(frozen=True)
class SoldLine:
    """A line of a sale as returns need it."""

    quantity_micro: int
    accrued_pt: int
    spent_pt: int


class Pieces:
    """Lines of one sale and how much of each has come back so far, in fold order."""

    def __init__(self, sale: LedgerEvent) -> None:
        self.lines = sold_lines(sale)
        self.back_micro = dict.fromkeys(self.lines, 0)

    def fits(self, pieces: Mapping[int, int]) -> bool:
        """Are these pieces of lines of the sale, and not more than are left?"""
        return bool(pieces) and all(
            number in self.lines and 0 < micro <= self.lines[number].quantity_micro - self.back_micro[number]
            for number, micro in pieces.items()
        )

    def amount_pt(self, kind: EntryKind, pieces: Mapping[int, int]) -> int:
        """C(k after) - C(k before) over the lines: points to restore (RESTORE) or to reverse (REVERSE)."""
        total = 0
        for number, micro in pieces.items():
            line, before = self.lines[number], self.back_micro[number]
            whole = line.spent_pt if kind is EntryKind.RESTORE else line.accrued_pt
            total += returned_part(whole, before + micro, line.quantity_micro)
            total -= returned_part(whole, before, line.quantity_micro)
        return total

    def give_back(self, pieces: Mapping[int, int]) -> None:
        """These pieces are back."""
        for number, micro in pieces.items():
            self.back_micro[number] += micro

    @property
    def all_back(self) -> bool:
        """Is every line back whole? False when the sale's lines are not known."""
        return bool(self.lines) and all(
            self.back_micro[number] == line.quantity_micro for number, line in self.lines.items()
        )


def sold_lines(sale: LedgerEvent) -> dict[int, SoldLine]:
    """Line number -> line; empty when the facts do not say (or one of them is not well formed)."""
    found: dict[int, SoldLine] = {}
    for item in _items(sale, "lines"):
        number, quantity = _integer(item, "number"), _integer(item, "quantity_micro")
        accrued, spent = _integer(item, "accrued_pt", 0), _integer(item, "spent_pt", 0)
        if number is None or not quantity or quantity < 0 or accrued is None or spent is None or number in found:
            return {}
        found[number] = SoldLine(quantity, accrued, spent)
    return found


def returned_pieces(event: LedgerEvent) -> dict[int, int]:
    """Line number of the sale -> quantity returned by this document (millionths); empty when the facts do not say."""
    found: dict[int, int] = {}
    for item in _items(event, "returned"):
        number, quantity = _integer(item, "number"), _integer(item, "quantity_micro")
        if number is None or quantity is None:
            return {}
        found[number] = found.get(number, 0) + quantity
    return found


def _items(event: LedgerEvent, key: str) -> list[object]:
    value = event.facts.get(key, [])
    return value if isinstance(value, list) else []


def _integer(item: object, key: str, default: int | None = None) -> int | None:
    value = item.get(key, default) if isinstance(item, Mapping) else None
    return value if type(value) is int else None
