"""Prepayments: abonement units, certificates, deposits pay before money and change no price (loyalty rules, 3.4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pos_agent.money import returned_part
from pos_agent.rules.basket_values import ABONEMENT, PREPAID, Payment
from pos_agent.rules.layout import shared
from pos_agent.rules.line_state import LineState

Lines = Sequence[LineState]


@dataclass(frozen=True)
class Offset:
    """What one prepayment pays: per line of the basket in kopecks; `units_micro` of an abonement that are used up.

    `units_by_line_micro`: the same per line, () for certificates and deposits.
    """

    kind: str
    id: str
    by_line_kop: tuple[int, ...]
    units_micro: int = 0
    units_by_line_micro: tuple[int, ...] = ()

    @property
    def sum_kop(self) -> int:
        """Together."""
        return sum(self.by_line_kop)


@dataclass(frozen=True)
class Paid:
    """`offsets` in the order in which they pay; `due_kop` is left for money."""

    offsets: tuple[Offset, ...] = ()
    due_kop: int = 0

    def of_line(self, index: int) -> int:
        """How much of a line is paid in advance."""
        return sum(one.by_line_kop[index] for one in self.offsets)


NOTHING_PAID = Paid()


def paid(payments: Sequence[Payment], lines: Lines) -> Paid:
    """Abonements, then certificates, then deposits, each kind in the order given."""
    due = [line.net_kop for line in lines]
    if not any(payment.kind in PREPAID for payment in payments):
        return Paid((), sum(due))
    covered = [0] * len(lines)  # millionths of each line that abonements cover
    offsets = []
    for kind in PREPAID:
        for payment in payments:
            if payment.kind == kind:
                one = _units(payment, lines, covered) if kind == ABONEMENT else _money(payment, due)
                due = [left - kop for left, kop in zip(due, one.by_line_kop, strict=True)]
                offsets.append(one)
    return Paid(tuple(offsets), sum(due))


def _units(payment: Payment, lines: Lines, covered: list[int]) -> Offset:
    """Units on lines of the scope, earlier line first; k of q units are worth floor(net x k / q)."""
    left, parts, used = payment.left_micro, [0] * len(lines), [0] * len(lines)
    for line in lines:
        before, quantity = covered[line.index], line.quantity_micro
        units = min(left, quantity - before)
        if units <= 0 or not payment.scope.matches(line):
            continue
        after = before + units
        net = line.net_kop
        parts[line.index] = returned_part(net, after, quantity) - returned_part(net, before, quantity)
        covered[line.index] = after
        used[line.index] = units
        left -= units
    return Offset(ABONEMENT, payment.id, tuple(parts), payment.left_micro - left, tuple(used))


def _money(payment: Payment, due: Sequence[int]) -> Offset:
    """min(its rest, what is due), laid out by what is due."""
    return Offset(payment.kind, payment.id, tuple(shared(min(payment.sum_kop, sum(due)), due)))


def told(found: Paid, ids: Sequence[str]) -> dict[str, Any]:
    """JSON values for answer and trace."""
    return {
        "offsets": [
            {
                "kind": one.kind,
                "id": one.id,
                "sum_kop": one.sum_kop,
                "units_micro": one.units_micro,
                "lines": {name: kop for name, kop in zip(ids, one.by_line_kop, strict=True) if kop},
            }
            for one in found.offsets
        ],
        "offset_kop": sum(one.sum_kop for one in found.offsets),
        "due_kop": found.due_kop,
    }
