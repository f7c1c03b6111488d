"""One basket over several registers or taxation systems: priced whole, laid out over its parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from pos_agent.rules.basket_values import PREPAID, Basket
from pos_agent.rules.line_state import LineState
from pos_agent.rules.payment import Paid


class LineFigures(Protocol):
    """What a part sums up of a priced line."""

    @property
    def gross_kop(self) -> int: ...
    @property
    def net_kop(self) -> int: ...
    @property
    def points_pt(self) -> int: ...
    @property
    def points_kop(self) -> int: ...
    @property
    def accrued_pt(self) -> int: ...


@dataclass(frozen=True)
class Part:
    """One fiscal document of the sale: lines by index, sums, and which payments it takes (kind, kopecks).

    `offsets` prepayments, `payments` money with the change already off; together they are `payable_kop`, unless less
    was handed over than is due: then `short_kop` is missing.
    """

    name: str
    lines: tuple[int, ...]
    gross_kop: int
    discount_kop: int
    points_pt: int
    points_kop: int
    payable_kop: int
    accrued_pt: int
    offsets: tuple[tuple[str, int], ...]
    payments: tuple[tuple[str, int], ...]
    short_kop: int = 0


def parts_of(basket: Basket, lines: Sequence[LineState], paid: Paid, priced: Sequence[LineFigures]) -> tuple[Part, ...]:
    """The parts in the order in which the basket names them; () when no line names one."""
    if not any(line.line.part for line in lines):
        return ()
    members: dict[str, list[int]] = {}
    for line in lines:
        members.setdefault(line.line.part, []).append(line.index)
    due = {name: sum(priced[one].net_kop - paid.of_line(one) for one in mine) for name, mine in members.items()}
    money = _money(basket, due)
    return tuple(_part(name, mine, paid, priced, money[name], due[name]) for name, mine in members.items())


def _part(
    name: str,
    mine: Sequence[int],
    paid: Paid,
    priced: Sequence[LineFigures],
    payments: Sequence[tuple[str, int]],
    due_kop: int,
) -> Part:
    figures = [priced[one] for one in mine]
    offsets = [(one.kind, sum(one.by_line_kop[index] for index in mine)) for one in paid.offsets]
    return Part(
        name=name,
        lines=tuple(mine),
        gross_kop=sum(one.gross_kop for one in figures),
        discount_kop=sum(one.gross_kop - one.net_kop - one.points_kop for one in figures),
        points_pt=sum(one.points_pt for one in figures),
        points_kop=sum(one.points_kop for one in figures),
        payable_kop=sum(one.net_kop for one in figures),
        accrued_pt=sum(one.accrued_pt for one in figures),
        offsets=tuple(pair for pair in offsets if pair[1]),
        payments=tuple(payments),
        short_kop=due_kop - sum(kop for _, kop in payments),
    )


def _money(basket: Basket, due: dict[str, int]) -> dict[str, list[tuple[str, int]]]:
    """Money fills one part after the other, cash last so that the change is of cash; none said: all of it in cash."""
    left = dict(due)
    found: dict[str, list[tuple[str, int]]] = {name: [] for name in due}
    given = [(one.kind, one.sum_kop) for one in basket.payments if one.kind not in PREPAID]
    given = sorted(given, key=lambda pair: pair[0] == "cash") or [("cash", sum(due.values()))]
    for kind, kop in given:
        for name in due:
            taken = min(kop, left[name])
            if taken:
                found[name].append((kind, taken))
            kop, left[name] = kop - taken, left[name] - taken
    return found
