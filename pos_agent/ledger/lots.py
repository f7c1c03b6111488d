"""Lots of points and the order in which they are used up (loyalty rules, section 7)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Lot:
    """A lot after the fold. `left_pt` is active or, when `pending`, not usable yet; `expired_pt` went to breakage.

    `expires` is the first day it cannot be used, None = never. `event` opened it.
    """

    id: str
    event: str
    amount_pt: int
    earned: date
    active_from: date
    expires: date | None
    left_pt: int
    pending: bool
    expired_pt: int = 0

    @property
    def usable_pt(self) -> int:
        """What can be spent from it now."""
        return 0 if self.pending else self.left_pt


@dataclass
class OpenLot:
    """A lot inside the fold; `reversed_pt` is what returns have taken back on its account, wherever it was found."""

    id: str
    event: str
    amount_pt: int
    earned: date
    active_from: date
    expires: date | None
    left_pt: int = 0
    pending: bool = False
    expired_pt: int = 0
    reversed_pt: int = 0

    def frozen(self) -> Lot:
        """The value that leaves the fold."""
        return Lot(
            self.id,
            self.event,
            self.amount_pt,
            self.earned,
            self.active_from,
            self.expires,
            self.left_pt,
            self.pending,
            self.expired_pt,
        )


def consumption_order(lots: Iterable[OpenLot]) -> list[OpenLot]:
    """Usable lots: nearest expiry (never = last), then earlier earned, then id."""
    usable = [lot for lot in lots if lot.left_pt > 0 and not lot.pending]
    return sorted(usable, key=lambda lot: (lot.expires or date.max, lot.earned, lot.id))
