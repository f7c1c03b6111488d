"""Points of one customer as receipts go by, without the events behind them (loyalty rules, sections 7 and 9).

The ledger folds a set of events anew; a simulation sees every receipt once, in business order, and keeps only what the
next one needs. Both come to the same balance: a test replays histories through both.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from datetime import date, timedelta

_EXPIRE, _ACTIVATE = 0, 1  # order of what happens at the start of a day
MANY = 24  # used-up lots that may gather before they are dropped


@dataclass(slots=True)
class SimLot:
    """Points with one life. `expires` None = never; `expired_pt` went to breakage."""

    id: str
    amount_pt: int
    earned: date
    active_from: date
    expires: date | None
    left_pt: int = 0
    pending: bool = False
    expired_pt: int = 0
    named: bool = False  # a return will name the sale that opened it


@dataclass(slots=True)
class Take:
    """What one sale took from a lot, and how much of it is back."""

    lot: SimLot
    taken_pt: int
    back_pt: int = 0


class Lots:
    """State. Amounts are hundredths >= 0; days only go forward.

    A debt comes from a reversal alone: in a simulated world nobody spends more than there is.
    """

    def __init__(self, kept: frozenset[str] = frozenset()) -> None:
        """`kept`: ids of lots that a return will name."""
        self._named = kept
        self.lots: dict[str, SimLot] = {}
        self.debt_pt = 0
        self.spends: dict[str, list[Take]] = {}  # only of sales that a return will name
        self._calendar: list[tuple[date, int, str]] = []

    @property
    def active_pt(self) -> int:
        """Usable now."""
        return sum([lot.left_pt for lot in self.lots.values() if not lot.pending])

    @property
    def pending_pt(self) -> int:
        """Not usable yet."""
        return sum([lot.left_pt for lot in self.lots.values() if lot.pending])

    def start_day(self, day: date) -> None:
        """Of each day up to `day` first expiry, then activation, by lot id."""
        while self._calendar and self._calendar[0][0] <= day:
            _, what, lot_id = heapq.heappop(self._calendar)
            lot = self.lots[lot_id]
            if what == _EXPIRE:
                lot.expired_pt += lot.left_pt
                lot.left_pt = 0
            elif lot.pending:
                lot.pending = False
                self._repay(lot, lot.left_pt)

    def open(self, lot: SimLot, day: date) -> None:
        """New points; a life that is over already ends in breakage at once."""
        if not lot.amount_pt:
            return
        self._drop_used(day)
        lot.named = lot.id in self._named
        self.lots[lot.id] = lot
        if lot.expires is not None and lot.expires <= day:
            lot.expired_pt = lot.amount_pt
            return
        lot.pending = lot.active_from > day
        if lot.expires is not None:
            heapq.heappush(self._calendar, (lot.expires, _EXPIRE, lot.id))
        if lot.pending:
            heapq.heappush(self._calendar, (lot.active_from, _ACTIVATE, lot.id))
        self._put(lot, lot.amount_pt)

    def spend(self, sale: str, amount_pt: int, remember: bool) -> None:
        """Usable lots in consumption order, at most what they have. `remember`: a return will name this sale."""
        takes: list[Take] = []
        for lot in self._in_order():
            if not amount_pt:
                break
            taken = min(amount_pt, lot.left_pt)
            lot.left_pt -= taken
            takes.append(Take(lot, taken))
            amount_pt -= taken
        if remember:
            self.spends[sale] = takes

    def forget(self, sale: str, lot_id: str) -> None:
        """No return will name this sale or its lot any more."""
        self.spends.pop(sale, None)
        lot = self.lots.get(lot_id)
        if lot is not None:
            lot.named = False

    def restore(self, sale: str, document: str, amount_pt: int, day: date, grace_days: int) -> None:
        """Lots get back, last consumed first."""
        for take in list(reversed(self.spends.get(sale, []))):
            lot, back = take.lot, min(amount_pt, take.taken_pt - take.back_pt)
            if not back:
                continue
            take.back_pt += back
            amount_pt -= back
            if lot.expires is None or lot.expires > day:
                self.lots[lot.id] = lot
                self._put(lot, back)
            elif grace_days:
                self._grace(document, lot, back, day, grace_days)
            else:
                lot.expired_pt += back

    def reverse(self, own: str, amount_pt: int) -> None:
        """The own lot, its breakage, other usable lots in consumption order, then debt. `own` "" = no own lot."""
        lot = self.lots.get(own)
        if lot is not None:
            taken = min(amount_pt, lot.left_pt)
            lot.left_pt -= taken
            unused = min(amount_pt - taken, lot.expired_pt)
            lot.expired_pt -= unused
            amount_pt -= taken + unused
        for other in self._in_order():
            taken = min(amount_pt, other.left_pt)
            other.left_pt -= taken
            amount_pt -= taken
        self.debt_pt += amount_pt

    def _put(self, lot: SimLot, amount_pt: int) -> None:
        lot.left_pt += amount_pt
        self._repay(lot, amount_pt)

    def _repay(self, lot: SimLot, came_pt: int) -> None:
        paid = min(self.debt_pt, came_pt)
        lot.left_pt -= paid
        self.debt_pt -= paid

    def _grace(self, document: str, lot: SimLot, back_pt: int, day: date, grace_days: int) -> None:
        stem = f"{document}/{lot.id}"
        name = next(each for each in (stem, *(f"{stem}#{n}" for n in range(1, 1000))) if each not in self.lots)
        self.open(SimLot(name, back_pt, lot.earned, day, day + timedelta(days=grace_days + 1)), day)

    def _in_order(self) -> list[SimLot]:
        usable = [lot for lot in self.lots.values() if lot.left_pt and not lot.pending]
        return sorted(usable, key=lambda lot: (lot.expires or date.max, lot.earned, lot.id))

    def _drop_used(self, day: date) -> None:
        """Lots that nothing can come back to: no remembered sale took from them or opened them."""
        if len(self.lots) < MANY:
            return
        kept = {id(take.lot) for takes in self.spends.values() for take in takes}
        self.lots = {
            key: lot
            for key, lot in self.lots.items()
            if lot.left_pt or lot.pending or id(lot) in kept or not _over(lot, day) or lot.named
        }


def _over(lot: SimLot, day: date) -> bool:
    return lot.expires is None or lot.expires <= day
